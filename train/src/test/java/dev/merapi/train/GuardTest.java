package dev.merapi.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.merapi.data.Batch;
import dev.merapi.data.Batches;
import dev.merapi.data.Dataset;
import dev.merapi.data.MemoryDataset;
import dev.merapi.data.Normalisation;
import dev.merapi.data.Position;
import dev.merapi.data.Splits;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Loss;
import dev.merapi.optim.Adam;
import dev.merapi.tensor.Key;
import dev.merapi.tensor.MerapiException;
import dev.merapi.tensor.Shape;
import dev.merapi.tensor.Tensor;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a training does and says when its numbers, or its data, are not as they should be. */
class GuardTest {
  @TempDir Path folder;

  /** Keeps what is said. */
  private static final class Lines implements Progress {
    private final List<String> lines = Collections.synchronizedList(new ArrayList<>());

    @Override
    public Bar start(String label, long total) {
      return Progress.none().start(label, total);
    }

    @Override
    public void print(String line) {
      lines.add(line);
    }

    List<String> notes() {
      return lines.stream().filter(line -> line.startsWith("note: ")).toList();
    }
  }

  private final Lines said = new Lines();

  /** Points of two classes, of which some are as given and some are multiplied. */
  private static Dataset points(int count, int odd, float factor) {
    float[] x = Key.of(7).uniform(-1, 1, Shape.of(count, 2)).toArray();
    int[] labels = new int[count];
    for (int i = 0; i < count; i++) {
      labels[i] = x[2 * i] > 0 ? 1 : 0;
    }
    for (int i = 0; i < odd; i++) {
      x[2 * i] *= factor;
      labels[i] = 1 - labels[i];
    }
    return MemoryDataset.classified(x, Shape.of(2), labels, List.of("left", "right"));
  }

  private static Splits splits(Dataset train) {
    return Splits.of(train, points(8, 0, 1));
  }

  private Trainer trainer(Layer model) {
    return Trainer.of(model, Loss.crossEntropy(), Adam.of(0.01))
        .batch(4)
        .key(Key.of(3))
        .progress(said);
  }

  private static Layer net() {
    return new Nets.Plain(Linear.of(2, 6, Key.of(1)), Linear.of(6, 2, Key.of(2)));
  }

  @Test
  void aStepThatIsNotFiniteIsLeftOutWhereThatIsWanted() {
    var data = splits(points(40, 1, Float.POSITIVE_INFINITY));
    var stop = assertThrows(MerapiException.class, () -> trainer(net()).fit(data, Epochs.of(1)));
    assertTrue(stop.getMessage().contains("data (4, 2) hold"), stop.getMessage());
    assertTrue(stop.getMessage().contains("`training.on_nan: skip`"), stop.getMessage());
    assertEquals(List.of(), said.notes());

    var trained = trainer(net()).onNan(OnNan.SKIP).fit(data, Epochs.of(4));
    assertEquals(4 * 9, trained.steps());
    assertEquals(4, said.notes().size());
    assertTrue(said.notes().getFirst().contains("hold"), said.notes().getFirst());
    assertTrue(said.notes().getFirst().endsWith("; the step is left out"));
    assertTrue(said.notes().getLast().contains("is not finite either"));
    assertTrue(Double.isFinite(trained.history().getLast().train().loss()));
    assertEquals(36, trained.history().getLast().train().samples());
  }

  @Test
  void ofAccumulatedBatchesNoneIsKept() {
    var data = splits(points(40, 1, Float.POSITIVE_INFINITY));
    var trained = trainer(net()).onNan(OnNan.SKIP).accumulate(5).fit(data, Epochs.of(1));
    assertEquals(1, said.notes().size());
    assertTrue(trained.steps() >= 1);
    assertTrue(trained.history().getLast().train().samples() <= 36);
  }

  @Test
  void nothingButSuchStepsEndsTheTraining() {
    var data = splits(points(40, 40, Float.NaN));
    var trainer = trainer(net()).onNan(OnNan.SKIP);
    var error = assertThrows(MerapiException.class, () -> trainer.fit(data, Epochs.of(9)));
    assertTrue(error.getMessage().contains("21 steps in a row"), error.getMessage());
  }

  @Test
  void itCanGoBackToTheLastCheckpoint() {
    var data = splits(points(40, 1, Float.NEGATIVE_INFINITY));
    var model = (Nets.Plain) net();
    var values = new ArrayList<float[]>();
    var counts = new ArrayList<Integer>();
    var surroundings = Environment.capture(List.of(), 3, "");
    try (var run = RunWriter.create(folder, "test", "name: test\n", surroundings)) {
      trainer(model)
          .onNan(OnNan.ROLLBACK)
          .saveTo(run, Saving.DEFAULT.keep(9))
          .stopWhen(
              () -> {
                values.add(model.hidden().weight().toArray());
                counts.add(said.notes().size());
                return false;
              })
          .fit(data, Epochs.of(2));
      var first = said.notes().getFirst();
      assertTrue(first.endsWith("no checkpoint to go back to yet: the step is left out"), first);
      var second = said.notes().getLast();
      assertTrue(second.endsWith("the weights of the checkpoint of step 9"), second);
      // The weights behind the step that failed are those of the end of the first epoch.
      int failed = counts.indexOf(2);
      var checkpoint = Checkpoint.open(run.folder().checkpoints().at(9));
      assertArrayEquals(
          checkpoint.model().get("hidden.weight").toTensor().toArray(), values.get(failed));
      if (failed > 10) {
        assertFalse(java.util.Arrays.equals(values.get(9), values.get(failed - 1)));
      }
    }
  }

