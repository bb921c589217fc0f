package dev.merapi.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.merapi.data.DataException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Ids and decoded texts of awkward strings, as SentencePiece's own library gives them. */
class SentencePieceGoldenTest {
  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "spm/m.model, m",
    "spm/spm_example.model, example",
    "spm/t5_tokenizer_base.model, t5",
    "llama2, llama2"
  })
  void publishedModelsGiveTheSame(String file, String name) {
    check(RealData.path("tokenizers/" + file), name);
  }

  @ParameterizedTest
  @ValueSource(strings = {"unigram", "bpe", "suffix", "no-prefix"})
  void modelsOfEveryKindGiveTheSame(String name) throws IOException {
    check(own(name), name);
  }

  @Test
  void isSavedAsItself() throws IOException {
    var file = own("unigram");
    Tokenizer.load(file).save(folder.resolve("saved"));
    assertArrayEquals(
        Files.readAllBytes(file), Files.readAllBytes(folder.resolve("saved/tokenizer.model")));
    assertEquals(400, Tokenizer.load(folder.resolve("saved")).size());
  }

  @Test
  void aDamagedModelNamesTheByte() throws IOException {
    var file = own("bpe");
    var bytes = Files.readAllBytes(file);
    for (int length = 0; length < bytes.length; length += 97) {
      Files.write(file, Arrays.copyOf(bytes, length));
      try {
        Tokenizer.load(file);
      } catch (DataException e) {
        assertTrue(e.getMessage().startsWith(file.toString()), e.getMessage());
      }
    }
    Files.write(file, Arrays.copyOf(bytes, 1000));
    var error = assertThrows(DataException.class, () -> Tokenizer.load(file)).getMessage();
    assertTrue(
        error.contains("byte 1000: it ends in the middle of a field")
            || error.contains("ends in the middle"),
        error);
  }

  @Test
  void tellsWhereTokensStand() throws IOException {
    var encoding = Tokenizer.load(own("unigram")).encoding("  x the", true);
    int last = encoding.size() - 1;
    assertEquals(4, encoding.starts()[last]);
    assertEquals(7, encoding.ends()[last]);
  }

  private Path own(String name) throws IOException {
    return Files.write(
        folder.resolve(name + ".model"), Golden.resource("own/spm-" + name + ".model.gz"));
  }

  private static void check(Path file, String name) {
    var tokenizer = Tokenizer.load(file);
    var golden = ByteBuffer.wrap(Golden.resource("spm-" + name + ".golden"));
    var differences = new ArrayList<String>();
    for (var string : Golden.strings()) {
      var ids = tokenizer.encode(string);
      if (golden.getInt() != crc(Golden.ids(ids))) {
        differences.add("ids of '" + string + "': " + Arrays.toString(ids));
      }
      if (golden.getInt() != crc(tokenizer.decode(ids))) {
        differences.add("text of '" + string + "': " + tokenizer.decode(ids));
      }
    }
    assertEquals(
        List.of(),
        differences.subList(0, Math.min(5, differences.size())),
        differences.size() + " differ");
  }

  private static int crc(String text) {
    var crc = new CRC32();
    crc.update(text.getBytes(StandardCharsets.UTF_8));
    return (int) crc.getValue();
  }
}
