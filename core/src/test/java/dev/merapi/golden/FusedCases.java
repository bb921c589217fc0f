package dev.merapi.golden;

import dev.merapi.golden.Golden.Attributes;
import dev.merapi.golden.Golden.Case;
import dev.merapi.tensor.AttentionOptions;
import dev.merapi.tensor.Fused;
import dev.merapi.tensor.Tensor;
import java.util.Map;

/** The ops of attention.json. */
final class FusedCases {
  private FusedCases() {}

  static Tensor attention(Case c, Map<String, Tensor> in) {
    Attributes a = c.attributes();
    var options = AttentionOptions.DEFAULT.causal(a.flag("causal"));
    options = a.has("scale") ? options.scale(a.number("scale")) : options;
    options = in.containsKey("mask") ? options.mask(in.get("mask")) : options;
    return Fused.attention(in.get("q"), in.get("k"), in.get("v"), options);
  }
}
