package dev.merapi.grammar;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.apache.lucene.util.automaton.Automaton;
import org.apache.lucene.util.automaton.ByteRunAutomaton;
import org.apache.lucene.util.automaton.Operations;

/**
 * A set of texts that an automaton reads byte by byte, as UTF-8. From each of its states some text
 * of the language is within reach. Immutable.
 */
public final class Language {
  /** The state behind bytes with which no text begins. */
  static final int NONE = -1;

  private final Automaton characters;
  private final ByteRunAutomaton bytes;

  private Language(Automaton characters) {
    this.characters = characters;
    bytes = new ByteRunAutomaton(Automatons.utf8(characters), true);
  }

  static Language of(Automaton characters) {
    return new Language(Automatons.plain(characters));
  }

  /**
   * The texts that a regular expression matches as a whole.
   *
   * @param expression as Java's {@link java.util.regex.Pattern} has it, without what looks around
   *     or back; repetitions are those of the language, however eager
   * @throws dev.merapi.data.DataException if it is none, or asks for what an automaton cannot do
   */
  public static Language ofRegex(String expression) {
    return of(RegularExpression.read(expression, false));
  }

  /**
   * JSON texts that a schema describes: some of them, for members come in the schema's order, and
   * white space only as one space behind a comma or colon.
   *
   * @param file a JSON schema (draft 6 to 2020-12)
   * @throws dev.merapi.data.DataException if it cannot be read, or says what is not supported
   */
  public static Language ofJsonSchema(Path file) {
    return of(JsonSchema.read(file));
  }

  /** Whether there is no text at all. */
  boolean isEmpty() {
    return Operations.isEmpty(characters);
  }

  /** Its texts that are made of these code points alone. */
  Language within(BitSet codePoints) {
    return of(Operations.intersection(characters, Operations.repeat(Automatons.one(codePoints))));
  }

  /** Whether a text is one of the language. */
  public boolean holds(String text) {
    int state = start();
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      state = state == NONE ? NONE : next(state, b);
    }
    return state != NONE && isEnd(state);
  }

  int states() {
    return bytes.getSize();
  }

  int start() {
    return 0;
  }

  /** The state behind one more byte; {@link #NONE} where no text goes on so. */
  int next(int state, byte b) {
    return bytes.step(state, b & 0xFF);
  }

  /** Whether a text may end here. */
  boolean isEnd(int state) {
    return bytes.isAccept(state);
  }

  /**
   * How much is missing in each state to the end of the shortest text.
   *
   * @param each of bytes; else of characters, where those of one that is begun count for nothing
   */
  int[] missing(boolean each) {
    int[] missing = new int[states()];
    Arrays.fill(missing, Integer.MAX_VALUE);
    var queue = new ArrayDeque<Integer>();
    for (int state = 0; state < missing.length; state++) {
      if (isEnd(state)) {
        missing[state] = 0;
        queue.add(state);
      }
    }
    int[][] before = before();
    while (!queue.isEmpty()) { // the nearest ones first: what costs nothing goes to the front
      int state = queue.remove();
      for (int i = 0; i < before[state].length; i += 2) {
        boolean counts = each || before[state][i + 1] == 1;
        int found = missing[state] + (counts ? 1 : 0);
        int from = before[state][i];
        if (found < missing[from]) {
          missing[from] = found;
          if (counts) {
            queue.addLast(from);
          } else {
            queue.addFirst(from);
          }
        }
      }
    }
    return missing;
  }

  /** For each state, pairs of one that leads to it, and 1 if by a character's first byte, or 0. */
  private int[][] before() {
    var lists = new ArrayList<List<Integer>>();
    for (int state = 0; state < states(); state++) {
      lists.add(new ArrayList<>());
    }
    int[] points = bytes.getCharIntervals(); // the first bytes of those that all states treat alike
    for (int state = 0; state < states(); state++) {
      for (int point : points) {
        int next = bytes.step(state, point);
        if (next != NONE) {
          lists.get(next).add(state);
          lists.get(next).add(point >= 0x80 && point < 0xC0 ? 0 : 1);
        }
      }
    }
    return lists.stream()
        .map(list -> list.stream().mapToInt(Integer::intValue).toArray())
        .toArray(int[][]::new);
  }
}
