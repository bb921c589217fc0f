package dev.merapi.graph;

import dev.merapi.tensor.Tensor;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Walks over graphs; iterative, so that a chain of any length works. */
public final class Walk {
  private Walk() {}

  /** Every tensor that the roots are computed from, each once, inputs before their users. */
  public static List<Tensor> inOrder(Collection<? extends Tensor> roots) {
    List<Tensor> order = new ArrayList<>();
    Set<Tensor> entered = new HashSet<>();
    Set<Tensor> done = new HashSet<>();
    ArrayDeque<Tensor> stack = new ArrayDeque<>();
    for (Tensor root : roots) {
      stack.push(root);
      while (!stack.isEmpty()) {
        Tensor node = stack.peek();
        if (entered.add(node)) {
          List<Tensor> inputs = node.op().inputs();
          for (int i = inputs.size() - 1; i >= 0; i--) {
            if (!entered.contains(inputs.get(i))) {
              stack.push(inputs.get(i));
            }
          }
        } else {
          stack.pop();
          if (done.add(node)) {
            order.add(node);
          }
        }
      }
    }
    return order;
  }
}
