package dev.merapi.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.merapi.graph.Engine;
import dev.merapi.graph.Kernel;
import dev.merapi.tensor.ConvOptions;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Gradients;
import dev.merapi.tensor.Key;
import dev.merapi.tensor.Parameter;
import dev.merapi.tensor.Precision;
import dev.merapi.tensor.Step;
import dev.merapi.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * Contractions of {@link Precision#BF16} where no accelerator is: the same as f32 of rounded
 * factors.
 */
final class HalfContractionsTest {
  private final Engine engine =
      new Engine(new CpuBackend(ComputePool.shared(), Loops.best(), Optional::empty));

  private static Tensor normal(long seed, int... shape) {
    return Step.compute(Key.of(seed).normal(shape)).getFirst();
  }

  private static Tensor rounded(Tensor x) {
    return x.cast(DType.BF16).cast(DType.F32);
  }

  private float[] run(Tensor y, Precision precision) {
    return engine.run(new Step(List.of(y), List.of(), precision)).getFirst().toArray();
  }

  private void same(Tensor half, Tensor exact) {
    float[] expected = run(exact, Precision.F32);
    assertArrayEquals(expected, run(half, Precision.BF16));
  }

  @Test
  void productsOfAnyLayout() {
    Tensor x = normal(1, 3, 17, 40);
    Tensor w = normal(2, 3, 40, 33);
    same(x.matmul(w), rounded(x).matmul(rounded(w)));
    Tensor xt = normal(3, 3, 40, 17);
    Tensor wt = normal(4, 3, 33, 40);
    same(xt.mT().matmul(wt.mT()), rounded(xt).mT().matmul(rounded(wt).mT()));
    Tensor one = normal(5, 40, 33);
    same(x.matmul(one).add(1).relu(), rounded(x).matmul(rounded(one)).add(1).relu());
    same(x.flip(1).matmul(w), rounded(x).flip(1).matmul(rounded(w)));
    same(
        x.slice(2, 4, 24).matmul(one.slice(0, 4, 24)),
        rounded(x).slice(2, 4, 24).matmul(rounded(one).slice(0, 4, 24)));
  }

  @Test
  void convolutionsAndTheirGradients() {
    Tensor x = normal(6, 2, 4, 9, 8);
    Tensor w = normal(7, 6, 4, 3, 3);
    Tensor dy = normal(8, 2, 6, 9, 8);
    var options = ConvOptions.DEFAULT.padding(1);
    same(x.conv(w, options), rounded(x).conv(rounded(w), options));
    List<Tensor> half = Gradients.of(x.conv(w, options).mul(dy).sum(), List.of(x, w));
    Tensor rx = rounded(x);
    Tensor rw = rounded(w);
    List<Tensor> exact = Gradients.of(rx.conv(rw, options).mul(rounded(dy)).sum(), List.of(rx, rw));
    same(half.get(0), exact.get(0));
    same(half.get(1), exact.get(1));
  }

  @Test
  void aRowTimesWeightsOfBf16() {
    for (int k : new int[] {1, 2, 31, 32, 33, 100, 300}) {
      for (int n : new int[] {1, 5, 16, 50}) {
        Tensor x = normal(k, 1, k);
        Tensor two = normal(k, 2, 1, k);
        Parameter w = Parameter.of(normal(n, n, k).cast(DType.BF16));
        Parameter both = Parameter.of(normal(n + 1, 2, n, k).cast(DType.BF16));
        Tensor y = x.matmul(w.mT()).add(normal(3, n));
        assertEquals(1, engine.program(List.of(y), List.of()).kernels().size(), "no copy of w");
        alike(y, x.matmul(w.cast(DType.F32).mT()).add(normal(3, n)));
        alike(two.matmul(both.mT()), two.matmul(both.cast(DType.F32).mT()));
        alike(two.matmul(w.mT()), two.matmul(w.cast(DType.F32).mT()));
      }
    }
  }

  @Test
  void weightsOfBf16InAllPlaces() {
    Tensor x = normal(1, 3, 40);
    Parameter w = Parameter.of(normal(2, 40, 24).cast(DType.BF16));
    Tensor exact = w.cast(DType.F32);
    alike(x.matmul(w), x.matmul(exact));
    alike(w.mT().matmul(x.mT()), exact.mT().matmul(x.mT()));
    alike(x.slice(0, 1, 2).matmul(w), x.slice(0, 1, 2).matmul(exact));
    var half = Gradients.of(x.matmul(w).mul(x.matmul(w)).sum(), List.of(x, w));
    var full = Gradients.of(x.matmul(exact).mul(x.matmul(exact)).sum(), List.of(x, exact));
    alike(half.get(0), full.get(0));
    assertEquals(DType.BF16, half.get(1).dtype());
    alike(half.get(1).cast(DType.F32), full.get(1).cast(DType.BF16).cast(DType.F32));
  }

  private void alike(Tensor half, Tensor exact) {
    assertEquals(exact.shape(), half.shape());
    assertArrayEquals(run(exact, Precision.F32), run(half, Precision.F32), 1e-4f);
  }

  @Test
  void bf16IsStoredBetweenContractionsAndAWeightIsRoundedOnce() {
    var w = Parameter.of(normal(9, 32, 32));
    Tensor x = normal(10, 16, 32);
    Tensor y = x.matmul(w.mT()).relu().matmul(w).relu().matmul(w.mT());
    List<Kernel> kernels =
        engine.program(new Step(List.of(y), List.of(), Precision.BF16)).kernels();
    long casts = kernels.stream().filter(kernel -> kernel instanceof Kernel.Rows).count();
    assertEquals(2, casts, kernels.toString()); // of w and of x: what relu gives rides on a store
    for (Kernel kernel : kernels) {
      if (kernel instanceof Kernel.MatMul product) {
        assertEquals(DType.BF16, product.a().dtype());
        assertEquals(DType.BF16, product.b().dtype());
      }
    }
  }

  @Test
  void aPrecisionIsAProgramOfItsOwn() {
    Tensor x = normal(11, 8, 8);
    float[] exact = run(x.matmul(x), Precision.F32);
    float[] half = run(x.matmul(x), Precision.BF16);
    assertEquals(2, engine.compiled());
    assertFalse(Arrays.equals(exact, half));
    assertArrayEquals(exact, half, 0.1f);
  }
}
