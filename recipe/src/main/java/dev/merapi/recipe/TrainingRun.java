package dev.merapi.recipe;

import dev.merapi.backend.Accelerators;
import dev.merapi.data.Dataset;
import dev.merapi.data.Splits;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Loss;
import dev.merapi.nn.Parameters;
import dev.merapi.nn.Reduction;
import dev.merapi.recipe.EvaluationSettings.Weights;
import dev.merapi.recipe.TrainingSettings.LossName;
import dev.merapi.recipe.TrainingSettings.PrecisionName;
import dev.merapi.recipe.TrainingSettings.Target;
import dev.merapi.report.Assessment;
import dev.merapi.report.Evaluation;
import dev.merapi.report.Evaluation.Example;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Key;
import dev.merapi.tensor.MerapiException;
import dev.merapi.tensor.Parameter;
import dev.merapi.tensor.Step;
import dev.merapi.tensor.Tensor;
import dev.merapi.train.Checkpoint;
import dev.merapi.train.EpochScores;
import dev.merapi.train.Epochs;
import dev.merapi.train.MemoryNeed;
import dev.merapi.train.Progress;
import dev.merapi.train.RunFolder;
import dev.merapi.train.RunWriter;
import dev.merapi.train.Saving;
import dev.merapi.train.Scores;
import dev.merapi.train.Trained;
import dev.merapi.train.Trained.Ending;
import dev.merapi.train.Trainer;
import dev.merapi.zoo.Autoencoder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.DoubleStream;

/** A recipe with its data loaded and its network built: ready to be trained or measured. */
public final class TrainingRun {
  /** The streams of random numbers below the recipe's seed. */
  private static final int WEIGHTS = 0;

  private static final int FITTING = 1;
  private static final int DATA = 2;
  private static final int SEEN = 3;
  private static final int WRITING = 4;

  /** So many training samples tell how well the network does on what it has seen. */
  private static final int MOST_SEEN = 5_000;

  private final Recipe.Training recipe;
  private final Splits loaded;
  private final Splits data;
  private final Optional<LoadedTable> table;
  private final Optional<LoadedText> text;
  private final boolean heldOut;
  private final Signature signature;
  private final Layer model;
  private final Trainer trainer;
  private boolean behind = true;

  private TrainingRun(Recipe.Training recipe, LoadedText text) {
    this(recipe, text.splits(), Optional.empty(), Optional.of(text));
  }

  private TrainingRun(Recipe.Training recipe, Splits loaded, Optional<LoadedTable> table) {
    this(recipe, loaded, table, Optional.empty());
  }

  private TrainingRun(
      Recipe.Training recipe,
      Splits loaded,
      Optional<LoadedTable> table,
      Optional<LoadedText> text) {
    if (text.isPresent()
        && (recipe.augment().isPresent() || recipe.training().target() == Target.INPUT)) {
      throw new RecipeException(
          "a text's tokens are learned from those before them; leave `augment` and"
              + " `training.target` out");
    }
    this.recipe = recipe;
    this.loaded = loaded;
    this.table = table;
    this.text = text;
    this.heldOut = loaded.validation().size() > 0;
    var augmented = augmented(recipe, loaded);
    this.data =
        recipe.training().target() == Target.INPUT ? Reconstruction.of(augmented) : augmented;
    this.signature =
        text.map(LoadedText::signature)
            .orElseGet(() -> Signature.of(this.data.train(), vocabularies()));
    this.model = build(recipe, signature);
    this.trainer =
        Trainer.of(model, loss(), recipe.training().optimizer().build())
            .metrics(recipe.evaluation().build())
            .batch(recipe.training().batch())
            .accumulate(recipe.training().accumulate())
            .evaluationBatch(recipe.evaluation().batch())
            .onNan(recipe.training().onNan())
            .key(Key.of(recipe.seed()).fold(FITTING));
    if (heldOut) {
      trainer.stopEarly(recipe.training().stopping(recipe.evaluation().bestBy()));
    } else {
      trainer.lastCounts();
    }
    if (text.isPresent()) {
      trainer.pace("tokens", signature.shape().size(0));
    }
    trainer.options(recipe.training().options(trainer.stepsPerEpoch(this.data.train())));
    if (recipe.training().earlyStopping().isPresent() && !heldOut) {
      throw new RecipeException(
          "`training.early_stopping` needs data to judge by: hold some out with `data.validation`");
    }
    check();
  }

