package dev.merapi.train;

import dev.merapi.data.Augmented;
import dev.merapi.data.Dataset;
import dev.merapi.data.MemoryDataset;
import dev.merapi.data.Normalisation;
import dev.merapi.data.PictureAugmentation;
import dev.merapi.data.Splits;
import dev.merapi.nn.BatchNorm;
import dev.merapi.nn.Conv;
import dev.merapi.nn.Dropout;
import dev.merapi.nn.Flatten;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Loss;
import dev.merapi.nn.Relu;
import dev.merapi.nn.Sequential;
import dev.merapi.optim.Adagrad;
import dev.merapi.optim.Adam;
import dev.merapi.optim.AdamW;
import dev.merapi.optim.Lion;
import dev.merapi.optim.OneCycle;
import dev.merapi.optim.Optimizer;
import dev.merapi.optim.Plateau;
import dev.merapi.optim.RmsProp;
import dev.merapi.optim.Schedule;
import dev.merapi.optim.Sgd;
import dev.merapi.optim.StepOptions;
import dev.merapi.tensor.Key;
import dev.merapi.tensor.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/**
 * Trains a small network for twenty steps under each optimizer, with all that is random or has a
 * memory: dropout, batch norm, shuffling, augmentation, accumulation, clipping, averaged weights
 * and a schedule. In one go, in two parts, or until it is killed; then says what came of it.
 */
final class ResumeProgram {
  private static final int EPOCHS = 4;
  private static final int STEPS = 20;

  private ResumeProgram() {}

  /** A rule, and how its rate moves. */
  record Case(Optimizer optimizer, Schedule schedule) {}

  static Map<String, Case> cases() {
    var cases = new LinkedHashMap<String, Case>();
    cases.put("sgd", new Case(Sgd.of(0.1), Schedule.cosine(STEPS)));
    cases.put(
        "sgd-momentum",
        new Case(Sgd.of(0.1).momentum(0.9).weightDecay(1e-3), Schedule.step(3, 0.8)));
    cases.put("sgd-nesterov", new Case(Sgd.of(0.1).nesterov(0.9), OneCycle.of(STEPS)));
    cases.put("adam", new Case(Adam.of(0.01), Plateau.ofLeast().patience(0).reduction(0.5)));
    cases.put(
        "adam-amsgrad",
        new Case(Adam.of(0.01).withAmsgrad(), Schedule.multiStep(List.of(7L, 12L), 0.5)));
    cases.put("adamw", new Case(AdamW.of(0.01), Schedule.warmupCosine(5, STEPS)));
    cases.put("adagrad", new Case(Adagrad.of(0.05), Schedule.polynomial(STEPS, 2)));
    cases.put(
        "rmsprop", new Case(RmsProp.of(0.01).centring().momentum(0.9), Schedule.exponential(0.95)));
    cases.put("lion", new Case(Lion.of(1e-3), Schedule.constant().afterWarmup(6)));
    return cases;
  }

