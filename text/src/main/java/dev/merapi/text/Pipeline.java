package dev.merapi.text;

import dev.merapi.data.DataException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.UnaryOperator;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A tokenizer as {@code tokenizer.json} describes it: added tokens are cut out, the rest is
 * normalised, cut into pieces and tokenised by a model; then special tokens are put around. What a
 * file says about padding and truncation is kept, and left to those who make batches.
 */
final class Pipeline implements Tokenizer {
  /** The parts of a file that are written back as they were read. */
  private static final List<String> KEPT =
      List.of(
          "version",
          "truncation",
          "padding",
          "normalizer",
          "pre_tokenizer",
          "post_processor",
          "decoder");

  private final ObjectNode configuration;
  private final AddedTokens added;
  private final UnaryOperator<Aligned> normaliser;
  private final PreTokenisers.PreTokeniser preTokeniser;
  private final Model model;
  private final PostProcessors.PostProcessor postProcessor;
  private final boolean trims;
  private final Optional<Decoders.Decoder> decoder;
  private final Optional<FastWords> fast;
  private final int size;

  private Pipeline(JsonPlace root, Model model, List<AddedToken> added) {
    configuration = JsonNodeFactory.instance.objectNode();
    for (var key : KEPT) {
      var part = root.node().get(key);
      configuration.set(key, part == null ? JsonNodeFactory.instance.nullNode() : part);
    }
    this.model = model;
    normaliser = root.find("normalizer").map(Normalisers::read).orElse(UnaryOperator.identity());
    this.added = new AddedTokens(added, normaliser);
    preTokeniser =
        root.find("pre_tokenizer")
            .map(PreTokenisers::read)
            .orElse((text, pieces) -> pieces.accept(text));
    postProcessor =
        root.find("post_processor")
            .map(place -> PostProcessors.read(place, model.vocabulary()))
            .orElse((texts, _) -> PostProcessors.joined(texts));
    trims = root.find("post_processor").filter(PostProcessors::trims).isPresent();
    decoder = root.find("decoder").map(Decoders::read);
    fast = FastWords.of(root, model);
    size =
        Math.max(
            model.vocabulary().size(),
            1 + added.stream().mapToInt(AddedToken::id).max().orElse(-1));
  }

  /** Reads a whole file. */
  static Pipeline read(JsonPlace root) {
    var model = Models.read(root.get("model"));
    var added = new ArrayList<AddedToken>();
    for (var place : root.find("added_tokens").map(JsonPlace::elements).orElse(List.of())) {
      var token = AddedToken.read(place);
      if (token.id() > 10 * model.vocabulary().size() + 1000) {
        throw place.error("the id " + token.id() + " is far outside the vocabulary");
      }
      added.add(token);
    }
    return new Pipeline(root, model, added);
  }

  /**
   * Puts a model into a pipeline that is written as in a file.
   *
   * @param file what the parts are read from, for messages
   */
  static Pipeline of(Path file, ObjectNode configuration, Model model, List<AddedToken> added) {
    return new Pipeline(new JsonPlace(file, "", configuration), model, added);
  }

  Model model() {
    return model;
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public int[] encode(String text) {
    if (fast.isPresent() && added.noneIn(text)) {
      return fast.get().encode(text);
    }
    return encoding(text, false).ids();
  }

  @Override
  public Encoding encoding(String text, boolean special) {
    return postProcessor.process(List.of(tokens(text)), special).toEncoding();
  }

  @Override
  public Encoding encoding(String first, String second, boolean special) {
    return postProcessor.process(List.of(tokens(first), tokens(second)), special).toEncoding();
  }

  private Tokens tokens(String text) {
    var tokens = new Tokens();
    added.inRaw(
        Aligned.of(Utf8.wellFormed(text)),
        (token, part) -> {
          if (token != null) {
            add(tokens, token, part);
            return;
          }
          added.inNormalised(
              normaliser.apply(part),
              (inner, piece) -> {
                if (inner != null) {
                  add(tokens, inner, piece);
                } else if (!piece.isEmpty()) {
                  preTokeniser.cut(
                      piece,
                      word -> {
                        if (!word.isEmpty()) {
                          model.tokenise(word, tokens);
                        }
                      });
                }
              });
        });
    return tokens;
  }

  /**
   * A token that takes the spaces around it stands there without them, where offsets are trimmed.
   */
  private void add(Tokens tokens, AddedToken token, Aligned part) {
    int from = 0;
    int to = part.length();
    while (trims && from < to - 1 && CharacterKinds.isSpace(part.text().charAt(from))) {
      from++;
    }
    while (trims && to > from + 1 && CharacterKinds.isSpace(part.text().charAt(to - 1))) {
      to--;
    }
    tokens.add(token.id(), part.start(from), part.end(to - 1));
  }

  @Override
  public String decode(int[] ids, boolean skipSpecial) {
    var tokens = new ArrayList<String>(ids.length);
    for (int id : ids) {
      var token = token(Ids.check(id, size));
      if (token.isEmpty()) {
        throw new DataException(
            "id %d stands for no token of the vocabulary; is it another tokenizer's?"
                .formatted(id));
      }
      if (!skipSpecial || !isSpecial(id)) {
        tokens.add(token.get());
      }
    }
    return decoder
        .map(parts -> String.join("", parts.decode(tokens)))
        .orElseGet(() -> String.join(" ", tokens));
  }

  @Override
  public Optional<String> token(int id) {
    var token = added.byId(id);
    if (token != null) {
      return Optional.of(token.content());
    }
    return model.vocabulary().contains(id)
        ? Optional.of(model.vocabulary().token(id))
        : Optional.empty();
  }

  @Override
  public Optional<byte[]> bytes(int id) {
    return id < 0 || isSpecial(id) ? Optional.empty() : token(id).map(this::written);
  }

  private byte[] written(String token) {
    var kinds = configuration.path("decoder").findValuesAsString("type");
    if (kinds.contains("ByteLevel")) {
      return ByteCharacters.read(token);
    }
    var value = Decoders.byteOf(token);
    if (kinds.contains("ByteFallback") && value.isPresent()) {
      return new byte[] {(byte) value.getAsInt()};
    }
    // What stands between two others, for the first and the last may be written in their own way.
    var around = joined("a", "a").length() - 1;
    var text = joined("a", token, "a");
    return text.substring(1, Math.max(1, text.length() - around)).getBytes(StandardCharsets.UTF_8);
  }

  private String joined(String... tokens) {
    return decoder
        .map(parts -> String.join("", parts.decode(List.of(tokens))))
        .orElseGet(() -> String.join(" ", tokens));
  }

  @Override
  public OptionalInt id(String token) {
    var special = added.byContent(token);
    int id = special == null ? model.vocabulary().id(token) : special.id();
    return id < 0 ? OptionalInt.empty() : OptionalInt.of(id);
  }

  @Override
  public boolean isSpecial(int id) {
    var token = added.byId(id);
    return token != null && token.special();
  }

  @Override
  public void save(Path folder) {
    var root = configuration.deepCopy();
    var tokens = root.putArray("added_tokens");
    added.tokens().forEach(token -> token.write(tokens));
    model.write(root.putObject("model"));
    TokenizerFiles.write(folder, root);
  }
}