  /** Of text, every token counts as a sample. */
  private Loss loss() {
    var loss = recipe.training().loss().build();
    return !signature.tellsTokens()
        ? loss
        : (logits, tokens) -> loss.apply(logits.flatten(0, 1), tokens.flatten(0, 1));
  }

  /** Whether all fits together, and the weights into memory; before anything is written. */
  private void check() {
    boolean tellsClasses = recipe.training().loss() == LossName.CROSS_ENTROPY;
    if (table.isPresent() && signature.classes().isEmpty() == tellsClasses) {
      throw new RecipeException(
          tellsClasses
              ? "the target `%s` is a number: set `training.loss` to mse, mae or huber, or make it a category under `data.types`"
                  .formatted(table.get().prepared().target())
              : "the target `%s` is a category: set `training.loss` to cross-entropy, or make it numeric under `data.types`"
                  .formatted(table.get().prepared().target()));
    }
    var output = trainer.check(sample());
    if (signature.tellsTokens() && output.size(-1) != signature.outputs()) {
      throw new RecipeException(
          "the network gives %s for each piece of text, but %d logits for each of its tokens are wanted; use a model of text, such as gpt"
              .formatted(output.slice(1, output.rank()), signature.outputs()));
    }
    if (!signature.classes().isEmpty() && output.size(-1) != signature.outputs()) {
      throw new RecipeException(
          "the network gives %d numbers a sample, but there are %d classes to tell apart; an autoencoder wants `training.target: input`"
              .formatted(output.size(-1), signature.outputs()));
    }
    Parameters.of(model).values().forEach(Parameter::storage);
  }

  /** Data that there are: of a run that is measured on other data, there is nothing to train on. */
  private Dataset sample() {
    return data.train().size() > 0 ? data.train() : data.test();
  }

  /**
   * Loads the data and builds the network; writes nothing.
   *
   * @param folder where the data are, if the user said so
   * @throws MerapiException if the data cannot be used, or the network does not fit them
   */
  public static TrainingRun prepare(
      Recipe.Training recipe, Optional<Path> folder, dev.merapi.data.Progress download) {
    return prepare(recipe, folder, download, Optional.empty(), Optional.empty());
  }

  private static TrainingRun prepare(
      Recipe.Training recipe,
      Optional<Path> folder,
      dev.merapi.data.Progress download,
      Optional<LoadedTable.Saved> saved,
      Optional<LoadedText.Saved> cut) {
    var key = Key.of(recipe.seed()).fold(DATA);
    if (recipe.data() instanceof DataSettings.Table settings) {
      refuseAugmentation(recipe);
      var table =
          settings.stream()
              ? StreamData.load(settings, recipe.preparation(), folder, key, download, saved)
              : TableData.load(settings, recipe.preparation(), folder, key, download, saved);
      return new TrainingRun(recipe, table.splits(), Optional.of(table));
    }
    refusePreparation(recipe);
    if (recipe.data() instanceof DataSettings.Language settings) {
      var base = recipe.model().begin().map(run -> LoadedText.tokenizer(base(run)));
      return new TrainingRun(recipe, LoadedText.load(settings, folder, key, download, cut, base));
    }
    var splits = recipe.data().load(folder, key, download);
    return new TrainingRun(recipe, splits, Optional.empty());
  }

  /**
   * A run of another recipe, which shares the data that are loaded here where both want the same.
   *
   * @param folder where the data are, if the user said so
   */
  TrainingRun with(
      Recipe.Training other, Optional<Path> folder, dev.merapi.data.Progress download) {
    boolean same =
        other.seed() == recipe.seed()
            && other.data().equals(recipe.data())
            && other.preparation().equals(recipe.preparation());
    if (!same) {
      return prepare(other, folder, download);
    }
    if (table.isPresent()) {
      refuseAugmentation(other);
    }
    return new TrainingRun(other, loaded, table, text);
  }

  private static void refuseAugmentation(Recipe.Training recipe) {
    if (recipe.augment().isPresent()) {
      throw new RecipeException("`augment` is for pictures and sounds; leave it out");
    }
  }

  private static void refusePreparation(Recipe.Training recipe) {
    if (!recipe.preparation().isEmpty()) {
      throw new RecipeException("`preparation` is for tables; leave it out");
    }
  }

