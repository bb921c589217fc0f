package dev.merapi.text;

import tools.jackson.databind.node.ObjectNode;

/**
 * BERT's pieces of words: the longest that fits, again and again (Schuster and Nakajima, 2012). A
 * word of which a part fits nothing is unknown as a whole.
 *
 * @param unknown the token for such a word
 * @param prefix what stands before a piece that does not begin a word: {@code ##}
 * @param longest of how many characters a word may be; a longer one is unknown
 */
record WordPiece(Vocabulary vocabulary, String unknown, String prefix, int longest)
    implements Model {
  @Override
  public void tokenise(Aligned piece, Tokens into) {
    var word = piece.text();
    var found = new IntList();
    if (word.codePointCount(0, word.length()) > longest || !split(word, found)) {
      int id = vocabulary.id(unknown);
      if (id < 0) {
        throw Model.unknown(word);
      }
      into.add(id, piece.start(0), piece.end(word.length() - 1));
      return;
    }
    for (int i = 0, from = 0; i < found.size(); i += 2) {
      int to = found.get(i + 1);
      into.add(found.get(i), piece.start(from), piece.end(to - 1));
      from = to;
    }
  }

  /** Finds pairs of an id and an end. */
  private boolean split(String word, IntList found) {
    for (int from = 0; from < word.length(); ) {
      int to = word.length();
      int id = -1;
      while (to > from) {
        var part = word.substring(from, to);
        id = vocabulary.id(from > 0 ? prefix + part : part);
        if (id >= 0) {
          break;
        }
        to = word.offsetByCodePoints(to, -1);
      }
      if (id < 0) {
        return false;
      }
      found.add(id);
      found.add(to);
      from = to;
    }
    return true;
  }

  @Override
  public void write(ObjectNode into) {
    into.put("type", "WordPiece");
    into.put("unk_token", unknown);
    into.put("continuing_subword_prefix", prefix);
    into.put("max_input_chars_per_word", longest);
    vocabulary.write(into.putObject("vocab"));
  }
}
