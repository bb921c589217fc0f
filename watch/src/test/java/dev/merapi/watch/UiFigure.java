package dev.merapi.watch;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * How long the page takes to show 1,000 runs of 10,000 points; run by name, alone on the machine.
 * It says what it measured, the first time (seen at a glance, then read) and then from what is
 * kept.
 */
final class UiFigure {
  private static final int RUNS = 1_000;
  private static final int POINTS = 10_000;

  @TempDir Path folder;

  @Test
  void aThousandRuns() throws IOException, InterruptedException {
    var kept = System.getProperty("merapi.figure");
    var runs = kept == null ? folder.resolve("runs") : Path.of(kept);
    if (!Files.exists(runs.resolve("run-%04d".formatted(RUNS - 1)))) {
      long begin = System.nanoTime();
      IntStream.range(0, RUNS)
          .parallel()
          .forEach(
              i -> {
                try {
                  MadeRuns.write(runs, "run-%04d".formatted(i), POINTS, 0.2 + i / 2500.0);
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
      say("made in", begin);
      Thread.sleep(11_000); // a file is kept when it has not changed for ten seconds
    }
    for (int i = 0; i < 3; i++) {
      try (var server =
              UiServer.start(new Runs(runs), "127.0.0.1", Optional.of(0), Optional.empty());
          var browser = new Browser(Browser.program().orElseThrow(), folder.resolve("p" + i))) {
        browser.value("1");
        long begin = System.nanoTime();
        browser.open(server.address());
        browser.until(
            "document.querySelector('[data-metric=train_loss]')?.dataset.curves === '1000'");
        double first = say("first chart of 1000 runs after", begin);
        browser.until(
            "[...document.querySelectorAll('[data-metric]')].every(each => each.dataset.curves)");
        say("all charts after", begin);
        browser.until(
            "document.getElementById('count').textContent === '%d of %d runs'"
                .formatted(RUNS, RUNS));
        say("all read after", begin);
        long again = System.nanoTime();
        browser.send("Page.reload", Map.of());
        Thread.sleep(50);
        browser.until(
            "document.querySelector('[data-metric=train_loss]')?.dataset.curves === '1000'");
        double warm = say("opened again", again);
        browser.picture(Path.of(System.getProperty("java.io.tmpdir"), "merapi-figure.png"));
        assertTrue(first > 0 && warm > 0);
      }
    }
  }

  private static double say(String what, long begin) {
    double seconds = (System.nanoTime() - begin) / 1e9;
    IO.println(String.format(Locale.ROOT, "%s %.2f s", what, seconds));
    return seconds;
  }
}
