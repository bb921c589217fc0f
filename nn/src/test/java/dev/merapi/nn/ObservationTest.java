package dev.merapi.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.merapi.tensor.Key;
import dev.merapi.tensor.MerapiException;
import dev.merapi.tensor.Shape;
import dev.merapi.tensor.Step;
import dev.merapi.tensor.Tensor;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is told of attention is the softmax of its scores, and looking changes nothing. */
class ObservationTest {
  private static final int HEADS = 4;
  private static final int DIM = 4; // of a head
  private static final int TIME = 7;

  /** Causal or not, windowed, with rotary positions, with grouped queries. */
  static Stream<SelfAttention> layers() {
    var one = SelfAttention.of(HEADS * DIM, HEADS, Key.of(1));
    var grouped =
        new SelfAttention(
            Linear.of(HEADS * DIM, (HEADS + 4) * DIM, Key.of(2)),
            Linear.of(HEADS * DIM, HEADS * DIM, Key.of(3)),
            HEADS,
            2,
            true,
            0.5);
    return Stream.of(
        one,
        one.causal(true),
        grouped,
        grouped.positions(Rotary.of(DIM)),
        grouped.window(3),
        one.causal(true).positions(Alibi.of()),
        grouped.norms(SelfAttention.HeadNorms.of(DIM)));
  }

  @ParameterizedTest
  @MethodSource("layers")
  void tellsTheSoftmaxOfTheScores(SelfAttention layer) {
    Tensor x = Key.of(5).normal(2, TIME, HEADS * DIM).mul(2);
    for (int queries : new int[] {1, 3, 100}) {
      var pass = Observation.of(queries);
      float[] y = Step.compute(layer.apply(x, pass)).getFirst().toArray();
      assertArrayEquals(Step.compute(layer.apply(x)).getFirst().toArray(), y);
      Tensor told = pass.attention().getFirst();
      int rows = Math.min(queries, TIME);
      assertEquals(Shape.of(2, HEADS, rows, TIME), told.shape());
      float[] actual = Step.compute(told).getFirst().toArray();
      for (int row = 0; row < 2 * HEADS * rows; row++) {
        int head = row / rows;
        double[] expected =
            expected(layer, x, head / HEADS, head % HEADS, TIME - rows + row % rows);
        for (int key = 0; key < TIME; key++) {
          assertEquals(expected[key], actual[row * TIME + key], 1e-5, "row %d".formatted(row));
        }
      }
    }
  }

  /** A row of probabilities, in doubles and by the definition. */
  private static double[] expected(SelfAttention layer, Tensor x, int text, int head, int time) {
    var views = layer.views(x, Mode.evaluation());
    var computed = Step.compute(views.query(), views.key());
    float[] q = computed.getFirst().toArray();
    float[] k = computed.getLast().toArray();
    int kvHead = head * layer.kvHeads() / HEADS;
    double[] powers = new double[TIME];
    double sum = 0;
    for (int key = 0; key < TIME; key++) {
      int distance = time - key;
      double score = 0;
      for (int i = 0; i < DIM; i++) {
        score +=
            (double) q[((text * HEADS + head) * TIME + time) * DIM + i]
                * k[((text * layer.kvHeads() + kvHead) * TIME + key) * DIM + i];
      }
      score /= Math.sqrt(DIM);
      if (layer.positions().filter(Alibi.class::isInstance).isPresent()) {
        score -= Alibi.slopes(HEADS)[head] * Math.abs(distance);
      }
      boolean seen =
          (!layer.causal() || distance >= 0)
              && Math.abs(distance) < layer.window().orElse(TIME + 1);
      powers[key] = seen ? Math.exp(score) : 0;
      sum += powers[key];
    }
    for (int key = 0; key < TIME; key++) {
      powers[key] /= sum;
    }
    return powers;
  }

  @Test
  void looksIntoEachLayerAndToAnotherSequence() {
    var block = TransformerBlock.of(8, 2, 8, Key.of(1));
    var other = CrossAttention.of(8, 6, 2, Key.of(2));
    Tensor x = Key.of(3).normal(1, 3, 8);
    Tensor mask = Tensor.of(new int[] {1, 1, 0, 0, 0}, 1, 5).eq(1);
    var pass = Observation.of(9);
    Tensor y = block.apply(block.apply(x, pass), pass);
    Tensor z = other.apply(y, Key.of(4).normal(1, 5, 6), Optional.of(mask), pass);
    assertEquals(y.shape(), z.shape());
    assertEquals(
        List.of(Shape.of(1, 2, 3, 3), Shape.of(1, 2, 3, 3), Shape.of(1, 2, 3, 5)),
        pass.attention().stream().map(Tensor::shape).toList());
    Tensor last = pass.attention().getLast();
    assertEquals(0, last.sum(-1).sub(1).abs().max().item(), 1e-6);
    assertEquals(0, last.slice(3, 2, 5).max().item());
    assertThrows(MerapiException.class, () -> Observation.of(0));
  }

  @Test
  void staysInsideATextOfSeveralInARow() {
    var layer = SelfAttention.of(HEADS * DIM, HEADS, Key.of(1)).causal(true);
    Tensor x = Key.of(5).normal(1, 5, HEADS * DIM);
    var packing = new Packing(Tensor.of(new int[] {0, 0, 2, 2, 2}, 1, 5));
    var pass = Observation.of(2);
    Step.compute(layer.apply(x, pass.packed(packing)));
    Tensor told = pass.attention().getFirst();
    assertEquals(0, told.slice(3, 0, 2).max().item());
    assertEquals(0, told.sum(-1).sub(1).abs().max().item(), 1e-6);
  }
}
