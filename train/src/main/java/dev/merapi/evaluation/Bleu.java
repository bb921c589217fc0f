package dev.merapi.evaluation;

import dev.merapi.tensor.MerapiException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.DoubleStream;

/**
 * BLEU of a corpus (Papineni et al., 2002), as sacreBLEU 2 defines it by default (Post, 2018):
 * {@code BP · exp(¼ Σ ln pₙ)} over n-grams of 1 to 4 words. Case counts; texts are cut into words
 * as mteval-v13a cuts them; a precision without a match becomes {@code 100 / (2ᵏ · total)}, for the
 * k-th such one (exponential smoothing).
 *
 * {@snippet :
 * var bleu = Bleu.of(List.of("The cat sat on a mat."), List.of(List.of("The cat sat on the mat.")));
 * IO.println(bleu.score());
 * }
 *
 * @param score from 0 to 100; 0 where no hypothesis has four words
 * @param precisions in percent, of n-grams of 1, 2, 3 and 4 words; zeros where nothing matches
 * @param brevityPenalty {@code min(1, exp(1 - referenceLength / length))}
 * @param length words of the hypotheses
 * @param referenceLength words of the references, of each sentence the one whose length is closest
 */
public record Bleu(
    double score,
    List<Double> precisions,
    double brevityPenalty,
    long length,
    long referenceLength) {
  private static final int ORDER = 4;

  public Bleu {
    precisions = List.copyOf(precisions);
  }

  /**
   * The score of a corpus.
   *
   * @param references for each hypothesis, one or more that are as good
   * @throws MerapiException if there are none, or not as many references as hypotheses
   */
  public static Bleu of(List<String> hypotheses, List<List<String>> references) {
    if (hypotheses.isEmpty() || hypotheses.size() != references.size()) {
      throw new MerapiException(
          "BLEU: %d hypotheses and references for %d; give one or more references for each"
              .formatted(hypotheses.size(), references.size()));
    }
    var sum = Matches.NONE;
    for (int i = 0; i < hypotheses.size(); i++) {
      if (references.get(i).isEmpty()) {
        throw new MerapiException(
            "BLEU: hypothesis %d, '%s', has no reference; give one or more for each"
                .formatted(i, hypotheses.get(i)));
      }
      sum = sum.plus(Matches.of(hypotheses.get(i), references.get(i)));
    }
    return sum.bleu();
  }

  /**
   * What has to be counted: sums of it over sentences give the score of a corpus, as a bootstrap
   * over sentences needs it.
   *
   * @param length words of the hypothesis
   * @param referenceLength words of the reference that is closest in length, the shorter of two
   * @param right n-grams of the hypothesis that a reference has, at index n - 1
   * @param all n-grams of the hypothesis, at index n - 1
   */
  public record Matches(long length, long referenceLength, List<Long> right, List<Long> all) {
    private static final List<Long> ZEROS = List.of(0L, 0L, 0L, 0L);

    /** Of no sentence. */
    public static final Matches NONE = new Matches(0, 0, ZEROS, ZEROS);

    public Matches {
      right = List.copyOf(right);
      all = List.copyOf(all);
    }

    /** Those of one sentence. */
    public static Matches of(String hypothesis, List<String> references) {
      var words = tokens(hypothesis);
      var said = references.stream().map(Bleu::tokens).toList();
      int closest = said.getFirst().size();
      for (var reference : said) {
        int size = reference.size();
        int nearer = Math.abs(size - words.size()) - Math.abs(closest - words.size());
        closest = nearer < 0 || (nearer == 0 && size < closest) ? size : closest;
      }
      Long[] right = new Long[ORDER];
      Long[] all = new Long[ORDER];
      for (int n = 1; n <= ORDER; n++) {
        Map<List<String>, Integer> most = new HashMap<>();
        for (var reference : said) {
          counts(reference, n).forEach((gram, count) -> most.merge(gram, count, Math::max));
        }
        right[n - 1] =
            counts(words, n).entrySet().stream()
                .mapToLong(e -> Math.min(e.getValue(), most.getOrDefault(e.getKey(), 0)))
                .sum();
        all[n - 1] = (long) Math.max(0, words.size() - n + 1);
      }
      return new Matches(words.size(), closest, List.of(right), List.of(all));
    }

    /** Those of both. */
    public Matches plus(Matches other) {
      return new Matches(
          length + other.length,
          referenceLength + other.referenceLength,
          sums(right, other.right),
          sums(all, other.all));
    }

    private static List<Long> sums(List<Long> a, List<Long> b) {
      Long[] sums = new Long[ORDER];
      Arrays.setAll(sums, i -> a.get(i) + b.get(i));
      return List.of(sums);
    }

    /** The score of all that was counted. */
    public Bleu bleu() {
      double penalty = 1;
      if (length < referenceLength) {
        penalty = length == 0 ? 0 : Math.exp(1 - (double) referenceLength / length);
      }
      double[] precisions = new double[ORDER];
      double smoothed = 1;
      boolean any = right.stream().anyMatch(count -> count > 0);
      for (int n = 0; any && n < ORDER && all.get(n) > 0; n++) {
        smoothed = right.get(n) == 0 ? 2 * smoothed : smoothed;
        precisions[n] =
            right.get(n) == 0 ? 100 / (smoothed * all.get(n)) : 100.0 * right.get(n) / all.get(n);
      }
      double logs = DoubleStream.of(precisions).map(Math::log).sum();
      return new Bleu(
          any ? penalty * Math.exp(logs / ORDER) : 0,
          DoubleStream.of(precisions).boxed().toList(),
          penalty,
          length,
          referenceLength);
    }

    private static Map<List<String>, Integer> counts(List<String> words, int n) {
      Map<List<String>, Integer> counts = new HashMap<>();
      for (int i = 0; i + n <= words.size(); i++) {
        counts.merge(words.subList(i, i + n), 1, Integer::sum);
      }
      return counts;
    }
  }

  /** What Python takes for white space. */
  private static final String SPACES =
      "\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";

  static final Pattern SPACE = Pattern.compile("[" + SPACES + "]+");
  private static final Pattern END = Pattern.compile("[" + SPACES + "]+\\z");
  private static final Pattern MARK = Pattern.compile("([{-~\\[-` -&(-+:-@/])");
  private static final Pattern BEHIND_NO_DIGIT = Pattern.compile("([^0-9])([.,])");
  private static final Pattern BEFORE_NO_DIGIT = Pattern.compile("([.,])([^0-9])");
  private static final Pattern DASH = Pattern.compile("([0-9])(-)");

  /**
   * The words of a text, as mteval-v13a cuts them: marks stand alone, but for points and commas
   * between digits, hyphens that no digit precedes, and apostrophes.
   */
  public static List<String> tokens(String text) {
    var line = END.matcher(text).replaceFirst("");
    line = line.replace("<skipped>", "").replace("-\n", "").replace('\n', ' ');
    // In this order: &amp;lt; becomes <, as it does there.
    line = line.replace("&quot;", "\"").replace("&amp;", "&").replace("&lt;", "<");
    line = " " + line.replace("&gt;", ">") + " ";
    line = MARK.matcher(line).replaceAll(" $1 ");
    line = BEHIND_NO_DIGIT.matcher(line).replaceAll("$1 $2 ");
    line = BEFORE_NO_DIGIT.matcher(line).replaceAll(" $1 $2");
    line = DASH.matcher(line).replaceAll("$1 $2 ");
    return SPACE.splitAsStream(line).filter(word -> !word.isEmpty()).toList();
  }
}
