package dev.merapi.graph;

import dev.merapi.tensor.Gradients;
import dev.merapi.tensor.Parameter;
import dev.merapi.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Gradient checkpointing (Chen et al., 2016, "Training Deep Nets with Sublinear Memory Cost"): the
 * values inside of a piece of graph are not kept for its gradient, but computed a second time.
 *
 * <p>The second computation is a copy of the graph over {@link Op.Again} of its inputs and random
 * keys, so it is not merged with the first, has the same bits, and begins when the gradient of the
 * result is there.
 */
public final class Recomputation {
  private Recomputation() {}

  /** The value y, which is computed from these tensors and from leaves. */
  public static Tensor of(Tensor y, List<Tensor> from) {
    Set<Tensor> ends = new HashSet<>(from);
    Set<Tensor> sources = new LinkedHashSet<>(from);
    for (Tensor node : Walk.inOrder(List.of(y), ends)) {
      if (node.op() instanceof Op.Data || node.op() instanceof Op.Read) {
        sources.add(node);
      }
    }
    List<Tensor> inputs = new ArrayList<>(sources);
    inputs.add(y);
    return new Tensor(new Op.Recomputed(inputs));
  }

  /** One gradient an input. */
  static List<Tensor> gradient(Op.Recomputed recomputed, Tensor dy) {
    // Gradients are taken over places, so that none flows through one source into another.
    Map<Tensor, Tensor> places = new HashMap<>();
    Map<Tensor, Tensor> later = new HashMap<>();
    List<Tensor> floats = new ArrayList<>();
    for (Tensor source : recomputed.sources()) {
      Tensor place = place(source);
      places.put(source, place);
      later.put(place, source instanceof Parameter ? source : new Tensor(new Op.Again(source, dy)));
      if (source.dtype().isFloat()) {
        floats.add(place);
      }
    }
    Tensor flowing = place(dy);
    later.put(flowing, dy);
    Tensor copy = over(List.of(recomputed.value()), places).getFirst();
    var products = over(Gradients.product(copy, flowing, floats), later).iterator();
    List<Tensor> gradients = new ArrayList<>();
    for (Tensor source : recomputed.sources()) {
      gradients.add(source.dtype().isFloat() ? products.next() : GradientRules.NONE);
    }
    gradients.add(GradientRules.NONE); // the first computation is left alone
    return gradients;
  }

  private static Tensor place(Tensor x) {
    return new Tensor(new Op.Input(-1, x.dtype(), x.shape()));
  }

  /** The same graph over other tensors; what does not depend on them is shared. */
  private static List<Tensor> over(List<Tensor> roots, Map<Tensor, Tensor> replaced) {
    Map<Tensor, Tensor> copies = new HashMap<>(replaced);
    for (Tensor node : Walk.inOrder(roots, replaced.keySet())) {
      if (!copies.containsKey(node)) {
        List<Tensor> inputs = node.op().inputs().stream().map(copies::get).toList();
        boolean same = inputs.equals(node.op().inputs());
        copies.put(node, same ? node : new Tensor(node.op().with(inputs)));
      }
    }
    return roots.stream().map(copies::get).toList();
  }
}
