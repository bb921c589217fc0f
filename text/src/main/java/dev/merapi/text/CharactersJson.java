package dev.merapi.text;

import java.util.stream.IntStream;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * How {@link Characters} are written as a {@code tokenizer.json}: a word-level model over a split
 * into single characters.
 */
final class CharactersJson {
  private static final String ANY_CHARACTER = "(?s:.)";

  private CharactersJson() {}

  static ObjectNode write(Characters characters) {
    var root = JsonNodeFactory.instance.objectNode();
    root.put("version", "1.0");
    root.putArray("added_tokens");
    root.putNull("normalizer");
    var split = root.putObject("pre_tokenizer");
    split.put("type", "Split");
    split.putObject("pattern").put("Regex", ANY_CHARACTER);
    split.put("behavior", "Isolated");
    split.put("invert", false);
    root.putNull("post_processor");
    root.putObject("decoder").put("type", "Fuse");
    var model = root.putObject("model");
    model.put("type", "WordLevel");
    var vocabulary = model.putObject("vocab");
    var codePoints = characters.codePoints();
    for (int id = 0; id < codePoints.length; id++) {
      vocabulary.put(Character.toString(codePoints[id]), id);
    }
    model.put("unk_token", "[UNK]");
    return root;
  }

  /** Whether a {@code tokenizer.json} is one that {@link #write} wrote. */
  static boolean matches(JsonPlace root) {
    return root.find("normalizer").isEmpty()
        && root.find("post_processor").isEmpty()
        && root.find("added_tokens").filter(tokens -> !tokens.node().isEmpty()).isEmpty()
        && root.find("pre_tokenizer")
            .flatMap(split -> split.find("pattern"))
            .flatMap(pattern -> pattern.find("Regex"))
            .filter(regex -> regex.text().equals(ANY_CHARACTER))
            .isPresent()
        && root.get("model").text("type").equals("WordLevel")
        && root.get("model").get("vocab").node().properties().stream()
            .allMatch(entry -> entry.getKey().codePoints().count() == 1);
  }

  static Characters read(JsonPlace root) {
    var vocabulary = root.get("model").get("vocab");
    var codePoints = IntStream.builder();
    for (var entry : vocabulary.members()) {
      codePoints.add(entry.getKey().codePointAt(0));
    }
    var characters = Characters.of(codePoints.build());
    for (var entry : vocabulary.members()) {
      int id = characters.id(entry.getKey()).orElseThrow();
      if (!entry.getValue().isInt() || entry.getValue().intValue() != id) {
        throw vocabulary.error(
            "'%s' has the id %s, and characters in their order have %d"
                .formatted(entry.getKey(), entry.getValue(), id));
      }
    }
    return characters;
  }
}
