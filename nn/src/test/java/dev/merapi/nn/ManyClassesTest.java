package dev.merapi.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.merapi.graph.FusedCrossEntropy;
import dev.merapi.graph.Op;
import dev.merapi.graph.Walk;
import dev.merapi.tensor.Gradients;
import dev.merapi.tensor.Key;
import dev.merapi.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Cross-entropy over a large vocabulary is the same as over a small one. */
final class ManyClassesTest {
  private static final int CLASSES = 1500;
  private static final Tensor LOGITS = Key.of(1).normal(6, CLASSES).mul(2);
  private static final Tensor TARGET = Tensor.of(new long[] {0, 1499, -100, 7, -100, 700}, 6);

  private static boolean fused(Tensor loss) {
    return Walk.inOrder(List.of(loss)).stream()
        .anyMatch(x -> x.op() instanceof Op.Fused f && f.op() instanceof FusedCrossEntropy);
  }

  /** Weights of one take the way through plain ops. */
  @ParameterizedTest
  @EnumSource
  void asInPlainOps(Reduction reduction) {
    CrossEntropy loss = CrossEntropy.of().reduction(reduction);
    Tensor y = loss.apply(LOGITS, TARGET);
    Tensor plain = loss.weight(Tensor.ones(CLASSES)).apply(LOGITS, TARGET);
    assertTrue(fused(y) && !fused(plain));
    assertEquals(plain.shape(), y.shape());
    assertArrayEquals(plain.toArray(), y.toArray(), 1e-5f);
    assertArrayEquals(slope(plain), slope(y), 1e-6f);
  }

  private static float[] slope(Tensor loss) {
    return Gradients.of(loss.sum(), List.of(LOGITS)).getFirst().toArray();
  }

  @Test
  void aNumberThatIsNoClass() {
    for (long number : new long[] {CLASSES, -1, (1L << 32) + 3}) {
      Tensor target = Tensor.of(new long[] {number}, 1);
      Tensor y = CrossEntropy.of().apply(LOGITS.slice(0, 0, 1), target);
      assertTrue(fused(y) && Double.isNaN(y.item()), "class " + number);
    }
  }

  @Test
  void whatTheKernelDoesNotKnowTakesPlainOps() {
    assertTrue(!fused(CrossEntropy.of().labelSmoothing(0.1).apply(LOGITS, TARGET)));
    assertTrue(!fused(CrossEntropy.of().apply(LOGITS.slice(1, 0, 10), Tensor.zeros(6, 10))));
  }
}
