package dev.merapi.text;

import dev.merapi.data.DataException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import tools.jackson.databind.node.ObjectNode;

/** Byte-pair encoding: characters that are merged by rank. */
final class Bpe implements Model {
  private final Vocabulary vocabulary;
  private final Merges merges;
  private final Options options;
  private final int unknown; // -1: none
  private final int[] bytes; // of the tokens <0x00> to <0xFF>; empty without a fallback to them
  private final WordCache cache = new WordCache();

  /**
   * What differs from one to the other.
   *
   * @param unknown the token for what is not in the vocabulary; empty: it is left out
   * @param prefix what stands before a token that does not begin a word
   * @param suffix what stands behind a token that ends a word
   * @param fuseUnknown whether neighbours that are unknown become one token
   * @param byteFallback whether what is unknown becomes its bytes, {@code <0x0A>}
   * @param ignoreMerges whether a piece that is a token as a whole needs no merges
   */
  record Options(
      String unknown,
      String prefix,
      String suffix,
      boolean fuseUnknown,
      boolean byteFallback,
      boolean ignoreMerges) {
    static final Options PLAIN = new Options("", "", "", false, false, false);
  }

  Bpe(Vocabulary vocabulary, Merges merges, Options options) {
    this.vocabulary = vocabulary;
    this.merges = merges;
    this.options = options;
    unknown = options.unknown.isEmpty() ? -1 : vocabulary.id(options.unknown);
    bytes = options.byteFallback ? byteTokens(vocabulary) : new int[0];
  }

  static int[] byteTokens(Vocabulary vocabulary) {
    var hex = HexFormat.of().withUpperCase();
    var ids = new int[256];
    for (int b = 0; b < 256; b++) {
      ids[b] = vocabulary.id("<0x" + hex.toHexDigits((byte) b) + ">");
    }
    return ids;
  }

  /**
   * Adds a merge, whose parts and whose result are in the vocabulary.
   *
   * @param prefix see {@link Options#prefix}
   * @throws DataException if one of them is not there
   */
  static void addMerge(
      Merges merges, Vocabulary vocabulary, String left, String right, int rank, String prefix) {
    var whole =
        left
            + (!prefix.isEmpty() && right.startsWith(prefix)
                ? right.substring(prefix.length())
                : right);
    for (var token : new String[] {left, right, whole}) {
      if (!vocabulary.contains(token)) {
        throw new DataException(
            "the merge of '%s' and '%s' needs '%s', which the vocabulary does not have"
                .formatted(left, right, token));
      }
    }
    merges.add(vocabulary.id(left), vocabulary.id(right), rank, vocabulary.id(whole));
  }

  @Override
  public Vocabulary vocabulary() {
    return vocabulary;
  }

  Merges merges() {
    return merges;
  }

  @Override
  public void tokenise(Aligned piece, Tokens into) {
    var word = piece.text();
    var found = cache.find(word);
    if (found == null) {
      found = split(word);
      cache.put(word, found);
    }
    for (int i = 0, from = 0; i < found.length; i += 2) {
      int to = from + found[i + 1];
      if (found[i] >= 0) {
        // Of several bytes of one character, each but the last has no length of its own.
        int last = from == to ? word.offsetByCodePoints(from, 1) - 1 : to - 1;
        into.add(found[i], piece.start(from), piece.end(last));
      }
      from = to;
    }
  }

  /** Pairs of an id and how many chars it stands for; the id -1 for what is left out. */
  int[] split(String word) {
    if (options.ignoreMerges && vocabulary.contains(word)) {
      return new int[] {vocabulary.id(word), word.length()};
    }
    var symbols = new Symbols(word);
    symbols.fill();
    int count = merges.apply(symbols.ids, symbols.lengths, symbols.count);
    var found = new int[2 * count];
    for (int i = 0; i < count; i++) {
      found[2 * i] = symbols.ids[i];
      found[2 * i + 1] = symbols.lengths[i];
    }
    return found;
  }

  /** The characters of a word as tokens. */
  private final class Symbols {
    private final String word;
    private int[] ids;
    private int[] lengths;
    private int count;
    private boolean afterUnknown;

    Symbols(String word) {
      this.word = word;
      ids = new int[word.length()];
      lengths = new int[word.length()];
    }

    void fill() {
      boolean plain = options.prefix.isEmpty() && options.suffix.isEmpty();
      for (int from = 0; from < word.length(); ) {
        int to = from + Character.charCount(word.codePointAt(from));
        var symbol = word.substring(from, to);
        if (!plain) {
          symbol =
              (from > 0 ? options.prefix : "")
                  + symbol
                  + (to == word.length() ? options.suffix : "");
        }
        int id = vocabulary.id(symbol);
        if (id >= 0) {
          add(id, to - from);
          afterUnknown = false;
        } else if (!addBytes(symbol, to - from)) {
          addUnknown(to - from);
        }
        from = to;
      }
    }

    private boolean addBytes(String symbol, int length) {
      if (bytes.length == 0) {
        return false;
      }
      var utf8 = symbol.getBytes(StandardCharsets.UTF_8);
      for (byte b : utf8) {
        if (bytes[b & 0xFF] < 0) {
          return false;
        }
      }
      for (int i = 0; i < utf8.length; i++) {
        add(bytes[utf8[i] & 0xFF], i + 1 == utf8.length ? length : 0);
      }
      afterUnknown = false;
      return true;
    }

    private void addUnknown(int length) {
      if (unknown < 0 && !options.unknown.isEmpty()) {
        throw Model.unknown(word);
      }
      boolean joins = unknown < 0 ? count > 0 : afterUnknown && options.fuseUnknown;
      if (joins) {
        // What is left out belongs to what stands before it, so that its neighbours may merge.
        lengths[count - 1] += length;
      } else {
        add(unknown, length);
      }
      afterUnknown = true;
    }

    private void add(int id, int length) {
      if (count == ids.length) {
        ids = Arrays.copyOf(ids, 2 * count);
        lengths = Arrays.copyOf(lengths, 2 * count);
      }
      ids[count] = id;
      lengths[count++] = length;
    }
  }

  @Override
  public void write(ObjectNode into) {
    into.put("type", "BPE");
    into.putNull("dropout");
    putOrNull(into, "unk_token", options.unknown);
    putOrNull(into, "continuing_subword_prefix", options.prefix);
    putOrNull(into, "end_of_word_suffix", options.suffix);
    into.put("fuse_unk", options.fuseUnknown);
    into.put("byte_fallback", options.byteFallback);
    into.put("ignore_merges", options.ignoreMerges);
    vocabulary.write(into.putObject("vocab"));
    var list = into.putArray("merges");
    for (int i = 0; i < merges.size(); i++) {
      list.addArray().add(vocabulary.token(merges.left(i))).add(vocabulary.token(merges.right(i)));
    }
  }

  private static void putOrNull(ObjectNode into, String key, String value) {
    if (value.isEmpty()) {
      into.putNull(key);
    } else {
      into.put(key, value);
    }
  }

  @Override
  public String toString() {
    return "Bpe[%d tokens, %d merges]"
        .formatted(vocabulary.size(), merges.size())
        .toLowerCase(Locale.ROOT);
  }
}
