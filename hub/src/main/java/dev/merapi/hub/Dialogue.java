package dev.merapi.hub;

import dev.merapi.hub.JsonRows.Unfit;
import dev.merapi.table.BadRows;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * A conversation to learn from, which ends with an answer.
 *
 * @param place where it stands: {@code chats.jsonl: line 3}
 * @param messages of it; the last one is the model's
 */
public record Dialogue(String place, List<ChatMessage> messages) {
  private static final Map<String, String> ROLES =
      Map.of(
          "system", "system",
          "user", "user",
          "human", "user",
          "assistant", "assistant",
          "gpt", "assistant");

  public Dialogue {
    messages = List.copyOf(messages);
  }

  /**
   * Reads a file of conversations, a JSON list or an object a line. A row has one of
   *
   * <ul>
   *   <li>{@code messages}: a list of {@code {"role": "system|user|assistant", "content": …}};
   *   <li>{@code conversations}: a list of {@code {"from": "system|human|gpt", "value": …}}
   *       (ShareGPT), with {@code system} beside it where there is one;
   *   <li>{@code instruction}, {@code input} (or none), {@code output} (Alpaca), with {@code
   *       system} and {@code history}, a list of {@code [question, answer]}, where there are any.
   * </ul>
   *
   * <p>What a person says behind the last answer is left out.
   *
   * @throws dev.merapi.data.DataException if it cannot be read, or a row is wrong and is not to be
   *     left out: the message names the line and the field
   */
  public static List<Dialogue> read(Path file, BadRows bad) {
    return JsonRows.read(file, bad, Dialogue::of);
  }

  static Dialogue of(String place, JsonNode row) throws Unfit {
    List<ChatMessage> messages = new ArrayList<>();
    String system = JsonRows.textOrNone(row, "system");
    if (!system.isEmpty()) {
      messages.add(ChatMessage.system(system));
    }
    if (row.has("messages")) {
      add(messages, row, "messages", "role", "content");
    } else if (row.has("conversations")) {
      add(messages, row, "conversations", "from", "value");
    } else if (row.has("instruction")) {
      alpaca(messages, row);
    } else {
      throw new Unfit(
          "it has none of the keys `messages`, `conversations` and `instruction`, but %s"
              .formatted(String.join(", ", row.propertyNames())));
    }
    return new Dialogue(place, checked(messages));
  }

  /** A list of messages. */
  static void add(
      List<ChatMessage> messages, JsonNode row, String field, String role, String content)
      throws Unfit {
    int number = 0;
    for (JsonNode message : JsonRows.list(row, field)) {
      messages.add(message("%s[%d]".formatted(field, number++), message, role, content));
    }
  }

  /** A message. */
  static ChatMessage message(JsonNode row, String field, String role, String content) throws Unfit {
    return message(field, row.path(field), role, content);
  }

  private static ChatMessage message(String here, JsonNode message, String role, String content)
      throws Unfit {
    if (!message.isObject()) {
      throw new Unfit("`%s`: it is no object".formatted(here));
    }
    try {
      String who = JsonRows.text(message, role);
      String known = ROLES.get(who);
      if (known == null) {
        throw new Unfit(
            "`%s` is `%s`; known are system, user (human) and assistant (gpt)"
                .formatted(role, who));
      }
      return new ChatMessage(known, JsonRows.text(message, content));
    } catch (Unfit e) {
      throw new Unfit("`%s`: %s".formatted(here, e.getMessage()));
    }
  }

  private static void alpaca(List<ChatMessage> messages, JsonNode row) throws Unfit {
    JsonNode history = row.path("history");
    for (JsonNode pair : history) {
      if (!pair.isArray()
          || pair.size() != 2
          || !pair.get(0).isString()
          || !pair.get(1).isString()) {
        throw new Unfit("`history` has to be a list of [question, answer]");
      }
      messages.add(ChatMessage.user(pair.get(0).stringValue()));
      messages.add(ChatMessage.assistant(pair.get(1).stringValue()));
    }
    String input = JsonRows.textOrNone(row, "input");
    String instruction = JsonRows.text(row, "instruction");
    messages.add(ChatMessage.user(input.isEmpty() ? instruction : instruction + "\n" + input));
    messages.add(ChatMessage.assistant(JsonRows.text(row, "output")));
  }

  /** Up to the last answer, which has to be there. */
  private static List<ChatMessage> checked(List<ChatMessage> messages) throws Unfit {
    int end = messages.size();
    while (end > 0 && !isAnswer(messages.get(end - 1))) {
      end--;
    }
    if (end == 0) {
      throw new Unfit("there is no answer of the assistant to learn");
    }
    boolean asked = false;
    for (int i = 0; i < end; i++) {
      ChatMessage message = messages.get(i);
      if (isAnswer(message) && !asked) {
        throw new Unfit("the assistant answers before anybody has asked");
      }
      if (isAnswer(message) && message.content().isBlank()) {
        throw new Unfit("message %d, an answer, is empty".formatted(i + 1));
      }
      asked |= message.role().equals("user");
    }
    return messages.subList(0, end);
  }

  static boolean isAnswer(ChatMessage message) {
    return message.role().equals("assistant");
  }
}
