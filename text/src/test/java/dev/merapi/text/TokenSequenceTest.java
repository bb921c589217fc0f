package dev.merapi.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.merapi.data.DataException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenSequenceTest {
  @TempDir private Path folder;

  private static TokenSequence.Source parts(int[]... parts) {
    var left = new ArrayDeque<>(List.of(parts));
    return () -> left.isEmpty() ? new int[0] : left.removeFirst();
  }

  private static int[] all(TokenSequence tokens) {
    int[] ids = new int[(int) tokens.size()];
    tokens.copy(0, ids.length, ids, 0);
    return ids;
  }

  @ParameterizedTest
  @ValueSource(ints = {65_536, 65_537})
  void readsWhatItWrote(int vocabulary) {
    var file = folder.resolve("deep/ids.tokens");
    TokenSequence.write(file, vocabulary, parts(new int[] {0, 65_535, 7}, new int[] {40_000}));
    var tokens = TokenSequence.open(file);
    assertArrayEquals(new int[] {0, 65_535, 7, 40_000}, all(tokens));
    assertEquals(vocabulary == 65_536 ? 8 : 16, tokens.bytes());
    assertArrayEquals(new int[] {65_535, 7}, all(tokens.slice(1, 2)));
    assertThrows(IndexOutOfBoundsException.class, () -> tokens.copy(3, 2, new int[2], 0));
  }

  @Test
  void refusesWhatIsNoSuchFile() throws IOException {
    var file = folder.resolve("ids.tokens");
    TokenSequence.write(file, 100, parts(new int[] {1, 2, 3}));
    byte[] whole = Files.readAllBytes(file);
    for (int length = 0; length < whole.length; length++) {
      Files.write(file, Arrays.copyOf(whole, length));
      var error = assertThrows(DataException.class, () -> TokenSequence.open(file));
      assertTrue(error.getMessage().contains("ids.tokens"), error.getMessage());
    }
    for (int at : new int[] {0, 8, 12, whole.length - 8}) {
      byte[] damaged = whole.clone();
      damaged[at] ^= 0x40;
      Files.write(file, damaged);
      assertThrows(DataException.class, () -> TokenSequence.open(file));
    }
    assertThrows(DataException.class, () -> TokenSequence.open(folder.resolve("none")));
  }

  @Test
  void leavesNothingBehindWhereTheSourceFails() throws IOException {
    var file = folder.resolve("ids.tokens");
    assertThrows(
        DataException.class,
        () ->
            TokenSequence.write(
                file,
                9,
                () -> {
                  throw new IOException("gone");
                }));
    try (var left = Files.list(folder)) {
      assertFalse(left.findAny().isPresent());
    }
  }
}
