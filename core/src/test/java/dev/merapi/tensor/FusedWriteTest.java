package dev.merapi.tensor;

import static dev.merapi.tensor.FusedOps.numbers;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.merapi.graph.Engine;
import dev.merapi.graph.Kernel;
import dev.merapi.tensor.Step.Assignment;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is written into a cache, against its definition. */
final class FusedWriteTest {

  private static Tensor place(int at) {
    return Tensor.of(new int[] {at}, 1);
  }

  @ParameterizedTest
  @CsvSource({
    "1, 0, 7",
    "1, 6, 7",
    "3, 2, 16",
    "7, 0, 7",
    "0, 3, 5",
    "4, 5, 7",
    "3, -2, 7",
    "2, 9, 4"
  })
  void valuesAndGradients(int times, int at, int capacity) {
    Tensor cache = numbers(1, 2, capacity, 3, 5);
    Tensor rows = numbers(2, 2, times, 3, 5);
    Tensor y = Fused.write(cache, rows, place(at));
    List<Tensor> all = new ArrayList<>(List.of(y));
    all.addAll(Gradients.product(y, numbers(3, 2, capacity, 3, 5), List.of(cache, rows)));
    Agreement.check("%d at %d of %d".formatted(times, at, capacity), all);
  }

  @Test
  void inputsMayBeViews() {
    Tensor cache = numbers(1, 2, 3, 7, 10).permute(0, 2, 1, 3).slice(3, 5, 10);
    Tensor rows = numbers(2, 4, 2, 3, 5).permute(1, 0, 2, 3);
    Agreement.check("views", List.of(Fused.write(cache, rows, place(2))));
  }

  @Test
  void aCacheIsWrittenInPlace() {
    var cache = Parameter.state(Tensor.constant(DType.F32, 0).broadcastTo(Shape.of(1, 9, 2, 4)));
    Tensor rows = numbers(1, 1, 2, 2, 4);
    for (int at : new int[] {3, 5}) {
      Tensor next = Fused.write(cache, rows, place(at));
      List<Tensor> outputs = List.of(next.sum(1)); // reads the cache as it will be
      var assignments = List.of(new Assignment(cache, next));
      var program = Engine.shared().program(outputs, assignments);
      assertTrue(program.kernels().stream().anyMatch(FusedWriteTest::isInPlace));
      Agreement.check("beside the write", outputs);
      new Step(outputs, assignments).run();
    }
    float[] expected = new float[9 * 8];
    System.arraycopy(rows.toArray(), 0, expected, 3 * 8, 16);
    System.arraycopy(rows.toArray(), 0, expected, 5 * 8, 16);
    assertArrayEquals(expected, cache.toArray());
  }

  private static boolean isInPlace(Kernel kernel) {
    return kernel instanceof Kernel.Fused f && f.out() == f.inputs().getFirst().buffer();
  }

  @Test
  void theOldCacheIsKeptWhereItIsWanted() {
    var cache = Parameter.state(numbers(1, 1, 5, 2, 3));
    Tensor rows = numbers(2, 1, 1, 2, 3);
    Tensor next = Fused.write(cache, rows, place(2));
    float[] before = cache.toArray();
    Tensor change = next.sub(cache);
    float[] changes =
        new Step(List.of(change), List.of(new Assignment(cache, next))).run().getFirst().toArray();
    float[] after = cache.toArray();
    for (int i = 0; i < after.length; i++) {
      assertEquals(after[i] - before[i], changes[i]);
    }
    assertArrayEquals(rows.toArray(), cache.slice(1, 2, 3).toArray());
  }

  @Test
  void wrongCallsAreRefused() {
    Tensor cache = numbers(1, 2, 7, 3, 5);
    FusedOps.refuses("(2, 7, 3, 5)", () -> Fused.write(cache, numbers(2, 1, 1, 3, 5), place(0)));
    FusedOps.refuses("(2, 1, 3, 4)", () -> Fused.write(cache, numbers(2, 2, 1, 3, 4), place(0)));
  }
}
