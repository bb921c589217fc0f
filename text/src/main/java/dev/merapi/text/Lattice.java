package dev.merapi.text;

import java.util.Arrays;
import java.util.function.IntToDoubleFunction;

/** All ways to cut a text into pieces of a trie, and the best of them. */
final class Lattice {
  private Lattice() {}

  /**
   * The way of the largest sum of scores.
   *
   * @param unknownScore for a single code point that is no piece
   * @param rounded whether sums are kept in single precision, as SentencePiece keeps them: it
   *     decides between ways that are as good
   * @return pairs of a piece's id, -1 for such a code point, and where it ends
   */
  static int[] best(
      String text, Trie trie, IntToDoubleFunction score, double unknownScore, boolean rounded) {
    int length = text.length();
    var best = new double[length + 1];
    var ids = new int[length + 1];
    var froms = new int[length + 1];
    Arrays.fill(froms, -1);
    for (int from = 0; from < length; ) {
      int single = from + Character.charCount(text.codePointAt(from));
      boolean covered = false;
      int node = trie.root();
      for (int at = from; at < length; ) {
        node = trie.next(node, text.charAt(at++));
        if (node < 0) {
          break;
        }
        int id = trie.id(node);
        if (id < 0) {
          continue;
        }
        double candidate = sum(best[from], score.applyAsDouble(id), rounded);
        if (froms[at] < 0 || candidate > best[at]) {
          best[at] = candidate;
          froms[at] = from;
          ids[at] = id;
        }
        covered |= at == single;
      }
      if (!covered) {
        double candidate = sum(best[from], unknownScore, rounded);
        if (froms[single] < 0 || candidate > best[single]) {
          best[single] = candidate;
          froms[single] = from;
          ids[single] = -1;
        }
      }
      from = single;
    }
    int count = 0;
    for (int at = length; at > 0; at = froms[at]) {
      count++;
    }
    var cuts = new int[2 * count];
    for (int at = length; at > 0; at = froms[at]) {
      count--;
      cuts[2 * count] = ids[at];
      cuts[2 * count + 1] = at;
    }
    return cuts;
  }

  private static double sum(double a, double b, boolean rounded) {
    return rounded ? (float) (a + b) : a + b;
  }
}
