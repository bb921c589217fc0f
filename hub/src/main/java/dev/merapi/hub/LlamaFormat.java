package dev.merapi.hub;

import dev.merapi.hub.NameMap.Layout;
import dev.merapi.hub.NameMap.Row;
import dev.merapi.nn.GatedFeedForward;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Rotary;
import dev.merapi.nn.SelfAttention;
import dev.merapi.tensor.Key;
import dev.merapi.tensor.MerapiException;
import dev.merapi.tensor.Parameter;
import dev.merapi.tensor.Tensor;
import dev.merapi.zoo.Llama;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Llama and its kin, for causal language models. */
record LlamaFormat(Kin kin) implements Format {

  /** The families, with what their configs leave out. */
  enum Kin {
    LLAMA("llama", "LlamaForCausalLM", 2048),
    MISTRAL("mistral", "MistralForCausalLM", 131_072),
    QWEN2("qwen2", "Qwen2ForCausalLM", 32_768),
    QWEN3("qwen3", "Qwen3ForCausalLM", 32_768);

    final String type;
    final String published;
    final int context;

    Kin(String type, String published, int context) {
      this.type = type;
      this.published = published;
      this.context = context;
    }

    /** The first that has all that a model has. */
    static Kin of(Llama model) {
      var attention = model.blocks().getFirst().attention();
      boolean read = attention.projection().bias().isPresent();
      boolean written = attention.output().bias().isPresent();
      boolean windows = model.blocks().stream().anyMatch(b -> b.attention().window().isPresent());
      if (attention.norms().isPresent() && read == written) {
        return QWEN3;
      }
      if (attention.norms().isEmpty() && read && !written) {
        return QWEN2;
      }
      if (attention.norms().isPresent() || read != written || (windows && read)) {
        throw new MerapiException(
            "Llama: no published architecture has these norms, biases and windows together; known"
                + " are those of Llama, Mistral, Qwen 2 and Qwen 3");
      }
      return windows ? MISTRAL : LLAMA;
    }
  }

  @Override
  public Llama model(Config config, Set<String> names) {
    int dim = config.integer("hidden_size");
    int heads = config.integer("num_attention_heads");
    var size =
        new Llama.Size(
            config.integer("vocab_size"),
            config.integer("max_position_embeddings", kin.context),
            dim,
            config.integer("intermediate_size"),
            config.integer("num_hidden_layers"),
            heads,
            config.integer("num_key_value_heads", heads),
            config.integer("head_dim", kin == Kin.QWEN3 ? 128 : Math.max(1, dim / heads)));
    if (size.heads() % size.kvHeads() != 0) {
      throw config.problem(
          "num_attention_heads %d is no multiple of num_key_value_heads %d"
              .formatted(size.heads(), size.kvHeads()),
          "give a number of heads of keys that divides the heads");
    }
    var activation = Activation.of(config, "hidden_act", "silu");
    double epsilon = config.number("rms_norm_eps", 1e-6);
    boolean biases = kin != Kin.MISTRAL && config.flag("attention_bias", false);
    boolean inner = kin == Kin.LLAMA && config.flag("mlp_bias", false);
    Rotary rotary = RotaryFormat.read(config, size.headDim(), size.context());
    Llama model =
        Llama.of(size, Key.of(0))
            .epsilon(epsilon)
            .rotary(_ -> rotary)
            .blocks(
                b ->
                    b.attention(a -> biased(a, biases || kin == Kin.QWEN2, biases))
                        .feedForward(f -> biased(f, inner).activation(activation)));
    model = kin == Kin.QWEN3 ? model.headNorms(epsilon) : model;
    model = config.flag("tie_word_embeddings", false) ? model.tied() : model;
    return windowed(model, windows(config, size.layers()));
  }

  private static SelfAttention biased(SelfAttention a, boolean projection, boolean output) {
    return a.weights(
        projection ? biased(a.projection()) : a.projection(),
        output ? biased(a.output()) : a.output());
  }

  private static GatedFeedForward biased(GatedFeedForward f, boolean biases) {
    return biases
        ? new GatedFeedForward(biased(f.gate()), biased(f.up()), f.activation(), biased(f.down()))
        : f;
  }

  private static Linear biased(Linear linear) {
    Tensor zeros = Tensor.zeros(linear.weight().shape().size(0));
    return new Linear(linear.weight(), Optional.of(Parameter.of(zeros)));
  }

