package dev.merapi.evaluation;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleBiFunction;
import java.util.regex.Pattern;

/**
 * How good an answer to a question is, as the published scorer of SQuAD 2.0 counts it (Rajpurkar et
 * al., 2018), which scores answers of SQuAD 1.1 alike. Before they are compared, answers are
 * written in small letters, without ASCII punctuation and the articles a, an and the, and with
 * single spaces. Where there are several references, the best score counts.
 *
 * @param exact 1 if the answer is a reference, else 0
 * @param f1 the harmonic mean of the shares of the answer's words that are a reference's, and of
 *     the reference's that are the answer's; where one has no words, 1 if neither has
 */
public record AnswerScore(double exact, double f1) {
  private static final Pattern PUNCTUATION = Pattern.compile("[!-/:-@\\[-`{-~]");

  /** As words, not as parts of some: Python's word characters are letters, numbers and _. */
  private static final Pattern ARTICLE =
      Pattern.compile("(?<![\\p{L}\\p{N}_])(?:a|an|the)(?![\\p{L}\\p{N}_])");

  /**
   * The score of an answer.
   *
   * @param references what is right; none, or such as have no words, if there is no answer, which
   *     is then said by an empty one
   */
  public static AnswerScore of(String answer, List<String> references) {
    var right = references.stream().filter(text -> !words(text).isEmpty()).toList();
    var all = right.isEmpty() ? List.of("") : right;
    return new AnswerScore(
        best(answer, all, (said, wanted) -> said.equals(wanted) ? 1 : 0),
        best(answer, all, AnswerScore::f1));
  }

  private static double best(
      String answer,
      List<String> references,
      ToDoubleBiFunction<List<String>, List<String>> score) {
    var said = words(answer);
    return references.stream()
        .mapToDouble(reference -> score.applyAsDouble(said, words(reference)))
        .max()
        .orElseThrow();
  }

  private static double f1(List<String> said, List<String> wanted) {
    if (said.isEmpty() || wanted.isEmpty()) {
      return said.equals(wanted) ? 1 : 0;
    }
    Map<String, Integer> left = new HashMap<>();
    wanted.forEach(word -> left.merge(word, 1, Integer::sum));
    long same = said.stream().filter(word -> left.merge(word, -1, Integer::sum) >= 0).count();
    return 2.0 * same / (said.size() + wanted.size());
  }

  /** The words of an answer as they are compared. */
  static List<String> words(String answer) {
    var plain = PUNCTUATION.matcher(answer.toLowerCase(Locale.ROOT)).replaceAll("");
    return Bleu.SPACE
        .splitAsStream(ARTICLE.matcher(plain).replaceAll(" "))
        .filter(word -> !word.isEmpty())
        .toList();
  }
}
