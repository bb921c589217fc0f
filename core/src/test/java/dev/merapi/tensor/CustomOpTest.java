package dev.merapi.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.merapi.cpu.CpuBackend;
import dev.merapi.graph.Engine;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Ops that a user writes as one record. */
final class CustomOpTest {
  private static final Tensor X = Tensor.of(new float[] {-1.6f, -0.3f, 0.7f, 40});

  /** Rounds to multiples of a step; the gradient passes straight through (Bengio et al., 2013). */
  private record Quantised(double step) implements CustomOp {
    @Override
    public Tensor definition(List<Tensor> in) {
      return in.getFirst().div(step).round().mul(step);
    }

    @Override
    public List<Tensor> gradient(List<Tensor> in, Tensor y, Tensor dy) {
      return List.of(dy);
    }
  }

  /** log(1 + eˣ), which grows past exp's range; its gradient is σ(x). */
  private record Softplus() implements CustomOp {
    @Override
    public Tensor definition(List<Tensor> in) {
      Tensor x = in.getFirst();
      return x.relu().add(x.abs().neg().exp().log1p());
    }

    @Override
    public List<Tensor> gradient(List<Tensor> in, Tensor y, Tensor dy) {
      return List.of(dy.mul(in.getFirst().sigmoid()));
    }
  }

  /** a² + b, with the gradient of its definition. */
  private record SquarePlus() implements CustomOp {
    @Override
    public Tensor definition(List<Tensor> in) {
      return in.get(0).mul(in.get(0)).add(in.get(1));
    }
  }

  private static float[] slope(Tensor y, Tensor x) {
    return Gradients.of(y.sum(), List.of(x)).getFirst().toArray();
  }

  @Test
  void aGradientOfItsOwnReplacesThatOfTheDefinition() {
    Tensor y = Tensor.custom(new Quantised(0.5), X);
    assertArrayEquals(new float[] {-1.5f, -0.5f, 0.5f, 40}, y.toArray());
    assertArrayEquals(new float[] {-3, -1, 1, 80}, slope(y.mul(y), X)); // 2y · 1
  }

  @Test
  void itsGradientIsCheckedByDifferencesLikeAnyOther() {
    Tensor y = Tensor.custom(new Softplus(), X);
    assertTrue(Gradients.check(y.sum(), List.of(X)) < 1e-8);
    assertEquals(40, y.toArray()[3]);
    Tensor curved = Gradients.of(y.mul(y).sum(), List.of(X)).getFirst();
    assertTrue(Gradients.check(curved.sum(), List.of(X)) < 1e-8);
    Agreement.check("softplus", List.of(y, curved));
  }

  @Test
  void withoutOneTheDefinitionIsDifferentiated() {
    Tensor b = Tensor.of(new float[] {1, 2, 3, 4});
    Tensor y = Tensor.custom(new SquarePlus(), X, b);
    assertArrayEquals(new float[] {-3.2f, -0.6f, 1.4f, 80}, slope(y, X), 1e-6f);
    assertArrayEquals(new float[] {1, 1, 1, 1}, slope(y, b));
  }

  @Test
  void equalRecordsShareAProgramAndOthersDoNot() {
    var engine = new Engine(CpuBackend.shared());
    for (int i = 0; i < 5; i++) {
      engine.run(List.of(Tensor.custom(new Quantised(0.5), X)), List.of());
    }
    assertEquals(1, engine.compiled());
    engine.run(List.of(Tensor.custom(new Quantised(0.25), X)), List.of());
    assertEquals(2, engine.compiled());
  }
}
