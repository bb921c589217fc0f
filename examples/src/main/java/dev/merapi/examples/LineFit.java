package dev.merapi.examples;

import dev.merapi.tensor.Gradients;
import dev.merapi.tensor.Key;
import dev.merapi.tensor.Parameter;
import dev.merapi.tensor.Shape;
import dev.merapi.tensor.Step;
import dev.merapi.tensor.Step.Assignment;
import dev.merapi.tensor.Tensor;
import java.util.List;

/** Fits a line to noisy points by gradient descent, with every part of the loop in sight. */
public final class LineFit {
  private static final double LEARNING_RATE = 0.3;

  void main() {
    var x = Key.of(1).uniform(-1, 1, Shape.of(64));
    var y = x.mul(2).sub(1).add(Key.of(2).normal(64).mul(0.1)); // y = 2 x - 1, and noise
    var slope = Parameter.of(Tensor.zeros());
    var offset = Parameter.of(Tensor.zeros());

    for (int step = 0; step <= 100; step++) {
      var error = slope.mul(x).add(offset).sub(y);
      var loss = error.mul(error).mean();
      var gradients = Gradients.of(loss, List.of(slope, offset));

      // Loss and updates are one graph. The hundred graphs are equal, so one program serves all.
      var down = new Assignment(slope, slope.sub(gradients.get(0).mul(LEARNING_RATE)));
      var aside = new Assignment(offset, offset.sub(gradients.get(1).mul(LEARNING_RATE)));
      var values = new Step(List.of(loss), List.of(down, aside)).run();

      if (step % 20 == 0) {
        IO.println("step %3d  loss %.4f".formatted(step, values.getFirst().item()));
      }
    }
    IO.println("y = %.2f x %+.2f".formatted(slope.item(), offset.item()));
  }
}
