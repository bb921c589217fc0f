package dev.merapi.grammar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.merapi.data.DataException;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A language holds what Java's own expressions match as a whole. */
class RegularExpressionTest {
  private static final List<String> TEXTS =
      List.of(
          "",
          "a",
          "b",
          "ab",
          "aab",
          "abab",
          "aaaa",
          "yes",
          "no",
          "0",
          "12",
          "2024-11-30",
          "x.y",
          "é",
          "€",
          "𝄞",
          "日本",
          "a\nb",
          "(a)",
          "[",
          "a-b",
          "\"",
          "\\",
          "A",
          "_",
          " ",
          "\t",
          "aaaaa");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a",
        "a|b",
        "a*",
        "a+b?",
        "(ab)*",
        "(?:a|b){2,3}",
        "(?<name>a){2,}",
        "[ab]+",
        "[^ab]",
        ".",
        ".*",
        "\\d+",
        "\\w+",
        "\\s",
        "\\D",
        "[a-z&&[^b]]+",
        "\\d{4}-\\d{2}-\\d{2}",
        "x\\.y",
        "x.y",
        "é|€|𝄞",
        "[à-ÿ]",
        "\\p{L}+",
        "\\P{L}",
        "\\x61",
        "\\u0061b",
        "\\x{1D11E}",
        "\\(a\\)",
        "\\[",
        "a-b",
        "\"",
        "\\\\",
        "a*?b",
        "",
        "(|a)",
        "^a$",
        "^a|b$",
        "\\t",
        "[\\]\\[]",
        "a{4}",
        "(yes|no)",
        "\\Qa\\E"
      })
  void holdsWhatJavaMatches(String expression) {
    if (expression.contains("\\Q")) {
      assertThrows(DataException.class, () -> Language.ofRegex(expression));
      return;
    }
    var language = Language.ofRegex(expression);
    for (var text : TEXTS) {
      assertEquals(Pattern.matches(expression, text), language.holds(text), text);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "^a", "b$", "^a|b$", "^(a|b)+$", "", "^$", "[0-9]"})
  void findsWhereAsked(String expression) {
    var language = Language.of(RegularExpression.read(expression, true));
    for (var text : TEXTS) {
      assertEquals(Pattern.compile(expression).matcher(text).find(), language.holds(text), text);
    }
  }

  @Test
  void tellsWhatIsWrong() {
    for (var expression :
        List.of("a(?=b)", "(?<!a)b", "(a)\\1", "\\bword", "a++", "(?i)a", "a^b")) {
      var error = assertThrows(DataException.class, () -> Language.ofRegex(expression), expression);
      assertTrue(error.getMessage().contains("is not supported"), error.getMessage());
    }
    var error = assertThrows(DataException.class, () -> Language.ofRegex("a(b"));
    assertTrue(error.getMessage().contains("Unclosed group at 3"), error.getMessage());
    var large = assertThrows(DataException.class, () -> Language.ofRegex("((a{99}){99}){99}"));
    assertTrue(large.getMessage().contains("smaller limits"), large.getMessage());
    assertFalse(Language.ofRegex("a{0}").holds("a"));
  }
}
