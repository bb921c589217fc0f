package dev.merapi.hub;

import dev.merapi.hub.JsonRows.Unfit;
import dev.merapi.table.BadRows;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * Two answers to the same, of which one is preferred.
 *
 * @param place where it stands: {@code pairs.jsonl: line 3}
 * @param prompt what both answer
 * @param chosen the better answer
 * @param rejected the other one
 */
public record Preference(String place, Prompt prompt, String chosen, String rejected) {

  /** What is answered. */
  public sealed interface Prompt {}

  /** A text that the answers go on with. */
  public record Plain(String text) implements Prompt {}

  /** A conversation, which ends with what a person says. */
  public record Messages(List<ChatMessage> messages) implements Prompt {
    public Messages {
      messages = List.copyOf(messages);
    }
  }

  /**
   * Reads a file of preferences, a JSON list or an object a line. A row has {@code chosen} and
   * {@code rejected}, and, as TRL has them,
   *
   * <ul>
   *   <li>a {@code prompt}, all three texts;
   *   <li>a {@code prompt}, all three lists of {@code {"role": …, "content": …}};
   *   <li>no prompt, both such lists, which begin alike: that is the prompt;
   *   <li>or {@code conversations}, a list of {@code {"from": …, "value": …}} (ShareGPT), and both
   *       one of these; {@code system} may stand beside.
   * </ul>
   *
   * @throws dev.merapi.data.DataException if it cannot be read, or a row is wrong and is not to be
   *     left out: the message names the line and the field
   */
  public static List<Preference> read(Path file, BadRows bad) {
    return JsonRows.read(file, bad, Preference::of);
  }

  static Preference of(String place, JsonNode row) throws Unfit {
    if (row.has("conversations")) {
      var prompt = system(row);
      Dialogue.add(prompt, row, "conversations", "from", "value");
      return talk(
          place,
          prompt,
          List.of(Dialogue.message(row, "chosen", "from", "value")),
          List.of(Dialogue.message(row, "rejected", "from", "value")));
    }
    if (row.path("chosen").isArray()) {
      var prompt = system(row);
      if (row.has("prompt")) {
        Dialogue.add(prompt, row, "prompt", "role", "content");
      }
      return talk(place, prompt, messages(row, "chosen"), messages(row, "rejected"));
    }
    var plain = new Plain(JsonRows.text(row, "prompt"));
    String chosen = JsonRows.text(row, "chosen");
    String rejected = JsonRows.text(row, "rejected");
    return new Preference(place, plain, filled("chosen", chosen), filled("rejected", rejected));
  }

  private static List<ChatMessage> system(JsonNode row) throws Unfit {
    List<ChatMessage> begin = new ArrayList<>();
    String system = JsonRows.textOrNone(row, "system");
    if (!system.isEmpty()) {
      begin.add(ChatMessage.system(system));
    }
    return begin;
  }

  private static List<ChatMessage> messages(JsonNode row, String field) throws Unfit {
    List<ChatMessage> messages = new ArrayList<>();
    Dialogue.add(messages, row, field, "role", "content");
    return messages;
  }

  /** Whatever both say alike, up to their last messages, is a part of the prompt. */
  private static Preference talk(
      String place, List<ChatMessage> prompt, List<ChatMessage> chosen, List<ChatMessage> rejected)
      throws Unfit {
    int alike = 0;
    int shorter = Math.min(chosen.size(), rejected.size());
    while (alike < shorter - 1 && chosen.get(alike).equals(rejected.get(alike))) {
      alike++;
    }
    List<ChatMessage> all = new ArrayList<>(prompt);
    all.addAll(chosen.subList(0, alike));
    if (chosen.size() != alike + 1 || rejected.size() != alike + 1) {
      throw new Unfit(
          "`chosen` and `rejected` have to be alike but for one answer, their last message");
    }
    if (all.isEmpty() || !all.getLast().role().equals("user")) {
      throw new Unfit("before the answers there has to be a message of the user");
    }
    return new Preference(
        place,
        new Messages(all),
        answer("chosen", chosen.getLast()),
        answer("rejected", rejected.getLast()));
  }

  private static String answer(String field, ChatMessage message) throws Unfit {
    if (!Dialogue.isAnswer(message)) {
      throw new Unfit("`%s` has to end with an answer of the assistant".formatted(field));
    }
    return filled(field, message.content());
  }

  private static String filled(String field, String text) throws Unfit {
    if (text.isBlank()) {
      throw new Unfit("`%s` is empty".formatted(field));
    }
    return text;
  }
}
