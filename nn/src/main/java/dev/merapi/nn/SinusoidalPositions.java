package dev.merapi.nn;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.MerapiException;
import dev.merapi.tensor.Tensor;
import java.util.List;

/**
 * Adds to each time what tells its place (Vaswani et al., 2017, section 3.5): {@code (batch, time,
 * dim) → (batch, time, dim)}, at place p
 *
 * <pre>{@code sin(p / 10000^(2i/dim)) in column 2i, cos(p / 10000^(2i/dim)) in column 2i+1}</pre>
 *
 * <p>Nothing is learned, and no text is too long.
 *
 * @param dim an even number
 */
public record SinusoidalPositions(int dim) implements Layer {
  public SinusoidalPositions {
    if (dim < 2 || dim % 2 != 0) {
      throw new MerapiException(
          "SinusoidalPositions: sines and cosines come in pairs, so the width %d must be even"
              .formatted(dim));
    }
  }

  public static SinusoidalPositions of(int dim) {
    return new SinusoidalPositions(dim);
  }

  @Override
  public Tensor apply(Tensor x, Mode mode) {
    Tensor places =
        mode instanceof Continuation pass
            ? pass.places()
            : mode.packing().map(Packing::places).orElseGet(() -> Tensor.arange(x.shape().size(1)));
    float[] frequencies = new float[dim / 2];
    for (int i = 0; i < frequencies.length; i++) {
      frequencies[i] = (float) Math.pow(10_000, -2.0 * i / dim);
    }
    Tensor angles =
        places.cast(DType.F32).unsqueeze(-1).mul(Tensor.of(frequencies)); // (…, t, dim/2)
    return x.add(Tensor.stack(-1, List.of(angles.sin(), angles.cos())).flatten(-2, -1));
  }
}
