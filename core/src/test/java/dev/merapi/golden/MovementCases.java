package dev.merapi.golden;

import dev.merapi.golden.Golden.Attributes;
import dev.merapi.golden.Golden.Case;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** The ops of movement.json. */
final class MovementCases {
  private MovementCases() {}

  static Tensor build(Case c, Map<String, Tensor> in) {
    Attributes a = c.attributes();
    Tensor x = in.get("x");
    return switch (c.op()) {
      case "slice" -> x.at(indices(a.json().required("ranges")));
      case "pad" -> padded(x, a.rows("padding"), a.number("value"));
      case "concat" -> Tensor.concat(a.integer("axis"), List.copyOf(in.values()));
      case "stack" -> Tensor.stack(a.integer("axis"), List.copyOf(in.values()));
      case "gather" -> x.takeAlong(in.get("index"), a.integer("axis"));
      case "index_select" -> x.take(in.get("index"), a.integer("axis"));
      case "scatter_add" -> x.scatterAdd(a.integer("axis"), in.get("index"), in.get("source"));
      case "one_hot" -> x.oneHot(a.integer("depth"));
      case "permute" -> x.permute(a.integers("axes"));
      case "flip" -> x.flip(a.integers("axes"));
      case "reshape" -> x.reshape(a.integers("shape"));
      case "unflatten" -> x.unflatten(a.integer("axis"), a.integers("shape"));
      case "flatten" -> x.flatten(a.integer("first"), a.integer("last"));
      case "broadcast_to" -> x.broadcastTo(a.integers("shape"));
      case "tile" -> x.tile(a.integers("repeats"));
      case "repeat_interleave" -> repeated(x, a.integer("axis"), a.integer("repeats"));
      case "tril" -> x.mul(below(x, a.integer("diagonal")).cast(DType.F32));
      case "triu" -> x.mul(below(x, a.integer("diagonal") - 1).not().cast(DType.F32));
      default -> throw new IllegalArgumentException(c.op());
    };
  }

  /** The ranges as numpy writes them: {@code 1:-1:2, ::-1}. */
  private static String indices(JsonNode ranges) {
    return ranges.valueStream().map(MovementCases::range).collect(Collectors.joining(", "));
  }

  private static String range(JsonNode range) {
    return range
        .valueStream()
        .map(bound -> bound.isNull() ? "" : bound.asString())
        .collect(Collectors.joining(":"));
  }

  static Tensor padded(Tensor x, List<int[]> padding, double value) {
    Tensor y = x;
    for (int axis = 0; axis < padding.size(); axis++) {
      y = y.pad(axis, padding.get(axis)[0], padding.get(axis)[1], value);
    }
    return y;
  }

  /** (…, n, …) → (…, n, 1, …) → (…, n, times, …) → (…, n · times, …). */
  private static Tensor repeated(Tensor x, int axis, int times) {
    Tensor raised = x.unsqueeze(axis + 1);
    return raised
        .broadcastTo(raised.shape().with(axis + 1, times))
        .reshape(x.shape().with(axis, x.shape().size(axis) * times));
  }

  /** Where column ≤ row + diagonal. */
  private static Tensor below(Tensor x, int diagonal) {
    Tensor rows = Tensor.arange(x.shape().size(-2)).unsqueeze(1);
    return Tensor.arange(x.shape().size(-1)).le(rows.add(diagonal));
  }
}
