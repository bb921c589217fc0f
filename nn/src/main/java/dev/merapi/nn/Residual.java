package dev.merapi.nn;

import dev.merapi.tensor.Tensor;
import java.util.Optional;

/**
 * {@code x + body(x)} (He et al., 2015); where the body changes the shape, a shortcut takes x
 * there.
 */
public record Residual(Layer body, Optional<Layer> shortcut) implements Layer {

  public static Residual of(Layer body) {
    return new Residual(body, Optional.empty());
  }

  public static Residual of(Layer body, Layer shortcut) {
    return new Residual(body, Optional.of(shortcut));
  }

  @Override
  public Tensor apply(Tensor x, Mode mode) {
    Tensor kept = shortcut.isPresent() ? shortcut.get().apply(x, mode) : x;
    return kept.add(body.apply(x, mode));
  }
}
