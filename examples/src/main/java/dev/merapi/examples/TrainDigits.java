package dev.merapi.examples;

import dev.merapi.data.Digits;
import dev.merapi.data.Splits;
import dev.merapi.nn.Loss;
import dev.merapi.optim.AdamW;
import dev.merapi.tensor.Key;
import dev.merapi.train.Epochs;
import dev.merapi.train.Metric;
import dev.merapi.train.Trainer;
import dev.merapi.zoo.Mlp;
import java.util.List;

/** The whole of a training program: a network learns to read digits that Merapi draws. */
public final class TrainDigits {
  void main() {
    var digits = Splits.of(Digits.of(10_000, Key.of(1)), Digits.of(2_000, Key.of(2)));
    var model = Mlp.of(List.of(784, 128, 10), Key.of(3));
    var trained =
        Trainer.of(model, Loss.crossEntropy(), AdamW.of(2e-3))
            .metrics(Metric.accuracy())
            .fit(digits, Epochs.of(5));
    IO.println("accuracy %.4f".formatted(trained.evaluate(digits.test()).accuracy()));
  }
}
