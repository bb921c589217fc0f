package dev.merapi.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import dev.merapi.graph.Op;
import dev.merapi.reference.Reference;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** Holds what a step computes to the reference interpreter. */
final class Agreement {
  private Agreement() {}

  /** Computes the tensors in one program, and again in double precision. */
  static void check(String what, List<Tensor> tensors) {
    compare(what, tensors, Agreement::largest);
  }

  /** The same where numbers of every size stand side by side: each to its own last digits. */
  static void checkEach(String what, List<Tensor> tensors) {
    compare(what, tensors, _ -> 1e-37);
  }

  private static void compare(
      String what, List<Tensor> tensors, ToDoubleFunction<List<double[]>> scale) {
    List<double[]> expected = Reference.evaluate(tensors);
    List<Tensor> computed = new Step(tensors, List.of()).run();
    for (int i = 0; i < tensors.size(); i++) {
      Tensor x = tensors.get(i);
      assertEquals(x.shape(), computed.get(i).shape(), what);
      assertEquals(x.dtype(), computed.get(i).dtype(), what);
      near(
          what + " [" + i + "]",
          expected.get(i),
          numbers(computed.get(i)),
          x.dtype(),
          scale.applyAsDouble(expected));
    }
  }

  /** The largest finite number, but at least 1. */
  private static double largest(List<double[]> values) {
    return values.stream()
        .flatMapToDouble(Arrays::stream)
        .filter(Double::isFinite)
        .map(Math::abs)
        .reduce(1, Math::max);
  }

  /** The elements of a computed tensor. */
  static double[] numbers(Tensor value) {
    return Reference.read(((Op.Data) value.op()).storage());
  }

  /**
   * Floats may differ by some of their last digits, and by as much of a number that stands for the
   * size of what was added up. What overflows a float is infinite; integers are equal.
   */
  private static void near(
      String what, double[] expected, double[] actual, DType dtype, double scale) {
    assertEquals(expected.length, actual.length, what);
    double digits =
        switch (dtype) {
          case F32 -> 1e-5;
          case BF16 -> 0x1p-7;
          case F16 -> 0x1p-10;
          case BOOL, U8, I8, I32, I64 -> 0;
        };
    for (int i = 0; i < expected.length; i++) {
      double want = digits > 0 ? (float) expected[i] : expected[i];
      boolean same = Double.compare(want, actual[i]) == 0 || want == actual[i];
      double allowed = digits * (Math.abs(want) + scale / 2);
      if (!same && !(Math.abs(actual[i] - want) <= allowed && Double.isFinite(want))) {
        fail("%s: element %d is %.9g, the reference has %.9g".formatted(what, i, actual[i], want));
      }
    }
  }
}
