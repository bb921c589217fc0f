package dev.merapi.onednn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.merapi.backend.Accelerators;
import dev.merapi.tensor.ConvOptions;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Gradients;
import dev.merapi.tensor.Key;
import dev.merapi.tensor.MerapiException;
import dev.merapi.tensor.Precision;
import dev.merapi.tensor.Shape;
import dev.merapi.tensor.Step;
import dev.merapi.tensor.Tensor;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

final class OneDnnTest {
  private static final int[] SIZES = {1, 7, 16, 17, 300};

  @BeforeAll
  static void needsOneDnn() {
    var found = Accelerators.found();
    assumeTrue(found.accelerator().isPresent(), found.reason());
  }

  private static Tensor normal(long seed, int... shape) {
    return Step.compute(Key.of(seed).normal(shape)).getFirst();
  }

  private static Tensor rounded(Tensor x) {
    return x.cast(DType.BF16).cast(DType.F32);
  }

  private static float[] run(Tensor y, Precision precision) {
    return new Step(List.of(y), List.of(), precision).run().getFirst().toArray();
  }

  /** Sums in another order: no more than that may differ. */
  private static void close(Tensor exact, Tensor half, int terms) {
    float[] expected = run(exact, Precision.F32);
    assertArrayEquals(expected, run(half, Precision.BF16), 4e-6f * terms + 1e-6f);
  }

  @Test
  void productsOfEverySizeAndLayout() {
    for (int m : SIZES) {
      for (int n : SIZES) {
        for (int k : SIZES) {
          Tensor a = normal(1, m, k);
          Tensor b = normal(2, k, n);
          Tensor at = normal(3, k, m);
          Tensor bt = normal(4, n, k);
          close(rounded(a).matmul(rounded(b)), a.matmul(b), k);
          close(rounded(at).mT().matmul(rounded(b)), at.mT().matmul(b), k);
          close(rounded(a).matmul(rounded(bt).mT()), a.matmul(bt.mT()), k);
          close(rounded(at).mT().matmul(rounded(bt).mT()), at.mT().matmul(bt.mT()), k);
        }
      }
    }
  }

  @Test
  void batchesOfViewsAndWhatRidesOnTheStore() {
    Tensor q = normal(5, 2, 40, 3, 16).permute(0, 2, 1, 3); // heads of an attention
    Tensor k = normal(6, 2, 40, 3, 16).permute(0, 2, 1, 3);
    close(
        rounded(q).matmul(rounded(k).mT()).mul(0.25).relu(), q.matmul(k.mT()).mul(0.25).relu(), 16);
    Tensor x = normal(7, 700, 40);
    Tensor w = normal(8, 1100, 40);
    Tensor bias = normal(9, 1100);
    close(
        rounded(x).matmul(rounded(w).mT()).add(bias).tanh(), x.matmul(w.mT()).add(bias).tanh(), 40);
    Tensor flipped = normal(10, 8, 8).flip(1); // lies neither by rows nor by columns
    close(rounded(flipped).matmul(rounded(flipped)), flipped.matmul(flipped), 8);
  }

  @Test
  void torchsNumbers() throws IOException {
    Map<String, float[]> golden = golden();
    Tensor x = Tensor.of(golden.get("linear.x"), 5, 19);
    Tensor w = Tensor.of(golden.get("linear.w"), 7, 19);
    agree(golden, "linear", x, w, x.matmul(w.mT()));
    Tensor pictures = Tensor.of(golden.get("conv.x"), 2, 16, 6, 5);
    Tensor kernel = Tensor.of(golden.get("conv.w"), 8, 16, 3, 3);
    agree(golden, "conv", pictures, kernel, pictures.conv(kernel, ConvOptions.DEFAULT.padding(1)));
  }

  private static void agree(
      Map<String, float[]> golden, String name, Tensor x, Tensor w, Tensor y) {
    Shape shape = y.shape();
    Tensor g = Tensor.of(golden.get(name + ".g"), shape.toArray());
    List<Tensor> gradients = Gradients.of(y.mul(g).sum(), List.of(x, w));
    rounding(golden.get(name + ".y"), run(y, Precision.BF16));
    rounding(golden.get(name + ".dx"), run(gradients.get(0), Precision.BF16));
    rounding(golden.get(name + ".dw"), run(gradients.get(1), Precision.BF16));
  }

  /** torch rounds results to the 8 bits of bf16; ours are f32. */
  private static void rounding(float[] expected, float[] actual) {
    assertEquals(expected.length, actual.length);
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], actual[i], Math.abs(expected[i]) / 256 + 1e-5f);
    }
  }

  private static Map<String, float[]> golden() throws IOException {
    Map<String, float[]> golden = new HashMap<>();
    try (var in = OneDnnTest.class.getResourceAsStream("/golden/bf16.txt");
        var lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      for (String line : lines.lines().toList()) {
        String[] words = line.split(" ");
        float[] numbers = new float[words.length - 1];
        for (int i = 0; i < numbers.length; i++) {
          numbers[i] = Float.parseFloat(words[i + 1]);
        }
        golden.put(words[0], numbers);
      }
    }
    return golden;
  }

  @Test
  void saysHowToMendAWrongFlag() {
    System.setProperty("merapi.onednn", "/nowhere/dnnl.jar");
    try {
      var e = Assertions.assertThrows(MerapiException.class, () -> new OneDnnProvider().open());
      assertTrue(e.getMessage().contains("/nowhere/dnnl.jar"), e.getMessage());
      System.setProperty("merapi.onednn", "off");
      Assertions.assertThrows(MerapiException.class, () -> new OneDnnProvider().open());
    } finally {
      System.clearProperty("merapi.onednn");
    }
  }
}
