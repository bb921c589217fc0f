package dev.merapi.graph;

import dev.merapi.reference.Reference;
import dev.merapi.tensor.Step;
import dev.merapi.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/** Runs graphs. */
public final class Engine {
  private Engine() {}

  /**
   * Computes the outputs and assigns the parameters; the outputs are values with a life of their
   * own.
   */
  public static List<Tensor> run(List<Tensor> outputs, List<Step.Assignment> assignments) {
    List<Tensor> roots = new ArrayList<>(outputs);
    assignments.forEach(assignment -> roots.add(assignment.value()));
    List<double[]> values = Reference.evaluate(roots);
    for (int i = 0; i < assignments.size(); i++) {
      Step.Assignment assignment = assignments.get(i);
      Storage next = Reference.write(values.get(outputs.size() + i), assignment.value().dtype());
      assignment.target().storage().segment().copyFrom(next.segment());
    }
    List<Tensor> results = new ArrayList<>();
    for (int i = 0; i < outputs.size(); i++) {
      Tensor output = outputs.get(i);
      results.add(
          new Tensor(new Op.Data(Reference.write(values.get(i), output.dtype()), output.shape())));
    }
    return results;
  }
}
