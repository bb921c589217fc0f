package dev.merapi.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.merapi.train.FileException;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Templates are rendered as transformers renders them, or refused with a reason. */
class ChatTemplateTest {
  private static final Map<String, String> TOKENS = Map.of("bos_token", "<s>", "eos_token", "</s>");

  private static Path file(String name) {
    try {
      return Path.of(ChatTemplateTest.class.getResource("/chat/" + name).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static ChatTemplate template(String source) {
    return ChatTemplate.of(Path.of("chat_template.jinja"), source, TOKENS);
  }

  private static List<ChatMessage> messages(JsonNode conversation) {
    return conversation
        .valueStream()
        .map(m -> new ChatMessage(m.get("role").asString(), m.get("content").asString()))
        .toList();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "chatml.jinja",
        "inst.jinja",
        "header.jinja",
        "thinking.jinja",
        "counting.jinja",
        "blocks.jinja",
        "spaces.jinja"
      })
  void rendersAsTransformersDoes(String name) throws IOException {
    var template = template(Files.readString(file(name)));
    var expected = Config.object(file("expected.json")).get(name);
    var conversations = Config.JSON.readTree(Files.readString(file("conversations.json")));
    for (int i = 0; i < expected.size(); i++) {
      var messages = messages(conversations.get(i / 2));
      boolean answer = i % 2 == 1;
      if (expected.get(i).isNull()) {
        var e = assertThrows(FileException.class, () -> template.render(messages, answer));
        assertTrue(e.getMessage().contains("must alternate"), e.getMessage());
      } else {
        assertEquals(expected.get(i).stringValue(), template.render(messages, answer), name + i);
      }
    }
  }

  private static String error(String source) {
    var one = List.of(ChatMessage.user("Hi"));
    var template = template(source);
    return assertThrows(FileException.class, () -> template.render(one, true)).getMessage();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{% for a in range(4900) %}{% for b in range(4900) %}{% set x = 1 %}{% endfor %}{% endfor"
            + " %}",
        "{% for a in range(4900) %}{% for b in range(4900) %}{{ 'x' * 1000 }}{% endfor %}{% endfor"
            + " %}",
        "{% macro f(n) %}{{ f(n + 1) }}{% endmacro %}{{ f(1) }}",
        "{% for a in range(4900) %}{% for b in range(9) %}{{ '------------------------' }}{% endfor"
            + " %}{% endfor %}",
      })
  void stopsATemplateThatLoops(String source) {
    long start = System.nanoTime();
    String message = error(source);
    assertTrue(message.startsWith("chat_template.jinja: the chat template"), message);
    assertTrue(message.contains("was stopped") || message.contains("rendered"), message);
    assertTrue(System.nanoTime() - start < 20e9, "in time");
  }

  @Test
  void tellsWhatIsWrongWithATemplate() {
    assertTrue(error("\n{% shout %}").contains("line 2"));
    assertTrue(error("{{ messages | shout }}").contains("shout"));
    assertTrue(error("{{ messages[0].content.shout() }}").contains("shout"));
    assertTrue(error("{{ raise_exception('no ' + messages[0].role) }}").contains("no user"));
    assertTrue(error("{{ 1 + }}").contains("line 1"));
  }

  @Test
  void knowsToday() {
    var text = template("{{ strftime_now('%Y-%m-%d') }}").render(List.of(), false);
    assertEquals(LocalDate.now(ZoneId.systemDefault()).toString(), text);
  }
}
