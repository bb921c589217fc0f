package dev.merapi.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.merapi.data.Dataset;
import dev.merapi.data.MemoryDataset;
import dev.merapi.data.Splits;
import dev.merapi.nn.CrossEntropy;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Loss;
import dev.merapi.nn.Parameters;
import dev.merapi.optim.Adam;
import dev.merapi.optim.Optimizer;
import dev.merapi.optim.Plateau;
import dev.merapi.optim.Schedule;
import dev.merapi.optim.Sgd;
import dev.merapi.optim.StepOptions;
import dev.merapi.tensor.Key;
import dev.merapi.tensor.MerapiException;
import dev.merapi.tensor.Shape;
import dev.merapi.tensor.Tensor;
import dev.merapi.train.Trained.Ending;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class TrainerTest {
  @TempDir Path folder;

  /** Points inside and outside a circle. */
  private static Dataset circle(int count) {
    float[] x = Key.of(7).uniform(-1, 1, Shape.of(count, 2)).toArray();
    int[] labels = new int[count];
    for (int i = 0; i < count; i++) {
      labels[i] = x[2 * i] * x[2 * i] + x[2 * i + 1] * x[2 * i + 1] < 0.5 ? 1 : 0;
    }
    return MemoryDataset.classified(x, Shape.of(2), labels, List.of("outside", "inside"));
  }

  private static Splits splits() {
    var all = circle(30);
    return new Splits(all.take(22), all.select(22, 23, 24, 25), all.select(26, 27, 28), List.of());
  }

  private static Trainer trainer(Layer model, Optimizer optimizer) {
    return Trainer.of(model, Loss.crossEntropy(), optimizer)
        .metrics(Metric.accuracy())
        .batch(4)
        .key(Key.of(3));
  }

  private static BooleanSupplier afterSteps(int count) {
    var left = new AtomicInteger(count);
    return () -> left.decrementAndGet() <= 0;
  }

  private RunWriter newRun() {
    return RunWriter.create(folder, "test", "name: test\n", Environment.capture(List.of(), 3, ""));
  }

  private static List<float[]> values(Layer model) {
    var values = new ArrayList<float[]>();
    Parameters.of(model).values().forEach(parameter -> values.add(parameter.toArray()));
    return values;
  }

  private static void assertSameBits(List<float[]> expected, List<float[]> actual) {
    assertEquals(expected.size(), actual.size());
    for (int i = 0; i < expected.size(); i++) {
      assertArrayEquals(expected.get(i), actual.get(i), "parameter " + i);
    }
  }

  /** The lines of metrics without the times, which are never the same twice. */
  private static List<Map<String, Object>> lines(RunFolder run) {
    return run.metrics().lines().stream()
        .map(
            line -> {
              Map<String, Object> fields = new TreeMap<>(line.fields());
              fields.keySet().removeAll(List.of("seconds", "samples_per_second"));
              return fields;
            })
        .toList();
  }

  @Test
  void learnsWhatItSees() {
    var data = circle(24);
    var trained = trainer(Nets.Net.of(), Adam.of(0.05)).fit(Splits.of(data, data), Epochs.of(60));
    assertEquals(Ending.COMPLETE, trained.ending());
    assertEquals(60 * 6, trained.steps());
    assertEquals(60, trained.history().size());
    var first = trained.history().getFirst().train();
    var last = trained.history().getLast().train();
    assertTrue(last.loss() < 0.5 * first.loss(), first + " → " + last);
    assertTrue(trained.evaluate(data).accuracy() > 0.9, trained.evaluate(data).toString());
  }

  @Test
  void measuresTheSameInBatchesOfAnySize() {
    var data = circle(11);
    var trainer = trainer(Nets.Net.of(), Sgd.of(0.1));
    var whole = trainer.evaluationBatch(11).evaluate(data);
    var parts = trainer.evaluationBatch(4).evaluate(data);
    assertEquals(whole.loss(), parts.loss(), 1e-6);
    assertEquals(whole.accuracy(), parts.accuracy(), 1e-9);
    assertEquals(11, parts.samples());
    assertEquals(3, trainer.predict(data).size());
  }

  @Test
  void accuracyLeavesOutIgnoredTargets() {
    var logits =
        Tensor.of(new float[] {1, 0, 0, 1, 0, 1, 1, 0, 1, 0, 0, 1}, 2, 3, 2); // 0 1 1, 0 0 1
    var target = Tensor.of(new int[] {0, -100, 0, -100, -100, 1}, 2, 3);
    // Two of the three that count are right: of two samples, two thirds.
    assertEquals(4 / 3f, Metric.accuracy().total(logits, target).item(), 1e-6f);
    var flat = Metric.accuracy().total(logits.flatten(0, 1), target.flatten(0, 1));
    assertEquals(6 * 2 / 3f, flat.item(), 1e-6f);
    var none = Tensor.of(new int[] {-1, -1}, 2);
    assertEquals(
        0,
        Metric.accuracy().total(logits.slice(0, 0, 2).slice(1, 0, 1).flatten(0, 1), none).item());
    // Without any to leave out, it is the share of all.
    var all = Tensor.of(new int[] {0, 1, 0, 0, 1, 0}, 2, 3);
    assertEquals(2 * 3 / 6f, Metric.accuracy().total(logits, all).item(), 1e-6f);
  }

  static List<Optimizer> optimizers() {
    return List.of(Sgd.of(0.1).momentum(0.9), Adam.of(0.01));
  }

  @ParameterizedTest
  @MethodSource("optimizers")
  void aResumedRunIsTheUninterruptedOneToTheLastBit(Optimizer optimizer) {
    Schedule schedule = Plateau.ofLeast().patience(1).reduction(0.5);
    var options = StepOptions.DEFAULT.schedule(schedule).clipNorm(1);
    var whole = Nets.Net.of();
    var wholeRun = newRun();
    trainer(whole, optimizer)
        .options(options)
        .accumulate(2)
        .saveTo(wholeRun, Saving.DEFAULT)
        .fit(splits(), Epochs.of(4));
    wholeRun.close();

    // Stopped in the middle of the second epoch, at the end of the third, and without a word.
    var writer = newRun();
    var run = writer.folder();
    var first =
        trainer(Nets.Net.of(), optimizer)
            .options(options)
            .accumulate(2)
            .saveTo(writer, Saving.DEFAULT)
            .stopWhen(afterSteps(4))
            .fit(splits(), Epochs.of(4));
    writer.close();
    assertEquals(Ending.INTERRUPTED, first.ending());
    assertEquals(4, first.steps());
    Layer parts = Nets.Net.of();
    for (int stop : new int[] {5, 1, 1000}) {
      parts = Nets.Net.of();
      var resumed = RunWriter.resume(run.path());
      try (var again = resumed.writer()) {
        trainer(parts, optimizer)
            .options(options)
            .accumulate(2)
            .saveTo(again, Saving.DEFAULT.everySteps(2))
            .resumeFrom(resumed.found().checkpoint().orElseThrow())
            .stopWhen(afterSteps(stop))
            .fit(splits(), Epochs.of(4));
      }
    }
    assertSameBits(values(whole), values(parts));
    assertEquals(lines(wholeRun.folder()), lines(run));
    assertEquals(4 * 3, lines(run).size(), "every step of so short a training");
  }

  @Test
  void aCheckpointOfOtherDataOrAnotherSeedIsRefused() {
    try (var writer = newRun()) {
      trainer(Nets.Net.of(), Sgd.of(0.1))
          .saveTo(writer, Saving.DEFAULT)
          .fit(splits(), Epochs.of(1));
      var checkpoint = writer.folder().checkpoints().newest().checkpoint().orElseThrow();
      var other = trainer(Nets.Net.of(), Sgd.of(0.1)).resumeFrom(checkpoint);
      var wrongData =
          assertThrows(
              MerapiException.class,
              () -> other.fit(Splits.of(circle(8), circle(8)), Epochs.of(2)));
      assertTrue(wrongData.getMessage().contains("other training data"), wrongData.getMessage());
      var wrongSeed =
          assertThrows(
              MerapiException.class, () -> other.key(Key.of(4)).fit(splits(), Epochs.of(2)));
      assertTrue(wrongSeed.getMessage().contains("another seed"), wrongSeed.getMessage());
    }
  }

  @Test
  void accumulatedBatchesEqualTheLargeOne() {
    var large = new Nets.Net(Linear.of(2, 6, Key.of(1)), Linear.of(6, 2, Key.of(2)));
    var small = Nets.Net.of();
    // Dropout draws by batch, so a net without any.
    Layer largeModel = new Nets.Plain(large.hidden(), large.output());
    Layer smallModel = new Nets.Plain(small.hidden(), small.output());
    // The last step has six samples: a batch of four and one of two.
    trainer(largeModel, Sgd.of(0.5)).batch(8).fit(splits(), Epochs.of(2));
    trainer(smallModel, Sgd.of(0.5)).batch(4).accumulate(2).fit(splits(), Epochs.of(2));
    var expected = values(large);
    var actual = values(small);
    for (int i = 0; i < expected.size(); i++) {
      assertArrayEquals(expected.get(i), actual.get(i), 1e-6f);
    }
  }

  @Test
  void accumulatedBatchesWeighByWhatCountsInThem() {
    // Batches differ in how many samples count, as those of text do in tokens that are answers.
    var loss = CrossEntropy.of().ignored(1);
    int[] labels = {0, 0, 1, 0, 0, 1, 0, 1, 1, 0, 0};
    var x = Key.of(3).normal(labels.length, 2).toArray();
    var data = MemoryDataset.classified(x, Shape.of(2), labels, List.of("a", "b"));
    var large = Nets.Net.of();
    var small = Nets.Net.of();
    Trainer.of(new Nets.Plain(large.hidden(), large.output()), loss, Sgd.of(0.5))
        .batch(12)
        .fit(Splits.of(data, data), Epochs.of(3));
    Trainer.of(new Nets.Plain(small.hidden(), small.output()), loss, Sgd.of(0.5))
        .batch(3)
        .accumulate(4)
        .fit(Splits.of(data, data), Epochs.of(3));
    for (int i = 0; i < values(large).size(); i++) {
      assertArrayEquals(values(large).get(i), values(small).get(i), 1e-6f);
    }
    assertEquals(7, loss.counted(data.gather(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10).y()));
  }

  @Test
  void aMeasuredLossIsTheMeanOfWhatCountsHoweverItIsCut() {
    var data = circle(11);
    var loss = CrossEntropy.of().ignored(1);
    var model = Linear.of(2, 2, Key.of(5));
    double whole =
        loss.apply(model.apply(data.gather(rows(11)).x()), data.gather(rows(11)).y()).item();
    for (int batch : new int[] {3, 5, 11}) {
      var trainer = Trainer.of(model, loss, Sgd.of(0.1)).evaluationBatch(batch);
      assertEquals(whole, trainer.evaluate(data).loss(), 1e-6, "batches of " + batch);
    }
  }

  private static int[] rows(int count) {
    return IntStream.range(0, count).toArray();
  }

  @Test
  void stopsWhenNothingGetsBetterAndKeepsTheBest() {
    var model = Nets.Net.of();
    var before = values(model);
    try (var writer = newRun()) {
      var trained =
          trainer(model, Sgd.of(0))
              .stopEarly(EarlyStopping.onLoss(2))
              .saveTo(writer, Saving.DEFAULT.keep(1))
              .fit(splits(), Epochs.of(9));
      assertEquals(Ending.STOPPED_EARLY, trained.ending());
      assertEquals(3, trained.history().size());
      assertEquals(1, trained.best().orElseThrow().epoch());
      var checkpoints = writer.folder().checkpoints();
      assertEquals(6, checkpoints.best().orElseThrow().step());
      assertEquals(18, checkpoints.newest().checkpoint().orElseThrow().step());
      assertSameBits(before, values(model));
    }
  }

  @Test
  void validationDataMayShowWithoutChoosing() {
    try (var writer = newRun()) {
      var trained =
          trainer(Nets.Net.of(), Sgd.of(0.1))
              .lastCounts()
              .saveTo(writer, Saving.DEFAULT.everyEpochs(100).keep(9))
              .fit(splits(), Epochs.of(3));
      assertTrue(trained.best().isEmpty());
      assertTrue(trained.history().getLast().validation().isPresent());
      assertTrue(writer.folder().checkpoints().best().isEmpty());
      // Only the last epoch was due to be saved.
      var checkpoints = writer.folder().checkpoints();
      assertEquals(18, checkpoints.newest().checkpoint().orElseThrow().step());
      assertFalse(Files.exists(checkpoints.at(6)));
    }
  }

  @Test
  void canGoBackToTheBestEpochWithoutFiles() {
    var model = new Nets.Plain(Linear.of(2, 6, Key.of(1)), Linear.of(6, 2, Key.of(2)));
    // So great a rate that it gets worse after a good epoch.
    var trained = trainer(model, Sgd.of(5)).fit(splits(), Epochs.of(8));
    var best = trained.best().orElseThrow().validation().orElseThrow();
    trained.useBest();
    assertEquals(best, trained.evaluate(splits().validation()));
  }

  @Test
  void theCauseOfNaNIsNamedAndNothingIsLost() {
    var model = new Nets.Logarithm(Linear.of(2, 4, Key.of(1)), Linear.of(4, 2, Key.of(2)));
    var before = values(model);
    var error =
        assertThrows(
            MerapiException.class, () -> trainer(model, Sgd.of(0.1)).fit(splits(), Epochs.of(1)));
    assertTrue(error.getMessage().startsWith("step 1: log gave NaN"), error.getMessage());
    assertTrue(error.getMessage().contains("`first`"), error.getMessage());
    assertSameBits(before, values(model));
  }

  @Test
  void dataThatAreNotFiniteAreNamed() {
    float[] x = {1, 2, Float.POSITIVE_INFINITY, 4};
    var data = MemoryDataset.classified(x, Shape.of(2), new int[] {0, 1}, List.of("a", "b"));
    var error =
        assertThrows(
            MerapiException.class,
            () -> trainer(Nets.Net.of(), Sgd.of(0.1)).fit(Splits.of(data, data), Epochs.of(1)));
    assertTrue(error.getMessage().contains("data (2, 2) hold inf"), error.getMessage());
  }

  @Test
  void aLossThatGrowsBeyondAllNumbersStopsTheRunAndLeavesItsCheckpoint() {
    try (var writer = newRun()) {
      var trainer =
          Trainer.of(Nets.Net.of(), (p, _) -> p.mul(p).mul(p).mean(), Sgd.of(1e6))
              .batch(22)
              .saveTo(writer, Saving.DEFAULT);
      var error = assertThrows(MerapiException.class, () -> trainer.fit(splits(), Epochs.of(50)));
      assertTrue(error.getMessage().matches("step \\d+: .*"), error.getMessage());
      assertTrue(error.getMessage().contains("learning rate"), error.getMessage());
      assertTrue(writer.folder().checkpoints().newest().checkpoint().isPresent());
    }
  }
}
