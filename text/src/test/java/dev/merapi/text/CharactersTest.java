package dev.merapi.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.merapi.data.DataException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CharactersTest {
  @Test
  void numbersCodePointsInTheirOrder() {
    var characters = Characters.of("b a😀b\n");
    assertEquals(5, characters.size());
    assertArrayEquals(new int[] {0, 2, 4, 3, 1}, characters.encode("\na😀b "));
    assertEquals("\na😀b ", characters.decode(0, 2, 4, 3, 1));
    assertEquals(Optional.of("😀"), characters.token(4));
    assertEquals(OptionalInt.of(4), characters.id("😀"));
    assertEquals(OptionalInt.empty(), characters.id("ab"));
    assertEquals(Optional.empty(), characters.token(5));
  }

  @Test
  void tellsWhereEachStands() {
    var encoding = Characters.of("ab😀").encoding("😀b", "a😀", true);
    assertArrayEquals(new int[] {2, 1, 0, 2}, encoding.ids());
    assertArrayEquals(new int[] {0, 2, 0, 1}, encoding.starts());
    assertArrayEquals(new int[] {2, 3, 1, 3}, encoding.ends());
    assertArrayEquals(new int[] {0, 0, 1, 1}, encoding.types());
  }

  @Test
  void readsALoneSurrogateAsTheReplacementCharacter() {
    var characters = Characters.of("a\uD83D");
    assertArrayEquals(new int[] {0, 1, 1}, characters.encode("a\uDE00\uFFFD"));
    assertEquals("\uFFFD", characters.decode(1));
  }

  @Test
  void namesWhatItDoesNotKnow() {
    var characters = Characters.of("ab");
    var unknown = assertThrows(DataException.class, () -> characters.encode("aé"));
    assertTrue(unknown.getMessage().contains("'é' (U+00E9) at 1"), unknown.getMessage());
    var outside = assertThrows(DataException.class, () -> characters.decode(0, 2));
    assertTrue(outside.getMessage().contains("id 2 is outside"), outside.getMessage());
    assertThrows(DataException.class, () -> characters.decode(-1));
    assertThrows(DataException.class, () -> Characters.of(""));
  }

  @Test
  void comesBackFromItsFile(@TempDir Path folder) {
    var characters = Characters.of("To be, or not to be\n\t\"\\é😀");
    characters.save(folder.resolve("new"));
    var read = Tokenizer.load(folder.resolve("new"));
    assertInstanceOf(Characters.class, read);
    assertEquals(characters.size(), read.size());
    assertArrayEquals(characters.encode("or é😀\\"), read.encode("or é😀\\"));
  }

  @Test
  void namesWhereAFileIsDamaged(@TempDir Path folder) throws IOException {
    Characters.of("abc").save(folder);
    var file = folder.resolve("tokenizer.json");
    var good = Files.readString(file);
    Files.writeString(file, good.substring(0, good.length() / 2));
    var cut = assertThrows(DataException.class, () -> Tokenizer.load(folder)).getMessage();
    assertTrue(cut.contains("tokenizer.json: line "), cut);
    Files.writeString(file, good.replace("\"b\" : 1", "\"b\" : 7"));
    var moved = assertThrows(DataException.class, () -> Tokenizer.load(file)).getMessage();
    assertTrue(moved.contains("model.vocab: 'b' has the id 7"), moved);
    assertThrows(DataException.class, () -> Tokenizer.load(folder.resolve("none")));
  }

  @Test
  void decodesOneIdAfterAnother() {
    var characters = Characters.of("ab😀\uFFFD");
    var decoding = characters.decoding(true);
    assertEquals("a", decoding.add(0));
    assertEquals("😀", decoding.add(3));
    assertEquals("", decoding.add(2)); // may yet become a character
    assertEquals("\uFFFDb", decoding.add(1));
    assertEquals("", decoding.add(2));
    assertEquals("\uFFFD", decoding.finish());
  }
}