  /** Takes a folder, then {@code whole}, {@code parts}, {@code hang} or {@code finish}. */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    var runs = Path.of(arguments[0]);
    for (var each : cases().entrySet()) {
      switch (arguments[1]) {
        case "whole" -> {
          var run = begin(runs, each.getKey());
          fit(run, each.getValue(), Saving.DEFAULT, () -> false);
          tell(each.getKey(), run);
        }
        case "parts" -> {
          var run = begin(runs, each.getKey());
          var left = new AtomicInteger(10);
          fit(run, each.getValue(), Saving.DEFAULT, () -> left.decrementAndGet() == 0);
          resume(each, run);
        }
        // In the middle of an epoch, a step after its last checkpoint.
        case "hang" -> hang(begin(runs, each.getKey()), each.getValue());
        case "finish" -> resume(each, runs.resolve(each.getKey()));
        default -> throw new IllegalArgumentException(arguments[1]);
      }
    }
    IO.println("ready");
    if (arguments[1].equals("hang")) {
      new CountDownLatch(1).await();
    }
  }

  private static Path begin(Path runs, String name) throws IOException {
    var surroundings = Environment.capture(List.of(), 3, "");
    try (var run = RunWriter.create(runs, name, "name: " + name + "\n", surroundings)) {
      return Files.move(run.folder().path(), runs.resolve(name));
    }
  }

  private static void resume(Map.Entry<String, Case> each, Path run) throws IOException {
    fit(run, each.getValue(), Saving.DEFAULT, () -> false);
    tell(each.getKey(), run);
  }

  private static void hang(Path run, Case each) throws InterruptedException {
    var there = new CountDownLatch(1);
    var left = new AtomicInteger(13);
    BooleanSupplier stop =
        () -> {
          if (left.decrementAndGet() == 0) {
            there.countDown();
            try {
              new CountDownLatch(1).await();
            } catch (InterruptedException e) {
              throw new IllegalStateException(e);
            }
          }
          return false;
        };
    Thread.ofPlatform().daemon().start(() -> fit(run, each, Saving.DEFAULT.everySteps(4), stop));
    there.await();
  }

  private static void fit(Path run, Case each, Saving saving, BooleanSupplier stop) {
    var resumed = RunWriter.resume(run);
    try (var writer = resumed.writer()) {
      var trainer =
          Trainer.of(network(), Loss.crossEntropy(), each.optimizer())
              .options(StepOptions.DEFAULT.schedule(each.schedule()).clipNorm(2).averageDecay(0.9))
              .metrics(Metric.accuracy())
              .batch(4)
              .accumulate(2)
              .key(Key.of(3))
              .saveTo(writer, saving)
              .stopWhen(stop);
      resumed.found().checkpoint().ifPresent(trainer::resumeFrom);
      trainer.fit(splits(), Epochs.of(EPOCHS));
    }
  }

  private static Layer network() {
    return Sequential.of(
        Conv.of2d(1, 4, 3, Key.of(1)),
        BatchNorm.of(4),
        Relu.of(),
        Flatten.of(),
        Dropout.of(0.3),
        Linear.of(4 * 6 * 6, 2, Key.of(2)));
  }

  /** Noise that is brighter at the top or at the bottom: 40 pictures make 5 steps an epoch. */
  private static Splits splits() {
    var train = new Augmented(pictures(40, Key.of(5)), AUGMENTATION, Normalisation.NONE);
    return Splits.of(train, pictures(8, Key.of(6)));
  }

  private static final PictureAugmentation AUGMENTATION =
      new PictureAugmentation(true, 1, 10, 0.1, 5, 0.2, 0.2, 0, 0.02, 2, 0);

  private static Dataset pictures(int count, Key key) {
    float[] x = key.uniform(0, 1, Shape.of(count, 1, 8, 8)).toArray();
    int[] labels = new int[count];
    for (int i = 0; i < x.length; i++) {
      labels[i / 64] = i / 64 % 2;
      x[i] *= (i / 32 + i / 64) % 2 == 0 ? 1 : 0.5f;
    }
    return MemoryDataset.classified(x, Shape.of(1, 8, 8), labels, List.of("top", "bottom"));
  }

  /** The bits of all weights and state, and every epoch's losses, in one line. */
  private static void tell(String name, Path path) throws IOException {
    var run = RunFolder.open(path);
    var last = run.checkpoints().newest().checkpoint().orElseThrow();
    var model = DigestChannel.hash(Files.readAllBytes(last.modelFile()));
    var optimizer = DigestChannel.hash(Files.readAllBytes(last.optimizerFile()));
    var lines = new StringBuilder();
    for (var line : run.metrics().lines()) {
      var fields = new TreeMap<>(line.fields());
      fields.keySet().removeAll(List.of("seconds", "samples_per_second"));
      lines.append(fields);
    }
    IO.println(
        "%s: step %d, weights %s, optimizer %s, metrics %s"
            .formatted(name, last.step(), model, optimizer, lines));
  }
}
