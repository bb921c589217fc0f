package dev.merapi.hub;

import dev.merapi.nn.Layer;
import dev.merapi.tensor.MerapiException;
import dev.merapi.zoo.Bert;
import dev.merapi.zoo.BertTask;
import dev.merapi.zoo.Gpt;
import dev.merapi.zoo.Llama;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The architectures that can be opened and written, by their published names. */
final class Formats {
  private static final String GPT2 = "GPT2LMHeadModel";

  /** By the name of the architecture. */
  private static final Map<String, Format> BY_ARCHITECTURE = new LinkedHashMap<>();

  /** By the type of the model, where a config names no architecture. */
  private static final Map<String, Format> BY_TYPE = new LinkedHashMap<>();

  static {
    BY_ARCHITECTURE.put(GPT2, new GptFormat());
    BY_TYPE.put("gpt2", new GptFormat());
    for (var kin : LlamaFormat.Kin.values()) {
      BY_ARCHITECTURE.put(kin.published, new LlamaFormat(kin));
      BY_TYPE.put(kin.type, new LlamaFormat(kin));
    }
    for (var task : BertFormat.Task.values()) {
      BY_ARCHITECTURE.put(task.published, new BertFormat(task));
    }
    BY_TYPE.put("bert", new BertFormat(BertFormat.Task.ENCODER));
  }

  private Formats() {}

  static Format of(Config config) {
    if (config.has("architectures") && !config.list("architectures").isEmpty()) {
      String name = config.list("architectures").get(0).asString("");
      return config.choice("architectures", name, BY_ARCHITECTURE);
    }
    return config.choice("model_type", config.text("model_type"), BY_TYPE);
  }

  /** The format of a model, if it can be the one that it was opened with, then that. */
  static Format of(Layer model, Optional<Format> opened) {
    return switch (model) {
      case Gpt _ -> new GptFormat();
      case Llama llama -> {
        var kin = LlamaFormat.Kin.of(llama);
        boolean mistral =
            opened.filter(new LlamaFormat(LlamaFormat.Kin.MISTRAL)::equals).isPresent();
        boolean plain =
            kin == LlamaFormat.Kin.LLAMA
                && llama.blocks().getFirst().attention().output().bias().isEmpty();
        yield new LlamaFormat(mistral && plain ? LlamaFormat.Kin.MISTRAL : kin);
      }
      case Bert _ -> new BertFormat(BertFormat.Task.of(model));
      case BertTask _ -> new BertFormat(BertFormat.Task.of(model));
      default ->
          throw new MerapiException(
              "a %s is no model that is published; known are Gpt, Llama, Bert and BertTask"
                  .formatted(model.getClass().getSimpleName()));
    };
  }

  /** The keys of a config that name a format. */
  static Map<String, Object> named(Format format) {
    return switch (format) {
      case GptFormat _ -> Map.of("model_type", "gpt2", "architectures", new String[] {GPT2});
      case LlamaFormat(var kin) ->
          Map.of("model_type", kin.type, "architectures", new String[] {kin.published});
      case BertFormat(var task) ->
          Map.of("model_type", "bert", "architectures", new String[] {task.published});
    };
  }
}
