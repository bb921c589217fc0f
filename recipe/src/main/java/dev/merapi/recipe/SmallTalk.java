package dev.merapi.recipe;

import dev.merapi.data.Draws;
import dev.merapi.hub.ChatMessage;
import dev.merapi.hub.Dialogue;
import dev.merapi.hub.Preference;
import dev.merapi.tensor.Key;
import java.util.ArrayList;
import java.util.List;

/**
 * Small conversations that Merapi makes up, so that a model can be tuned to instructions without
 * any data: questions about sums, days, opposites and colours, some of which go on with what was
 * said before.
 */
final class SmallTalk {
  private static final List<String> DAYS =
      List.of("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday");

  private static final List<List<String>> OPPOSITES =
      List.of(
          List.of("hot", "cold"),
          List.of("big", "small"),
          List.of("old", "young"),
          List.of("fast", "slow"),
          List.of("dark", "bright"),
          List.of("wet", "dry"),
          List.of("loud", "quiet"),
          List.of("full", "empty"));

  private static final List<List<String>> COLOURS =
      List.of(
          List.of("grass", "green"),
          List.of("snow", "white"),
          List.of("coal", "black"),
          List.of("the sea", "blue"),
          List.of("a lemon", "yellow"),
          List.of("blood", "red"));

  private static final int NUMBERS = 10;

  private final Draws draws;
  private final List<ChatMessage> messages = new ArrayList<>();

  private SmallTalk(Draws draws) {
    this.draws = draws;
  }

  /** So many conversations. */
  static List<Dialogue> of(int count, Key key) {
    List<Dialogue> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      var talk = new SmallTalk(new Draws(key.fold(i)));
      int turns = 1 + talk.draws.below(2);
      for (int turn = 0; turn < turns; turn++) {
        talk.turn();
      }
      all.add(new Dialogue("conversation " + (i + 1), talk.messages));
    }
    return all;
  }

  /**
   * So many pairs of answers to a question: the right one, and an answer of its form that is wrong.
   */
  static List<Preference> preferences(int count, Key key) {
    List<Preference> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      var talk = new SmallTalk(new Draws(key.fold(i)));
      talk.turn();
      var question = talk.messages.getFirst();
      String right = talk.messages.get(1).content();
      all.add(
          new Preference(
              "pair " + (i + 1),
              new Preference.Messages(List.of(question)),
              right,
              talk.wrong(question.content(), right)));
    }
    return all;
  }

  /** Words that may stand for one another. */
  private static final List<List<String>> ALIKE =
      List.of(
          DAYS,
          OPPOSITES.stream().flatMap(List::stream).toList(),
          COLOURS.stream().map(List::getLast).toList());

  /** With another number, day or word in the place of the one that was asked for. */
  private String wrong(String question, String right) {
    for (var words : ALIKE) {
      for (var word : words) {
        if (right.matches(".*\\b%s\\b.*".formatted(word)) && !question.contains(word)) {
          var others = words.stream().filter(other -> !other.equals(word)).toList();
          return right.replace(word, others.get(draws.below(others.size())));
        }
      }
    }
    int space = right.lastIndexOf(' ');
    int sum = Integer.parseInt(right.substring(space + 1, right.length() - 1));
    return right.substring(0, space + 1) + (sum + 1 + draws.below(NUMBERS)) + ".";
  }

  private void turn() {
    switch (draws.below(4)) {
      case 0 -> sum();
      case 1 -> day();
      case 2 -> opposite();
      default -> colour();
    }
  }

  private void sum() {
    int a = draws.below(NUMBERS);
    int b = draws.below(NUMBERS);
    say("What is %d plus %d?".formatted(a, b), "%d plus %d is %d.".formatted(a, b, a + b));
  }

  private void day() {
    int day = draws.below(DAYS.size());
    String now = DAYS.get(day);
    String next = DAYS.get((day + 1) % DAYS.size());
    say("Which day comes after %s?".formatted(now), "%s comes after %s.".formatted(next, now));
    if (draws.below(2) == 0) {
      String last = DAYS.get((day + 2) % DAYS.size());
      say("And after that?", "%s comes after %s.".formatted(last, next));
    }
  }

  private void opposite() {
    var pair = OPPOSITES.get(draws.below(OPPOSITES.size()));
    int side = draws.below(2);
    String word = pair.get(side);
    String other = pair.get(1 - side);
    say(
        "What is the opposite of %s?".formatted(word),
        "The opposite of %s is %s.".formatted(word, other));
  }

  private void colour() {
    var thing = COLOURS.get(draws.below(COLOURS.size()));
    String name = thing.getFirst();
    String upper = Character.toUpperCase(name.charAt(0)) + name.substring(1);
    say("What colour is %s?".formatted(name), "%s is %s.".formatted(upper, thing.getLast()));
  }

  private void say(String question, String answer) {
    messages.add(ChatMessage.user(question));
    messages.add(ChatMessage.assistant(answer));
  }
}
