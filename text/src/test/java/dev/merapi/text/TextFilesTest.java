package dev.merapi.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.merapi.data.DataException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TextFilesTest {
  @TempDir private Path folder;

  private Path cache() {
    return folder.resolve("cache");
  }

  /** What comes back of a text, in memory and by way of a packed file. */
  private String packed(Path place) {
    var files = TextFiles.of(place);
    var characters = characters(files);
    var text = text(characters, files.tokens(characters, cache(), 0));
    assertEquals(text, text(characters, files.tokens(characters, cache())));
    return text;
  }

  private static Characters characters(TextFiles files) {
    try (var pieces = files.pieces()) {
      return Characters.of(pieces);
    }
  }

  private static String text(Tokenizer tokenizer, TokenSequence tokens) {
    int[] ids = new int[(int) tokens.size()];
    tokens.copy(0, ids.length, ids, 0);
    return tokenizer.decode(ids);
  }

  @Test
  void readsAllTextOfAFolder() throws IOException {
    var texts = Files.createDirectory(folder.resolve("texts"));
    Files.writeString(texts.resolve("b.txt"), "second 😀\n");
    Files.writeString(texts.resolve("a.txt"), "\uFEFFfirst\r\n");
    Files.writeString(texts.resolve("c.md"), "no text");
    assertEquals("first\r\nsecond 😀\n", packed(texts));
  }

  @Test
  void readsATextOfSeveralPiecesWhole() throws IOException {
    var text = new StringBuilder();
    for (int i = 0; text.length() < 3_000_000; i++) {
      text.append("line ").append(i).append(i % 3 == 0 ? " 😀\n" : "\n");
    }
    text.append("😀".repeat(700_000)); // no line's end, and only pairs of surrogates
    var file = Files.writeString(folder.resolve("long.txt"), text);
    assertEquals(text.toString(), packed(file));
  }

  @Test
  void packsOnceForTheSameTextAndTokenizer() throws IOException {
    var file = Files.writeString(folder.resolve("a.txt"), "abc");
    packed(file);
    packed(file);
    assertEquals(1, packs());
    Files.writeString(file, "abcd");
    packed(file);
    assertEquals(2, packs());
  }

  private long packs() throws IOException {
    try (var files = Files.list(folder.resolve("cache/tokens"))) {
      return files.count();
    }
  }

  @Test
  void packsWhatATokenizerOfAnyKindMakes() throws IOException {
    var model = Files.write(folder.resolve("a.model"), Golden.resource("own/spm-unigram.model.gz"));
    var tokenizer = Tokenizer.load(model); // is saved as a .model, not as JSON
    var file = Files.writeString(folder.resolve("a.txt"), "This is a test.\n");
    var packed = TextFiles.of(file).tokens(tokenizer, cache(), 0);
    assertTrue(packed.size() > 3);
    assertEquals(
        text(tokenizer, TextFiles.of(file).tokens(tokenizer, cache())), text(tokenizer, packed));
    assertEquals(1, packs());
  }

  @Test
  void namesWhatItCannotUse() throws IOException {
    var empty = Files.writeString(folder.resolve("empty.txt"), "");
    assertThrows(DataException.class, () -> packed(empty));
    assertThrows(DataException.class, () -> TextFiles.of(folder.resolve("none.txt")));
    var none = Files.createDirectory(folder.resolve("none"));
    assertThrows(DataException.class, () -> TextFiles.of(none));
    var latin = Files.write(folder.resolve("latin.txt"), new byte[] {'a', '\n', (byte) 0xE9, 'b'});
    var error = assertThrows(DataException.class, () -> packed(latin));
    assertTrue(error.getMessage().contains("UTF-8"), error.getMessage());
    var known = Characters.of("ab\n");
    var other = Files.writeString(folder.resolve("other.txt"), "ab\nax");
    var unknown =
        assertThrows(
            DataException.class, () -> TextFiles.of(other).tokens(known, folder.resolve("cache")));
    assertTrue(
        unknown.getMessage().contains("other.txt") && unknown.getMessage().contains("'x'"),
        unknown.getMessage());
  }
}
