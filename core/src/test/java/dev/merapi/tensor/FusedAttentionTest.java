package dev.merapi.tensor;

import static dev.merapi.tensor.FusedOps.numbers;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.merapi.backend.Backend;
import dev.merapi.cpu.CpuBackend;
import dev.merapi.graph.Engine;
import dev.merapi.graph.FusedAttention;
import dev.merapi.graph.FusedAttentionGradient;
import dev.merapi.graph.Kernel;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Attention in tiles against its definition. */
final class FusedAttentionTest {

  /** Sizes of an attention, and how it looks around. */
  record Case(
      int batch, int heads, int kvHeads, int time, int timeK, int dim, AttentionOptions options) {
    Tensor q() {
      return numbers(1, batch, heads, time, dim);
    }

    Tensor k() {
      return numbers(2, batch, kvHeads, timeK, dim);
    }

    Tensor v() {
      return numbers(3, batch, kvHeads, timeK, dim);
    }

    List<Tensor> all() {
      Tensor q = q();
      Tensor k = k();
      Tensor v = v();
      Tensor y = Fused.attention(q, k, v, options);
      assertEquals(q.shape(), y.shape());
      List<Tensor> all = new ArrayList<>(List.of(y));
      all.addAll(Gradients.product(y, numbers(4, batch, heads, time, dim), List.of(q, k, v)));
      return all;
    }
  }

  /** About two of three keys. */
  private static Tensor mask(int batch, int timeK) {
    boolean[] seen = new boolean[batch * timeK];
    for (int i = 0; i < seen.length; i++) {
      seen[i] = i % 3 != 1;
    }
    return Tensor.of(seen, batch, timeK);
  }

  private static final AttentionOptions PLAIN = AttentionOptions.DEFAULT;
  private static final AttentionOptions CAUSAL = PLAIN.causal(true);

