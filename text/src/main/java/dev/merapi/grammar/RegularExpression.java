package dev.merapi.grammar;

import dev.merapi.data.DataException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.apache.lucene.util.automaton.Automata;
import org.apache.lucene.util.automaton.Automaton;

/**
 * Reads a regular expression. Java's own {@link Pattern} says whether it is one, and what its
 * classes of characters hold; this reader puts them together.
 */
final class RegularExpression {
  private static final int MOST = 10_000;

  /** Classes of letters, digits and ranges of them alone. */
  private static final Pattern LISTED = Pattern.compile("\\[(?:[A-Za-z0-9](?:-[A-Za-z0-9])?)+]");

  private final String text;
  private final boolean anywhere;
  private final Map<String, Automaton> classes = new HashMap<>();
  private int at;
  private int depth;

  private RegularExpression(String text, boolean anywhere) {
    this.text = text;
    this.anywhere = anywhere;
  }

  /**
   * Reads one.
   *
   * @param anywhere whether a text may have more around what matches, where no ^ or $ stands
   * @throws DataException if it is none, or asks for what an automaton cannot do
   */
  static Automaton read(String text, boolean anywhere) {
    try {
      var _ = Pattern.compile(text);
    } catch (PatternSyntaxException e) {
      throw new DataException(
          "the regular expression %s: %s at %d; mend it there"
              .formatted(text, e.getDescription(), Math.max(0, e.getIndex())),
          e);
    }
    var reader = new RegularExpression(text, anywhere);
    var automaton = reader.alternatives();
    if (reader.at < text.length()) {
      throw reader.unsupported("a parenthesis that closes nothing");
    }
    return Automatons.plain(automaton);
  }

  private Automaton alternatives() {
    List<Automaton> choices = new ArrayList<>();
    choices.add(anchored());
    while (take('|')) {
      choices.add(anchored());
    }
    return choices.size() == 1 ? choices.getFirst() : Automatons.either(choices);
  }

  /** A sequence; where it is none of a group, ^ and $ may stand around it. */
  private Automaton anchored() {
    boolean begins = depth == 0 && take('^');
    Automaton sequence = sequence();
    boolean ends = depth == 0 && take('$');
    if (!anywhere || depth > 0) {
      return sequence;
    }
    Automaton rest = Automatons.times(Automatons.any(), 0, -1);
    Automaton none = Automata.makeEmptyString();
    return Automatons.sequence(begins ? none : rest, sequence, ends ? none : rest);
  }

  private Automaton sequence() {
    List<Automaton> parts = new ArrayList<>();
    while (at < text.length() && "|)".indexOf(text.charAt(at)) < 0 && !isEnd()) {
      parts.add(repeated(one()));
    }
    return parts.isEmpty()
        ? Automata.makeEmptyString()
        : Automatons.sequence(parts.toArray(Automaton[]::new));
  }

  /** Whether a $ stands here that ends an alternative. */
  private boolean isEnd() {
    return depth == 0
        && text.charAt(at) == '$'
        && (at + 1 == text.length() || text.charAt(at + 1) == '|');
  }

  private Automaton repeated(Automaton one) {
    Automaton all = one;
    while (at < text.length()) {
      int from = at;
      int[] range = range();
      if (range.length == 0) {
        return all;
      }
      if (take('+')) {
        at = from;
        throw unsupported("a repetition that gives nothing back");
      }
      var _ = take('?'); // how eager it is changes nothing in what matches as a whole
      all = Automatons.times(all, range[0], range[1]);
    }
    return all;
  }

  /** How often what stands before may come: from and to, −1 for no end; nothing for once. */
  private int[] range() {
    return switch (text.charAt(at)) {
      case '*' -> range(1, 0, -1);
      case '+' -> range(1, 1, -1);
      case '?' -> range(1, 0, 1);
      case '{' -> {
        int close = text.indexOf('}', at);
        String[] ends = text.substring(at + 1, close).split(",", -1);
        int least = count(ends[0]);
        int most = ends.length == 1 ? least : ends[1].isEmpty() ? -1 : count(ends[1]);
        yield range(close + 1 - at, least, most);
      }
      default -> new int[0];
    };
  }

