package dev.merapi.graph;

import dev.merapi.tensor.Parameter;
import dev.merapi.tensor.Step;
import dev.merapi.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What makes two graphs the same program: ops, attributes, shapes, dtypes and wiring, but no value
 * of a leaf; and the precision of its contractions. Compared in full; the hash only finds it.
 */
final class Structure {
  private final Object[] tokens;
  private final int[] wiring;
  private final int hash;

  private Structure(Object[] tokens, int[] wiring) {
    this.tokens = tokens;
    this.wiring = wiring;
    this.hash = 31 * Arrays.hashCode(tokens) + Arrays.hashCode(wiring);
  }

  /**
   * A graph ready to be looked up: its structure, and the leaves that a run binds, in slot order.
   */
  record Traced(Structure structure, List<Tensor> order, List<Tensor> slots) {}

  static Traced of(Step step) {
    List<Tensor> outputs = step.outputs();
    List<Step.Assignment> assignments = step.assignments();
    List<Tensor> roots = new ArrayList<>(outputs);
    assignments.forEach(assignment -> roots.add(assignment.value()));
    List<Tensor> order = Walk.inOrder(roots);
    List<Tensor> slots = new ArrayList<>();
    Map<Tensor, Integer> numbers = new HashMap<>(2 * order.size());
    Object[] tokens = new Object[3 * order.size() + 1];
    int[] wiring = new int[wires(order) + roots.size() + assignments.size() + 1];
    int wire = 0;
    for (int i = 0; i < order.size(); i++) {
      Tensor node = order.get(i);
      numbers.put(node, i);
      tokens[3 * i] = node.op().attributes();
      tokens[3 * i + 1] = node.shape();
      tokens[3 * i + 2] = node.dtype();
      List<Tensor> inputs = node.op().inputs();
      wiring[wire++] = 31 * node.op().getClass().hashCode() + inputs.size();
      for (Tensor input : inputs) {
        wiring[wire++] = numbers.get(input);
      }
      if (node.op() instanceof Op.Data || node.op() instanceof Op.Read) {
        slots.add(node);
      }
    }
    for (Tensor root : roots) {
      wiring[wire++] = numbers.get(root);
    }
    for (Step.Assignment assignment : assignments) {
      wiring[wire++] = slot(assignment.target(), numbers, slots);
    }
    wiring[wire] = outputs.size();
    tokens[tokens.length - 1] = step.precision();
    return new Traced(new Structure(tokens, wiring), order, slots);
  }

  private static int wires(List<Tensor> order) {
    int wires = order.size();
    for (Tensor node : order) {
      wires += node.op().inputs().size();
    }
    return wires;
  }

  /**
   * The number of a parameter: that of its node, or a place behind all nodes where the graph does
   * not read it.
   */
  private static int slot(Parameter target, Map<Tensor, Integer> numbers, List<Tensor> slots) {
    Integer number = numbers.get(target);
    if (number == null) {
      number = -1 - slots.size();
      numbers.put(target, number);
      slots.add(target);
    }
    return number;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Structure that
        && hash == that.hash
        && Arrays.equals(wiring, that.wiring)
        && Arrays.equals(tokens, that.tokens);
  }

  @Override
  public int hashCode() {
    return hash;
  }
}