  /** Only what trains is augmented; what is measured is left as it is. */
  private static Splits augmented(Recipe.Training recipe, Splits splits) {
    if (recipe.augment().isEmpty()) {
      return splits;
    }
    if (recipe.training().target() == Target.INPUT) {
      throw new RecipeException(
          "`augment` changes inputs, not what they are to become; leave it out");
    }
    var train = recipe.augment().get().over(splits.train(), recipe.data().normalisation());
    return new Splits(train, splits.validation(), splits.test(), splits.notes());
  }

  /**
   * The folds of a recipe's data, for cross-validation; see {@link DataSettings#folds} and {@link
   * SplitSettings#folds}. Each has its own preparation and network, which is built when the fold is
   * asked for, and may be trained and measured by {@link #score}.
   *
   * @throws MerapiException if the data cannot be used, or do not make so many folds
   */
  public static List<Supplier<TrainingRun>> folds(
      Recipe.Training recipe, Optional<Path> place, int count, dev.merapi.data.Progress download) {
    var key = Key.of(recipe.seed()).fold(DATA);
    if (recipe.data() instanceof DataSettings.Table settings) {
      refuseAugmentation(recipe);
      return TableData.folds(settings, recipe.preparation(), place, key, download, count).stream()
          .<Supplier<TrainingRun>>map(
              fold -> () -> new TrainingRun(recipe, fold.splits(), Optional.of(fold)))
          .toList();
    }
    refusePreparation(recipe);
    return recipe.data().folds(place, key, download, count).stream()
        .<Supplier<TrainingRun>>map(fold -> () -> new TrainingRun(recipe, fold, Optional.empty()))
        .toList();
  }

  /**
   * A run that was trained, with its weights and its preparation: to be measured.
   *
   * @param folder where other data are, if the user said so; a table that the run was not trained
   *     on is measured as a whole
   * @throws MerapiException if the run has no weights yet, or the data do not fit them
   */
  public static TrainingRun open(
      RunFolder run, Optional<Path> folder, dev.merapi.data.Progress download) {
    var recipe = TrainedModel.training(run);
    var checkpoint = TrainedModel.checkpoint(run, recipe);
    var opened =
        prepare(recipe, folder, download, LoadedTable.Saved.of(run), LoadedText.Saved.of(run));
    opened.load(checkpoint);
    return opened;
  }

  static Layer build(Recipe.Training recipe, Signature signature) {
    return recipe.model().build(signature, Key.of(recipe.seed()).fold(WEIGHTS));
  }

  private List<Integer> vocabularies() {
    return table.map(each -> each.prepared().vocabularies()).orElse(List.of());
  }

  /** What whoever reads the results has to know, a sentence each. */
  public List<String> notes() {
    var notes = new ArrayList<>(data.notes());
    if (!heldOut && data.train().size() > 0) {
      notes.add(
          "nothing is held out: the epochs are measured on the test data, and the last weights"
              + " count");
    }
    if (recipe.training().precision() == PrecisionName.BF16) {
      notes.add(precision(Accelerators.found()));
    }
    return notes;
  }

  private static String precision(Accelerators found) {
    return found.accelerator().isPresent()
        ? "bf16 products by " + found.reason()
        : "bf16 gains memory here, not speed: " + found.reason();
  }

  /** {@code 421642 parameters, 54000 samples to learn from, 6000 held out, 10000 to test}. */
  public String sizes() {
    return "%d parameters; %d samples to learn from, %d held out, %d to test"
        .formatted(
            Parameters.count(model),
            data.train().size(),
            heldOut ? data.validation().size() : 0,
            data.test().size());
  }

  /** The memory that {@link #train} is going to take. */
  public MemoryNeed memory() {
    return trainer.memory(data);
  }

  /**
   * Refuses a training that cannot fit. One that does, but without room for a copy of weights and
   * optimizer, will wait while its checkpoints are written.
   *
   * @param limit bytes that may be taken outside the heap
   */
  public MemoryNeed requireFits(long limit) {
    var need = memory();
    need.requireFits(limit);
    behind = need.fitsCheckpoint(limit);
    return need;
  }

  /** The fingerprint of the training data. */
  public String fingerprint() {
    return data.train().fingerprint();
  }

  /** The fingerprints of the training data, of what is held out, and of the test data. */
  public Map<String, String> fingerprints() {
    var all = new LinkedHashMap<String, String>();
    all.put("train", fingerprint());
    if (heldOut) {
      all.put("validation", data.validation().fingerprint());
    }
    if (data.test().size() > 0) {
      all.put("test", data.test().fingerprint());
    }
    return all;
  }

