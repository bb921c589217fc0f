package dev.merapi.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.merapi.golden.Conformance;
import dev.merapi.golden.Golden;
import dev.merapi.golden.Golden.Case;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Tensors as text, to the letter as numpy prints them. */
final class PrintingTest {

  static List<Case> cases() {
    return Golden.read(PrintingTest.class.getResourceAsStream("/golden/printing.json"));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void asNumpyPrints(Case c) {
    Tensor x = Conformance.tensor(c.inputs().get("x"));
    assertEquals(c.attributes().text("text"), x.toString());
  }

  @Test
  void printingComputesAndReadsParametersAsTheyAre() {
    var parameter = Parameter.of(Tensor.of(new float[] {1, 2}));
    Tensor twice = parameter.mul(2);
    assertEquals("[2. 4.]", twice.toString());
    parameter.assign(Tensor.of(new float[] {3, 4}));
    assertEquals("[6. 8.]", twice.toString());
  }
}
