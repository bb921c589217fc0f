package dev.merapi.optim;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.Tensor;
import java.util.List;

/** Keeps gradients from growing too large. */
public final class Clipping {
  private Clipping() {}

  /** The norm √Σg² of all gradients together: a scalar. */
  public static Tensor norm(List<Tensor> gradients) {
    Tensor squares =
        gradients.stream()
            .map(g -> g.mul(g).sum())
            .reduce(Tensor::add)
            .orElseGet(() -> Tensor.constant(DType.F32, 0));
    return squares.sqrt();
  }

  /** Each gradient times {@code min(1, most / (norm + 10⁻⁶))}, with the {@link #norm} of all. */
  public static List<Tensor> byNorm(List<Tensor> gradients, Tensor norm, double most) {
    Tensor scale = norm.add(1e-6).reciprocal().mul(most).min(Tensor.constant(DType.F32, 1));
    return gradients.stream().map(g -> g.mul(scale)).toList();
  }

  /** Each element brought into [-most, most]. */
  public static List<Tensor> byValue(List<Tensor> gradients, double most) {
    return gradients.stream().map(g -> g.clamp(-most, most)).toList();
  }
}
