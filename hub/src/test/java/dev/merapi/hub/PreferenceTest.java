package dev.merapi.hub;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.merapi.hub.Preference.Messages;
import dev.merapi.hub.Preference.Plain;
import dev.merapi.table.BadRows;
import dev.merapi.tensor.Key;
import dev.merapi.text.TokenizerTraining;
import dev.merapi.zoo.Gpt;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pairs of answers as they are published, and their tokens. */
final class PreferenceTest {
  @TempDir private Path folder;

  private Preference read(String row) throws IOException {
    var file = Files.writeString(folder.resolve("pairs.jsonl"), row);
    return Preference.read(file, BadRows.fail()).getFirst();
  }

  @Test
  void readsTheFormsOfTrlAndShareGpt() throws IOException {
    var plain =
        read("{\"prompt\": \"The sky is\", \"chosen\": \" blue.\", \"rejected\": \" red.\"}");
    assertEquals(new Plain("The sky is"), plain.prompt());
    assertEquals(" blue.", plain.chosen());
    var asked = new Messages(List.of(ChatMessage.system("Be brief."), ChatMessage.user("Sky?")));
    var system = "{\"role\": \"system\", \"content\": \"Be brief.\"}, ";
    var user = "{\"role\": \"user\", \"content\": \"Sky?\"}";
    var good = "{\"role\": \"assistant\", \"content\": \"Blue.\"}";
    var bad = "{\"role\": \"assistant\", \"content\": \"Red.\"}";
    for (var row :
        List.of(
            "{\"prompt\": [%s%s], \"chosen\": [%s], \"rejected\": [%s]}"
                .formatted(system, user, good, bad),
            "{\"chosen\": [%s%s, %s], \"rejected\": [%s%s, %s]}"
                .formatted(system, user, good, system, user, bad),
            "{\"system\": \"Be brief.\", \"conversations\": [{\"from\": \"human\", \"value\":"
                + " \"Sky?\"}], \"chosen\": {\"from\": \"gpt\", \"value\": \"Blue.\"},"
                + " \"rejected\": {\"from\": \"gpt\", \"value\": \"Red.\"}}")) {
      var read = read(row);
      assertEquals(asked, read.prompt(), row);
      assertEquals("Blue.", read.chosen());
      assertEquals("Red.", read.rejected());
      assertTrue(read.place().endsWith("pairs.jsonl: line 1"), read.place());
    }
  }

  @Test
  void tellsTheAnswersTokensAlone() {
    var text = "### user\nSky?\n### assistant\nBlue. The sky is blue.\n";
    var tokenizer =
        TokenizerTraining.byteLevelBpe(Stream.of(text.repeat(3)), 300, List.of(LanguageModel.END));
    var gpt = Gpt.of(new Gpt.Size(tokenizer.size(), 64, 8, 1, 1), Key.of(1));
    var model = LanguageModel.of(gpt, tokenizer).talking(Optional.empty());
    int end = tokenizer.id(LanguageModel.END).orElseThrow();

    var plain = new ChatTokens(model).continued("The sky is", " blue.");
    int[] before = tokenizer.encode("The sky is");
    int[] told = Arrays.copyOfRange(plain.tokens(), before.length, plain.tokens().length);
    assertArrayEquals(before, Arrays.copyOf(plain.tokens(), before.length));
    assertEquals(" blue.", tokenizer.decode(Arrays.copyOf(told, told.length - 1)));
    assertEquals(end, told[told.length - 1]);
    assertEquals(told.length, plain.targets());

    var talk = new ChatTokens(model);
    var before2 =
        List.of(ChatMessage.user("Sky?"), ChatMessage.assistant("Blue."), ChatMessage.user("Sky?"));
    var answered = talk.answered("here", before2, "The sky is blue.");
    var whole = talk.of(new Dialogue("here", with(before2, "The sky is blue."))).getFirst();
    assertArrayEquals(whole.tokens(), answered.tokens());
    assertTrue(answered.targets() < whole.targets(), "the first answer is not told");
    assertEquals(tokenizer.encode("The sky is blue.").length + 1, answered.targets(), 1);
  }

  private static List<ChatMessage> with(List<ChatMessage> messages, String answer) {
    return Stream.concat(messages.stream(), Stream.of(ChatMessage.assistant(answer))).toList();
  }

  @Test
  void readsPublishedPairs() {
    var data = Path.of(System.getenv().getOrDefault("MERAPI_DATA", "../../shared/data"));
    var file = data.resolve("instruct/dpo_en_demo.json.gz");
    assumeTrue(Files.exists(file), "no data: " + file);
    assertEquals(300, Preference.read(file, BadRows.fail()).size());
  }
}
