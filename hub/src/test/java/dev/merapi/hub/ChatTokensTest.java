package dev.merapi.hub;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.merapi.data.DataException;
import dev.merapi.tensor.Key;
import dev.merapi.text.Tokenizer;
import dev.merapi.text.TokenizerTraining;
import dev.merapi.text.ToldTexts.Text;
import dev.merapi.zoo.Gpt;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which tokens of a conversation are the assistant's. */
final class ChatTokensTest {
  private static final List<ChatMessage> TALK =
      List.of(
          ChatMessage.system("Be kind."),
          ChatMessage.user("One?"),
          ChatMessage.assistant("Two, of course.\nOr 二."),
          ChatMessage.user("Three?"),
          ChatMessage.assistant("Four"));

  @TempDir private Path folder;

  private static Tokenizer tokenizer(String... special) {
    var text = "One? Two, of course.\n\n Three? <|im_start|>assistant\n<|im_end|>\n### user\n";
    return TokenizerTraining.byteLevelBpe(Stream.of(text.repeat(3)), 300, List.of(special));
  }

  private static LanguageModel model(Tokenizer tokenizer, Optional<Path> template) {
    var gpt = Gpt.of(new Gpt.Size(tokenizer.size(), 64, 8, 1, 1), Key.of(1));
    return LanguageModel.of(gpt, tokenizer).talking(template);
  }

  private static Path golden(String name) throws URISyntaxException {
    return Path.of(ChatTokensTest.class.getResource("/chat/" + name).toURI());
  }

  private static String told(LanguageModel model, Text text) {
    var all = new StringBuilder();
    for (int from = 0; from < text.tokens().length; from++) {
      int to = from;
      while (to < text.tokens().length && text.told()[to]) {
        to++;
      }
      if (to > from) {
        all.append(model.tokenizer().decode(Arrays.copyOfRange(text.tokens(), from, to)));
        all.append('|');
        from = to;
      }
    }
    return all.toString();
  }

  @Test
  void answersAreToldUpToWhatEndsThem() {
    for (var tokenizer : List.of(tokenizer(), tokenizer(LanguageModel.END))) {
      var model = model(tokenizer, Optional.empty());
      var texts = new ChatTokens(model).of(new Dialogue("here", TALK));
      assertEquals(1, texts.size());
      assertEquals("Two, of course.\nOr 二.<|end|>|Four<|end|>|", told(model, texts.getFirst()));
      assertEquals(
          """
          ### system
          Be kind.<|end|>
          ### user
          One?<|end|>
          ### assistant
          Two, of course.
          Or 二.<|end|>
          ### user
          Three?<|end|>
          ### assistant
          Four<|end|>
          """,
          tokenizer.decode(texts.getFirst().tokens()));
    }
  }

  @Test
  void whatIsToldIsWhatTheTemplateWritesBehindItsQuestion() throws URISyntaxException {
    var model = model(tokenizer("<|im_start|>", "<|im_end|>"), Optional.of(golden("chatml.jinja")));
    var texts = new ChatTokens(model).of(new Dialogue("here", TALK));
    assertEquals(1, texts.size());
    // The end of this template is no end that the model knows of, so all behind the question
    // counts.
    assertEquals(
        "Two, of course.\nOr 二.<|im_end|>\n|Four<|im_end|>\n|", told(model, texts.getFirst()));
    var chat = model.chat().orElseThrow();
    int[] whole = model.tokenizer().encode(chat.render(TALK, false));
    assertArrayEquals(whole, texts.getFirst().tokens());
  }

  @Test
  void aTemplateThatRewritesEarlierTurnsMakesATextOfEachAnswer() throws URISyntaxException {
    var model = model(tokenizer(), Optional.of(golden("thinking.jinja")));
    var texts = new ChatTokens(model).of(new Dialogue("here", TALK));
    assertEquals(2, texts.size());
    assertEquals(
        "<think>\n\n</think>\n\nTwo, of course.\nOr 二.<|im_end|>\n|", told(model, texts.get(0)));
    assertEquals("<think>\n\n</think>\n\nFour<|im_end|>\n|", told(model, texts.get(1)));
    assertFalse(model.tokenizer().decode(texts.get(0).tokens()).contains("Three"));
  }

  @Test
  void aTokenThatReachesIntoTheAnswerIsTold() throws IOException {
    var file = Files.writeString(folder.resolve("tight.jinja"), TIGHT);
    var text = "x: yes yes\n";
    var tokenizer = TokenizerTraining.byteLevelBpe(Stream.of(text.repeat(9)), 262, List.of());
    var model = model(tokenizer, Optional.of(file));
    var talk = List.of(ChatMessage.user("x"), ChatMessage.assistant("yes"));
    var found = new ChatTokens(model).of(new Dialogue("here", talk)).getFirst();
    String told = told(model, found);
    assertTrue(told.endsWith("yes|") && told.length() <= 5, told);
  }

  /** Asks with a space, which is a part of the answer's first token. */
  private static final String TIGHT =
      "{% for m in messages %}{{ m['content'] }}{% if m['role'] == 'user' %}{{ ': ' }}{% endif %}"
          + "{% endfor %}";

  @Test
  void aTemplateThatAsksOtherwiseThanItWritesIsRefused() throws IOException {
    var file =
        Files.writeString(
            folder.resolve("other.jinja"),
            "{% for m in messages %}{{ m['role'] + m['content'] }}{% endfor %}"
                + "{% if add_generation_prompt %}answer now: {% endif %}");
    var tokens = new ChatTokens(model(tokenizer(), Optional.of(file)));
    var error =
        assertThrows(
            DataException.class, () -> tokens.of(new Dialogue("chats.json: line 7", TALK)));
    assertTrue(error.getMessage().startsWith("chats.json: line 7: "), error::getMessage);
    assertTrue(error.getMessage().contains("data.template"), error::getMessage);
  }

  @Test
  void aTemplateThatLoopsIsStoppedAndTold() throws IOException {
    var file =
        Files.writeString(
            folder.resolve("loop.jinja"),
            "{% for a in range(4000) %}{% for b in range(4000) %}x{% endfor %}{% endfor %}");
    var tokens = new ChatTokens(model(tokenizer(), Optional.of(file)));
    var error = assertThrows(DataException.class, () -> tokens.of(new Dialogue("here", TALK)));
    assertTrue(error.getMessage().contains("does it loop"), error::getMessage);
  }

  @Test
  void whatIsSavedWithoutWeightsTalksTheSame() {
    for (var tokenizer : List.of(tokenizer(), tokenizer(LanguageModel.END))) {
      var model = model(tokenizer, Optional.empty());
      var place = folder.resolve("saved" + tokenizer.size());
      model.saveUntrained(place);
      var again = LanguageModel.openUntrained(place);
      assertEquals(model.ends(), again.ends());
      assertEquals(model.stops(), again.stops());
      assertEquals(model.context(), again.context());
      assertEquals(
          model.chat().orElseThrow().render(TALK, true),
          again.chat().orElseThrow().render(TALK, true));
    }
  }
}
