package dev.merapi.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.merapi.cpu.CpuBackend;
import dev.merapi.tensor.ConvOptions;
import dev.merapi.tensor.Gradients;
import dev.merapi.tensor.Key;
import dev.merapi.tensor.Parameter;
import dev.merapi.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Operations and bytes, counted by hand. */
final class CostTest {
  private final Engine engine = new Engine(CpuBackend.shared());

  private List<Cost> costs(Tensor... outputs) {
    return engine.program(List.of(outputs), List.of()).costs();
  }

  private static Parameter parameter(int... sizes) {
    return Parameter.of(Key.of(1).uniform(sizes));
  }

  @Test
  void aProduct() {
    var x = parameter(7, 5);
    var w = parameter(5, 3);
    assertEquals(
        List.of(new Cost("matmul", "7×3×5", 2 * 7 * 3 * 5, 4 * (7 * 5 + 5 * 3 + 7 * 3))),
        costs(x.matmul(w)));
  }

  @Test
  void aProductOfABatchWithOneMatrix() {
    var x = parameter(4, 2, 7, 5);
    var w = parameter(3, 1, 5, 3);
    var cost = costs(x.reshape(1, 8, 7, 5).matmul(w)).getFirst();
    assertEquals("3×8 of 7×3×5", cost.shape());
    assertEquals(2L * 24 * 7 * 3 * 5, cost.flops());
    assertEquals(4L * (8 * 7 * 5 + 3 * 5 * 3 + 24 * 7 * 3), cost.bytes());
  }

  @Test
  void whatRidesOnAProduct() {
    var x = parameter(7, 5);
    var w = parameter(5, 3);
    var bias = parameter(3);
    assertEquals(
        List.of(
            new Cost(
                "matmul + add relu",
                "7×3×5",
                2 * 7 * 3 * 5 + 2 * 7 * 3,
                4 * (7 * 5 + 5 * 3 + 7 * 3 + 3))),
        costs(x.matmul(w).add(bias).relu()));
  }

  @Test
  void rows() {
    var x = parameter(6, 10);
    var y = parameter(6, 1);
    assertEquals(
        List.of(
            new Cost("exp add row sum", "6×10", 6 * (10 + 10 + 10), 4 * (6 * 10 + 6 + 6)),
            new Cost("sqrt", "6", 6, 4 * (6 + 6))),
        costs(x.exp().add(y).sum(1).sqrt()));
  }

  @Test
  void aSumOverRowsIsCounted() {
    var x = parameter(600, 10);
    long flops = costs(x.mul(x).sum(0)).stream().mapToLong(Cost::flops).sum();
    assertEquals(600 * 10 * 2, flops);
  }

  @Test
  void aConvolutionInItsThreeRoles() {
    var x = parameter(2, 3, 8, 8);
    var w = parameter(4, 3, 3, 3);
    var y = x.conv(w, ConvOptions.DEFAULT);
    long flops = 2L * (2 * 4 * 6 * 6) * (3 * 3 * 3);
    long bytes = 4L * (2 * 3 * 8 * 8 + 4 * 3 * 3 * 3 + 2 * 4 * 6 * 6);
    var shape = "(2, 3, 8, 8) * (4, 3, 3, 3)";
    assertEquals(List.of(new Cost("conv", shape, flops, bytes)), costs(y));
    var costs = costs(Gradients.of(y.mul(y).sum(), List.of(x, w)).toArray(Tensor[]::new));
    for (var op : List.of("conv input", "conv weight")) {
      assertEquals(
          List.of(new Cost(op, shape, flops, bytes)),
          costs.stream().filter(cost -> cost.op().equals(op)).toList());
    }
  }

  @Test
  void rates() {
    var cost = new Cost("exp", "1000", 1_000, 8_000);
    assertEquals(1, cost.gigaflops(1e-6), 1e-9);
    assertEquals(8, cost.gigabytes(1e-6), 1e-9);
  }
}
