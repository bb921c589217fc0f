package dev.merapi.recipe;

import dev.merapi.backend.Accelerators;
import dev.merapi.data.Splits;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Parameters;
import dev.merapi.recipe.EvaluationSettings.Weights;
import dev.merapi.recipe.TrainingSettings.PrecisionName;
import dev.merapi.recipe.TrainingSettings.Target;
import dev.merapi.tensor.Key;
import dev.merapi.tensor.MerapiException;
import dev.merapi.tensor.Parameter;
import dev.merapi.train.Checkpoint;
import dev.merapi.train.EpochScores;
import dev.merapi.train.Epochs;
import dev.merapi.train.MemoryNeed;
import dev.merapi.train.Progress;
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
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** A recipe with its data loaded and its network built: ready to be trained or measured. */
public final class TrainingRun {
  /** The streams of random numbers below the recipe's seed. */
  private static final int WEIGHTS = 0;

  private static final int FITTING = 1;
  private static final int DATA = 2;

  private final Recipe.Training recipe;
  private final Splits data;
  private final boolean heldOut;
  private final Signature signature;
  private final Layer model;
  private final Trainer trainer;

  private TrainingRun(Recipe.Training recipe, Splits data) {
    this.recipe = recipe;
    this.heldOut = data.validation().size() > 0;
    this.data = recipe.training().target() == Target.INPUT ? Reconstruction.of(data) : data;
    this.signature = Signature.of(this.data.train());
    this.model = build(recipe, signature);
    this.trainer =
        Trainer.of(model, recipe.training().loss().build(), recipe.training().optimizer().build())
            .metrics(recipe.evaluation().build())
            .batch(recipe.training().batch())
            .accumulate(recipe.training().accumulate())
            .evaluationBatch(recipe.evaluation().batch())
            .key(Key.of(recipe.seed()).fold(FITTING));
    if (heldOut) {
      trainer.stopEarly(recipe.training().stopping(recipe.evaluation().bestBy()));
    } else {
      trainer.lastCounts();
    }
    trainer.options(recipe.training().options(trainer.stepsPerEpoch(this.data.train())));
    if (recipe.training().earlyStopping().isPresent() && !heldOut) {
      throw new RecipeException(
          "`training.early_stopping` needs data to judge by: hold some out with `data.validation`");
    }
    check();
  }

  /** Whether all fits together, and the weights into memory; before anything is written. */
  private void check() {
    var output = trainer.check(data.train());
    if (!signature.classes().isEmpty() && output.size(-1) != signature.outputs()) {
      throw new RecipeException(
          "the network gives %d numbers a sample, but there are %d classes to tell apart; an autoencoder wants `training.target: input`"
              .formatted(output.size(-1), signature.outputs()));
    }
    Parameters.of(model).values().forEach(Parameter::storage);
  }

  /**
   * Loads the data and builds the network; writes nothing.
   *
   * @param folder where the data are, if the user said so
   * @throws MerapiException if the data cannot be used, or the network does not fit them
   */
  public static TrainingRun prepare(
      Recipe.Training recipe, Optional<Path> folder, dev.merapi.data.Progress download) {
    return new TrainingRun(
        recipe, recipe.data().load(folder, Key.of(recipe.seed()).fold(DATA), download));
  }

  static Layer build(Recipe.Training recipe, Signature signature) {
    return recipe
        .model()
        .build(signature.shape(), signature.outputs(), Key.of(recipe.seed()).fold(WEIGHTS));
  }

  /** What whoever reads the results has to know, a sentence each. */
  public List<String> notes() {
    var notes = new ArrayList<>(data.notes());
    if (!heldOut) {
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

  /** The fingerprint of the training data. */
  public String fingerprint() {
    return data.train().fingerprint();
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
    var saving =
        Saving.DEFAULT
            .every(Duration.ofSeconds(recipe.training().checkpointSeconds()))
            .everyEpochs(recipe.training().report());
    trainer
        .saveTo(run, saving)
        .progress(progress)
        .reportEvery(recipe.training().report())
        .stopWhen(stop);
    start.ifPresent(trainer::resumeFrom);
    var trained = trainer.fit(fitted(), Epochs.of(recipe.training().epochs()));
    var counts = counting(trained);
    Optional<Scores> test = Optional.empty();
    if (trained.ending() != Ending.INTERRUPTED) {
      if (usesBest()) {
        trained.useBest();
      }
      test = Optional.of(trained.evaluate(data.test()));
      run.append(trained.steps(), test.get().named("test"));
      picture(run);
    }
    return Report.of(
        run.folder().path().toString(),
        recipe.name(),
        trained,
        Parameters.count(model),
        counts,
        test);
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

  /** Measures the network on the test data. */
  public Scores evaluate() {
    return trainer.evaluate(data.test());
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
