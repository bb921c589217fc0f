package dev.merapi.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class NumbersTest {
  private static double parse(String text) {
    char[] chars = ("x" + text + "9").toCharArray(); // a cell among others
    return Numbers.parse(chars, 1, chars.length - 1);
  }

  @Test
  void readsWhatJavaReadsToTheLastBit() {
    var random = new Random(1);
    for (int i = 0; i < 20_000; i++) {
      double value = Double.longBitsToDouble(random.nextLong());
      if (Double.isFinite(value)) {
        assertEquals(value, parse(Double.toString(value)));
      }
      var shorter = String.format(Locale.ROOT, "%.4f", random.nextGaussian() * 1000);
      assertEquals(Double.parseDouble(shorter), parse(shorter), shorter);
      var longer = Long.toString(random.nextLong());
      assertEquals(Double.parseDouble(longer), parse(longer), longer);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"0", "-0", "+3", ".5", "5.", "1e3", "-1.5E-3", "123456789012345", "000001"})
  void readsDecimalNumbers(String text) {
    assertEquals(Double.parseDouble(text), parse(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "-",
        ".",
        "1.2.3",
        "1d",
        "0x1p3",
        "NaN",
        "Infinity",
        "1e999",
        "1,5",
        "twelve",
        "1 2",
        "e5"
      })
  void anythingElseIsNoNumber(String text) {
    assertTrue(Double.isNaN(parse(text)), text);
  }
}
