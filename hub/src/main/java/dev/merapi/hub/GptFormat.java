package dev.merapi.hub;

import dev.merapi.hub.NameMap.Row;
import dev.merapi.nn.Layer;
import dev.merapi.tensor.Key;
import dev.merapi.zoo.Gpt;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** GPT-2: {@code GPT2LMHeadModel}. */
record GptFormat() implements Format {
  private static final NameMap NAMES =
      new NameMap(
          List.of(
              Row.of("tokens", "transformer.wte"),
              Row.of("positions", "transformer.wpe"),
              Row.of("blocks.*.attentionNorm", "transformer.h.*.ln_1"),
              Row.transposed("blocks.*.attention.projection", "transformer.h.*.attn.c_attn"),
              Row.transposed("blocks.*.attention.output", "transformer.h.*.attn.c_proj"),
              Row.of("blocks.*.feedForwardNorm", "transformer.h.*.ln_2"),
              Row.transposed("blocks.*.feedForward.up", "transformer.h.*.mlp.c_fc"),
              Row.transposed("blocks.*.feedForward.down", "transformer.h.*.mlp.c_proj"),
              Row.of("norm", "transformer.ln_f")),
          "transformer.",
          // Masks that old files keep, and the head, which is the tokens' embedding.
          name -> name.matches(".*\\.attn\\.(masked_)?bias|lm_head\\.weight"));

  @Override
  public Gpt model(Config config, Set<String> names) {
    int dim = config.integer("n_embd");
    config.refuse("n_inner", config.integer("n_inner", 4 * dim) != 4 * dim, "4 × n_embd");
    config.refuse("scale_attn_weights", !config.flag("scale_attn_weights", true), "true");
    String byLayer = "scale_attn_by_inverse_layer_idx";
    config.refuse(byLayer, config.flag(byLayer, false), "false");
    config.refuse("add_cross_attention", config.flag("add_cross_attention", false), "false");
    config.refuse("tie_word_embeddings", !config.flag("tie_word_embeddings", true), "true");
    var size =
        new Gpt.Size(
            config.integer("vocab_size"),
            config.integer("n_positions", 1024),
            dim,
            config.integer("n_layer"),
            config.integer("n_head"));
    return Gpt.of(size, Key.of(0))
        .activation(Activation.of(config, "activation_function", "gelu_new"))
        .epsilon(config.number("layer_norm_epsilon", 1e-5));
  }

  @Override
  public NameMap names(Layer model) {
    return NAMES;
  }

  @Override
  public Map<String, Object> config(Layer model) {
    var gpt = (Gpt) model;
    var block = gpt.blocks().getFirst();
    Map<String, Object> said = new LinkedHashMap<>();
    said.put("vocab_size", gpt.tokens().weight().shape().size(0));
    said.put("n_positions", gpt.positions().weight().shape().size(0));
    said.put("n_embd", gpt.norm().weight().shape().size(0));
    said.put("n_layer", gpt.blocks().size());
    said.put("n_head", block.attention().heads());
    said.put("activation_function", Activation.name(block.feedForward().activation()));
    said.put("layer_norm_epsilon", gpt.norm().epsilon());
    said.put("tie_word_embeddings", true);
    return said;
  }
}
