package dev.merapi.nn;

import dev.merapi.tensor.MerapiException;
import dev.merapi.tensor.Tensor;

/**
 * Several texts behind one another in each row of a batch, none of which sees another: attention
 * stays inside a text, and places count from each text's begin. {@link Mode#packed} says so to the
 * layers.
 *
 * @param begins (batch, time) integers, the place in its row of the first token of the text that
 *     each token is of
 */
public record Packing(Tensor begins) {
  /** The place of each token in its own text: (batch, time). */
  public Tensor places() {
    return Tensor.arange(begins.shape().size(1)).sub(begins);
  }

  /** True where two places of a row are of one text: (batch, time, time). */
  Tensor together() {
    return begins.unsqueeze(2).eq(begins.unsqueeze(1));
  }

  /**
   * For layers that read a row as one text.
   *
   * @throws MerapiException if it is not
   */
  public static void refuse(String layer, Mode mode) {
    if (mode.packing().isPresent()) {
      throw new MerapiException(
          "%s: it reads a row as one text, and would see from one packed text into the next; give one text a row"
              .formatted(layer));
    }
  }
}
