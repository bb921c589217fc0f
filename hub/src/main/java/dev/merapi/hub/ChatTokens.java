package dev.merapi.hub;

import dev.merapi.data.DataException;
import dev.merapi.text.Encoding;
import dev.merapi.text.ToldTexts.Text;
import dev.merapi.train.FileException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Conversations as the tokens that a model reads them by, and which of them it has to tell: those
 * of the assistant's answers, up to the token that ends one.
 *
 * <p>Where an answer stands follows from the template itself: what it writes of the messages before
 * the answer, with the beginning of one behind them, is what a model has read when it answers, and
 * what it writes more when the answer is there has to be told. A token that reaches over that
 * border, into the answer, is told. A template that writes earlier turns otherwise when later ones
 * follow (some leave thoughts out) makes as many texts of a conversation as it has answers, of each
 * of which the last answer is told.
 *
 * @param model whose template, tokenizer and ends
 */
public record ChatTokens(LanguageModel model) {
  /** From one place of a text to another. */
  private record Span(int from, int to) {}

  /**
   * The texts of a conversation, which ends with an answer: one, if the template permits it.
   *
   * @throws DataException if the template asks for an answer otherwise than it writes one, or
   *     refuses the conversation; the message names its place
   */
  public List<Text> of(Dialogue dialogue) {
    ChatTemplate template = model.chat().orElseThrow();
    List<ChatMessage> messages = dialogue.messages();
    List<String> texts = new ArrayList<>();
    List<Span> answers = new ArrayList<>();
    for (int i = 0; i < messages.size(); i++) {
      if (!Dialogue.isAnswer(messages.get(i))) {
        continue;
      }
      String asked = render(template, dialogue.place(), messages.subList(0, i), true);
      String answered = render(template, dialogue.place(), messages.subList(0, i + 1), false);
      answers.add(answer(dialogue.place(), asked, answered));
      texts.add(answered);
    }
    String whole = texts.getLast();
    if (texts.stream().allMatch(whole::startsWith)) {
      return List.of(text(whole, answers));
    }
    List<Text> each = new ArrayList<>();
    for (int i = 0; i < texts.size(); i++) {
      each.add(text(texts.get(i), List.of(answers.get(i))));
    }
    return each;
  }

  /**
   * A conversation with one more answer, which alone has to be told.
   *
   * @param place where it stands
   * @throws DataException as of {@link #of}
   */
  public Text answered(String place, List<ChatMessage> before, String answer) {
    ChatTemplate template = model.chat().orElseThrow();
    List<ChatMessage> all = new ArrayList<>(before);
    all.add(ChatMessage.assistant(answer));
    String text = render(template, place, all, false);
    return text(text, List.of(answer(place, render(template, place, before, true), text)));
  }

  /**
   * A text without a template, and how it goes on, which alone has to be told: with the special
   * tokens that the tokenizer puts before a text, and one that ends it behind, if the model has
   * any.
   */
  public Text continued(String before, String more) {
    Encoding read = model.tokenizer().encoding(before, true);
    int begin = read.size();
    while (begin > 0 && read.added()[begin - 1] && !before.isEmpty()) {
      begin--; // what it puts behind texts
    }
    int[] told = model.tokenizer().encode(more);
    int[] end = model.ends().stream().sorted().limit(1).mapToInt(Integer::intValue).toArray();
    int[] all =
        Stream.of(Arrays.copyOf(read.ids(), begin), told, end)
            .flatMapToInt(IntStream::of)
            .toArray();
    boolean[] marked = new boolean[all.length];
    Arrays.fill(marked, begin, all.length, true);
    return new Text(all, marked);
  }

  private static Span answer(String place, String asked, String answered) {
    if (!answered.startsWith(asked)) {
      throw new DataException(
          "%s: the chat template asks for an answer otherwise than it writes one, so where answers begin cannot be told; set data.template to another"
              .formatted(place));
    }
    return new Span(asked.length(), answered.length());
  }

  private static String render(
      ChatTemplate template, String place, List<ChatMessage> messages, boolean answer) {
    try {
      return template.render(messages, answer);
    } catch (FileException e) {
      throw new DataException("%s: %s".formatted(place, e.getMessage()), e);
    }
  }

  private Text text(String text, List<Span> answers) {
    Encoding all = model.tokenizer().encoding(text, false);
    boolean[] told = new boolean[all.size()];
    for (Span answer : answers) {
      int end = end(text, answer);
      int from = border(all, text, answer.from);
      int to = end == text.length() ? all.size() : border(all, text, end);
      for (int i = to - 1; i >= from; i--) {
        if (model.ends().contains(all.ids()[i])) {
          to = i + 1;
          break;
        }
      }
      Arrays.fill(told, from, to, true);
    }
    return new Text(all.ids(), told);
  }

  /** Where an answer ends: behind a text that ends it, if there is one. */
  private int end(String text, Span answer) {
    for (String stop : model.stops()) {
      int at = text.substring(0, answer.to).lastIndexOf(stop);
      if (at >= answer.from) {
        return at + stop.length();
      }
    }
    return answer.to;
  }

  /** The first token behind a place of the text, or that reaches over it. */
  private int border(Encoding all, String text, int place) {
    int[] before = model.tokenizer().encode(text.substring(0, place));
    int alike = Arrays.mismatch(before, all.ids());
    if (alike < 0 || alike == before.length) {
      return before.length;
    }
    int at = 0;
    while (at < all.size() && all.ends()[at] <= place) {
      at++;
    }
    return at;
  }
}
