package dev.merapi.zoo;

import dev.merapi.nn.Layer;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Lstm;
import dev.merapi.nn.Mode;
import dev.merapi.tensor.Key;
import dev.merapi.tensor.Tensor;

/**
 * Reads a sequence and classifies it by what it remembers at its end: {@code (batch, time, in) →
 * (batch, classes)}, logits.
 */
public record LstmClassifier(Lstm lstm, Linear head) implements Layer {

  public static LstmClassifier of(int in, int hidden, int layers, int classes, Key key) {
    return new LstmClassifier(
        Lstm.of(in, hidden, layers, key.fold(0)), Linear.of(hidden, classes, key.fold(1)));
  }

  @Override
  public Tensor apply(Tensor x, Mode mode) {
    return head.apply(lstm.apply(x, mode).select(1, -1), mode); // of the last time
  }
}