  private int[] range(int length, int least, int most) {
    at += length;
    return new int[] {least, most};
  }

  private int count(String digits) {
    int count = digits.strip().length() > 6 ? MOST + 1 : Integer.parseInt(digits.strip());
    if (count > MOST) {
      throw unsupported("more than %,d repetitions".formatted(MOST));
    }
    return count;
  }

  private Automaton one() {
    char c = text.charAt(at);
    return switch (c) {
      case '(' -> group();
      case '[' -> {
        int from = at;
        skipClass();
        yield characters(text.substring(from, at));
      }
      case '.' -> {
        at++;
        yield characters(".");
      }
      case '\\' -> escaped();
      case '^', '$' -> throw unsupported("%s within an expression".formatted(c));
      default -> {
        int codePoint = text.codePointAt(at);
        at += Character.charCount(codePoint);
        yield Automata.makeChar(codePoint);
      }
    };
  }

  private Automaton group() {
    int from = at;
    at++;
    if (take('?')) {
      if (text.startsWith("<", at) && "=!".indexOf(text.charAt(at + 1)) < 0) {
        at = text.indexOf('>', at) + 1; // a name
      } else if (!take(':')) {
        at = from;
        throw unsupported("a group that looks around, or changes flags");
      }
    }
    depth++;
    Automaton inner = alternatives();
    depth--;
    var _ = take(')');
    return inner;
  }

  private void skipClass() {
    int open = 0;
    do {
      switch (text.charAt(at)) {
        case '[' -> open++;
        case ']' -> open--;
        case '\\' -> at++;
        default -> {}
      }
      at++;
    } while (open > 0);
  }

  private Automaton escaped() {
    int from = at;
    char kind = text.charAt(at + 1);
    at += 2;
    switch (kind) {
      case 'x' -> at = text.startsWith("{", at) ? text.indexOf('}', at) + 1 : at + 2;
      case 'u' -> at += 4;
      case 'p', 'P', 'N' -> at = text.startsWith("{", at) ? text.indexOf('}', at) + 1 : at + 1;
      case 'c' -> at++;
      case '0' -> {
        while (at < text.length() && at < from + 5 && "01234567".indexOf(text.charAt(at)) >= 0) {
          at++;
        }
      }
      case 'd' -> {
        return characters("[0-9]");
      }
      case 'D', 'w', 'W', 's', 'S', 'h', 'H', 'v', 'V', 't', 'n', 'r', 'f', 'a', 'e' -> {}
      default -> {
        if (Character.isLetterOrDigit(kind)) {
          at = from;
          throw unsupported("\\" + kind);
        }
        return Automata.makeChar(kind);
      }
    }
    return characters(text.substring(from, at));
  }

  /** The characters that a class matches: as it lists them, else asked of each. */
  private Automaton characters(String source) {
    return classes.computeIfAbsent(
        source,
        _ -> {
          if (LISTED.matcher(source).matches()) {
            return Automatons.one(listed(source));
          }
          Matcher matcher = matcher(source);
          var found = new BitSet();
          for (int c = 0; c <= Character.MAX_CODE_POINT; c++) {
            boolean scalar = c < Character.MIN_SURROGATE || c > Character.MAX_SURROGATE;
            if (scalar && matcher.reset(Character.toString(c)).matches()) {
              found.set(c);
            }
          }
          return Automatons.one(found);
        });
  }

  private static BitSet listed(String source) {
    var found = new BitSet();
    for (int i = 1; i < source.length() - 1; i++) {
      char from = source.charAt(i);
      boolean range = source.charAt(i + 1) == '-' && i + 3 < source.length();
      i += range ? 2 : 0;
      found.set(from, source.charAt(i) + 1);
    }
    return found;
  }

  private Matcher matcher(String source) {
    try {
      return Pattern.compile(source).matcher("");
    } catch (PatternSyntaxException _) { // it ends elsewhere than it seems
      throw unsupported("the class " + source);
    }
  }

  private boolean take(char c) {
    boolean there = at < text.length() && text.charAt(at) == c;
    at += there ? 1 : 0;
    return there;
  }

  private DataException unsupported(String what) {
    return new DataException(
        "the regular expression %s: %s, at %d, is not supported; write it in another way"
            .formatted(text, what, at));
  }
}