  /** The window of each block; 0 for none. */
  private int[] windows(Config config, int layers) {
    boolean used =
        switch (kin) {
          case LLAMA -> false;
          case MISTRAL -> !config.values().has("sliding_window") || config.has("sliding_window");
          case QWEN2, QWEN3 -> config.flag("use_sliding_window", false);
        };
    int[] windows = new int[layers];
    if (!used) {
      return windows;
    }
    int window = config.integer("sliding_window", 4096);
    int full = kin == Kin.MISTRAL ? 0 : config.values().path("max_window_layers").asInt(28);
    for (int i = 0; i < layers; i++) {
      boolean sliding =
          config.has("layer_types")
              ? config.list("layer_types").path(i).asString("").equals("sliding_attention")
              : i >= full;
      windows[i] = sliding ? window : 0;
    }
    return windows;
  }

  private static Llama windowed(Llama model, int[] windows) {
    List<Llama.Block> blocks = new ArrayList<>();
    for (int i = 0; i < windows.length; i++) {
      int window = windows[i];
      var block = model.blocks().get(i);
      blocks.add(window == 0 ? block : block.attention(a -> a.window(window)));
    }
    return new Llama(model.tokens(), blocks, model.norm(), model.head(), model.context());
  }

  @Override
  public NameMap names(Layer model) {
    var llama = (Llama) model;
    var attention = llama.blocks().getFirst().attention();
    int own = attention.kvHeads();
    String block = "model.layers.*.";
    return new NameMap(
        List.of(
            Row.of("tokens", "model.embed_tokens"),
            Row.of("blocks.*.attentionNorm", block + "input_layernorm"),
            new Row(
                "blocks.*.attention.projection",
                Layout.AS_OURS,
                List.of(
                    block + "self_attn.q_proj",
                    block + "self_attn.k_proj",
                    block + "self_attn.v_proj"),
                List.of(attention.heads(), own, own)),
            Row.of("blocks.*.attention.output", block + "self_attn.o_proj"),
            Row.of("blocks.*.attention.norms.query", block + "self_attn.q_norm"),
            Row.of("blocks.*.attention.norms.key", block + "self_attn.k_norm"),
            Row.of("blocks.*.feedForwardNorm", block + "post_attention_layernorm"),
            Row.of("blocks.*.feedForward.gate", block + "mlp.gate_proj"),
            Row.of("blocks.*.feedForward.up", block + "mlp.up_proj"),
            Row.of("blocks.*.feedForward.down", block + "mlp.down_proj"),
            Row.of("norm", "model.norm"),
            Row.of("head", "lm_head")),
        "model.",
        name ->
            name.endsWith("rotary_emb.inv_freq")
                || (llama.head().isEmpty() && name.equals("lm_head.weight")));
  }

  @Override
  public Map<String, Object> config(Layer model) {
    var llama = (Llama) model;
    var block = llama.blocks().getFirst();
    var attention = block.attention();
    var weight = attention.projection().weight().shape();
    var rotary =
        attention
            .positions()
            .filter(Rotary.class::isInstance)
            .map(Rotary.class::cast)
            .orElseThrow(() -> new MerapiException("Llama: published ones have rotary positions"));
    var windows = llama.blocks().stream().map(b -> b.attention().window()).toList();
    Map<String, Object> said = new LinkedHashMap<>();
    said.put("vocab_size", llama.tokens().weight().shape().size(0));
    said.put("max_position_embeddings", llama.context());
    said.put("hidden_size", weight.size(1));
    said.put("intermediate_size", block.feedForward().up().weight().shape().size(0));
    said.put("num_hidden_layers", llama.blocks().size());
    said.put("num_attention_heads", attention.heads());
    said.put("num_key_value_heads", attention.kvHeads());
    said.put("head_dim", rotary.dim());
    said.put("hidden_act", Activation.name(block.feedForward().activation()));
    said.put("rms_norm_eps", llama.norm().epsilon());
    said.put("tie_word_embeddings", llama.head().isEmpty());
    said.put("attention_bias", attention.output().bias().isPresent());
    if (kin == Kin.LLAMA) {
      said.put("mlp_bias", block.feedForward().up().bias().isPresent());
    }
    said.putAll(RotaryFormat.written(rotary));
    if (kin != Kin.LLAMA) {
      var one = windows.stream().filter(w -> w.isPresent()).findFirst();
      boolean all = windows.stream().allMatch(w -> w.isPresent());
      said.put("sliding_window", one.isPresent() ? one.get().getAsInt() : null);
      if (kin != Kin.MISTRAL) {
        said.put("use_sliding_window", one.isPresent());
      }
      if (kin != Kin.MISTRAL || (!all && one.isPresent())) {
        said.put(
            "layer_types",
            windows.stream()
                .map(w -> w.isPresent() ? "sliding_attention" : "full_attention")
                .toList());
      }
    }
    return said;
  }
}
