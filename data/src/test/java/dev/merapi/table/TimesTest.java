package dev.merapi.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class TimesTest {
  @ParameterizedTest
  @CsvSource({
    "1970-01, 0",
    "1970-01-02, 86400",
    "1970/01/02, 86400",
    "1970-01-01T00:01, 60",
    "1970-01-01 00:00:01, 1",
    "1970-01-01T00:00:01.5Z, 1.5",
    "1970-01-01T01:00+01:00, 0",
    "2000-03-01, 951868800",
    "1969-12-31, -86400"
  })
  void readsIsoTimes(String text, double seconds) {
    assertEquals(seconds, Times.parse(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "today", "12345678", "2020-13", "2021-02-30", "01.02.2020", "2020-01-01x"})
  void anythingElseIsNoTime(String text) {
    assertTrue(Double.isNaN(Times.parse(text)), text);
  }
}
