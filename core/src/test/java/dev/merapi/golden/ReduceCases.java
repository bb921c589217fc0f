package dev.merapi.golden;

import dev.merapi.golden.Golden.Attributes;
import dev.merapi.golden.Golden.Case;
import dev.merapi.tensor.Sorted;
import dev.merapi.tensor.Tensor;
import java.util.Map;

/** The ops of reduce.json. */
final class ReduceCases {
  private ReduceCases() {}

  static Map<String, Tensor> build(Case c, Map<String, Tensor> in) {
    Tensor x = in.get("x");
    Attributes a = c.attributes();
    return switch (c.op()) {
      case "argmax", "argmin" -> {
        int axis = a.integer("axis");
        Tensor place = c.op().equals("argmax") ? x.argmax(axis) : x.argmin(axis);
        yield Map.of("y", a.flag("keep_dim") ? place.unsqueeze(axis) : place);
      }
      case "cumsum" -> Map.of("y", x.cumsum(a.integer("axis")));
      case "sort" -> sorted(x.sort(a.integer("axis"), a.flag("descending")));
      case "topk" -> {
        int k = a.integer("k");
        if (a.flag("largest")) {
          yield sorted(x.topk(k, a.integer("axis")));
        }
        Sorted smallest = x.neg().topk(k, a.integer("axis"));
        yield sorted(new Sorted(smallest.values().neg(), smallest.indices()));
      }
      default -> Map.of("y", reduce(c.op(), x, a, a.flag("keep_dim"), a.integers("axes")));
    };
  }

  private static Map<String, Tensor> sorted(Sorted sorted) {
    return Map.of("values", sorted.values(), "indices", sorted.indices());
  }

  private static Tensor reduce(String op, Tensor x, Attributes a, boolean keep, int... axes) {
    return switch (op) {
      case "sum" -> x.sum(keep, axes);
      case "mean" -> x.mean(keep, axes);
      case "max" -> x.max(keep, axes);
      case "min" -> x.min(keep, axes);
      case "prod" -> keep ? kept(x.prod(axes), x, axes) : x.prod(axes);
      case "logsumexp" -> x.logSumExp(keep, axes);
      case "var" -> x.variance(a.flag("unbiased") ? 1 : 0, keep, axes);
      case "std" -> x.std(a.flag("unbiased") ? 1 : 0, keep, axes);
      case "norm" -> norm(x, a.number("order"), axes);
      default -> throw new IllegalArgumentException(op);
    };
  }

  private static Tensor kept(Tensor y, Tensor x, int... axes) {
    return y.reshape(x.sum(true, axes).shape());
  }

  private static Tensor norm(Tensor x, double order, int... axes) {
    if (order == 2) {
      return x.norm(axes);
    }
    Tensor size = x.abs();
    return Double.isInfinite(order) ? size.max(axes) : size.pow(order).sum(axes).pow(1 / order);
  }
}
