package dev.merapi.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.merapi.cpu.ComputePool;
import dev.merapi.cpu.CpuBackend;
import dev.merapi.graph.Engine;
import dev.merapi.graph.FusedOp;
import dev.merapi.graph.Kernel;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.function.Executable;

/** What the tests of fused ops share. */
final class FusedOps {
  private FusedOps() {}

  /** Numbers of both signs, the same for the same seed. */
  static Tensor numbers(long seed, int... shape) {
    return numbers(seed, 1.0, shape);
  }

  /** The same, times a scale. */
  static Tensor numbers(long seed, double scale, int... shape) {
    var s = Shape.of(shape);
    double[] values = Values.SIGNED.draw(new SplittableRandom(seed), (int) s.elements(), DType.F32);
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (values[i] * scale);
    }
    return OpCase.leaf(values, DType.F32, s);
  }

  /** The same bits on 1, 2 and 4 threads, by these kernels. */
  static void sameBits(List<Tensor> tensors, List<Class<? extends FusedOp>> kernels) {
    List<float[]> once = on(1, tensors, kernels);
    for (int threads : new int[] {2, 4}) {
      List<float[]> again = on(threads, tensors, kernels);
      for (int i = 0; i < once.size(); i++) {
        assertArrayEquals(once.get(i), again.get(i), "on " + threads + " threads");
      }
    }
  }

  private static List<float[]> on(
      int threads, List<Tensor> tensors, List<Class<? extends FusedOp>> kernels) {
    try (var pool = new ComputePool(threads)) {
      var engine = new Engine(new CpuBackend(pool));
      List<Kernel> all = engine.program(tensors, List.of()).kernels();
      for (Class<?> op : kernels) {
        assertTrue(
            all.stream().anyMatch(k -> k instanceof Kernel.Fused f && op.isInstance(f.op())),
            op.getSimpleName());
      }
      return engine.run(tensors, List.of()).stream().map(Tensor::toArray).toList();
    }
  }

  /** Shapes that do not fit are refused in these words. */
  static void refuses(String words, Executable call) {
    var error = assertThrows(ShapeException.class, call);
    assertTrue(error.getMessage().contains(words), error.getMessage());
  }
}
