package dev.merapi.text;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;

/**
 * Learns the pieces of a unigram model and their log probabilities (Kudo, 2018): from many
 * substrings on, expectation and maximisation in turn with leaving out the pieces that the words
 * would miss least. Single characters always stay.
 */
final class UnigramTrainer {
  private static final int LONGEST = 16; // characters of a piece
  private static final int SEEDS = 10; // pieces to begin with, for each one to end with
  private static final double KEPT = 0.75; // of the pieces, each time some are left out
  private static final int ROUNDS = 2; // of expectation and maximisation before that
  private static final double LEAST = 0.5; // expected count of a piece that is worth keeping

  private final String[] words;
  private final long[] counts;
  private List<Piece> pieces;

  /** A piece and its log probability. */
  record Piece(String text, double score) {
    boolean isCharacter() {
      return text.codePointCount(0, text.length()) == 1;
    }
  }

  /** {@code words} says how often each word is there. */
  UnigramTrainer(Map<String, Long> words) {
    this.words = words.keySet().stream().sorted().toArray(String[]::new);
    counts = Arrays.stream(this.words).mapToLong(words::get).toArray();
    pieces = List.of();
  }

  /** How many different characters the words have: the fewest pieces that there can be. */
  int characters() {
    return (int) Arrays.stream(words).flatMapToInt(String::codePoints).distinct().count();
  }

  /** The pieces, the likeliest first. */
  List<Piece> train(int size) {
    seed(SEEDS * size);
    int target = Math.max(characters(), (int) (1.1 * size));
    while (true) {
      for (int round = 0; round < ROUNDS; round++) {
        maximise(expect());
      }
      if (pieces.size() <= target) {
        break;
      }
      prune(target);
    }
    var byScore = new ArrayList<>(pieces);
    byScore.sort(
        Comparator.comparingDouble((Piece piece) -> -piece.score).thenComparing(Piece::text));
    var kept = new HashSet<Piece>();
    byScore.stream().filter(Piece::isCharacter).forEach(kept::add);
    byScore.stream()
        .limit(size)
        .forEach(
            piece -> {
              if (kept.size() < size) {
                kept.add(piece);
              }
            });
    return byScore.stream().filter(kept::contains).toList();
  }

  /** Begins with the characters and the substrings that cover most of the words. */
  private void seed(int most) {
    var found = new HashMap<String, Long>();
    for (int i = 0; i < words.length; i++) {
      var word = words[i];
      for (int from = 0; from < word.length(); from = word.offsetByCodePoints(from, 1)) {
        int to = from;
        for (int length = 1; length <= LONGEST && to < word.length(); length++) {
          to = word.offsetByCodePoints(to, 1);
          found.merge(word.substring(from, to), counts[i], Long::sum);
        }
      }
    }
    var all = new ArrayList<Piece>();
    found.forEach(
        (text, count) -> {
          int length = text.codePointCount(0, text.length());
          if (length == 1 || count > 1) {
            all.add(new Piece(text, (double) count * length));
          }
        });
    all.sort(
        Comparator.comparing((Piece piece) -> !piece.isCharacter())
            .thenComparingDouble(piece -> -piece.score)
            .thenComparing(Piece::text));
    var seeds = all.subList(0, Math.min(most, all.size()));
    double sum = seeds.stream().mapToDouble(Piece::score).sum();
    pieces =
        seeds.stream().map(piece -> new Piece(piece.text, Math.log(piece.score / sum))).toList();
  }

  private Trie trie() {
    var trie = new Trie(pieces.size());
    for (int id = 0; id < pieces.size(); id++) {
      trie.add(pieces.get(id).text, id);
    }
    return trie;
  }

  /** How often each piece is expected, over all ways to cut the words. */
  private double[] expect() {
    var trie = trie();
    var expected = new double[pieces.size()];
    for (int i = 0; i < words.length; i++) {
      expect(words[i], counts[i], trie, expected);
    }
    return expected;
  }

