package dev.merapi.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.merapi.cpu.ComputePool;
import dev.merapi.cpu.CpuBackend;
import dev.merapi.graph.Engine;
import dev.merapi.graph.FusedGru;
import dev.merapi.graph.FusedGruGradient;
import dev.merapi.graph.Kernel;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Gated recurrent units in one kernel, against its definition. */
final class FusedGruTest {

  private static Tensor numbers(long seed, double scale, int... shape) {
    var s = Shape.of(shape);
    double[] values = Values.SIGNED.draw(new SplittableRandom(seed), (int) s.elements(), DType.F32);
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (values[i] * scale);
    }
    return OpCase.leaf(values, DType.F32, s);
  }

  /** x, weight, bias, first h. */
  private static List<Tensor> inputs(int batch, int time, int hidden) {
    return List.of(
        numbers(1, 1, batch, time, 3 * hidden),
        numbers(2, 1 / Math.sqrt(Math.max(1, hidden)), 3 * hidden, hidden),
        numbers(3, 0.5, hidden),
        numbers(4, 0.5, batch, hidden));
  }

  private static Tensor gru(List<Tensor> in) {
    return Fused.gru(in.get(0), in.get(1), in.get(2), in.get(3));
  }

  /** Outputs, and the gradients for all inputs. */
  private static List<Tensor> all(int batch, int time, int hidden) {
    List<Tensor> in = inputs(batch, time, hidden);
    Tensor h = gru(in);
    assertEquals(Shape.of(batch, time, hidden), h.shape());
    Tensor loss = h.mul(numbers(5, 1, batch, time, hidden)).sum();
    List<Tensor> all = new ArrayList<>(List.of(h));
    all.addAll(Gradients.of(loss, in));
    return all;
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1, 1",
    "2, 3, 4",
    "7, 5, 7",
    "16, 2, 16",
    "17, 3, 17",
    "33, 2, 33",
    "40, 4, 20",
    "3, 17, 8",
    "1, 2, 400",
    "9, 1, 100",
    "0, 3, 4",
    "2, 0, 4",
    "64, 1, 5"
  })
  void valuesAndGradients(int batch, int time, int hidden) {
    Agreement.check(batch + ", " + time + ", " + hidden, all(batch, time, hidden));
  }

  @Test
  void onlyTheLastOutputIsWanted() {
    List<Tensor> in = inputs(4, 6, 5);
    Tensor last = gru(in).slice(1, 5, 6).squeeze(1);
    Agreement.check("last", Gradients.of(last.mul(last).sum(), in));
  }

  @Test
  void inputsMayBeViews() {
    Tensor x = numbers(1, 1, 5, 3, 12).permute(1, 0, 2); // (batch 3, time 5, 12)
    Tensor w = numbers(2, 0.5, 14, 4).slice(0, 1, 13);
    Tensor states = numbers(3, 0.5, 3, 8);
    List<Tensor> in =
        List.of(x, w, numbers(4, 0.5, 8, 1).flatten(0, 1).slice(0, 3, 7), states.slice(1, 4, 8));
    Tensor h = gru(in);
    List<Tensor> results = new ArrayList<>(List.of(h));
    results.addAll(Gradients.of(h.mul(h).sum(), in));
    Agreement.check("views", results);
  }

  @Test
  void gradientsAgreeWithFiniteDifferences() {
    List<Tensor> in = inputs(2, 3, 2);
    Tensor h = gru(in);
    Tensor loss = h.mul(h).sum();
    assertTrue(Gradients.check(loss, in) < 1e-7);
    Tensor slopes =
        Gradients.of(loss, in).stream().map(x -> x.mul(x).sum()).reduce(Tensor::add).get();
    assertTrue(Gradients.check(slopes, in) < 1e-6);
    Agreement.check("second derivatives", Gradients.of(slopes, in));
  }

  @Test
  void theSameBitsOnAnyNumberOfThreads() {
    List<Tensor> all = all(70, 4, 48);
    List<float[]> once = on(1, all);
    for (int threads : new int[] {2, 4}) {
      List<float[]> again = on(threads, all);
      for (int i = 0; i < once.size(); i++) {
        assertArrayEquals(once.get(i), again.get(i), "on " + threads + " threads");
      }
    }
  }

  private static List<float[]> on(int threads, List<Tensor> tensors) {
    try (var pool = new ComputePool(threads)) {
      var engine = new Engine(new CpuBackend(pool));
      var kernels = engine.program(tensors, List.of()).kernels();
      for (Class<?> op : List.of(FusedGru.class, FusedGruGradient.class)) {
        Stream<Kernel> all = kernels.stream();
        assertTrue(all.anyMatch(k -> k instanceof Kernel.Fused f && op.isInstance(f.op())));
      }
      return engine.run(tensors, List.of()).stream().map(Tensor::toArray).toList();
    }
  }

  @Test
  void wrongCallsAreRefused() {
    List<Tensor> in = inputs(2, 3, 4);
    refuses("(12, 4)", in.get(0).slice(2, 0, 11), in.get(1), in.get(3));
    refuses("(9, 4)", in.get(0), in.get(1).slice(0, 0, 9), in.get(3));
    refuses("(2, 4)", in.get(0), in.get(1), in.get(3).slice(1, 0, 3));
  }

  private static void refuses(String words, Tensor x, Tensor w, Tensor h) {
    var error = assertThrows(ShapeException.class, () -> Fused.gru(x, w, Tensor.zeros(4), h));
    assertTrue(error.getMessage().contains(words), error.getMessage());
  }
}
