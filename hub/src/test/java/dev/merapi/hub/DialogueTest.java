package dev.merapi.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.merapi.data.DataException;
import dev.merapi.table.BadRows;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Conversations as they are published, and what is wrong with some. */
final class DialogueTest {
  @TempDir private Path folder;

  private List<Dialogue> read(String name, String text) throws IOException {
    return Dialogue.read(Files.writeString(folder.resolve(name), text), BadRows.fail());
  }

  @Test
  void threeFormsOfTheSameConversation() throws IOException {
    var expected =
        List.of(
            ChatMessage.system("Be kind."),
            ChatMessage.user("One?"),
            ChatMessage.assistant("Two."),
            ChatMessage.user("Add\n1 and 2"),
            ChatMessage.assistant("3"));
    var messages =
        """
        {"messages": [{"role": "system", "content": "Be kind."}, {"role": "user", "content": "One?"}, \
        {"role": "assistant", "content": "Two."}, {"role": "user", "content": "Add\\n1 and 2"}, \
        {"role": "assistant", "content": "3"}, {"role": "user", "content": "Bye"}]}
        """;
    var sharegpt =
        """
        [
          {"id": 7, "system": "Be kind.", "conversations": [
            {"from": "human", "value": "One?"}, {"from": "gpt", "value": "Two."},
            {"from": "human", "value": "Add\\n1 and 2"}, {"from": "gpt", "value": "3"}]}
        ]
        """;
    var alpaca =
        """
        {"system": "Be kind.", "history": [["One?", "Two."]], "instruction": "Add", "input": "1 and 2", "output": "3"}
        """;
    assertEquals(expected, read("a.jsonl", messages).getFirst().messages());
    assertEquals(expected, read("a.json", "\uFEFF  \n" + sharegpt).getFirst().messages());
    assertEquals(expected, read("b.jsonl", "\n" + alpaca).getFirst().messages());
    var zipped = folder.resolve("c.json.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(zipped))) {
      out.write(sharegpt.getBytes(StandardCharsets.UTF_8));
    }
    var read = Dialogue.read(zipped, BadRows.fail());
    assertEquals(expected, read.getFirst().messages());
    assertEquals(zipped + ": line 2", read.getFirst().place());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "{\"text\": \"x\"} | line 2: it has none of the keys `messages`, `conversations` and",
        "{\"messages\": \"x\"} | line 2: `messages` is \"x\", and has to be a list",
        "{\"messages\": []} | line 2: there is no answer",
        "{\"messages\": [{\"role\": \"tool\", \"content\": \"x\"}]} | `messages[0]`: `role` is"
            + " `tool`",
        "{\"messages\": [{\"role\": \"user\"}]} | `messages[0]`: `content` is missing",
        "{\"messages\": [{\"role\": \"user\", \"content\": []}]} | `content` is a list, and has to"
            + " be",
        "{\"messages\": [7]} | `messages[0]`: it is no object",
        "{\"messages\": [{\"role\": \"assistant\", \"content\": \"x\"}]} | answers before anybody",
        "{\"instruction\": \"x\"} | line 2: `output` is missing",
        "{\"instruction\": \"x\", \"output\": \" \"} | line 2: message 2, an answer, is empty",
        "{\"instruction\": \"x\", \"output\": \"y\", \"history\": [[\"a\"]]} | `history` has to be",
        "[1] | line 2: this is no JSON object",
        "{\"messages\": | line 2: this is not JSON",
      })
  void aWrongRowIsToldWithItsPlace(String row, String message) throws IOException {
    var good = "{\"instruction\": \"a\", \"output\": \"b\"}\n";
    var error = assertThrows(DataException.class, () -> read("x.jsonl", good + row + "\n" + good));
    assertTrue(
        error.getMessage().startsWith(folder.resolve("x.jsonl") + ": line 2"), error::getMessage);
    assertTrue(error.getMessage().contains(message), error::getMessage);
    var bad = BadRows.skip();
    assertEquals(2, Dialogue.read(folder.resolve("x.jsonl"), bad).size());
    assertEquals(1, bad.count());
  }

  @Test
  void aBrokenFileIsTold() throws IOException {
    for (var text : List.of("", "[]", "  \n")) {
      var empty = assertThrows(DataException.class, () -> read("e.json", text));
      assertTrue(empty.getMessage().contains("no row in it"), empty::getMessage);
    }
    var broken =
        assertThrows(
            DataException.class,
            () -> read("b.json", "[{\"instruction\": \"a\",\n \"output\": \"b\"}, {\"x\" ]"));
    assertTrue(broken.getMessage().contains("b.json: line 2, column"), broken::getMessage);
    var open =
        assertThrows(
            DataException.class,
            () -> read("c.json", "[{\"instruction\": \"a\", \"output\": \"b\"}"));
    assertTrue(open.getMessage().contains("c.json: "), open::getMessage);
    Files.write(folder.resolve("d.jsonl"), new byte[] {'{', '"', (byte) 0xC3, '"'});
    var bytes =
        assertThrows(
            DataException.class, () -> Dialogue.read(folder.resolve("d.jsonl"), BadRows.fail()));
    assertTrue(bytes.getMessage().contains("UTF-8"), bytes::getMessage);
    var none =
        assertThrows(
            DataException.class, () -> Dialogue.read(folder.resolve("none"), BadRows.fail()));
    assertTrue(none.getMessage().contains("no such file"), none::getMessage);
    assertThrows(DataException.class, () -> Dialogue.read(folder, BadRows.fail()));
  }

  @Test
  void publishedFilesAreRead() {
    var data =
        Path.of(System.getenv().getOrDefault("MERAPI_DATA", "../../shared/data"), "instruct");
    assumeTrue(Files.isDirectory(data), "there is no $MERAPI_DATA/instruct");
    assertEquals(91, Dialogue.read(data.resolve("identity.json"), BadRows.fail()).size());
    var bad = BadRows.skip();
    assertEquals(
        999, Dialogue.read(data.resolve("alpaca_en_demo.json"), bad).size() + (int) bad.count());
  }
}
