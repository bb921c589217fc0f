package dev.merapi.golden;

import dev.merapi.golden.Golden.Case;
import dev.merapi.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The ops of the core module, values and gradients, against PyTorch's numbers. */
class CoreGoldenTest {
  @TestFactory
  Stream<DynamicTest> elementwise() {
    return family("elementwise", ElementwiseCases::build);
  }

  @TestFactory
  Stream<DynamicTest> reduce() {
    return Conformance.of(cases("reduce"), ReduceCases::build);
  }

  @TestFactory
  Stream<DynamicTest> movement() {
    return family("movement", MovementCases::build);
  }

  @TestFactory
  Stream<DynamicTest> matmul() {
    return family("matmul", ContractionCases::matmul);
  }

  @TestFactory
  Stream<DynamicTest> conv() {
    return family("conv", ContractionCases::conv);
  }

  @TestFactory
  Stream<DynamicTest> pool() {
    return family("pool", ContractionCases::pool);
  }

  @TestFactory
  Stream<DynamicTest> softmax() {
    return family("softmax", NormCases::softmax);
  }

  @TestFactory
  Stream<DynamicTest> norm() {
    return Conformance.of(cases("norm"), NormCases::norm);
  }

  @TestFactory
  Stream<DynamicTest> attention() {
    return family("attention", FusedCases::attention);
  }

  /** Cases with the single output y. */
  private Stream<DynamicTest> family(String name, BiFunction<Case, Map<String, Tensor>, Tensor> y) {
    return Conformance.of(cases(name), (c, inputs) -> Map.of("y", y.apply(c, inputs)));
  }

  private List<Case> cases(String family) {
    return Golden.read(getClass().getResourceAsStream("/golden/" + family + ".json"));
  }
}