  /** A line between the classes. */
  public record Straight(Linear only) implements Layer {
    @Override
    public Tensor apply(Tensor x, dev.merapi.nn.Mode mode) {
      return only.apply(x, mode);
    }
  }

  @Test
  void aJumpOfTheLossIsToldWithItsLayer() {
    // One batch of sixty is a thousand times as large: the second epoch knows that it is odd.
    trainer(new Straight(Linear.of(2, 2, Key.of(1))))
        .fit(splits(points(240, 1, 1000)), Epochs.of(2));
    var notes = said.notes();
    assertTrue(notes.size() == 1 || notes.size() == 2, notes.toString());
    assertTrue(
        notes
            .getFirst()
            .matches(
                "note: step \\d+: (the loss jumped to|the gradients explode).* layer"
                    + " `only` .*"),
        notes.getFirst());
    assertTrue(notes.getFirst().contains("learning rate (0.01)"), notes.getFirst());
  }

  @Test
  void orderlyTrainingsAreNotTalkedAbout() {
    trainer(net()).fit(splits(points(240, 0, 1)), Epochs.of(8));
    assertEquals(List.of(), said.notes());
  }

  /** Its hidden units are all below zero, and stay there. */
  public record Dead(Linear hidden, Linear output) implements Layer {
    @Override
    public Tensor apply(Tensor x, dev.merapi.nn.Mode mode) {
      return output.apply(hidden.apply(x, mode).sub(100).relu(), mode);
    }
  }

  @Test
  void aLayerWithoutGradientIsNamed() {
    var model = new Dead(Linear.of(2, 6, Key.of(1)), Linear.of(6, 2, Key.of(2)));
    trainer(model).fit(splits(points(24, 0, 1)), Epochs.of(3));
    assertEquals(2, said.notes().size(), "after the first and the second epoch");
    var note = said.notes().getFirst();
    assertTrue(note.startsWith("note: epoch 1: no gradient reaches layer `hidden`: "), note);
  }

  /** Waits before its third batch. */
  private record Slow(Dataset fast, Duration pause) implements Dataset {
    @Override
    public Batches batches(int size) {
      return slowed(fast.batches(size));
    }

    @Override
    public Batches batches(int size, Key shuffle, Batches.Remainder remainder) {
      return slowed(fast.batches(size, shuffle, remainder));
    }

    private Batches slowed(Batches batches) {
      return new Batches() {
        @Override
        public OptionalLong perEpoch() {
          return batches.perEpoch();
        }

        @Override
        public Iterator<Batch> from(Position position) {
          var each = batches.from(position);
          return new Iterator<>() {
            private int count;

            @Override
            public boolean hasNext() {
              return each.hasNext();
            }

            @Override
            public Batch next() {
              if (++count == 3) {
                try {
                  Thread.sleep(pause);
                } catch (InterruptedException e) {
                  throw new IllegalStateException(e);
                }
              }
              return each.next();
            }
          };
        }
      };
    }

    @Override
    public int size() {
      return fast.size();
    }

    @Override
    public Shape features() {
      return fast.features();
    }

    @Override
    public Shape target() {
      return fast.target();
    }

    @Override
    public List<String> classes() {
      return fast.classes();
    }

    @Override
    public int[] labels() {
      return fast.labels();
    }

    @Override
    public Batch gather(int... rows) {
      return fast.gather(rows);
    }

    @Override
    public Dataset normalised(Normalisation normalisation) {
      return new Slow(fast.normalised(normalisation), pause);
    }

    @Override
    public String fingerprint() {
      return fast.fingerprint();
    }
  }

  @Test
  void dataThatDoNotComeAreReportedWhileTheyAreWaitedFor() {
    var slow = new Slow(points(24, 0, 1), Duration.ofMillis(900));
    trainer(net()).patience(Duration.ofMillis(200)).fit(splits(slow), Epochs.of(1));
    var waits = said.lines.stream().filter(line -> line.contains("has not come")).toList();
    assertTrue(waits.size() == 2 || waits.size() == 3, waits.toString()); // at 0.2, 0.4, 0.8 s
    assertTrue(
        waits.getFirst().startsWith("batch 3 of epoch 1 has not come for"), waits.toString());

    said.lines.clear();
    trainer(net()).patience(Duration.ofMillis(200)).evaluationBatch(8).evaluate(slow);
    assertTrue(
        said.lines.getFirst().startsWith("batch 3 of the evaluation has not come for"),
        said.lines.toString());

    said.lines.clear();
    trainer(net()).fit(splits(slow), Epochs.of(1));
    assertFalse(said.lines.toString().contains("has not come"), said.lines.toString());
  }
}