  /** Writes histograms of weights and gradients, too; see {@link Trainer#histograms()}. */
  public void histograms() {
    trainer.histograms();
  }

  /**
   * Trains, measures on the test data, and writes all of it to the run's folder.
   *
   * @param start where to go on, of a run that is resumed
   * @param stop asked after each step
   */
  public Report train(
      RunWriter run, Optional<Checkpoint> start, Progress progress, BooleanSupplier stop) {
    run.writeJson(Signature.FILE, signature);
    table.ifPresent(each -> each.save(run));
    text.ifPresent(each -> each.save(run));
    var saving =
        Saving.DEFAULT
            .every(Duration.ofSeconds(recipe.training().checkpointSeconds()))
            .everyEpochs(recipe.training().report())
            .behind(behind);
    trainer.saveTo(run, saving).reportEvery(recipe.training().report());
    start.ifPresentOrElse(trainer::resumeFrom, this::begin);
    var trained = trained(progress, stop);
    var counts = counting(trained);
    Optional<Scores> test = Optional.empty();
    if (trained.ending() != Ending.INTERRUPTED) {
      test = Optional.of(evaluate());
      run.append(trained.steps(), test.get().named("test"));
      picture(run);
    }
    var report =
        Report.of(
            run.folder().path().toString(),
            recipe.name(),
            trained,
            Parameters.count(model),
            counts,
            test);
    run.writeJson(RunFolder.RESULT, report);
    return report;
  }

  /** Trains without writing anything, and measures on the test data. */
  public Scores score(Progress progress) {
    fit(progress, () -> false);
    return evaluate();
  }

  /**
   * Trains without writing anything, and gives the network the weights that count; the test data
   * are not looked at, unless nothing is held out.
   *
   * @param stop asked after each step
   */
  public Outcome fit(Progress progress, BooleanSupplier stop) {
    begin();
    var trained = trained(progress, stop);
    return new Outcome(trained.ending(), trained.history(), counting(trained), trained.seconds());
  }

  /**
   * What has come of a training that writes nothing.
   *
   * @param history the epochs that are complete
   * @param counts the one whose weights count; empty if none is complete
   */
  public record Outcome(
      Ending ending, List<EpochScores> history, Optional<EpochScores> counts, double seconds) {
    public Outcome {
      history = List.copyOf(history);
    }
  }

  /** Gives the network the weights of the run that its recipe begins with. */
  private void begin() {
    recipe.model().begin().map(TrainingRun::base).ifPresent(this::begin);
  }

  /** All that has been trained before; what stands on top of it is for another task. */
  private void begin(RunFolder base) {
    var checkpoint = TrainedModel.checkpoint(base, TrainedModel.training(base));
    dev.merapi.train.Weights.load(
        checkpoint.modelFile(),
        Parameters.of(model),
        name -> name.startsWith("bert.") && !name.startsWith("bert.pooler."));
  }

  private static RunFolder base(String run) {
    return RunFolder.open(Path.of(run));
  }

  /** Whether there are data to compare epochs by, which are not the test data. */
  public boolean holdsOut() {
    return heldOut;
  }

  /** Trains, and gives the network the weights that count. */
  private Trained trained(Progress progress, BooleanSupplier stop) {
    var trained =
        trainer
            .progress(progress)
            .stopWhen(stop)
            .fit(fitted(), Epochs.of(recipe.training().epochs()));
    if (trained.ending() != Ending.INTERRUPTED && usesBest()) {
      trained.useBest();
    }
    return trained;
  }

  private Splits fitted() {
    return heldOut ? data : new Splits(data.train(), data.test(), data.test(), data.notes());
  }

  private boolean usesBest() {
    return heldOut && recipe.evaluation().weights() == Weights.BEST;
  }

  private Optional<EpochScores> counting(Trained trained) {
    return usesBest() || trained.history().isEmpty()
        ? trained.best()
        : Optional.of(trained.history().getLast());
  }

  /**
   * Gives the network the weights of a checkpoint.
   *
   * @throws MerapiException if they are those of another network
   */
  public void load(Checkpoint checkpoint) {
    checkpoint.loadModel(Parameters.of(model));
  }

