package dev.merapi.text;

import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Turns text into ids and back. Immutable, and safe to use from several threads.
 *
 * <p>Surrogates without their other half, which no UTF-8 can hold, are read as U+FFFD. Positions in
 * text are those of {@link String#charAt}.
 */
public interface Tokenizer {
  /** The number of ids: one more than the largest one, so that a model's embedding can be sized. */
  int size();

  /**
   * The ids of a text, with nothing put around it: {@code (text) → (tokens)}. Special tokens that
   * are written out in the text ({@code <|endoftext|>}) become their one id.
   *
   * @throws dev.merapi.data.DataException if the text holds what the vocabulary cannot express
   */
  default int[] encode(String text) {
    return encoding(text, false).ids();
  }

  /**
   * The ids of a text and where they stand in it.
   *
   * @param special whether to put the special tokens around it that the tokenizer's model is used
   *     to: {@code [CLS] … [SEP]}
   * @throws dev.merapi.data.DataException if the text holds what the vocabulary cannot express
   */
  Encoding encoding(String text, boolean special);

  /**
   * The ids of two texts as one: a question and its paragraph. {@link Encoding#types} tells the
   * first (0) from the second (1), and positions are those in the one or the other.
   *
   * @throws dev.merapi.data.DataException if a text holds what the vocabulary cannot express
   */
  Encoding encoding(String first, String second, boolean special);

  /**
   * The text of these ids, special tokens written out.
   *
   * @throws dev.merapi.data.DataException if an id is outside the vocabulary
   */
  default String decode(int... ids) {
    return decode(ids, false);
  }

  /**
   * The text of these ids.
   *
   * @param skipSpecial whether to leave special tokens out
   * @throws dev.merapi.data.DataException if an id is outside the vocabulary
   */
  String decode(int[] ids, boolean skipSpecial);

  /** Decodes ids that come one after another, and gives text as soon as it is sure. */
  default Decoding decoding(boolean skipSpecial) {
    return new Decoding(this, skipSpecial);
  }

  /** The token of an id, as its vocabulary writes it; empty for an id that is not used. */
  Optional<String> token(int id);

  /**
   * The bytes, as UTF-8, that a token adds to a text in whose middle it stands: they may end within
   * a character. Empty for a special token, and for an id that is not used.
   */
  Optional<byte[]> bytes(int id);

  /** The id of a token, as its vocabulary writes it. */
  OptionalInt id(String token);

  /** Whether an id is a special token: one that stands for no text, such as {@code [SEP]}. */
  boolean isSpecial(int id);

  /**
   * Writes {@code tokenizer.json}, or SentencePiece's {@code tokenizer.model}, into a folder, which
   * is made where it is missing.
   *
   * @throws dev.merapi.data.DataException if it cannot be written
   */
  void save(Path folder);

  /**
   * Reads the tokenizer of a file or folder.
   *
   * @param path a {@code tokenizer.json}; SentencePiece's {@code tokenizer.model} or another {@code
   *     .model}; GPT-2's {@code vocab.json} or {@code encoder.json}, with {@code merges.txt} or
   *     {@code vocab.bpe} beside it; BERT's {@code vocab.txt}, in small letters unless {@code
   *     tokenizer_config.json} or its own capitals say otherwise; or a folder with one of these,
   *     the first of them
   * @throws dev.merapi.data.DataException if there is none, or it is damaged
   */
  static Tokenizer load(Path path) {
    return TokenizerFiles.load(path);
  }
}
