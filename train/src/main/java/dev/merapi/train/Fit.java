package dev.merapi.train;

import dev.merapi.data.Batch;
import dev.merapi.data.Position;
import dev.merapi.data.Splits;
import dev.merapi.nn.Mode;
import dev.merapi.nn.Parameters;
import dev.merapi.optim.Optimization;
import dev.merapi.optim.StepResult;
import dev.merapi.tensor.MerapiException;
import dev.merapi.tensor.Parameter;
import dev.merapi.tensor.Tensor;
import dev.merapi.train.Progress.Field;
import dev.merapi.train.Trained.Ending;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;

/** One call of {@link Trainer#fit}: the loop, and where it stands. */
final class Fit {
  /** Streams below the trainer's key; the model's first weights are drawn from others. */
  private static final int SHUFFLING = 1;

  private static final int LAYERS = 2;
  private static final double NANOS = 1e9;

  /** So many steps of a training have a line of their own in the metrics, at most. */
  private static final int LOGGED = 1_000;

  private final Trainer trainer;
  private final Splits data;
  private final int epochs;
  private final SequencedMap<String, Parameter> parameters;
  private final Optimization optimization;
  private final Set<Parameter> frozen;
  private final String fingerprint;
  private final Guard guard;
  private final Waiting waiting;
  private final long logEvery;

  private Position position = Position.START;
  private long batches;
  private Totals totals;
  private double epochSeconds;
  private double seconds;
  private final List<EpochScores> history = new ArrayList<>();
  private final Map<Parameter, MemorySegment> bestWeights = new HashMap<>();
  private final Optional<CheckpointWriter> writer;

  /** The first step whose epoch may be the best: of earlier ones there are no weights any more. */
  private long bestFrom;

  private Optional<StepResult> last = Optional.empty();
  private Optional<Tensor> lastLoss = Optional.empty();

  private long clock = System.nanoTime();
  private long lastSaved = clock;

  Fit(Trainer trainer, Splits data, Epochs epochs) {
    if (data.train().size() == 0) {
      throw new MerapiException("fit: there is nothing to train on; give training samples");
    }
    this.trainer = trainer;
    this.data = data;
    this.epochs = epochs.count();
    this.parameters = Parameters.of(trainer.model);
    this.optimization = Optimization.of(trainer.model, trainer.optimizer, trainer.options);
    this.frozen = optimization.frozen(parameters.values());
    this.fingerprint = data.train().fingerprint();
    this.logEvery =
        Math.max(1, Math.ceilDiv(trainer.stepsPerEpoch(data.train()) * this.epochs, LOGGED));
    this.totals = Totals.none(trainer.metrics);
    this.guard = new Guard(trainer, parameters, optimization);
    trainer.start.ifPresent(this::resume);
    this.writer =
        trainer.run.map(
            run ->
                new CheckpointWriter(
                    run, trainer.saving, parameters, frozen, optimization.state()));
    this.waiting = new Waiting(trainer.patience, trainer.progress::print);
  }

  Trained run() {
    var ending = Ending.COMPLETE;
    try {
      while (position.epoch() < epochs && ending == Ending.COMPLETE) {
        if (stops()) {
          ending = Ending.STOPPED_EARLY;
        } else if (!epoch()) {
          ending = Ending.INTERRUPTED;
        }
      }
    } catch (RuntimeException e) {
      closeWriter(e);
      throw e;
    } finally {
      waiting.close();
    }
    writer.ifPresent(CheckpointWriter::close);
    return new Trained(
        trainer, ending, history, optimization.steps(), seconds, best(), this::useBest);
  }

  /** Waits for the last checkpoint, which a training that failed must not lose. */
  private void closeWriter(RuntimeException failure) {
    try {
      writer.ifPresent(CheckpointWriter::close);
    } catch (RuntimeException e) {
      if (!e.equals(failure)) {
        failure.addSuppressed(e);
      }
    }
  }