  static Stream<Case> cases() {
    List<Case> cases = new ArrayList<>();
    for (int size : new int[] {1, 7, 16, 17, 33, 100}) {
      cases.add(new Case(2, 2, 2, size, size, 8, PLAIN));
      cases.add(new Case(2, 2, 2, size, size, 32, CAUSAL));
      cases.add(new Case(1, 2, 2, 5, size, 20, PLAIN));
      cases.add(new Case(1, 2, 2, size, 5, 20, CAUSAL)); // early queries see nothing
      cases.add(new Case(1, 2, 1, 3, size + 3, 16, CAUSAL)); // a cache
      cases.add(new Case(2, 1, 1, 9, 11, size, CAUSAL));
      cases.add(new Case(2, 4, 2, 1, size, 20, CAUSAL.mask(mask(2, size)))); // a single query
      cases.add(new Case(2, 2, 1, 1, size + 1, size, PLAIN.dropout(0.3, Key.of(8))));
      cases.add(new Case(3, 4, 2, size, size, 16, PLAIN.mask(mask(3, size))));
      cases.add(new Case(1, 6, 2, size, size, 4, CAUSAL.mask(mask(1, size)).scale(0.3)));
      cases.add(new Case(1, 2, 2, size, size, 12, PLAIN.dropout(0.4, Key.of(5))));
      cases.add(new Case(2, 2, 1, size, size + 2, 6, CAUSAL.dropout(0.1, Key.of(6))));
    }
    cases.add(new Case(1, 1, 1, 400, 400, 8, CAUSAL)); // several blocks of keys and queries
    cases.add(new Case(1, 1, 1, 390, 500, 33, PLAIN));
    cases.add(new Case(1, 2, 1, 500, 390, 4, CAUSAL.mask(mask(1, 390)).dropout(0.2, Key.of(7))));
    cases.add(new Case(1, 1, 1, 3, 1000, 64, PLAIN));
    cases.add(new Case(1, 1, 1, 1000, 3, 64, PLAIN));
    cases.add(new Case(2, 2, 2, 1, 1000, 33, PLAIN.mask(mask(2, 1000))));
    for (int zero = 0; zero < 4; zero++) {
      int heads = zero == 1 ? 0 : 2;
      cases.add(
          new Case(
              zero == 0 ? 0 : 2, heads, heads, zero == 2 ? 0 : 3, zero == 3 ? 0 : 4, 8, PLAIN));
    }
    cases.add(new Case(1, 1, 1, 3, 4, 0, PLAIN));
    return cases.stream();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void valuesAndGradients(Case c) {
    Agreement.check(c.toString(), c.all());
  }

  @Test
  void gradientsAgreeWithFiniteDifferences() {
    var options = CAUSAL.mask(mask(2, 4)).dropout(0.3, Key.of(11)).scale(0.7);
    for (Case c :
        List.of(new Case(2, 4, 2, 3, 4, 2, options), new Case(1, 2, 2, 4, 4, 3, CAUSAL))) {
      List<Tensor> leaves = List.of(c.q(), c.k(), c.v());
      Tensor y = Fused.attention(leaves.get(0), leaves.get(1), leaves.get(2), c.options());
      Tensor loss = y.mul(y).sum();
      assertTrue(Gradients.check(loss, leaves) < 1e-7);
      Tensor slopes =
          Gradients.of(loss, leaves).stream().map(x -> x.mul(x).sum()).reduce(Tensor::add).get();
      assertTrue(Gradients.check(slopes, leaves) < 1e-6);
      Agreement.check("second derivatives", Gradients.of(slopes, leaves));
    }
  }

  @Test
  void oneProjectionIsReadAndItsGradientMadeWithoutACopy() {
    int heads = 4;
    int dim = 32;
    Tensor x = numbers(1, 3, 64, 3 * heads * dim); // (batch, time, 3 · heads · dim)
    Tensor cut = x.unflatten(2, 3 * heads, dim).permute(0, 2, 1, 3); // (batch, all, time, dim)
    Tensor q = cut.slice(1, 0, heads);
    Tensor k = cut.slice(1, heads, 2 * heads);
    Tensor y = Fused.attention(q, k, cut.slice(1, 2 * heads, 3 * heads), CAUSAL);
    Tensor merged = y.permute(0, 2, 1, 3).flatten(2, 3);
    Tensor weight = numbers(2, heads * dim, heads * dim);
    Tensor loss = merged.matmul(weight).mul(numbers(3, 3, 64, heads * dim)).sum();
    Tensor projection = numbers(4, 3 * heads * dim, 5);
    Tensor dx = Gradients.of(loss, List.of(x)).getFirst().matmul(projection);
    var program = Engine.shared().program(List.of(dx), List.of());
    List<Class<?>> kinds = new ArrayList<>();
    program.kernels().forEach(kernel -> kinds.add(kernel.getClass()));
    assertEquals(
        List.of(Kernel.Fused.class, Kernel.MatMul.class, Kernel.Fused.class, Kernel.MatMul.class),
        kinds);
    Agreement.check("projection", List.of(loss, dx));
  }

  @Test
  void theSameBitsOnAnyNumberOfThreads() {
    var options = CAUSAL.mask(mask(2, 300)).dropout(0.1, Key.of(3));
    List<Tensor> all = new Case(2, 4, 2, 300, 300, 24, options).all();
    FusedOps.sameBits(all, List.of(FusedAttention.class, FusedAttentionGradient.class));
  }

  /** A backend without kernels of its own for fused ops. */
  @Test
  void theDefinitionRunsWhereThereIsNoKernel() {
    Backend plain =
        new Backend() {
          @Override
          public String name() {
            return "plain ops";
          }

          @Override
          public Task prepare(Kernel kernel) {
            assertTrue(!(kernel instanceof Kernel.Fused), "a fused op on a backend without it");
            return CpuBackend.shared().prepare(kernel);
          }
        };
    var options = CAUSAL.mask(mask(2, 17)).dropout(0.2, Key.of(9));
    List<Tensor> all = new Case(2, 4, 2, 17, 17, 8, options).all();
    List<Tensor> results = new Engine(plain).run(all, List.of());
    for (int i = 0; i < all.size(); i++) {
      assertArrayEquals(all.get(i).toArray(), results.get(i).toArray(), 1e-5f);
    }
  }

  @Test
  void halfPrecisionIsComputedInSingle() {
    Tensor q = numbers(1, 1, 2, 5, 8).cast(DType.BF16);
    Tensor y = Fused.attention(q, q, q, PLAIN);
    assertEquals(DType.F32, y.dtype());
    Tensor dq = Gradients.of(y.sum(), List.of(q)).getFirst();
    assertEquals(DType.BF16, dq.dtype());
    Agreement.check("bf16", List.of(y, dq));
  }

  @Test
  void wrongCallsAreRefused() {
    Tensor q = Tensor.ones(2, 4, 5, 8);
    refuses("kvHeads", q, Tensor.ones(2, 4, 5), PLAIN);
    refuses("batch and dim", q, Tensor.ones(2, 4, 5, 9), PLAIN);
    refuses("multiple", q, Tensor.ones(2, 3, 5, 8), PLAIN);
    refuses("(2, 6)", q, Tensor.ones(2, 4, 6, 8), PLAIN.mask(mask(2, 5)));
    assertThrows(MerapiException.class, () -> PLAIN.dropout(1, Key.of(1)));
    assertThrows(MerapiException.class, () -> PLAIN.scale(0));
  }

  private static void refuses(String words, Tensor q, Tensor k, AttentionOptions options) {
    FusedOps.refuses(words, () -> Fused.attention(q, k, k, options));
  }
}
