package dev.merapi.graph;

import dev.merapi.graph.FusedAttention.Sizes;
import dev.merapi.tensor.Gradients;
import dev.merapi.tensor.Shape;
import dev.merapi.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * The gradients of {@link FusedAttention} for q, k and v, with the probabilities computed again.
 *
 * <p>Inputs: those of the attention, its result, and dy (batch, heads, time, dim). Where there are
 * as many keys as queries, the result is (batch, time, heads + 2 kvHeads, dim), as one projection
 * to q, k and v would have made them: dq, then dk, then dv. Otherwise dq (batch, time, heads, dim),
 * dk and dv (batch, timeK, kvHeads, dim) stand one after another.
 */
public record FusedAttentionGradient(FusedAttention attention) implements FusedOp {

  @Override
  public String label() {
    return attention.label() + " gradient";
  }

  @Override
  public Shape shape(List<Shape> shapes) {
    var sizes = Sizes.of(shapes);
    return joint(sizes)
        ? Shape.of(sizes.batch(), sizes.time(), sizes.heads() + 2 * sizes.kvHeads(), sizes.dim())
        : Shape.of(Math.toIntExact(sizes.query().elements() + 2 * sizes.keys().elements()));
  }

  private static boolean joint(Sizes sizes) {
    return sizes.time() == sizes.timeK();
  }

  @Override
  public long flops(List<Shape> shapes) {
    return attention.scores(shapes) * (10L * shapes.getFirst().size(3) + 5);
  }

  @Override
  public Tensor definition(List<Tensor> inputs) {
    List<Tensor> leaves = FusedOp.leaves(inputs);
    List<Tensor> gradients =
        Gradients.product(attention.plain(leaves), inputs.getLast(), leaves.subList(0, 3));
    var sizes = Sizes.of(inputs.stream().map(Tensor::shape).toList());
    List<Tensor> parts = new ArrayList<>();
    for (Tensor gradient : gradients) {
      Tensor byTime = gradient.permute(0, 2, 1, 3); // (batch, time, heads, dim)
      parts.add(joint(sizes) ? byTime : byTime.flatten(0, 3));
    }
    return Tensor.concat(joint(sizes) ? 2 : 0, parts);
  }

  /** dq, dk and dv of the result, each (batch, heads, time, dim). */
  List<Tensor> parts(Tensor result, List<Tensor> inputs) {
    var sizes = Sizes.of(inputs.stream().map(Tensor::shape).toList());
    Tensor heads = joint(sizes) ? result.permute(0, 2, 1, 3) : result; // (batch, all, time, dim)
    List<Tensor> parts = new ArrayList<>();
    int from = 0;
    for (Tensor x : inputs.subList(0, 3)) {
      Shape shape = x.shape();
      int size = joint(sizes) ? shape.size(1) : Math.toIntExact(shape.elements());
      Tensor part = heads.slice(joint(sizes) ? 1 : 0, from, from + size);
      parts.add(
          joint(sizes)
              ? part
              : part.reshape(shape.size(0), shape.size(2), shape.size(1), shape.size(3))
                  .permute(0, 2, 1, 3));
      from += size;
    }
    return parts;
  }

  /** That of the definition, which reads no result of the attention. */
  @Override
  public List<Tensor> gradient(List<Tensor> inputs, Tensor y, Tensor dy) {
    List<Tensor> gradients = new ArrayList<>(FusedOp.super.gradient(inputs, y, dy));
    gradients.set(inputs.size() - 2, GradientRules.NONE);
    return gradients;
  }
}