  /** Goes on to the end of an epoch; false if it was asked to stop. */
  private boolean epoch() {
    var source = data.train().batches(trainer.batch, trainer.key.fold(SHUFFLING));
    var from = position;
    var iterator =
        waiting.over(
            source.from(from),
            count -> "batch %d of epoch %d".formatted(from.batch() + count + 1, from.epoch() + 1));
    long perEpoch = trainer.stepsPerEpoch(data.train());
    boolean stopped = false;
    tick();
    try (var bar =
        progress().start("epoch %d/%d".formatted(position.epoch() + 1, epochs), perEpoch)) {
      do {
        long before = optimization.steps();
        step(iterator);
        epochSeconds += tick();
        trainer.progress.whole(optimization.steps(), perEpoch * epochs);
        long done = Math.ceilDiv(position.batch(), (long) trainer.accumulate);
        last.ifPresent(result -> bar.step(done, fields(result)));
        if (optimization.steps() > before
            && optimization.steps() % logEvery == 0
            && iterator.hasNext()) {
          last.ifPresent(this::log);
        }
        stopped = trainer.stop.getAsBoolean();
        writer.ifPresent(CheckpointWriter::check);
        if (iterator.hasNext() && (stopped || due())) {
          save(false);
        }
      } while (iterator.hasNext() && !stopped);
    }
    if (!iterator.hasNext()) {
      finishEpoch(stopped);
    }
    return !stopped;
  }

  /** One step, over as many batches as it accumulates; or none, if one of them is left out. */
  private void step(Iterator<Batch> iterator) {
    var before = totals;
    long samples = 0;
    for (int i = 1; ; i++) {
      var batch = iterator.next();
      samples += batch.size();
      boolean isLast = i == trainer.accumulate || !iterator.hasNext();
      var mode = Mode.training(trainer.key.fold(LAYERS).fold(batches));
      var prediction = trainer.model.apply(batch.x(), mode);
      var loss = trainer.loss.apply(prediction, batch.y());
      var sums =
          trainer.metrics.stream()
              .map(metric -> metric.total(prediction, batch.y()))
              .toArray(Tensor[]::new);
      double weight = trainer.accumulate > 1 ? trainer.loss.counted(batch.y()) : 1;
      var result =
          isLast
              ? optimization.step(loss, mode, weight, sums)
              : optimization.accumulate(loss, mode, weight, sums);
      if (!result.applied()) {
        guard.notFinite(loss, () -> writer.ifPresent(CheckpointWriter::close));
      }
      batches++;
      position = position.nextBatch();
      if (!result.applied()) {
        totals = before;
        return;
      }
      totals = totals.plus(isLast ? samples : 0, result.loss(), Totals.numbers(result.outputs()));
      if (isLast) {
        guard.stepped(result, loss);
        last = Optional.of(result);
        lastLoss = Optional.of(loss);
        return;
      }
    }
  }

  /** What one step of a run brought; of an epoch's last step the epoch's line tells. */
  private void log(StepResult result) {
    var line = new LinkedHashMap<String, Object>();
    line.put("epoch", (double) optimization.steps() / trainer.stepsPerEpoch(data.train()));
    line.put("batch_loss", result.loss());
    line.put("learning_rate", result.learningRate());
    line.put("gradient_norm", result.gradientNorm());
    trainer.run.ifPresent(run -> run.append(optimization.steps(), line));
  }

  private void finishEpoch(boolean stopped) {
    var loss = lastLoss;
    loss.ifPresent(tensor -> guard.epochEnded(position.epoch() + 1, tensor));
    lastLoss = Optional.empty();
    Optional<Scores> validation =
        data.validation().size() > 0
            ? Optional.of(trainer.evaluate(data.validation()))
            : Optional.empty();
    tick();
    var done =
        new EpochScores(
            position.epoch() + 1,
            optimization.steps(),
            totals.scores(trainer.metrics),
            validation,
            last.map(StepResult::learningRate).orElseGet(optimization::learningRate),
            last.map(StepResult::gradientNorm).orElse(Double.NaN),
            epochSeconds);
    history.add(done);
    optimization.observe(done.validation().orElse(done.train()).loss());
    position = position.nextEpoch();
    totals = Totals.none(trainer.metrics);
    epochSeconds = 0;
    boolean best = best().equals(Optional.of(done));
    boolean isLast = position.epoch() >= epochs || stops() || stopped;
    validation.ifPresent(scores -> trainer.progress.measured(scores.fields("val ")));
    if (isLast || done.epoch() % trainer.reportEvery == 0) {
      validation.ifPresent(scores -> trainer.progress.print(summary(scores, best)));
    }
    trainer.run.ifPresent(run -> run.append(done.step(), done.line()));
    if (trainer.histograms && trainer.run.isPresent() && loss.isPresent()) {
      var precision = trainer.options.precision();
      Histograms.write(trainer.run.get(), optimization.trained(), loss.get(), precision, done);
      tick();
    }
    if (isLast || best || done.epoch() % trainer.saving.epochs() == 0) {
      save(best);
    }
    if (best && writer.isEmpty()) {
      keepBest();
    }
  }

