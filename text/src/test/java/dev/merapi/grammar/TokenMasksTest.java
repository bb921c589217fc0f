package dev.merapi.grammar;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.merapi.data.DataException;
import dev.merapi.text.Characters;
import dev.merapi.text.Tokenizer;
import dev.merapi.text.TokenizerTraining;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenMasksTest {
  private static final Tokenizer PIECES =
      TokenizerTraining.byteLevelBpe(
          Stream.of("the cat sat on the mat, and the 日本 dog said: no".repeat(9)), 290, List.of());

  /** Draws from what is allowed until the text is over, or no more tokens may come. */
  private static String drawn(Tokenizer tokenizer, TokenMasks masks, int end, int most, int seed) {
    var random = new Random(seed);
    int[] written = {};
    while (written.length < most) {
      BitSet allowed = masks.next(written, most - written.length);
      if (allowed.isEmpty()) {
        break;
      }
      int[] tokens = allowed.stream().toArray();
      int token = tokens[random.nextInt(tokens.length)];
      if (token == end) {
        break;
      }
      written = Arrays.copyOf(written, written.length + 1);
      written[written.length - 1] = token;
    }
    return tokenizer.decode(written);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "yes|no|maybe",
        "[a-z]+",
        "(the|cat|sat| ){3,}",
        "\\d{4}-\\d{2}-\\d{2}",
        "[日本é€𝄞]{2,9}",
        ".*",
        "[^a-z]{1,12}x"
      })
  void whatIsDrawnIsOfTheLanguage(String expression) {
    var language = Language.ofRegex(expression);
    int end = PIECES.size(); // a model may have an end that the tokenizer has not
    var masks = TokenMasks.of(PIECES, language, Set.of(end));
    for (int seed = 0; seed < 40; seed++) {
      int most = masks.needed() + seed;
      var text = drawn(PIECES, masks, end, most, seed);
      assertTrue(language.holds(text), text);
    }
  }

  @Test
  void aCharacterMayBeSpreadOverTokens() {
    var masks = TokenMasks.of(PIECES, Language.ofRegex("é|€"), Set.of());
    int[] bytes = PIECES.encode("€"); // three tokens, one a byte
    assertEquals(3, bytes.length);
    assertEquals(3, masks.needed() + 1); // é has two
    for (int i = 0; i < 3; i++) {
      BitSet next = masks.next(Arrays.copyOf(bytes, i), 9 - i);
      assertTrue(next.get(bytes[i]));
      assertEquals(i == 0 ? 2 : 1, next.cardinality());
    }
    assertTrue(masks.isOver(bytes));
    assertTrue(masks.next(bytes, 6).isEmpty());
    assertFalse(masks.isOver(Arrays.copyOf(bytes, 2)));
    // With two tokens left, only é can still end.
    assertEquals(1, masks.next(new int[0], 2).cardinality());
  }

  @Test
  void theEndComesWhereATextMayEnd() {
    var tokenizer = Characters.of("ab");
    var masks = TokenMasks.of(tokenizer, Language.ofRegex("a+b?"), Set.of(7));
    assertArrayEquals(new int[] {0}, masks.next(new int[0], 9).stream().toArray());
    assertArrayEquals(new int[] {0, 1, 7}, masks.next(new int[] {0}, 9).stream().toArray());
    assertArrayEquals(new int[] {7}, masks.next(new int[] {0, 1}, 9).stream().toArray());
    assertTrue(masks.isOver(new int[] {0, 1}));
    assertFalse(masks.isOver(new int[] {0}));
  }

  @Test
  void goesNowhereThatItsCharactersCannotLeave() {
    var language = Language.ofRegex("ax|ab|日");
    var masks = TokenMasks.of(Characters.of("ab日"), language, Set.of());
    assertEquals(1, masks.needed()); // a character, not its three bytes
    int[] a = {0};
    assertArrayEquals(new int[] {1}, masks.next(a, 9).stream().toArray());
    var error =
        assertThrows(
            DataException.class, () -> TokenMasks.of(Characters.of("xyz"), language, Set.of()));
    assertTrue(error.getMessage().contains("tokens"), error.getMessage());
  }

  @Test
  void masksAreKept() {
    var masks = TokenMasks.of(PIECES, Language.ofRegex("a*"), Set.of());
    int a = PIECES.encode("a")[0];
    assertSame(masks.next(new int[] {a}, 99), masks.next(new int[] {a, a}, 98));
  }
}
