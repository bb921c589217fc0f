package dev.merapi.report;

/**
 * Something that the numbers say, in words.
 *
 * @param kind how much it matters
 * @param title in a few words
 * @param text in a sentence or two, with the numbers
 * @param advice what to try; empty if there is nothing to be done
 */
public record Finding(Kind kind, String title, String text, String advice) {

  /** How much a finding matters. */
  public enum Kind {
    /** All is well. */
    GOOD,
    /** Worth knowing. */
    NOTE,
    /** Worth mending. */
    WARNING
  }

  static Finding good(String title, String text) {
    return new Finding(Kind.GOOD, title, text, "");
  }

  static Finding note(String title, String text, String advice) {
    return new Finding(Kind.NOTE, title, text, advice);
  }

  static Finding warning(String title, String text, String advice) {
    return new Finding(Kind.WARNING, title, text, advice);
  }
}
