package dev.merapi.examples;

import dev.merapi.data.Mnist;
import dev.merapi.data.Normalisation;
import dev.merapi.nn.Conv;
import dev.merapi.nn.Dropout;
import dev.merapi.nn.Flatten;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Loss;
import dev.merapi.nn.MaxPool;
import dev.merapi.nn.Relu;
import dev.merapi.nn.Sequential;
import dev.merapi.optim.AdamW;
import dev.merapi.tensor.Key;
import dev.merapi.train.EarlyStopping;
import dev.merapi.train.Epochs;
import dev.merapi.train.Metric;
import dev.merapi.train.Progress;
import dev.merapi.train.Trainer;
import java.nio.file.Path;

/**
 * A convolutional network on MNIST, with validation, early stopping and a progress bar.
 *
 * <p>Arguments: the folder with the four files of MNIST, and for how many epochs to train.
 */
public final class TrainMnist {
  void main(String[] args) {
    var mnist =
        Mnist.load(Path.of(args[0]))
            .split(0.9, Key.of(1)) // a tenth of the training pictures is held out
            .normalised(Normalisation.of(0.1307f, 0.3081f));
    var model =
        Sequential.of(
            Conv.of2d(1, 8, 5, Key.of(2)).stride(2).padding(2), // (batch, 8, 14, 14)
            Relu.of(),
            Conv.of2d(8, 16, 3, Key.of(3)).paddingSame(), // (batch, 16, 14, 14)
            Relu.of(),
            MaxPool.of(2), // (batch, 16, 7, 7)
            Flatten.of(),
            Dropout.of(0.2),
            Linear.of(16 * 7 * 7, 10, Key.of(4)));
    var trained =
        Trainer.of(model, Loss.crossEntropy(), AdamW.of(2e-3))
            .metrics(Metric.accuracy())
            .batch(64)
            .key(Key.of(5)) // the order of the pictures, and dropout
            .stopEarly(EarlyStopping.on(Metric.accuracy(), 3))
            .progress(Progress.to(System.err))
            .fit(mnist, Epochs.of(Integer.parseInt(args[1])))
            .useBest();
    IO.println("accuracy %.4f".formatted(trained.evaluate(mnist.test()).accuracy()));
  }
}
