package dev.merapi.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every public op, value and gradient, against the reference interpreter and finite differences: at
 * awkward sizes along each axis, however the inputs lie in memory, of every dtype.
 */
final class OpSizesTest {
  private static final List<Integer> SIZES = List.of(0, 1, 7, 16, 17, 1000);

  /** Not ops of tensors to tensors; tests of their own hold them. */
  private static final Set<String> ELSEWHERE =
      Set.of("of", "wrap", "scalar", "constant", "cast", "detach", "custom");

  static Stream<OpCase> ops() {
    return Stream.of(
            ElementwiseOps.all(), ReductionOps.all(), MovementOps.all(), ContractionOps.all())
        .flatMap(List::stream);
  }

  @ParameterizedTest
  @MethodSource("ops")
  void valuesAndGradientsAtEverySize(OpCase op) {
    Map<Character, Integer> sizes = op.sizes();
    for (char axis : op.sizes().keySet()) {
      for (int size : SIZES) {
        sizes.put(axis, size);
        if (!op.refuses(sizes)) {
          var called = op.call(sizes, Layout.PLAIN, DType.F32);
          Agreement.check(op + " " + sizes + ", alone", called.outputs());
        }
        check(op, sizes, Layout.FLIPPED.later(SIZES.indexOf(size)), DType.F32);
      }
      sizes.putAll(op.sizes());
    }
  }

  @ParameterizedTest
  @MethodSource("ops")
  void valuesAndGradientsHoweverTheInputsLie(OpCase op) {
    for (Layout layout : Layout.values()) {
      Map<Character, Integer> sizes = op.sizes();
      sizes.replaceAll((_, small) -> small + 3);
      check(op, sizes, layout, DType.F32);
    }
  }

  @ParameterizedTest
  @MethodSource("ops")
  void gradientsAgreeWithFiniteDifferences(OpCase op) {
    for (Layout layout : List.of(Layout.PLAIN, Layout.STRIDED)) {
      var called = op.call(op.sizes(), layout, DType.F32);
      double error = Gradients.check(called.loss(), called.differentiable());
      assertTrue(error < 1e-6, op + ", " + layout + ": differs by " + error);
    }
  }

  @ParameterizedTest
  @MethodSource("ops")
  void everyDtype(OpCase op) {
    for (DType dtype : DType.values()) {
      check(op, op.sizes(), Layout.PLAIN, dtype);
    }
  }

  private static void check(OpCase op, Map<Character, Integer> sizes, Layout layout, DType dtype) {
    String what = op + " " + sizes + ", " + layout + ", " + dtype;
    if (op.refuses(sizes)) {
      assertThrows(ShapeException.class, () -> op.call(sizes, layout, dtype), what);
      return;
    }
    var called = op.call(sizes, layout, dtype);
    List<Tensor> all = new ArrayList<>(called.outputs());
    List<Tensor> gradients = Gradients.of(called.loss(), called.differentiable());
    gradients.forEach(gradient -> assertEquals(dtype, gradient.dtype(), what));
    all.addAll(gradients);
    Agreement.check(what, all);
  }

  /** Whoever adds an op adds its line to the tables. */
  @Test
  void everyOpIsInATable() {
    Set<String> methods =
        Arrays.stream(Tensor.class.getMethods())
            .filter(method -> Modifier.isPublic(method.getModifiers()))
            .filter(method -> List.of(Tensor.class, Sorted.class).contains(method.getReturnType()))
            .map(Method::getName)
            .collect(Collectors.toCollection(TreeSet::new));
    Set<String> covered = ops().map(OpCase::method).collect(Collectors.toCollection(TreeSet::new));
    covered.addAll(ELSEWHERE);
    assertEquals(methods, covered);
  }
}
