package dev.merapi.examples;

import dev.merapi.data.Digits;
import dev.merapi.nn.Loss;
import dev.merapi.nn.Mode;
import dev.merapi.optim.AdamW;
import dev.merapi.optim.Group;
import dev.merapi.optim.Optimization;
import dev.merapi.optim.Schedule;
import dev.merapi.optim.StepOptions;
import dev.merapi.tensor.Key;
import dev.merapi.zoo.Mlp;
import java.util.List;

/** The loop without a trainer: groups of parameters, a schedule, clipping, averaged weights. */
public final class FineControl {
  private static final int EPOCHS = 4;
  private static final int BATCH = 50;

  void main() {
    var train = Digits.of(5_000, Key.of(1));
    var test = Digits.of(1_000, Key.of(2)).batches(1_000).epoch(0).iterator().next();
    var model = Mlp.of(List.of(784, 64, 10), Key.of(3)).dropout(0.1);
    var loss = Loss.crossEntropy().labelSmoothing(0.1);

    var rule = AdamW.of(3e-3).weightDecay(0.05);
    long steps = EPOCHS * (long) train.size() / BATCH;
    var options =
        StepOptions.DEFAULT
            .schedule(Schedule.warmupCosine(steps / 10, steps))
            .group(Group.ofVectors(rule.weightDecay(0))) // no decay of biases
            .clipNorm(1)
            .averageDecay(0.98);
    var optimization = Optimization.of(model, rule, options);

    var batches = train.batches(BATCH, Key.of(4));
    for (int epoch = 0; epoch < EPOCHS; epoch++) {
      for (var batch : batches.epoch(epoch)) {
        var mode = Mode.training(Key.of(5).fold(optimization.steps())); // another dropout each step
        var prediction = model.apply(batch.x(), mode);
        var done = optimization.step(loss.apply(prediction, batch.y()), mode);
        if (optimization.steps() % 100 == 0) {
          IO.println(
              "step %d  loss %.4f  |g| %.2f  rate %.5f"
                  .formatted(
                      optimization.steps(), done.loss(), done.gradientNorm(), done.learningRate()));
        }
      }
    }

    optimization.swapAverages(); // what is measured now are the averaged weights
    var right = model.apply(test.x()).argmax(-1).eq(test.y()).sum();
    IO.println("%.0f of %d right".formatted(right.item(), test.size()));
  }
}
