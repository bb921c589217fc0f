package dev.merapi.text;

import java.util.function.IntPredicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** Something to look for in a text: cuts it into parts that match and parts between them. */
@FunctionalInterface
interface TextPattern {
  /** Tells of every part of a text, in their order; none is empty. */
  void forEach(String text, Parts parts);

  /** Takes a part of a text. */
  @FunctionalInterface
  interface Parts {
    void accept(int from, int to, boolean matches);
  }

  /** Reads {@code {"String": …}} or {@code {"Regex": …}}. */
  static TextPattern read(JsonPlace place) {
    var literal = place.find("String");
    if (literal.isPresent()) {
      return regex(Pattern.compile(Pattern.quote(literal.get().text())));
    }
    var regex = place.get("Regex");
    return Scanner.known(regex.text())
        .map(TextPattern::scanner)
        .orElseGet(
            () -> {
              try {
                return regex(Regexes.compile(regex.text()));
              } catch (PatternSyntaxException e) {
                throw regex.error(
                    "this is no regular expression that can be used ("
                        + e.getDescription()
                        + " near "
                        + e.getIndex()
                        + ")");
              }
            });
  }

  /** Cuts by an expression, which is stopped where it goes over a text again and again. */
  static TextPattern regex(Pattern pattern) {
    return (text, parts) -> {
      var bounded = new BoundedText(text, pattern);
      var matcher = pattern.matcher(bounded);
      int done = 0;
      while (found(matcher, bounded)) {
        if (matcher.start() > done) {
          parts.accept(done, matcher.start(), false);
        }
        if (matcher.end() > matcher.start()) {
          parts.accept(matcher.start(), matcher.end(), true);
        }
        done = matcher.end();
      }
      if (done < text.length()) {
        parts.accept(done, text.length(), false);
      }
    };
  }

  private static boolean found(Matcher matcher, BoundedText text) {
    try {
      return matcher.find();
    } catch (StackOverflowError e) {
      throw text.endless("it nests too deeply", e);
    }
  }

  /** Every code point of a kind is a match of its own. */
  static TextPattern each(IntPredicate kind) {
    return (text, parts) -> {
      int done = 0;
      for (int i = 0; i < text.length(); ) {
        int c = text.codePointAt(i);
        int next = i + Character.charCount(c);
        if (kind.test(c)) {
          if (i > done) {
            parts.accept(done, i, false);
          }
          parts.accept(i, next, true);
          done = next;
        }
        i = next;
      }
      if (done < text.length()) {
        parts.accept(done, text.length(), false);
      }
    };
  }

  static TextPattern scanner(Scanner scanner) {
    return (text, parts) -> {
      var characters = text.toCharArray();
      for (int from = 0; from < characters.length; ) {
        int to = scanner.next(characters, from, characters.length);
        parts.accept(from, to, true);
        from = to;
      }
    };
  }
}