  private void expect(String word, long count, Trie trie, double[] expected) {
    int length = word.length();
    var forward = new double[length + 1];
    var backward = new double[length + 1];
    Arrays.fill(forward, Double.NEGATIVE_INFINITY);
    Arrays.fill(backward, Double.NEGATIVE_INFINITY);
    forward[0] = 0;
    backward[length] = 0;
    for (int from = 0; from < length; from++) {
      int begin = from;
      forEach(
          word,
          begin,
          trie,
          (id, to) -> forward[to] = logAdd(forward[to], forward[begin] + pieces.get(id).score));
    }
    for (int from = length - 1; from >= 0; from--) {
      int begin = from;
      forEach(
          word,
          begin,
          trie,
          (id, to) ->
              backward[begin] = logAdd(backward[begin], backward[to] + pieces.get(id).score));
    }
    for (int from = 0; from < length; from++) {
      int begin = from;
      forEach(
          word,
          begin,
          trie,
          (id, to) ->
              expected[id] +=
                  count
                      * Math.exp(
                          forward[begin] + pieces.get(id).score + backward[to] - forward[length]));
    }
  }

  /** Takes a piece and where it ends. */
  private interface Edge {
    void accept(int id, int to);
  }

  private static void forEach(String word, int from, Trie trie, Edge edge) {
    int node = trie.root();
    for (int at = from; at < word.length(); ) {
      node = trie.next(node, word.charAt(at++));
      if (node < 0) {
        return;
      }
      if (trie.id(node) >= 0) {
        edge.accept(trie.id(node), at);
      }
    }
  }

  private static double logAdd(double a, double b) {
    double high = Math.max(a, b);
    return high == Double.NEGATIVE_INFINITY
        ? high
        : high + Math.log1p(Math.exp(Math.min(a, b) - high));
  }

  /** New scores from expected counts, by variational Bayes: rare pieces become rarer. */
  private void maximise(double[] expected) {
    var kept = new ArrayList<Piece>();
    var frequencies = new ArrayList<Double>();
    double sum = 0;
    for (int id = 0; id < expected.length; id++) {
      var piece = pieces.get(id);
      if (expected[id] >= LEAST || piece.isCharacter()) {
        double frequency = Math.max(expected[id], LEAST);
        kept.add(piece);
        frequencies.add(frequency);
        sum += frequency;
      }
    }
    double logSum = digamma(sum);
    for (int i = 0; i < kept.size(); i++) {
      kept.set(i, new Piece(kept.get(i).text, digamma(frequencies.get(i)) - logSum));
    }
    pieces = kept;
  }

  private static double digamma(double x) {
    double result = 0;
    while (x < 7) {
      result -= 1 / x++;
    }
    x -= 0.5;
    double square = 1 / (x * x);
    return result
        + Math.log(x)
        + square * (1.0 / 24 - square * (7.0 / 960 - square * (31.0 / 8064)));
  }

  /** Leaves out the pieces whose next best way to be written costs the words least. */
  private void prune(int target) {
    var trie = trie();
    var frequencies = new double[pieces.size()];
    double sum = 0;
    for (int i = 0; i < words.length; i++) {
      var cuts = Lattice.best(words[i], trie, id -> pieces.get(id).score, -100, false);
      for (int j = 0; j < cuts.length; j += 2) {
        frequencies[cuts[j]] += counts[i];
        sum += counts[i];
      }
    }
    var losses = new double[pieces.size()];
    for (int id = 0; id < losses.length; id++) {
      losses[id] = loss(id, trie, frequencies[id], sum);
    }
    var order = new ArrayList<Integer>();
    for (int id = 0; id < losses.length; id++) {
      if (!pieces.get(id).isCharacter()) {
        order.add(id);
      }
    }
    order.sort(Comparator.comparingDouble((Integer id) -> -losses[id]));
    int characters = pieces.size() - order.size();
    int next = Math.max(target, (int) (KEPT * pieces.size()));
    var keep =
        new HashSet<>(order.subList(0, Math.min(order.size(), Math.max(0, next - characters))));
    var kept = new ArrayList<Piece>();
    for (int id = 0; id < losses.length; id++) {
      if (pieces.get(id).isCharacter() || keep.contains(id)) {
        kept.add(pieces.get(id));
      }
    }
    pieces = kept;
  }

  /** What the log likelihood loses if a piece is written as others. */
  private double loss(int id, Trie trie, double frequency, double sum) {
    var piece = pieces.get(id);
    if (frequency == 0 || piece.isCharacter()) {
      return 0;
    }
    var other =
        Lattice.best(
            piece.text, trie, part -> part == id ? -1e6 : pieces.get(part).score, -100, false);
    double instead = 0;
    for (int i = 0; i < other.length; i += 2) {
      instead += other[i] < 0 ? -100 : pieces.get(other[i]).score;
    }
    return frequency / sum * (piece.score - instead);
  }
}
