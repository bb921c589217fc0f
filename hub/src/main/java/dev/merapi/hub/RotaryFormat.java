package dev.merapi.hub;

import dev.merapi.nn.Rotary;
import dev.merapi.nn.RotaryScaling;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Rotary positions in a config: {@code rope_parameters}, or {@code rope_theta} and {@code
 * rope_scaling}, as older ones have it. Written are both, for readers of any age.
 */
final class RotaryFormat {
  private RotaryFormat() {}

  static Rotary read(Config config, int headDim, int context) {
    Config said =
        config
            .object("rope_parameters")
            .or(() -> config.object("rope_scaling"))
            .orElseGet(() -> new Config(config.file(), Config.JSON.createObjectNode()));
    double share = said.number("partial_rotary_factor", config.number("partial_rotary_factor", 1));
    said.refuse("partial_rotary_factor", share != 1, "1");
    double base = said.number("rope_theta", config.number("rope_theta", 10_000));
    String key = said.has("rope_type") ? "rope_type" : "type";
    String type = said.has(key) ? said.text(key) : "default";
    Map<String, Supplier<RotaryScaling>> known =
        Map.of(
            "default", RotaryScaling.Unscaled::new,
            "linear", () -> new RotaryScaling.Interpolated(said.number("factor")),
            "dynamic", () -> new RotaryScaling.Dynamic(said.number("factor"), context),
            "llama3", () -> llama3(said, context),
            "yarn", () -> yarn(said, context));
    return new Rotary(headDim, base, said.choice(key, type, known).get());
  }

  private static RotaryScaling llama3(Config said, int context) {
    return new RotaryScaling.Llama3(
        said.number("factor"),
        said.number("low_freq_factor"),
        said.number("high_freq_factor"),
        said.integer("original_max_position_embeddings", context));
  }

  private static RotaryScaling yarn(Config said, int context) {
    int original = said.integer("original_max_position_embeddings", context);
    double factor = said.number("factor", (double) context / original);
    double magnitude = RotaryScaling.Yarn.magnitude(factor, 1);
    if (said.has("attention_factor")) {
      magnitude = said.number("attention_factor");
    } else if (said.number("mscale", 0) != 0 && said.number("mscale_all_dim", 0) != 0) {
      magnitude =
          RotaryScaling.Yarn.magnitude(factor, said.number("mscale"))
              / RotaryScaling.Yarn.magnitude(factor, said.number("mscale_all_dim"));
    }
    return new RotaryScaling.Yarn(
        factor,
        original,
        said.number("beta_fast", 32),
        said.number("beta_slow", 1),
        magnitude,
        said.flag("truncate", true));
  }

  static Map<String, Object> written(Rotary rotary) {
    Map<String, Object> scaling = new LinkedHashMap<>();
    switch (rotary.scaling()) {
      case RotaryScaling.Unscaled _ -> scaling.put("rope_type", "default");
      case RotaryScaling.Interpolated(double factor) -> {
        scaling.put("rope_type", "linear");
        scaling.put("factor", factor);
      }
      case RotaryScaling.Dynamic(double factor, int _) -> {
        scaling.put("rope_type", "dynamic");
        scaling.put("factor", factor);
      }
      case RotaryScaling.Llama3(double factor, double low, double high, int context) -> {
        scaling.put("rope_type", "llama3");
        scaling.put("factor", factor);
        scaling.put("low_freq_factor", low);
        scaling.put("high_freq_factor", high);
        scaling.put("original_max_position_embeddings", context);
      }
      case RotaryScaling.Yarn yarn -> {
        scaling.put("rope_type", "yarn");
        scaling.put("factor", yarn.factor());
        scaling.put("original_max_position_embeddings", yarn.context());
        scaling.put("beta_fast", yarn.fast());
        scaling.put("beta_slow", yarn.slow());
        scaling.put("attention_factor", yarn.magnitude());
        scaling.put("truncate", yarn.truncated());
      }
    }
    Map<String, Object> parameters = new LinkedHashMap<>(scaling);
    parameters.put("rope_theta", rotary.base());
    Map<String, Object> said = new LinkedHashMap<>();
    said.put("rope_theta", rotary.base());
    said.put("rope_scaling", rotary.scaling() instanceof RotaryScaling.Unscaled ? null : scaling);
    said.put("rope_parameters", parameters);
    return said;
  }
}
