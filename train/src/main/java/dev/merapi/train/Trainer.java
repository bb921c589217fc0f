package dev.merapi.train;

import dev.merapi.data.Batch;
import dev.merapi.data.Dataset;
import dev.merapi.data.Splits;
import dev.merapi.graph.Engine;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Loss;
import dev.merapi.nn.Mode;
import dev.merapi.nn.Parameters;
import dev.merapi.optim.Optimization;
import dev.merapi.optim.Optimizer;
import dev.merapi.optim.StepOptions;
import dev.merapi.tensor.Key;
import dev.merapi.tensor.MerapiException;
import dev.merapi.tensor.Parameter;
import dev.merapi.tensor.Shape;
import dev.merapi.tensor.Step;
import dev.merapi.tensor.Tensor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * Trains a model, measures it, and uses it.
 *
 * {@snippet :
 * var trained =
 *     Trainer.of(model, Loss.crossEntropy(), Adam.of(1e-3))
 *         .metrics(Metric.accuracy())
 *         .batch(64)
 *         .fit(splits, Epochs.of(5));
 * IO.println(trained.evaluate(splits.test()).accuracy());
 * }
 *
 * <p>By default: batches of 32, one batch a step, a constant learning rate, the key of seed 0, no
 * metrics, no early stopping, no files, and nothing shown. Say what differs, then call {@link
 * #fit}. The same key gives the same numbers to the last bit. Not for several threads at a time.
 */
public final class Trainer {
  final Layer model;
  final Loss loss;
  final Optimizer optimizer;
  StepOptions options = StepOptions.DEFAULT;
  List<Metric> metrics = List.of();
  int batch = 32;
  int accumulate = 1;
  int evaluationBatch = 256;
  Key key = Key.of(0);
  Optional<EarlyStopping> stopping = Optional.of(EarlyStopping.never());
  Optional<RunWriter> run = Optional.empty();
  Saving saving = Saving.DEFAULT;
  Optional<Checkpoint> start = Optional.empty();
  Progress progress = Progress.none();
  int reportEvery = 1;
  boolean histograms;
  String unit = "samples";
  int unitsPerSample = 1;
  BooleanSupplier stop = () -> false;
  OnNan onNan = OnNan.STOP;
  Duration patience = Duration.ofSeconds(30);

  private Trainer(Layer model, Loss loss, Optimizer optimizer) {
    this.model = model;
    this.loss = loss;
    this.optimizer = optimizer;
  }

  /** A trainer for one model. */
  public static Trainer of(Layer model, Loss loss, Optimizer optimizer) {
    return new Trainer(model, loss, optimizer);
  }

  /**
   * The schedule of the learning rate, clipping, groups of parameters, and the precision of matrix
   * products and convolutions.
   */
  public Trainer options(StepOptions options) {
    this.options = options;
    return this;
  }

  /** What is measured beside the loss. */
  public Trainer metrics(Metric... metrics) {
    this.metrics = List.of(metrics);
    return this;
  }

  /** How many samples make a batch of the training data. */
  public Trainer batch(int samples) {
    this.batch = atLeastOne("batch", samples);
    return this;
  }

  /**
   * One step for so many batches, down the mean of their gradients: as good as a batch so many
   * times as large, in the memory of one.
   */
  public Trainer accumulate(int batches) {
    this.accumulate = atLeastOne("accumulate", batches);
    return this;
  }

  /**
   * How many samples make a batch when the model is measured or used; its results do not depend on
   * it, except for the accuracy where targets are ignored (see {@link Metric#accuracy}).
   */
  public Trainer evaluationBatch(int samples) {
    this.evaluationBatch = atLeastOne("evaluation batch", samples);
    return this;
  }

  /**
   * Decides on all that is random: the order of the samples in each epoch, dropout in each step.
   */
  public Trainer key(Key key) {
    this.key = key;
    return this;
  }

  /** Which epoch is the best, and when to stop. */
  public Trainer stopEarly(EarlyStopping stopping) {
    this.stopping = Optional.of(stopping);
    return this;
  }

  /**
   * The last epoch counts, and none is the best: for validation data that may show but must not
   * choose, such as the test data.
   */
  public Trainer lastCounts() {
    this.stopping = Optional.empty();
    return this;
  }

  /** Writes metrics and checkpoints to a run's folder. */
  public Trainer saveTo(RunWriter run, Saving saving) {
    this.run = Optional.of(run);
    this.saving = saving;
    return this;
  }

  /**
   * Goes on from a checkpoint, as if the training had never been interrupted: with the same
   * settings and data its numbers are those of an uninterrupted one, to the last bit.
   */
  public Trainer resumeFrom(Checkpoint checkpoint) {
    this.start = Optional.of(checkpoint);
    return this;
  }

  /**
   * Writes after each epoch how the numbers of every parameter and of its gradient are spread, to
   * {@code histograms.jsonl} of the run. It costs one more pass forwards and backwards over a batch
   * for each epoch, the compilation of its program, and about 300 bytes for each line.
   */
  public Trainer histograms() {
    this.histograms = true;
    return this;
  }

  /** Where to show how far it is. */
  public Trainer progress(Progress progress) {
    this.progress = progress;
    return this;
  }

  /** Shows only every so many epochs, for many short ones. */
  public Trainer reportEvery(int epochs) {
    this.reportEvery = atLeastOne("report", epochs);
    return this;
  }

  /**
   * In what the pace is shown; samples by default.
   *
   * @param unit its name in the plural, such as {@code tokens}
   * @param perSample how many of them a sample has
   */
  public Trainer pace(String unit, int perSample) {
    this.unit = unit;
    this.unitsPerSample = atLeastOne("pace", perSample);
    return this;
  }

  /** Asked after each step: true ends the training, after a checkpoint. */
  public Trainer stopWhen(BooleanSupplier stop) {
    this.stop = stop;
    return this;
  }

  /** What to do where the loss or a gradient is infinite or NaN; by default the training ends. */
  public Trainer onNan(OnNan onNan) {
    this.onNan = onNan;
    return this;
  }

  /**
   * How long a batch may take to come, of a training or an evaluation, before that is said; 30
   * seconds by default.
   */
  public Trainer patience(Duration patience) {
    if (!patience.isPositive()) {
      throw new MerapiException("patience: " + patience + " is too short; give more than none");
    }
    this.patience = patience;
    return this;
  }

  private static int atLeastOne(String what, int value) {
    if (value < 1) {
      throw new MerapiException(what + ": " + value + " is too few; give at least 1");
    }
    return value;
  }

  // ---- training

  /** Steps in one pass over some data. */
  public long stepsPerEpoch(Dataset train) {
    return Math.ceilDiv(Math.ceilDiv((long) train.size(), batch), accumulate);
  }

  /**
   * Builds the graph of a first step and computes none of it, to see whether model, loss, metrics
   * and data fit together before anything is written.
   *
   * @return the shape of what the model makes of a batch
   * @throws MerapiException if they do not
   */
  public Shape check(Dataset data) {
    int samples = Math.min(batch, data.size());
    var first = data.batches(samples).epoch(0).iterator().next();
    var prediction = model.apply(first.x(), Mode.training(key));
    loss.apply(prediction, first.y());
    metrics.forEach(metric -> metric.total(prediction, first.y()));
    return prediction.shape();
  }

  /**
   * The memory that {@link #fit} is going to take. Compiles its programs, which stay for it, and
   * runs none.
   *
   * @throws MerapiException if there is nothing to train on
   */
  public MemoryNeed memory(Splits data) {
    if (data.train().size() == 0) {
      throw new MerapiException("memory: there is nothing to train on; give training samples");
    }
    var optimization = Optimization.of(model, optimizer, options);
    var mode = Mode.training(key);
    var first = data.train().batches(batch).epoch(0).iterator().next();
    var prediction = model.apply(first.x(), mode);
    long step =
        optimization.workspace(
            this.loss.apply(prediction, first.y()),
            mode,
            metrics.stream()
                .map(metric -> metric.total(prediction, first.y()))
                .toArray(Tensor[]::new));
    long evaluation = 0;
    for (var part : List.of(data.validation(), data.test())) {
      if (part.size() > 0) {
        var outputs = measured(inOrder(part).next());
        evaluation = Math.max(evaluation, Engine.shared().program(step(outputs)).bytes());
      }
    }
    long sums = accumulate > 1 ? 4 * Parameters.count(model) : 0;
    return new MemoryNeed(
        bytes(Parameters.of(model).values()),
        bytes(optimization.frozen(Parameters.of(model).values())),
        bytes(optimization.state().values()) + sums,
        step,
        evaluation,
        data.train().bytes() + data.validation().bytes() + data.test().bytes());
  }

  private static long bytes(Collection<Parameter> parameters) {
    return parameters.stream()
        .mapToLong(parameter -> parameter.shape().elements() * parameter.dtype().bytes())
        .sum();
  }

  /** The loss and the metrics of a batch, in evaluation. */
  private List<Tensor> measured(Batch batch) {
    var prediction = model.apply(batch.x());
    var outputs = new ArrayList<Tensor>();
    outputs.add(loss.apply(prediction, batch.y()));
    metrics.forEach(metric -> outputs.add(metric.total(prediction, batch.y())));
    return outputs;
  }

  /**
   * Trains on {@code data.train()} and looks at {@code data.validation()} after each epoch.
   *
   * @throws MerapiException if there is nothing to train on, or the loss or the gradients become
   *     infinite or NaN and the training is not to go on (see {@link #onNan}): the message names
   *     the step, the op and the layer
   */
  public Trained fit(Splits data, Epochs epochs) {
    return new Fit(this, data, epochs).run();
  }

  // ---- use

  /**
   * The loss and the metrics on some data, in evaluation.
   *
   * @throws MerapiException if there are none
   */
  public Scores evaluate(Dataset data) {
    if (data.size() == 0) {
      throw new MerapiException("evaluate: the data set is empty; give it samples");
    }
    var totals = Totals.none(metrics);
    double sum = 0;
    double counted = 0; // what the losses are means of, which may be fewer than the samples
    try (var waiting = new Waiting(patience, progress::print)) {
      var batches = batches(data, waiting);
      while (batches.hasNext()) {
        var batch = batches.next();
        var values = Totals.numbers(step(measured(batch)).run());
        double weight = loss.counted(batch.y());
        if (weight > 0) { // of none, the mean is not a number
          sum += weight * values.getFirst();
          counted += weight;
        }
        totals = totals.plus(batch.size(), values.getFirst(), values.subList(1, values.size()));
      }
    }
    var scores = totals.scores(metrics);
    return new Scores(sum / counted, scores.metrics(), scores.samples());
  }

  /** What the model makes of one batch: (batch, …) → its output, computed. */
  public Tensor predict(Tensor x) {
    return step(List.of(model.apply(x))).run().getFirst();
  }

  /** In the precision of the training. */
  private Step step(List<Tensor> outputs) {
    return new Step(outputs, List.of(), options.precision());
  }

  /** What the model makes of every sample, computed a batch at a time: the batches' outputs. */
  public List<Tensor> predict(Dataset data) {
    var outputs = new ArrayList<Tensor>();
    try (var waiting = new Waiting(patience, progress::print)) {
      batches(data, waiting).forEachRemaining(batch -> outputs.add(predict(batch.x())));
    }
    return outputs;
  }

  /** In the order of the data; one that does not come is told of. */
  private Iterator<Batch> batches(Dataset data, Waiting waiting) {
    return waiting.over(inOrder(data), count -> "batch %d of the evaluation".formatted(count + 1));
  }

  private Iterator<Batch> inOrder(Dataset data) {
    return data.batches(evaluationBatch).epoch(0).iterator();
  }
}
