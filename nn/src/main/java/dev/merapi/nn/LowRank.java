package dev.merapi.nn;

import dev.merapi.tensor.Parameter;
import dev.merapi.tensor.Shape;
import dev.merapi.tensor.Tensor;
import java.util.Optional;

/**
 * An adapter of a {@link Linear}, or of some of its rows (LoRA; Hu et al., 2021): {@code W' = W + s
 * B A}. With a magnitude m it is DoRA (Liu et al., 2024): {@code W' = m · (W + s B A) / ‖W + s B
 * A‖}, norms over each row, which get no gradient.
 *
 * @param a (rank, in)
 * @param b (rows, rank)
 * @param magnitude m, (rows)
 * @param from the first of the layer's rows that it changes
 * @param scale s
 * @param dropout of what A reads, in training
 */
public record LowRank(
    Parameter a,
    Parameter b,
    Optional<Parameter> magnitude,
    int from,
    double scale,
    Dropout dropout) {

  /** How many of the layer's rows it changes. */
  public int rows() {
    return b.shape().size(0);
  }

  /**
   * What a layer makes of x, with this change of it: {@code (…, out) → (…, out)}.
   *
   * @param y what it makes without, and without its bias
   * @param base its weight, (out, in)
   */
  Tensor apply(Tensor y, Tensor x, Tensor base, Mode mode) {
    int out = base.shape().size(0);
    int last = y.shape().rank() - 1;
    Tensor change = dropout.apply(x, mode).matmul(a.mT()).matmul(b.mT()).mul(scale); // (…, rows)
    if (magnitude.isPresent()) {
      Tensor plain = y.slice(last, from, from + rows());
      change = plain.add(change).mul(ratio(base)).sub(plain);
    }
    return y.add(change.pad(last, from, out - from - rows(), 0));
  }

  /** The layer's weight, (out, in), with the change in it. */
  Tensor merged(Tensor base) {
    int out = base.shape().size(0);
    Tensor change = b.matmul(a).mul(scale);
    if (magnitude.isPresent()) {
      Tensor plain = rowsOf(base);
      change = plain.add(change).mul(ratio(base).unsqueeze(-1)).sub(plain);
    }
    return base.add(change.pad(0, from, out - from - rows(), 0));
  }

  /** m / ‖W + s B A‖, (rows). */
  private Tensor ratio(Tensor base) {
    Tensor norms = norms(rowsOf(base).add(b.matmul(a).mul(scale)));
    return magnitude.orElseThrow().div(norms.detach());
  }

  /** The length of each row: (rows, in) → (rows). */
  static Tensor norms(Tensor weight) {
    return weight.mul(weight).sum(1).sqrt();
  }

  private Tensor rowsOf(Tensor base) {
    Shape shape = base.shape();
    return rows() == shape.size(0) ? base : base.slice(0, from, from + rows());
  }
}
