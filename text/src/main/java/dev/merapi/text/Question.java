package dev.merapi.text;

import java.util.List;

/**
 * A question about a text, the answers to which stand in it.
 *
 * @param id by which it is known
 * @param asked the question
 * @param context the text
 * @param answers what is right, each as good as the others; none if the text does not say it
 */
public record Question(String id, String asked, String context, List<Answer> answers) {
  public Question {
    answers = List.copyOf(answers);
  }

  /**
   * An answer.
   *
   * @param text of it
   * @param start where in the context it begins, as {@link String#charAt} counts
   */
  public record Answer(String text, int start) {
    /** One past where it ends. */
    public int end() {
      return start + text.length();
    }
  }

  /** The texts of its answers. */
  public List<String> references() {
    return answers.stream().map(Answer::text).toList();
  }
}
