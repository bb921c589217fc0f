package dev.merapi.text;

import dev.merapi.data.DataException;
import java.util.ArrayList;

/** Reads the model of a {@code tokenizer.json}. */
final class Models {
  private Models() {}

  static Model read(JsonPlace place) {
    var type = place.find("type").map(JsonPlace::text).orElseGet(() -> guess(place));
    return switch (type) {
      case "BPE" -> bpe(place);
      case "WordPiece" ->
          new WordPiece(
              Vocabulary.read(place.get("vocab")),
              place.find("unk_token").map(JsonPlace::text).orElse("[UNK]"),
              place.find("continuing_subword_prefix").map(JsonPlace::text).orElse("##"),
              place.find("max_input_chars_per_word").map(JsonPlace::integer).orElse(100));
      case "WordLevel" -> new WordLevel(Vocabulary.read(place.get("vocab")), unknown(place));
      case "Unigram" -> unigram(place);
      default -> throw place.error("there is no model '" + type + "'");
    };
  }

  private static String unknown(JsonPlace place) {
    return place.find("unk_token").map(JsonPlace::text).orElse("");
  }

  /** Old files do not name their model. */
  private static String guess(JsonPlace place) {
    if (place.find("merges").isPresent()) {
      return "BPE";
    }
    return place.get("vocab").node().isArray()
        ? "Unigram"
        : place.find("continuing_subword_prefix").isPresent() ? "WordPiece" : "WordLevel";
  }

  private static Bpe bpe(JsonPlace place) {
    place
        .find("dropout")
        .filter(dropout -> dropout.number() > 0)
        .ifPresent(
            dropout -> {
              throw dropout.error(
                  "merges that are left out by chance are not supported", "set it to null");
            });
    var vocabulary = Vocabulary.read(place.get("vocab"));
    var prefix = place.find("continuing_subword_prefix").map(JsonPlace::text).orElse("");
    var list = place.get("merges").elements();
    var merges = new Merges(list.size());
    for (int rank = 0; rank < list.size(); rank++) {
      var pair = pair(list.get(rank));
      try {
        Bpe.addMerge(merges, vocabulary, pair[0], pair[1], rank, prefix);
      } catch (DataException e) {
        throw list.get(rank).error(e.getMessage());
      }
    }
    return new Bpe(
        vocabulary,
        merges,
        new Bpe.Options(
            unknown(place),
            prefix,
            place.find("end_of_word_suffix").map(JsonPlace::text).orElse(""),
            place.flag("fuse_unk", false),
            place.flag("byte_fallback", false),
            place.flag("ignore_merges", false)));
  }

  /** {@code "a b"}, or the newer {@code ["a", "b"]}. */
  private static String[] pair(JsonPlace place) {
    var parts = new ArrayList<String>();
    if (place.node().isArray()) {
      place.elements().forEach(element -> parts.add(element.text()));
    } else {
      var text = place.text();
      int space = text.indexOf(' ');
      if (space >= 0 && space == text.lastIndexOf(' ')) {
        parts.add(text.substring(0, space));
        parts.add(text.substring(space + 1));
      }
    }
    if (parts.size() != 2) {
      throw place.error("two tokens are needed here");
    }
    return parts.toArray(new String[0]);
  }

  private static Unigram unigram(JsonPlace place) {
    var list = place.get("vocab").elements();
    var tokens = new ArrayList<String>(list.size());
    var scores = new double[list.size()];
    for (var element : list) {
      var entry = element.elements();
      if (entry.size() != 2) {
        throw element.error("a token and its score are needed here");
      }
      scores[tokens.size()] = entry.get(1).number();
      tokens.add(entry.get(0).text());
    }
    if (tokens.isEmpty()) {
      throw place.error("the vocabulary is empty");
    }
    int unknown = place.find("unk_id").map(JsonPlace::integer).orElse(-1);
    if (unknown >= tokens.size()) {
      throw place.get("unk_id").error("the vocabulary has no such id");
    }
    return new Unigram(
        Vocabulary.of(tokens, tokens.size()), scores, unknown, place.flag("byte_fallback", false));
  }
}
