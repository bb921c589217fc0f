package dev.merapi.nn;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.MerapiException;
import dev.merapi.tensor.Tensor;
import java.util.List;

/**
 * Rotary positions (Su et al., 2021): in each head of queries and keys at place p, the pair of
 * columns {@code (i, i + dim/2)} is turned by the angle {@code p · ωᵢ}, {@code ωᵢ =
 * base^(-2i/dim)}, so that scores depend on distances alone. The columns are paired as published
 * models have them.
 *
 * @param dim the width of a head; an even number
 * @param base of the frequencies, often called theta
 */
public record Rotary(int dim, double base, RotaryScaling scaling) implements AttentionPositions {
  public Rotary {
    if (dim < 2 || dim % 2 != 0) {
      throw new MerapiException(
          "Rotary: columns are turned in pairs, so the width %d of a head must be even"
              .formatted(dim));
    }
  }

  /** Base 10,000, not scaled. */
  public static Rotary of(int dim) {
    return new Rotary(dim, 10_000, new RotaryScaling.Unscaled());
  }

  /** With another base. */
  public Rotary base(double base) {
    return new Rotary(dim, base, scaling);
  }

  /** Stretched over longer texts. */
  public Rotary scaling(RotaryScaling scaling) {
    return new Rotary(dim, base, scaling);
  }

  /** Turns queries or keys: (batch, heads, time, dim) → the same shape. */
  public Tensor turn(Tensor x, Mode mode) {
    int time = x.shape().size(2);
    if (mode instanceof Continuation pass) {
      return turn(x, pass.places(), pass.end());
    }
    return mode.packing().isPresent()
        ? turn(x, mode.packing().get().places().unsqueeze(1), time) // for all heads
        : turn(x, Tensor.arange(time), time);
  }

  private Tensor turn(Tensor x, Tensor places, int length) {
    double[] exact = scaling.frequencies(dim, base, length);
    float[] frequencies = new float[exact.length];
    for (int i = 0; i < exact.length; i++) {
      frequencies[i] = (float) exact[i];
    }
    Tensor angles =
        places.cast(DType.F32).unsqueeze(-1).mul(Tensor.of(frequencies)); // (…, t, dim/2)
    Tensor cos = angles.cos().mul(scaling.magnitude());
    Tensor sin = angles.sin().mul(scaling.magnitude());
    Tensor a = x.slice(3, 0, dim / 2);
    Tensor b = x.slice(3, dim / 2, dim);
    return Tensor.concat(3, List.of(a.mul(cos).sub(b.mul(sin)), b.mul(cos).add(a.mul(sin))));
  }
}
