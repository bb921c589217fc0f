package dev.merapi.tensor;

import dev.merapi.graph.Engine;
import java.util.List;

/**
 * One run of a graph: values to compute and parameters to assign, in a single program. All reads
 * see the parameters as they were before the step.
 *
 * @param precision of contractions
 */
public record Step(List<Tensor> outputs, List<Assignment> assignments, Precision precision) {

  /** A parameter and its next value. */
  public record Assignment(Parameter target, Tensor value) {
    public Assignment {
      if (!target.shape().equals(value.shape()) || target.dtype() != value.dtype()) {
        throw new ShapeException(
            "assign: the parameter is %s%s, the value %s%s"
                .formatted(target.dtype(), target.shape(), value.dtype(), value.shape()));
      }
    }
  }

  public Step {
    outputs = List.copyOf(outputs);
    assignments = List.copyOf(assignments);
  }

  /** With contractions in f32. */
  public Step(List<Tensor> outputs, List<Assignment> assignments) {
    this(outputs, assignments, Precision.F32);
  }

  /** Computes several tensors at once, each part that they share only once. */
  public static List<Tensor> compute(Tensor... outputs) {
    return new Step(List.of(outputs), List.of()).run();
  }

  /** Runs it and returns the outputs as values with a life of their own. */
  public List<Tensor> run() {
    return Engine.shared().run(this);
  }
}
