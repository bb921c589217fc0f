package dev.merapi.text;

import java.util.Optional;

/**
 * The short way for byte-level byte-pair encoding without a normaliser: words by a scanner, their
 * ids from a cache, and no note of where they stand.
 */
final class FastWords {
  private final Scanner scanner;
  private final Bpe model;
  private final WordCache cache = new WordCache();

  private FastWords(Scanner scanner, Bpe model) {
    this.scanner = scanner;
    this.model = model;
  }

  /** The short way for a pipeline; empty where it would not do the same. */
  static Optional<FastWords> of(JsonPlace root, Model model) {
    if (!(model instanceof Bpe bpe) || root.find("normalizer").isPresent()) {
      return Optional.empty();
    }
    return root.find("pre_tokenizer")
        .flatMap(FastWords::scanner)
        .map(scanner -> new FastWords(scanner, bpe));
  }

  private static Optional<Scanner> scanner(JsonPlace place) {
    return switch (place.text("type")) {
      case "ByteLevel" ->
          place.flag("use_regex", true) && !place.flag("add_prefix_space", true)
              ? Optional.of(new Gpt2Scanner())
              : Optional.empty();
      case "Sequence" -> {
        var parts = place.get("pretokenizers").elements();
        yield parts.size() == 2 && isSplit(parts.get(0)) && isBytes(parts.get(1))
            ? parts
                .get(0)
                .get("pattern")
                .find("Regex")
                .flatMap(regex -> Scanner.known(regex.text()))
            : Optional.empty();
      }
      default -> Optional.empty();
    };
  }

  private static boolean isSplit(JsonPlace place) {
    return place.text("type").equals("Split")
        && (place.text("behavior").equals("Isolated") || place.flag("invert", false))
        && !(place.text("behavior").equals("Isolated") && place.flag("invert", false))
        && (place.text("behavior").equals("Isolated") || place.text("behavior").equals("Removed"));
  }

  private static boolean isBytes(JsonPlace place) {
    return place.text("type").equals("ByteLevel")
        && !place.flag("use_regex", true)
        && !place.flag("add_prefix_space", true);
  }

  int[] encode(String text) {
    var characters = Utf8.wellFormed(text).toCharArray();
    var ids = new IntList();
    for (int from = 0; from < characters.length; ) {
      int to = scanner.next(characters, from, characters.length);
      var found = cache.find(characters, from, to);
      if (found == null) {
        var word = new String(characters, from, to - from);
        found = ids(word);
        cache.put(word, found);
      }
      ids.addAll(found);
      from = to;
    }
    return ids.toArray();
  }

  private int[] ids(String word) {
    var pairs = model.split(ByteCharacters.map(Aligned.of(word)).text());
    var ids = new IntList();
    for (int i = 0; i < pairs.length; i += 2) {
      if (pairs[i] >= 0) {
        ids.add(pairs[i]);
      }
    }
    return ids.toArray();
  }
}
