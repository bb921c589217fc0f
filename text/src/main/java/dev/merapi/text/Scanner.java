package dev.merapi.text;

import java.util.Optional;

/**
 * Cuts a text into words, with no gap between them, as one of the well-known regular expressions
 * would, some ten times as fast.
 */
sealed interface Scanner permits Gpt2Scanner, Cl100kScanner {
  /** Where the word ends that begins at {@code from < end}. */
  int next(char[] text, int from, int end);

  /** The scanner that does what a regular expression does. */
  static Optional<Scanner> known(String regex) {
    if (regex.equals(Gpt2Scanner.REGEX)) {
      return Optional.of(new Gpt2Scanner());
    }
    return Cl100kScanner.known(regex);
  }
}
