package dev.merapi.examples;

import dev.merapi.data.Digits;
import dev.merapi.data.Splits;
import dev.merapi.nn.Loss;
import dev.merapi.optim.AdamW;
import dev.merapi.tensor.Key;
import dev.merapi.train.Environment;
import dev.merapi.train.Epochs;
import dev.merapi.train.RunWriter;
import dev.merapi.train.Saving;
import dev.merapi.train.Trained;
import dev.merapi.train.Trainer;
import dev.merapi.zoo.Mlp;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A training that is stopped on the way and goes on from its last checkpoint ends with the bits of
 * one that was never stopped.
 *
 * <p>Argument: the folder in which the run's folder is made.
 */
public final class SaveAndResume {
  private final Splits digits = Splits.of(Digits.of(2_000, Key.of(1)), Digits.of(500, Key.of(2)));

  void main(String[] args) {
    var unbroken = trainer().fit(digits, Epochs.of(2));

    Path folder;
    try (var run = newRun(Path.of(args[0]))) {
      var steps = new AtomicInteger();
      var stopped =
          trainer()
              .saveTo(run, Saving.DEFAULT)
              .stopWhen(() -> steps.incrementAndGet() == 50) // as Ctrl-C does
              .fit(digits, Epochs.of(2));
      folder = run.folder().path();
      IO.println("%s after %d steps".formatted(stopped.ending(), stopped.steps()));
    }

    var resumed = RunWriter.resume(folder); // finds the newest checkpoint that is whole
    try (var run = resumed.writer()) {
      var checkpoint = resumed.found().checkpoint().orElseThrow();
      var finished =
          trainer().saveTo(run, Saving.DEFAULT).resumeFrom(checkpoint).fit(digits, Epochs.of(2));
      IO.println("%s after %d steps".formatted(finished.ending(), finished.steps()));
      IO.println("resumed  " + loss(finished));
      IO.println("unbroken " + loss(unbroken));
    }
  }

  /** A new model each time, as in a new process; the keys make it the same one. */
  private static Trainer trainer() {
    var model = Mlp.of(List.of(784, 32, 10), Key.of(3)).dropout(0.1);
    return Trainer.of(model, Loss.crossEntropy(), AdamW.of(2e-3)).key(Key.of(4));
  }

  private RunWriter newRun(Path runs) {
    var environment = Environment.capture(List.of(), 4, digits.train().fingerprint());
    return RunWriter.create(runs, "digits", "# made by SaveAndResume\n", environment);
  }

  private double loss(Trained trained) {
    return trained.evaluate(digits.test()).loss();
  }
}
