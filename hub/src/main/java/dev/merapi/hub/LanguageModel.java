package dev.merapi.hub;

import dev.merapi.nn.Layer;
import dev.merapi.nn.Lora;
import dev.merapi.tensor.Shape;
import dev.merapi.text.Tokenizer;
import dev.merapi.train.AtomicFiles;
import dev.merapi.train.FileException;
import dev.merapi.zoo.Gpt;
import dev.merapi.zoo.Llama;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
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
 * @param stops texts that end one: the end of a text, where that is no token of the vocabulary
 * @param chat how it wants conversations to be written; empty for one that was not taught to talk
 * @param preferences how its publisher draws tokens
 */
public record LanguageModel(
    Pretrained published,
    Tokenizer tokenizer,
    int context,
    Set<Integer> ends,
    List<String> stops,
    Optional<ChatTemplate> chat,
    Preferences preferences) {
  public LanguageModel {
    ends = Set.copyOf(ends);
    stops = List.copyOf(stops);
  }

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
  private static final String EOS = "eos_token";

  /** What ends the answers of a model that has no token for it. */
  public static final String END = "<|end|>";

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
    return of(folder, Pretrained.open(folder));
  }

  /** The same for a folder whose weights do not matter, or are not there: they are drawn. */
  public static LanguageModel openUntrained(Path folder) {
    return of(folder, Pretrained.openUntrained(folder));
  }

  private static LanguageModel of(Path folder, Pretrained published) {
    int context =
        context(published.model())
            .orElseThrow(
                () ->
                    new FileException(
                        folder,
                        "its model, %s, does not write texts"
                            .formatted(published.model().getClass().getSimpleName()),
                        "give a causal language model, such as GPT-2, Llama, Mistral, Qwen or"
                            + " SmolLM"));
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
    List<String> stops = new ArrayList<>();
    Stream.concat(generation.stream(), Stream.of(Config.read(folder)))
        .forEach(config -> addIds(config, ends));
    Optional.ofNullable(special.get(EOS))
        .ifPresent(token -> tokenizer.id(token).ifPresentOrElse(ends::add, () -> stops.add(token)));
    return new LanguageModel(
        published,
        tokenizer,
        context,
        ends,
        stops,
        template(folder, texts).map(t -> ChatTemplate.of(folder, t, special)),
        generation.map(LanguageModel::preferences).orElse(Preferences.NONE));
  }

  /** The same with another model, such as one that was trained on. */
  public LanguageModel model(Layer other) {
    return new LanguageModel(
        published.model(other), tokenizer, context, ends, stops, chat, preferences);
  }

  /** What a config says of what ends a text; null where no token does. */
  private static Map<String, Object> ends(Set<Integer> ends) {
    Map<String, Object> config = new HashMap<>();
    Integer end = ends.stream().findFirst().orElse(null);
    config.put("bos_token_id", end);
    config.put("eos_token_id", end);
    return config;
  }

  /** A model of one's own, which was not taught to talk. */
  public static LanguageModel of(Layer model, Tokenizer tokenizer) {
    Set<Integer> ends = new LinkedHashSet<>();
    tokenizer.id(END).ifPresent(ends::add);
    return new LanguageModel(
        new Pretrained(model, ends(ends), Optional.empty()),
        tokenizer,
        context(model).orElseThrow(),
        ends,
        ends.isEmpty() ? List.of(END) : List.of(),
        Optional.empty(),
        Preferences.NONE);
  }

  /**
   * The same with a chat template: that of a file, else its own, else a plain one that writes
   * {@code ### user} and the like on a line before each message, and the token that ends a text
   * behind it. A model that has no such token ends its answers by the text {@value #END}.
   */
  public LanguageModel talking(Optional<Path> file) {
    if (file.isEmpty() && chat.isPresent()) {
      return this;
    }
    Map<String, String> special =
        special(published.folder().flatMap(folder -> read(folder.resolve(TOKENIZER))));
    List<String> texts = stops;
    if (!special.containsKey(EOS)) {
      var end = ends.stream().flatMap(id -> tokenizer.token(id).stream()).findFirst();
      special.put(EOS, end.orElse(END));
      texts = end.isPresent() ? List.of() : List.of(END);
    }
    String source = file.map(Config::text).orElse(ChatTemplate.PLAIN);
    return new LanguageModel(
        published,
        tokenizer,
        context,
        ends,
        texts,
        Optional.of(ChatTemplate.of(file.orElse(Path.of(TEMPLATE)), source, special)),
        preferences);
  }

  /**
   * Writes the folder: all of it, or nothing.
   *
   * @throws FileException if it cannot be written, or if there is a folder that holds something
   *     else than a model
   */
  public void save(Path folder) {
    published.save(folder, this::writeRest);
  }

  /**
   * Writes the folder without weights: config, tokenizer and chat template, all or nothing.
   *
   * @throws FileException if it cannot be written
   */
  public void saveUntrained(Path folder) {
    AtomicFiles.writeFolder(folder, this::writeRest);
  }

  private void writeRest(Path folder) throws IOException {
    published.writeRest(folder);
    if (published.folder().isEmpty()) {
      tokenizer.save(folder);
    }
    if (chat.isEmpty()) {
      return;
    }
    AtomicFiles.write(folder.resolve(TEMPLATE), chat.get().written());
    var said =
        read(folder.resolve(TOKENIZER))
            .map(Config::values)
            .orElseGet(
                () ->
                    Config.JSON
                        .createObjectNode()
                        .put("tokenizer_class", "PreTrainedTokenizerFast"));
    if (said.path(EOS).isMissingNode() || said.path(EOS).isNull()) {
      said.put(EOS, chat.get().tokens().get(EOS));
    }
    AtomicFiles.write(folder.resolve(TOKENIZER), Config.JSON.writeValueAsString(said) + "\n");
  }

  /** How many blocks it has. */
  public int blocks() {
    return published.model() instanceof Gpt gpt
        ? gpt.blocks().size()
        : ((Llama) published.model()).blocks().size();
  }

  /** How many tokens its logits tell apart: at least the tokenizer's. */
  public int vocabulary() {
    return embedding(Lora.without(published.model())).size(0);
  }

  /** How far back a model looks, if it writes texts. */
  private static Optional<Integer> context(Layer model) {
    return switch (model) {
      case Gpt gpt -> Optional.of(gpt.positions().weight().shape().size(0));
      case Llama llama -> Optional.of(llama.context());
      default -> Optional.empty();
    };
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
    for (String name : List.of("bos_token", EOS, "unk_token", "pad_token")) {
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
