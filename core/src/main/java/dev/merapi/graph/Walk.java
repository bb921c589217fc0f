package dev.merapi.graph;

import dev.merapi.tensor.Tensor;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;

/** Walks over graphs; iterative, so that a chain of any length works. */
public final class Walk {
  private Walk() {}

  /** Every tensor that the roots are computed from, each once, inputs before their users. */
  public static List<Tensor> inOrder(Collection<? extends Tensor> roots) {
    return inOrder(roots, Set.of());
  }

  /** The same without tensors of a set, and what only they are computed from. */
  static List<Tensor> inOrder(Collection<? extends Tensor> roots, Set<Tensor> without) {
    List<Tensor> order = new ArrayList<>();
    Set<Tensor> entered = new HashSet<>(without);
    ArrayDeque<Tensor> stack =
        new ArrayDeque<>(); // nodes entered, those whose inputs wait above them
    ArrayDeque<Iterator<Tensor>> waiting = new ArrayDeque<>();
    for (Tensor root : roots) {
      if (entered.add(root)) {
        stack.push(root);
        waiting.push(root.op().inputs().iterator());
      }
      while (!stack.isEmpty()) {
        if (!waiting.peek().hasNext()) {
          waiting.pop();
          order.add(stack.pop());
          continue;
        }
        Tensor input = waiting.peek().next();
        if (entered.add(input)) {
          stack.push(input);
          waiting.push(input.op().inputs().iterator());
        }
      }
    }
    return order;
  }
}
