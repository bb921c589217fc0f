package dev.merapi.recipe;

import dev.merapi.text.Tokenizer;
import dev.merapi.text.TokenizerTraining;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** How a recipe's text is cut into tokens. */
public sealed interface TokenizerSettings {
  /**
   * Makes the tokenizer.
   *
   * @param text the text that is learned from, piece by piece
   */
  Tokenizer make(Supplier<Stream<String>> text);

  /** One token a character; see {@link dev.merapi.text.Characters}. */
  record Characters() implements TokenizerSettings {
    @Override
    public Tokenizer make(Supplier<Stream<String>> text) {
      try (var pieces = text.get()) {
        return dev.merapi.text.Characters.of(pieces);
      }
    }
  }

  /**
   * Byte-level byte pair encoding, learned from the text; see {@link TokenizerTraining}.
   *
   * @param size tokens of the vocabulary, 256 of them bytes
   */
  record Bpe(@Default("4096") @Range(from = 257, to = 1e6) int size) implements TokenizerSettings {
    @Override
    public Tokenizer make(Supplier<Stream<String>> text) {
      try (var pieces = text.get()) {
        return TokenizerTraining.byteLevelBpe(pieces, size, List.of());
      }
    }
  }

  /**
   * Pieces of words, as BERT has them, learned from the text; see {@link TokenizerTraining}.
   *
   * @param size tokens of the vocabulary, at most
   * @param lowercase whether capitals are read as small letters, and accents left out
   */
  record Wordpiece(
      @Default("8000") @Range(from = 100, to = 1e6) int size, @Default("true") boolean lowercase)
      implements TokenizerSettings {
    @Override
    public Tokenizer make(Supplier<Stream<String>> text) {
      try (var pieces = text.get()) {
        return TokenizerTraining.wordPiece(pieces, size, lowercase);
      }
    }
  }

  /**
   * One that is there.
   *
   * @param path a {@code tokenizer.json}, or a folder with a published tokenizer
   */
  record File(String path) implements TokenizerSettings {
    @Override
    public Tokenizer make(Supplier<Stream<String>> text) {
      return Tokenizer.load(Path.of(path));
    }
  }
}