  private Optional<EpochScores> best() {
    var eligible = history.stream().filter(epoch -> epoch.step() >= bestFrom).toList();
    return trainer.stopping.flatMap(stopping -> stopping.best(eligible));
  }

  private boolean stops() {
    return trainer.stopping.map(stopping -> stopping.stops(history)).orElse(false);
  }

  private Progress progress() {
    return (position.epoch() + 1) % trainer.reportEvery == 0 ? trainer.progress : Progress.none();
  }

  /** The line below an epoch's bar, which has told about training. */
  private static String summary(Scores validation, boolean best) {
    var text = new StringBuilder("  validation");
    validation
        .named("")
        .forEach(
            (name, value) ->
                text.append(String.format(Locale.ROOT, " %s %.4f ", name.substring(1), value)));
    return text.append(best ? " (best so far)" : "").toString();
  }

  private Field[] fields(StepResult result) {
    var fields = new ArrayList<Field>();
    var soFar = totals.scores(trainer.metrics);
    fields.add(new Field("loss", soFar.loss()));
    soFar.metrics().forEach((name, value) -> fields.add(new Field(name, value)));
    fields.add(
        new Field(trainer.unit + "/s", trainer.unitsPerSample * soFar.samples() / epochSeconds));
    fields.add(new Field("|g|", result.gradientNorm()));
    fields.add(new Field("learning rate", result.learningRate()));
    return fields.toArray(Field[]::new);
  }

  /** The seconds since the last call. */
  private double tick() {
    long now = System.nanoTime();
    double passed = (now - clock) / NANOS;
    clock = now;
    seconds += passed;
    return passed;
  }

  // ---- checkpoints

  private boolean due() {
    return trainer.saving.due(optimization.steps(), System.nanoTime() - lastSaved);
  }

  private void save(boolean best) {
    writer.ifPresent(
        behind -> {
          behind.save(optimization.steps(), state(), best);
          lastSaved = System.nanoTime();
        });
  }

  private FitState state() {
    return new FitState(
        trainer.key.value(),
        fingerprint,
        position,
        batches,
        totals,
        epochSeconds,
        seconds,
        optimization.scheduleState(),
        List.copyOf(history));
  }

  private void resume(Checkpoint checkpoint) {
    var state = checkpoint.state(FitState.class);
    if (state.key() != trainer.key.value() || !state.data().equals(fingerprint)) {
      throw new FileException(
          checkpoint.folder(),
          state.key() != trainer.key.value()
              ? "it was made with another seed"
              : "it was made with other training data",
          "go on with those of the checkpoint, or start a new run");
    }
    if (state.totals().metrics().size() != trainer.metrics.size()) {
      throw new FileException(
          checkpoint.folder(),
          "it was made with other metrics",
          "go on with those of the checkpoint, or start a new run");
    }
    checkpoint.loadModel(parameters);
    checkpoint.loadOptimizer(optimization.state());
    optimization.resume(checkpoint.step(), state.schedule());
    position = state.position();
    batches = state.batches();
    totals = state.totals();
    epochSeconds = state.epochSeconds();
    seconds = state.seconds();
    history.addAll(state.history());
    trainer.run.ifPresent(run -> resumeBest(run.folder().checkpoints(), checkpoint.step()));
  }

  /** Finds the best epoch whose weights are still there. */
  private void resumeBest(Checkpoints checkpoints, long step) {
    if (best().map(EpochScores::step).equals(Optional.of(step))) {
      checkpoints.markBest(step); // the end came between the writing and the marking
    }
    bestFrom = checkpoints.bestStep().orElse(step + 1);
  }

  private void keepBest() {
    parameters.values().stream()
        .filter(parameter -> !frozen.contains(parameter))
        .forEach(
            parameter -> {
              var now = parameter.storage().segment();
              bestWeights
                  .computeIfAbsent(parameter, _ -> Arena.ofAuto().allocate(now.byteSize(), 64))
                  .copyFrom(now);
            });
  }

  private void useBest() {
    trainer
        .run
        .flatMap(run -> run.folder().checkpoints().best())
        .ifPresent(
            checkpoint ->
                Weights.load(
                    checkpoint.modelFile(),
                    parameters,
                    name -> !frozen.contains(parameters.get(name))));
    bestWeights.forEach((parameter, weights) -> parameter.storage().segment().copyFrom(weights));
  }
}
