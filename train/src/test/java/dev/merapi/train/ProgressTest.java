package dev.merapi.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.merapi.train.Progress.Field;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProgressTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private long milliseconds;

  @Test
  void terminalsAreRedrawnAndThrottled() {
    var progress = ConsoleProgress.redrawn(out(StandardCharsets.UTF_8), 80, this::nanoseconds);
    try (var bar = progress.start("epoch 1/2", 1000)) {
      for (int step = 1; step <= 500; step++) {
        milliseconds += step == 1 ? 5_000 : 10; // the first step compiles
        bar.step(step, new Field("loss", 2.0 / step));
      }
    }
    var drawn = text().split("\r", -1);
    assertTrue(drawn.length > 45 && drawn.length < 56, "drawn " + drawn.length + " times");
    assertEquals("\033[Kepoch 1/2 ░░░░░░░░░░░░░░░░ 1/1000  -:--  loss 2.000", drawn[1]);
    assertEquals("\033[Kepoch 1/2 ███████░░░░░░░░░ 491/1000  ETA 0:05  loss 0.0041", drawn[50]);
    assertEquals(
        "\033[Kepoch 1/2 ████████░░░░░░░░ 500/1000  0:09  loss 0.0040\n", drawn[drawn.length - 1]);
  }

  @Test
  void plainLinesWhereThereIsNoTerminal() {
    var progress = ConsoleProgress.lines(out(StandardCharsets.US_ASCII), this::nanoseconds);
    try (var bar = progress.start("train", 60)) {
      for (int step = 1; step <= 30; step++) {
        milliseconds += 1_000;
        bar.step(step, new Field("loss", 0.5), new Field("samples/s", 12_345.6));
      }
      progress.print("interrupted");
    }
    assertEquals(
        """
        train ##.............. 10/60  ETA 0:50  loss 0.5000  samples/s 12346
        train #####........... 20/60  ETA 0:40  loss 0.5000  samples/s 12346
        train ########........ 30/60  ETA 0:30  loss 0.5000  samples/s 12346
        interrupted
        train ########........ 30/60  0:30  loss 0.5000  samples/s 12346
        """,
        text());
    assertFalse(text().contains("\033"));
  }

  @Test
  void lineNeverReachesTheLastColumn() {
    for (int columns = 10; columns < 70; columns++) {
      bytes.reset();
      var progress =
          ConsoleProgress.redrawn(out(StandardCharsets.UTF_8), columns, this::nanoseconds);
      try (var bar = progress.start("epoch 10/10", 12345)) {
        bar.step(12, new Field("loss", 1), new Field("accuracy", 0.5));
      }
      var line = text().replace("\r\033[K", "").stripTrailing();
      assertTrue(line.length() < columns, line);
    }
  }

  @Test
  void printedLinesStandAboveTheBar() {
    var progress = ConsoleProgress.redrawn(out(StandardCharsets.UTF_8), 80, this::nanoseconds);
    progress.print("note");
    assertEquals("\r\033[Knote\n", text());
  }

  @Test
  void emptyWorkIsDone() {
    var progress = ConsoleProgress.lines(out(StandardCharsets.US_ASCII), this::nanoseconds);
    progress.start("nothing", 0).close();
    assertEquals("nothing ################ 0/0  0:00\n", text());
  }

  @Test
  void hoursAreShown() {
    var progress = ConsoleProgress.lines(out(StandardCharsets.US_ASCII), this::nanoseconds);
    try (var bar = progress.start("long", 4)) {
      bar.step(0);
      milliseconds += TimeUnit.HOURS.toMillis(2);
      bar.step(1);
    }
    assertTrue(text().contains("1/4  ETA 6:00:00"), text());
    assertTrue(text().contains("1/4  2:00:00"), text());
  }

  @Test
  void noneShowsNothing() {
    try (var bar = Progress.none().start("x", 1)) {
      bar.step(1, new Field("loss", 1));
    }
    assertEquals("", text());
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0.0000",
    "0.12345, 0.1235",
    "2.5, 2.500",
    "123.456, 123.5",
    "54321.9, 54322",
    "1234567, 1.235e+06",
    "0.00001, 1.000e-05",
    "-0.5, -0.5000",
    "NaN, NaN"
  })
  void numbersHaveFourDigitsThatMatter(double value, String text) {
    assertEquals(text, new Field("x", value).value());
  }

  private PrintStream out(Charset charset) {
    return new PrintStream(bytes, true, charset);
  }

  private long nanoseconds() {
    return TimeUnit.MILLISECONDS.toNanos(milliseconds);
  }

  private String text() {
    return bytes.toString(StandardCharsets.UTF_8).replace(System.lineSeparator(), "\n");
  }
}
