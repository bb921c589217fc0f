package dev.merapi.text;

import tools.jackson.databind.node.ObjectNode;

/** What turns a piece of text, cut out by the pre-tokeniser, into tokens of a vocabulary. */
sealed interface Model permits Bpe, WordPiece, WordLevel, Unigram {
  Vocabulary vocabulary();

  /** Adds the tokens of a piece, which is not empty. */
  void tokenise(Aligned piece, Tokens into);

  /** Writes what {@link Models} reads. */
  void write(ObjectNode into);

  /** The id for what is not in the vocabulary. */
  static dev.merapi.data.DataException unknown(String piece) {
    return new dev.merapi.data.DataException(
        "'%s' is not in the vocabulary, which has no token for the unknown; leave it out, or use a tokenizer that knows it"
            .formatted(piece.length() > 40 ? piece.substring(0, 40) + "…" : piece));
  }
}
