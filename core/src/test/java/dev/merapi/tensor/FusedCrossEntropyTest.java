package dev.merapi.tensor;

import static dev.merapi.tensor.FusedOps.numbers;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.merapi.graph.Engine;
import dev.merapi.graph.FusedCrossEntropy;
import dev.merapi.graph.FusedCrossEntropyGradient;
import dev.merapi.graph.Kernel;
import java.util.List;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Cross-entropy that keeps no probabilities, against its definition. */
final class FusedCrossEntropyTest {
  private static final OptionalLong IGNORED = OptionalLong.of(-100);

  private static Tensor classes(int rows, int count) {
    int[] numbers = new SplittableRandom(3).ints(rows, 0, Math.max(1, count)).toArray();
    return Tensor.of(numbers, rows);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 5", "1, 1", "7, 7", "16, 16", "17, 17", "3, 1000", "1000, 3", "2, 5001", "33, 1", "5, 31"
  })
  void valuesAndGradients(int rows, int count) {
    Tensor logits = numbers(1, rows, count);
    Tensor target = classes(rows, count);
    Tensor losses = Fused.crossEntropy(logits, target, IGNORED);
    assertEquals(Shape.of(rows), losses.shape());
    Tensor d = Gradients.product(losses, numbers(2, rows), List.of(logits)).getFirst();
    Agreement.check(rows + " × " + count, List.of(losses, d));
    Tensor mean = Gradients.of(losses.mean(), List.of(logits)).getFirst();
    Agreement.check("mean of " + rows + " × " + count, List.of(mean));
  }

  @Test
  void ignoredAndUnknownClasses() {
    Tensor logits = numbers(1, 5, 3);
    Tensor target = Tensor.of(new long[] {2, -100, 3, -1, 0}, 5);
    Tensor losses = Fused.crossEntropy(logits, target, IGNORED);
    Tensor d = Gradients.of(losses.slice(0, 0, 2).sum(), List.of(logits)).getFirst();
    Agreement.check("ignored", List.of(losses, d));
    float[] values = losses.toArray();
    assertEquals(0, values[1]);
    assertTrue(Float.isNaN(values[2]) && Float.isNaN(values[3]));
    assertTrue(values[0] > 0 && values[4] > 0);
    assertArrayEquals(new float[3], d.slice(0, 1, 2).toArray());
    assertTrue(Float.isNaN(Fused.crossEntropy(logits, target, OptionalLong.empty()).toArray()[1]));
  }

  @Test
  void extremeLogits() {
    float infinite = Float.POSITIVE_INFINITY;
    Tensor logits =
        Tensor.of(
            new float[] {1000, 999, 0, -infinite, 0, 1, Float.NaN, 0, 0, -1e30f, -1e30f, -1e30f},
            4,
            3);
    Tensor target = Tensor.of(new int[] {0, 1, 2, 0}, 4);
    Tensor losses = Fused.crossEntropy(logits, target, IGNORED);
    Agreement.check("extreme", List.of(losses, Gradients.of(losses.sum(), List.of(logits)).get(0)));
  }

  @Test
  void gradientsAgreeWithFiniteDifferences() {
    Tensor logits = numbers(1, 4, 5);
    Tensor target = Tensor.of(new int[] {4, 0, -100, 2}, 4);
    Tensor loss = Fused.crossEntropy(logits.mul(2), target, IGNORED).sum();
    assertTrue(Gradients.check(loss, List.of(logits)) < 1e-7);
    Tensor slope = Gradients.of(loss, List.of(logits)).getFirst();
    Tensor curved = slope.mul(slope).sum();
    assertTrue(Gradients.check(curved, List.of(logits)) < 1e-6);
    Agreement.check("second derivatives", Gradients.of(curved, List.of(logits)));
  }

  @Test
  void theGradientIsWrittenOverTheLogits() {
    Tensor x = numbers(1, 6, 8);
    Tensor w = numbers(2, 8, 40);
    Tensor logits = x.matmul(w);
    Tensor loss = Fused.crossEntropy(logits, classes(6, 40), IGNORED).mean();
    List<Tensor> results = List.of(loss, Gradients.of(loss, List.of(w)).getFirst());
    assertTrue(inPlace(results));
    Agreement.check("in place", results);
    List<Tensor> kept = List.of(loss, Gradients.of(loss, List.of(w)).getFirst(), logits);
    assertTrue(!inPlace(kept)); // the logits are wanted themselves
    Agreement.check("kept", kept);
    Tensor d = Gradients.of(loss, List.of(logits)).getFirst();
    List<Tensor> read = List.of(d.add(logits).sum(), d);
    Agreement.check("read later", read);
  }

  private static boolean inPlace(List<Tensor> results) {
    for (Kernel kernel : Engine.shared().program(results, List.of()).kernels()) {
      if (kernel instanceof Kernel.Fused f && f.op() instanceof FusedCrossEntropyGradient) {
        return f.out() == f.inputs().getFirst().buffer();
      }
    }
    throw new AssertionError("no kernel for the gradient");
  }

  @Test
  void theSameBitsOnAnyNumberOfThreads() {
    Tensor logits = numbers(1, 40, 3000);
    Tensor losses = Fused.crossEntropy(logits, classes(40, 3000), IGNORED);
    List<Tensor> all = List.of(losses, Gradients.of(losses.sum(), List.of(logits)).getFirst());
    FusedOps.sameBits(all, List.of(FusedCrossEntropy.class, FusedCrossEntropyGradient.class));
  }

  @Test
  void wrongCallsAreRefused() {
    Tensor logits = numbers(1, 4, 5);
    for (Tensor target : List.of(classes(5, 5), classes(4, 5).unsqueeze(1))) {
      FusedOps.refuses("(rows, classes)", () -> Fused.crossEntropy(logits, target, IGNORED));
    }
  }
}
