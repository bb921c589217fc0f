package dev.merapi.nn;

import dev.merapi.tensor.ShapeException;
import dev.merapi.tensor.Tensor;

/**
 * A model of tokens that reads packed rows: of x (batch, 2, time) the tokens, (batch, 0), and where
 * the text of each begins, (batch, 1); see {@link Packing}. What it gives for a text is what the
 * model gives for that text alone.
 */
public record Packed(Layer layer) implements Wrapper {
  public static Packed of(Layer layer) {
    return new Packed(layer);
  }

  @Override
  public Packed around(Layer other) {
    return new Packed(other);
  }

  @Override
  public Tensor apply(Tensor x, Mode mode) {
    if (x.shape().rank() != 3 || x.shape().size(1) != 2) {
      throw new ShapeException(
          "Packed: x %s must be (batch, 2, time): tokens, and where the text of each begins"
              .formatted(x.shape()));
    }
    return layer.apply(x.select(1, 0), mode.packed(new Packing(x.select(1, 1))));
  }
}