  /**
   * Measures the network on the test data; where it predicts a column of numbers, also in their own
   * unit.
   */
  public Scores evaluate() {
    var scores = trainer.evaluate(data.test());
    if (signature.tellsTokens()) {
      var metrics = new LinkedHashMap<>(scores.metrics());
      metrics.put("perplexity", Math.exp(scores.loss()));
      if (recipe.data() instanceof DataSettings.Stories stories) {
        var writer = new TextWriter(model, text.get().tokenizer(), signature.shape().size(0));
        var key = Key.of(recipe.seed()).fold(WRITING);
        metrics.put("stories", writer.storiesThatParse(stories.written(), key));
      }
      return new Scores(scores.loss(), metrics, scores.samples());
    }
    if (table.isEmpty() || table.get().prepared().classifies()) {
      return scores;
    }
    if (!(assessment(data.test()) instanceof Assessment.Regression(var errors, _))) {
      return scores;
    }
    var metrics = new LinkedHashMap<>(scores.metrics());
    metrics.put("rmse", errors.rootMeanSquaredError());
    metrics.put("mae", errors.meanAbsoluteError());
    metrics.put("r2", errors.rSquared());
    table
        .get()
        .naive()
        .ifPresent(
            naive -> {
              metrics.put("naive_rmse", naive.rootMeanSquaredError());
              metrics.put("naive_mae", naive.meanAbsoluteError());
            });
    return new Scores(scores.loss(), metrics, scores.samples());
  }

  /**
   * Measures the network on the test data in all ways, and on samples that it was trained on.
   *
   * @param run whose weights it has
   */
  public Evaluation assess(RunFolder run, Checkpoint checkpoint) {
    var test = data.test();
    int[] seen =
        Arrays.copyOf(
            Key.of(recipe.seed()).fold(SEEN).permutation(data.train().size()),
            Math.min(data.train().size(), MOST_SEEN));
    return new Evaluation(
        recipe.name(),
        recipe.summary(),
        List.of(
            run.path().toString(),
            "weights of step %d".formatted(checkpoint.step()),
            "%d parameters".formatted(Parameters.count(model)),
            "%d samples to learn from".formatted(data.train().size()),
            "data " + sample().fingerprint().substring(0, 12)),
        evaluate(),
        assessment(test),
        seen.length == 0 ? Optional.empty() : Optional.of(assessment(data.train().select(seen))),
        run.metrics(),
        text.isPresent() ? row -> piece(test, row) : assessing(test)::example);
  }

  private Assessment assessment(Dataset samples) {
    if (signature.tellsTokens()) {
      return new Assessment.Texts(losses(samples));
    }
    return assessing(samples).of(trainer.predict(samples));
  }

  /** The mean loss of the tokens of each piece of text. */
  private double[] losses(Dataset pieces) {
    var each = Loss.crossEntropy().reduction(Reduction.NONE);
    var all = DoubleStream.builder();
    for (var batch : pieces.batches(recipe.evaluation().batch()).epoch(0)) {
      var tokens = each.apply(model.apply(batch.x()).flatten(0, 1), batch.y().flatten(0, 1));
      var told = batch.y().ge(0).cast(DType.F32).sum(1).max(Tensor.ones()); // not those left out
      var means = tokens.reshape(batch.size(), -1).sum(1).div(told);
      for (float loss : Step.compute(means).getFirst().toArray()) {
        all.add(loss);
      }
    }
    return all.build().toArray();
  }

  /** A piece of text, to be looked at. */
  private Example piece(Dataset pieces, int row) {
    var batch = pieces.gather(row);
    var tokenizer = text.orElseThrow().tokenizer();
    if (signature.hasTokens()) {
      return new Example(
          pieces.name(row), Optional.empty(), tokenizer.decode(batch.y().toIntArray()));
    }
    int padding = signature.padding().orElseThrow();
    int[] tokens =
        Arrays.stream(batch.x().toIntArray()).filter(token -> token != padding).toArray();
    return new Example(
        pieces.name(row),
        Optional.empty(),
        tokenizer.decode(tokens, /* skipSpecial= */ !signature.tellsTokens()));
  }

  private Assessing assessing(Dataset samples) {
    return new Assessing(recipe, signature, table.map(LoadedTable::prepared), samples);
  }

  /** Originals above what an autoencoder makes of them. */
  private void picture(RunWriter run) {
    if (model instanceof Autoencoder autoencoder) {
      var originals = data.test().take(12).batches(12).epoch(0).iterator().next().x();
      Reconstruction.sheet(originals, autoencoder)
          .writePng(run.folder().file("reconstructions.png"));
    }
  }
}
