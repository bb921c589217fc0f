package dev.merapi.tensor;

import dev.merapi.graph.GradientRules;
import dev.merapi.graph.Recomputation;
import dev.merapi.graph.Walk;
import dev.merapi.reference.Reference;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Back-propagation: a graph in, a bigger graph out. Gradients are tensors like any other, so
 * gradients of gradients work, and nothing has to be zeroed between steps.
 */
public final class Gradients {
  private Gradients() {}

  /**
   * ∂loss / ∂x for each of the tensors; the loss is a scalar. A tensor that the loss does not
   * depend on gets zeros. Each gradient has the shape and the dtype of its tensor.
   */
  public static List<Tensor> of(Tensor loss, List<? extends Tensor> wrt) {
    if (loss.shape().elements() != 1) {
      throw new ShapeException(
          "a gradient is that of one number, but the loss has the shape "
              + loss.shape()
              + "; take its mean or sum");
    }
    return product(loss, Tensor.ones().broadcastTo(loss.shape()), wrt);
  }

  /** The vector-Jacobian product dyᵀ ∂y/∂x for each of the tensors. */
  public static List<Tensor> product(Tensor y, Tensor dy, List<? extends Tensor> wrt) {
    for (Tensor x : wrt) {
      if (!x.dtype().isFloat()) {
        throw new ShapeException(
            "a gradient needs floats, but one was asked for a tensor of " + x.dtype() + x.shape());
      }
    }
    List<Tensor> order = Walk.inOrder(List.of(y));
    Set<Tensor> reaches = reaching(order, wrt);
    Map<Tensor, Tensor> gradients = new HashMap<>();
    gradients.put(y, dy);
    for (Tensor node : order.reversed()) {
      Tensor gradient = gradients.get(node);
      if (gradient != null && reaches.contains(node)) {
        List<Tensor> inputs = node.op().inputs();
        if (inputs.stream().anyMatch(reaches::contains)) {
          spread(node, gradient, inputs, reaches, gradients);
        }
      }
    }
    List<Tensor> result = new ArrayList<>();
    for (Tensor x : wrt) {
      Tensor gradient = gradients.get(x);
      result.add(
          gradient != null
              ? gradient.cast(x.dtype())
              : Tensor.zeros().cast(x.dtype()).broadcastTo(x.shape()));
    }
    return result;
  }

  /**
   * The tensor y, whose gradient computes again what lies between it and {@code from}, rather than
   * have it kept: less memory for about a third more work. Bits and gradients are the same.
   *
   * @param from the tensors that y is computed from, besides parameters and data
   */
  public static Tensor recomputed(Tensor y, Tensor... from) {
    return Recomputation.of(y, List.of(from));
  }

  private static void spread(
      Tensor node,
      Tensor gradient,
      List<Tensor> inputs,
      Set<Tensor> reaches,
      Map<Tensor, Tensor> gradients) {
    List<Tensor> parts = GradientRules.of(node, gradient);
    for (int i = 0; i < inputs.size(); i++) {
      Tensor part = parts.get(i);
      if (!part.equals(GradientRules.NONE) && reaches.contains(inputs.get(i))) {
        gradients.merge(inputs.get(i), part, Tensor::add);
      }
    }
  }

  /** The float nodes that one of the tensors flows into. */
  private static Set<Tensor> reaching(List<Tensor> order, List<? extends Tensor> wrt) {
    Set<Tensor> reaches = new HashSet<>(wrt);
    for (Tensor node : order) {
      if (node.dtype().isFloat() && node.op().inputs().stream().anyMatch(reaches::contains)) {
        reaches.add(node);
      }
    }
    return reaches;
  }

  /**
   * Compares the gradients of a scalar loss with central finite differences, (f(x + h) - f(x - h))
   * / 2h, computed in double precision by the reference interpreter.
   *
   * @return the greatest difference |g - d| / max(1, |d|) over all elements of all tensors
   */
  public static double check(Tensor loss, List<? extends Tensor> wrt) {
    List<Tensor> gradients = of(loss, wrt);
    double worst = 0;
    for (int i = 0; i < wrt.size(); i++) {
      double[] analytic = Reference.evaluate(gradients.get(i));
      double[] numeric = Reference.differences(loss, wrt.get(i), 1e-5);
      for (int j = 0; j < analytic.length; j++) {
        double error = Math.abs(analytic[j] - numeric[j]) / Math.max(1, Math.abs(numeric[j]));
        worst = error > worst || Double.isNaN(error) ? error : worst;
      }
    }
    return worst;
  }
}
