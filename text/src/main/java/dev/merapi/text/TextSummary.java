package dev.merapi.text;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What a text is like, read once and never in memory as a whole.
 *
 * @param files that it is in
 * @param characters code points
 * @param words runs of letters and digits
 * @param lines that hold something
 * @param longest characters of the longest line
 * @param distinct how many different characters there are
 * @param common the most frequent characters
 * @param commonWords the most frequent words; after a million different ones, new ones are not
 *     counted
 * @param lengths how many lines have 0 to 1, 2 to 3, 4 to 7, 8 to 15, … characters
 * @param fingerprint SHA-256 of the files' bytes
 */
public record TextSummary(
    int files,
    long characters,
    long words,
    long lines,
    long longest,
    int distinct,
    List<Count> common,
    List<Count> commonWords,
    List<Long> lengths,
    String fingerprint) {
  private static final int NAMED = 10;
  private static final int MOST_WORDS = 1_000_000;

  public TextSummary {
    common = List.copyOf(common);
    commonWords = List.copyOf(commonWords);
    lengths = List.copyOf(lengths);
  }

  /** How often something is there. */
  public record Count(String what, long count) {}

  /** Reads a text. */
  public static TextSummary of(TextFiles text) {
    var tally = new Tally();
    try (var pieces = text.pieces()) {
      pieces.forEach(tally::add);
    }
    tally.endLine();
    return new TextSummary(
        text.size(),
        tally.characters,
        tally.wordCount,
        tally.lines,
        tally.longest,
        tally.points.size(),
        most(tally.points, Character::toString),
        most(tally.words, word -> word),
        tally.lengths,
        text.fingerprint());
  }

  private static <T> List<Count> most(
      Map<T, Long> counts, java.util.function.Function<T, String> name) {
    return counts.entrySet().stream()
        .map(entry -> new Count(name.apply(entry.getKey()), entry.getValue()))
        .sorted(Comparator.comparingLong(Count::count).reversed().thenComparing(Count::what))
        .limit(NAMED)
        .toList();
  }

  private static final class Tally {
    private final Map<Integer, Long> points = new HashMap<>();
    private final Map<String, Long> words = new HashMap<>();
    private final List<Long> lengths = new ArrayList<>();
    private final StringBuilder word = new StringBuilder();
    private long characters;
    private long wordCount;
    private long lines;
    private long longest;
    private long line;

    void add(String piece) {
      piece.codePoints().forEach(this::add);
    }

    private void add(int point) {
      characters++;
      points.merge(point, 1L, Long::sum);
      if (Character.isLetterOrDigit(point)) {
        word.appendCodePoint(point);
      } else {
        endWord();
      }
      if (point == '\n') {
        endLine();
      } else {
        line++;
      }
    }

    private void endWord() {
      if (!word.isEmpty()) {
        wordCount++;
        var found = word.toString();
        if (words.size() < MOST_WORDS || words.containsKey(found)) {
          words.merge(found, 1L, Long::sum);
        }
        word.setLength(0);
      }
    }

    void endLine() {
      endWord();
      if (line > 0) {
        int octave = line < 2 ? 0 : 63 - Long.numberOfLeadingZeros(line);
        while (lengths.size() <= octave) {
          lengths.add(0L);
        }
        lengths.set(octave, lengths.get(octave) + 1);
        lines++;
        longest = Math.max(longest, line);
        line = 0;
      }
    }
  }
}
