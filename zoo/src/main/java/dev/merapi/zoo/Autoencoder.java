package dev.merapi.zoo;

import dev.merapi.nn.Dropout;
import dev.merapi.nn.Init;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Mode;
import dev.merapi.tensor.Key;
import dev.merapi.tensor.Tensor;

/**
 * A network that squeezes its input through few numbers, the code, and tells the input from them:
 * {@code (batch, …) → (batch, in)}.
 *
 * <p>Its outputs are logits: the sigmoid of {@link #reconstruct} makes numbers from 0 to 1 of them,
 * and in training it is a part of the loss, binary cross-entropy from logits.
 *
 * @param encoder from the input to the code, followed by ReLU
 * @param decoder from the code to the input's logits
 * @param dropout of the code, in training
 */
public record Autoencoder(Linear encoder, Linear decoder, Dropout dropout) implements Layer {

  /**
   * From {@code in} numbers to a code of {@code code}, and back. Xavier's initial weights and no
   * bias keep the few units of the code alive: a ReLU that starts with a small weight and a
   * negative bias may never fire again.
   */
  public static Autoencoder of(int in, int code, Key key) {
    Init init = Init.xavierUniform(1);
    return new Autoencoder(
        Linear.of(in, code, init, key.fold(0)),
        Linear.of(code, in, init, key.fold(1)),
        Dropout.of(0));
  }

  /** With dropout of the code. */
  public Autoencoder dropout(double p) {
    return new Autoencoder(encoder, decoder, Dropout.of(p));
  }

  @Override
  public Tensor apply(Tensor x, Mode mode) {
    Tensor code = encoder.apply(x.flatten(1, -1), mode).relu(); // (batch, code)
    return decoder.apply(dropout.apply(code, mode), mode);
  }

  /** What it makes of some inputs, from 0 to 1: (batch, …) → the same shape. */
  public Tensor reconstruct(Tensor x) {
    return apply(x).sigmoid().reshape(x.shape());
  }
}
