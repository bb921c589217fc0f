package dev.merapi.hub;

import dev.merapi.nn.Layer;
import dev.merapi.tensor.Shape;
import dev.merapi.text.Tokenizer;
import dev.merapi.train.FileException;
import dev.merapi.zoo.Gpt;
import dev.merapi.zoo.Llama;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/**
 * A model of a hub's folder that writes texts, with all that it needs for it.
 *
 * @param published the model and what its config says
 * @param context tokens that it can look back at
 * @param ends tokens that end a text: those of {@code generation_config.json}, of {@code
 *     config.json}, and the tokenizer's end of a text
 * @param chat how it wants conversations to be written; empty for one that was not taught to talk
 * @param preferences how its publisher draws tokens
 */
public record LanguageModel(
    Pretrained published,
    Tokenizer tokenizer,
    int context,
    Set<Integer> ends,
    Optional<ChatTemplate> chat,
    Preferences preferences) {

  /** How tokens are drawn, as {@code generation_config.json} says it; empty where it does not. */
  public record Preferences(
      Optional<Double> temperature,
      Optional<Integer> topK,
      Optional<Double> topP,
      Optional<Double> minP,
      Optional<Double> repetitionPenalty) {
    /** None. */
    public static final Preferences NONE =
        new Preferences(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
  }

  private static final String GENERATION = "generation_config.json";
  private static final String TOKENIZER = "tokenizer_config.json";
  private static final String TEMPLATE = "chat_template.jinja";

  /** Whether a folder holds a published model. */
  public static boolean isIn(Path folder) {
    return Files.isRegularFile(folder.resolve(Config.NAME));
  }

  /**
   * Opens a folder.
   *
   * @throws FileException if a file is missing or damaged, the model does not write texts, or model
   *     and tokenizer do not belong together
   */
  public static LanguageModel open(Path folder) {
    Pretrained published = Pretrained.open(folder);
    int context =
        switch (published.model()) {
          case Gpt gpt -> gpt.positions().weight().shape().size(0);
          case Llama llama -> llama.context();
          default ->
              throw new FileException(
                  folder,
                  "its model, %s, does not write texts"
                      .formatted(published.model().getClass().getSimpleName()),
                  "give a causal language model, such as GPT-2, Llama, Mistral, Qwen or SmolLM");
        };
    Tokenizer tokenizer = Tokenizer.load(folder);
    int rows = embedding(published.model()).size(0);
    if (tokenizer.size() > rows) {
      throw new FileException(
          folder,
          "the tokenizer has %d tokens, the model knows %d".formatted(tokenizer.size(), rows),
          "take the tokenizer and the model from the same place");
    }
    Optional<Config> generation = read(folder.resolve(GENERATION));
    Optional<Config> texts = read(folder.resolve(TOKENIZER));
    Map<String, String> special = special(texts);
    Set<Integer> ends = new LinkedHashSet<>();
    Stream.concat(generation.stream(), Stream.of(Config.read(folder)))
        .forEach(config -> addIds(config, ends));
    Optional.ofNullable(special.get("eos_token"))
        .ifPresent(token -> tokenizer.id(token).ifPresent(ends::add));
    return new LanguageModel(
        published,
        tokenizer,
        context,
        ends,
        template(folder, texts).map(t -> ChatTemplate.of(folder, t, special)),
        generation.map(LanguageModel::preferences).orElse(Preferences.NONE));
  }

  /** The shape of the tokens' embedding. */
  private static Shape embedding(Layer model) {
    return model instanceof Gpt gpt
        ? gpt.tokens().weight().shape()
        : ((Llama) model).tokens().weight().shape();
  }

  private static Optional<Config> read(Path file) {
    return Files.isRegularFile(file)
        ? Optional.of(new Config(file, Config.object(file)))
        : Optional.empty();
  }

  private static void addIds(Config config, Set<Integer> ends) {
    JsonNode ids = config.values().path("eos_token_id");
    (ids.isArray() ? ids.valueStream() : Stream.of(ids))
        .filter(JsonNode::isInt)
        .forEach(id -> ends.add(id.intValue()));
  }

  /** Special tokens by name; one is written as a text, or as an object with a content. */
  private static Map<String, String> special(Optional<Config> texts) {
    Map<String, String> tokens = new HashMap<>();
    for (String name : List.of("bos_token", "eos_token", "unk_token", "pad_token")) {
      JsonNode token = texts.map(t -> t.values().path(name)).orElse(null);
      if (token != null) {
        String text = token.isObject() ? token.path("content").asString("") : token.asString("");
        if (!text.isEmpty()) {
          tokens.put(name, text);
        }
      }
    }
    return tokens;
  }

  /** In a file of its own, or in the tokenizer's: one, or several by name. */
  private static Optional<String> template(Path folder, Optional<Config> texts) {
    Path file = folder.resolve(TEMPLATE);
    if (Files.isRegularFile(file)) {
      return Optional.of(Config.text(file));
    }
    JsonNode found = texts.map(t -> t.values().path("chat_template")).orElse(null);
    if (found == null) {
      return Optional.empty();
    }
    if (found.isArray()) {
      return found
          .valueStream()
          .filter(one -> one.path("name").asString("").equals("default"))
          .map(one -> one.path("template").asString(""))
          .findFirst();
    }
    return found.isString() ? Optional.of(found.stringValue()) : Optional.empty();
  }

  private static Preferences preferences(Config config) {
    return new Preferences(
        config.flag("do_sample", true) ? number(config, "temperature") : Optional.of(0.0),
        number(config, "top_k").map(Double::intValue),
        number(config, "top_p"),
        number(config, "min_p"),
        number(config, "repetition_penalty"));
  }

  private static Optional<Double> number(Config config, String key) {
    return config.has(key) ? Optional.of(config.number(key)) : Optional.empty();
  }
}
