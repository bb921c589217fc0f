package dev.merapi.recipe;

import dev.merapi.backend.Accelerators;
import dev.merapi.data.Dataset;
import dev.merapi.data.Splits;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Loss;
import dev.merapi.nn.Parameters;
import dev.merapi.recipe.EvaluationSettings.Weights;
import dev.merapi.recipe.TrainingSettings.LossName;
import dev.merapi.recipe.TrainingSettings.PrecisionName;
import dev.merapi.report.Evaluation;
import dev.merapi.tensor.Key;
import dev.merapi.tensor.MerapiException;
import dev.merapi.tensor.Parameter;
import dev.merapi.tensor.Tensor;
import dev.merapi.train.Checkpoint;
import dev.merapi.train.EpochScores;
import dev.merapi.train.Epochs;
import dev.merapi.train.MemoryNeed;
import dev.merapi.train.Metric;
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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** A recipe with its data loaded and its network built: ready to be trained or measured. */
public final class TrainingRun {
  /** The streams of random numbers below the recipe's seed. */
  static final int WEIGHTS = 0;

  private static final int FITTING = 1;

  private final Recipe.Training recipe;
  private final RecipeData loaded;
  private final Splits data;
  private final Signature signature;
  private final Layer model;
  private final Trainer trainer;
  private final Measuring measuring;
  private boolean behind = true;

  private TrainingRun(RecipeData loaded) {
    this.recipe = loaded.recipe();
    this.loaded = loaded;
    this.data = loaded.splits();
    this.signature = loaded.signature(data);
    this.model = loaded.layer().orElseGet(() -> build(recipe, signature));
    this.trainer =
        Trainer.of(model, loss(), recipe.training().optimizer().build())
            .metrics(metrics())
            .batch(recipe.training().batch())
            .accumulate(recipe.training().accumulate())
            .evaluationBatch(recipe.evaluation().batch())
            .onNan(recipe.training().onNan())
            .key(Key.of(recipe.seed()).fold(FITTING));
    this.measuring = new Measuring(loaded, data, signature, model, trainer);
    if (holdsOut()) {
      trainer.stopEarly(recipe.training().stopping(recipe.evaluation().bestBy()));
    } else {
      trainer.lastCounts();
    }
    if (signature.hasTokens() || loaded.isPacked()) { // pieces of one length
      trainer.pace("tokens", signature.shape().size(0));
    }
    var options = recipe.training().options(trainer.stepsPerEpoch(data.train()));
    for (var group : loaded.frozen()) {
      options = options.group(group);
    }
    trainer.options(options);
    if (recipe.training().earlyStopping().isPresent() && !holdsOut()) {
      throw new RecipeException(
          "`training.early_stopping` needs data to judge by: hold some out with `data.validation`");
    }
    check();
  }

  private Metric[] metrics() {
    return loaded
        .preferences()
        .map(pairs -> PreferenceMetric.all(pairs.loss()))
        .orElseGet(() -> recipe.evaluation().build());
  }

  /** Of text, every token counts as a sample; of answers, every end. */
  private Loss loss() {
    if (loaded.preferences().isPresent()) {
      return loaded.preferences().get().loss();
    }
    var loss = recipe.training().buildLoss();
    return signature.tellsTokens() || signature.findsAnswers() ? new TokenLoss(loss) : loss;
  }

  /**
   * The loss of texts, each token a sample.
   *
   * @param each of samples
   */
  private record TokenLoss(Loss each) implements Loss {
    @Override
    public Tensor apply(Tensor logits, Tensor tokens) {
      return each.apply(logits.flatten(0, 1), tokens.flatten(0, 1));
    }

    @Override
    public double counted(Tensor tokens) {
      return each.counted(tokens.flatten(0, 1));
    }
  }

  /** Whether all fits together, and the weights into memory; before anything is written. */
  private void check() {
    boolean tellsClasses = recipe.training().loss() == LossName.CROSS_ENTROPY;
    var table = loaded.table();
    if (table.isPresent() && signature.classes().isEmpty() == tellsClasses) {
      throw new RecipeException(
          tellsClasses
              ? "the target `%s` is a number: set `training.loss` to mse, mae or huber, or make it a category under `data.types`"
                  .formatted(table.get().prepared().target())
              : "the target `%s` is a category: set `training.loss` to cross-entropy, or make it numeric under `data.types`"
                  .formatted(table.get().prepared().target()));
    }
    var output = trainer.check(sample());
    boolean pairs = loaded.preferences().isPresent();
    if (signature.tellsTokens() && !pairs && output.size(-1) != signature.outputs()) {
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
    return new TrainingRun(RecipeData.load(recipe, folder, download, Optional.empty()));
  }

  /**
   * A run of another recipe, which shares the data that are loaded here where both want the same.
   *
   * @param folder where the data are, if the user said so
   */
  TrainingRun with(
      Recipe.Training other, Optional<Path> folder, dev.merapi.data.Progress download) {
    return loaded
        .with(other)
        .map(TrainingRun::new)
        .orElseGet(() -> prepare(other, folder, download));
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
    return RecipeData.folds(recipe, place, count, download).stream()
        .<Supplier<TrainingRun>>map(fold -> () -> new TrainingRun(fold))
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
    var opened = new TrainingRun(RecipeData.load(recipe, folder, download, Optional.of(run)));
    opened.load(checkpoint);
    return opened;
  }

  static Layer build(Recipe.Training recipe, Signature signature) {
    return recipe.model().build(signature, Key.of(recipe.seed()).fold(WEIGHTS));
  }

  /** What whoever reads the results has to know, a sentence each. */
  public List<String> notes() {
    var notes = new ArrayList<>(data.notes());
    if (!holdsOut() && data.train().size() > 0) {
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
            holdsOut() ? data.validation().size() : 0,
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
    if (holdsOut()) {
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
    loaded.save(run);
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
    recipe.model().begin().map(Path::of).map(RunFolder::open).ifPresent(this::begin);
  }

  /** All that has been trained before; what stands on top of it is for another task. */
  private void begin(RunFolder base) {
    var checkpoint = TrainedModel.checkpoint(base, TrainedModel.training(base));
    dev.merapi.train.Weights.load(
        checkpoint.modelFile(),
        Parameters.of(model),
        name -> name.startsWith("bert.") && !name.startsWith("bert.pooler."));
  }

  /** Whether there are data to compare epochs by, which are not the test data. */
  public boolean holdsOut() {
    return loaded.holdsOut();
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
    return holdsOut() ? data : new Splits(data.train(), data.test(), data.test(), data.notes());
  }

  private boolean usesBest() {
    return holdsOut() && recipe.evaluation().weights() == Weights.BEST;
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
    return measuring.scores();
  }

  /**
   * Measures the network on the test data in all ways, and on samples that it was trained on.
   *
   * @param run whose weights it has
   */
  public Evaluation assess(RunFolder run, Checkpoint checkpoint) {
    return measuring.evaluation(run, checkpoint, sample().fingerprint());
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
