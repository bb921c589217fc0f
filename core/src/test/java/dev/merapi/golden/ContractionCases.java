package dev.merapi.golden;

import dev.merapi.golden.Golden.Attributes;
import dev.merapi.golden.Golden.Case;
import dev.merapi.tensor.ConvOptions;
import dev.merapi.tensor.PoolOptions;
import dev.merapi.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** The ops of matmul.json, conv.json and pool.json. */
final class ContractionCases {
  private ContractionCases() {}

  static Tensor matmul(Case c, Map<String, Tensor> in) {
    return switch (c.op()) {
      case "matmul" -> in.get("a").matmul(in.get("b"));
      case "matmul_transposed_left" -> in.get("a").mT().matmul(in.get("b"));
      case "matmul_transposed_right" -> in.get("a").matmul(in.get("b").mT());
      case "einsum" ->
          Tensor.einsum(c.attributes().text("equation"), in.values().toArray(Tensor[]::new));
      default -> throw new IllegalArgumentException(c.op());
    };
  }

  static Tensor conv(Case c, Map<String, Tensor> in) {
    Attributes a = c.attributes();
    ConvOptions options =
        ConvOptions.DEFAULT
            .stride(a.integers("stride"))
            .dilation(a.integers("dilation"))
            .groups(a.integer("groups"));
    Tensor weight = in.get("weight");
    List<int[]> padding = a.rows("padding");
    Tensor y;
    if (c.op().startsWith("conv_transpose")) {
      options = options.outputPadding(a.integers("output_padding")).padding(before(padding));
      y = in.get("x").convTranspose(weight, options);
    } else if (padding.stream().allMatch(pair -> pair[0] == pair[1])) {
      y = in.get("x").conv(weight, options.padding(before(padding)));
    } else {
      Tensor x = in.get("x");
      for (int i = 0; i < padding.size(); i++) {
        x = x.pad(i + 2, padding.get(i)[0], padding.get(i)[1], 0);
      }
      y = x.conv(weight, options);
    }
    if (!in.containsKey("bias")) {
      return y;
    }
    int[] channels = new int[y.shape().rank() - 1]; // (out, 1, …)
    Arrays.fill(channels, 1);
    channels[0] = -1;
    return y.add(in.get("bias").reshape(channels));
  }

  private static int[] before(List<int[]> padding) {
    return padding.stream().mapToInt(pair -> pair[0]).toArray();
  }

  static Tensor pool(Case c, Map<String, Tensor> in) {
    Attributes a = c.attributes();
    Tensor x = in.get("x");
    if (c.op().startsWith("adaptive_avg")) {
      return x.adaptiveAvgPool(a.integers("size"));
    }
    if (c.op().startsWith("adaptive_max")) {
      return x.adaptiveMaxPool(a.integers("size"));
    }
    PoolOptions options =
        PoolOptions.kernel(a.integers("window"))
            .stride(a.integers("stride"))
            .padding(before(a.rows("padding")))
            .dilation(a.integers("dilation"));
    if (c.op().startsWith("max_pool")) {
      return x.maxPool(options);
    }
    return x.avgPool(a.flag("count_include_pad") ? options : options.ignorePadding());
  }
}
