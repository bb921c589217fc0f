package dev.merapi.text;

import java.util.regex.Pattern;

/** Regular expressions as Oniguruma reads them, which Hugging Face's library uses. */
final class Regexes {
  private static final Pattern PROPERTY = Pattern.compile("\\\\([pP])\\{(\\^?)([A-Za-z_]{3,})\\}");

  private Regexes() {}

  /**
   * Compiles an expression: {@code \s}, {@code \w} and {@code \d} are Unicode's, and {@code
   * \p{Han}} is a script.
   *
   * @throws java.util.regex.PatternSyntaxException if it is none
   */
  static Pattern compile(String regex) {
    var java =
        PROPERTY
            .matcher(regex)
            .replaceAll(
                match ->
                    "\\\\"
                        + (match.group(2).isEmpty() ? match.group(1) : "P")
                        + "{Is"
                        + match.group(3)
                        + "}");
    return Pattern.compile(java, Pattern.UNICODE_CHARACTER_CLASS | Pattern.MULTILINE);
  }
}
