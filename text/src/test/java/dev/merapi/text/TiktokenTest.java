package dev.merapi.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.merapi.data.DataException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TiktokenTest {
  private static final Map<String, Integer> SPECIAL =
      Map.of("<|endoftext|>", 600, "<|im_start|>", 601);

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"gpt2", "cl100k"})
  void givesTheIdsOfTiktoken(String name) throws IOException {
    var pattern = name.equals("gpt2") ? Tiktoken.GPT2_PATTERN : Tiktoken.CL100K_PATTERN;
    var tokenizer = Tiktoken.read(ranks(), pattern, SPECIAL);
    assertEquals(602, tokenizer.size());
    var golden = ByteBuffer.wrap(Golden.resource("tiktoken-" + name + ".golden"));
    for (var string : Golden.strings()) {
      var ids = tokenizer.encode(string);
      var crc = new CRC32();
      crc.update(Golden.ids(ids).getBytes(StandardCharsets.UTF_8));
      assertEquals(golden.getInt(), (int) crc.getValue(), string + ": " + Golden.ids(ids));
      assertEquals(Utf8.wellFormed(string), tokenizer.decode(ids));
    }
  }

  @Test
  void damagedRanksNameTheLine() throws IOException {
    var file = ranks();
    var lines = Files.readAllLines(file);
    for (var bad : List.of("!!! 7", "YQ== 9", "YQ==", " 7", "YQ== seven")) {
      lines.set(7, bad);
      Files.write(file, lines);
      var error =
          assertThrows(
                  DataException.class, () -> Tiktoken.read(file, Tiktoken.GPT2_PATTERN, Map.of()))
              .getMessage();
      assertTrue(error.startsWith(file + ": line 8: "), error);
    }
    Files.writeString(file, "");
    assertThrows(DataException.class, () -> Tiktoken.read(file, Tiktoken.GPT2_PATTERN, Map.of()));
  }

  private Path ranks() throws IOException {
    return Files.write(folder.resolve("ranks"), Golden.resource("own/ranks.tiktoken.gz"));
  }
}
