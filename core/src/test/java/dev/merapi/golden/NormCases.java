package dev.merapi.golden;

import dev.merapi.golden.Golden.Attributes;
import dev.merapi.golden.Golden.Case;
import dev.merapi.tensor.Tensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * The ops of softmax.json, and the normalisations of norm.json written out in ops: what this module
 * must get right for the layers that are built on it.
 */
final class NormCases {
  private NormCases() {}

  static Tensor softmax(Case c, Map<String, Tensor> in) {
    int axis = c.attributes().integer("axis");
    return c.op().equals("softmax") ? in.get("x").softmax(axis) : in.get("x").logSoftmax(axis);
  }

  static Map<String, Tensor> norm(Case c, Map<String, Tensor> in) {
    Tensor x = in.get("x");
    Attributes a = c.attributes();
    double eps = a.number("eps");
    return switch (c.op()) {
      case "batch_norm" -> batchNorm(x, in, a, eps);
      case "layer_norm" -> Map.of("y", affine(normal(x, eps, last(a.integer("axes"))), in));
      case "rms_norm" -> {
        Tensor scale = x.mul(x).mean(true, last(a.integer("axes"))).add(eps).rsqrt();
        yield Map.of("y", affine(x.mul(scale), in));
      }
      case "group_norm" -> {
        Tensor grouped = x.unflatten(1, a.integer("groups"), -1); // (N, groups, C / groups, …)
        Tensor y = normal(grouped, eps, from(2, grouped)).reshape(x.shape());
        yield Map.of("y", affine(y, channels(in, x)));
      }
      case "instance_norm" -> Map.of("y", affine(normal(x, eps, from(2, x)), channels(in, x)));
      default -> throw new IllegalArgumentException(c.op());
    };
  }

  private static Map<String, Tensor> batchNorm(
      Tensor x, Map<String, Tensor> in, Attributes a, double eps) {
    Map<String, Tensor> shaped = channels(in, x);
    Tensor mean = in.get("running_mean");
    Tensor variance = in.get("running_var");
    if (!a.flag("training")) {
      Tensor scale = shaped.get("running_var").add(eps).rsqrt();
      Tensor y = affine(x.sub(shaped.get("running_mean")).mul(scale), shaped);
      return Map.of("y", y);
    }
    int[] axes = from(1, x);
    axes[0] = 0; // all but the channels
    for (int i = 1; i < axes.length; i++) {
      axes[i] = i + 1;
    }
    double momentum = a.number("momentum");
    return Map.of(
        "y", affine(normal(x, eps, axes), shaped),
        "running_mean", mean.mul(1 - momentum).add(x.mean(axes).mul(momentum)),
        "running_var", variance.mul(1 - momentum).add(x.variance(1, false, axes).mul(momentum)));
  }

  private static Tensor normal(Tensor x, double eps, int... axes) {
    return x.sub(x.mean(true, axes)).mul(x.variance(0, true, axes).add(eps).rsqrt());
  }

  private static Tensor affine(Tensor x, Map<String, Tensor> in) {
    Tensor y = in.containsKey("weight") ? x.mul(in.get("weight")) : x;
    return in.containsKey("bias") ? y.add(in.get("bias")) : y;
  }

  /** The vectors over channels as (C, 1, …), to line up with x. */
  private static Map<String, Tensor> channels(Map<String, Tensor> in, Tensor x) {
    int[] shape = new int[x.shape().rank() - 1];
    Arrays.fill(shape, 1);
    shape[0] = -1;
    Map<String, Tensor> shaped = new LinkedHashMap<>(in);
    shaped.replaceAll((name, value) -> name.equals("x") ? value : value.reshape(shape));
    return shaped;
  }

  private static int[] last(int count) {
    return IntStream.rangeClosed(1, count).map(i -> -i).toArray();
  }

  private static int[] from(int axis, Tensor x) {
    return IntStream.range(axis, x.shape().rank()).toArray();
  }
}
