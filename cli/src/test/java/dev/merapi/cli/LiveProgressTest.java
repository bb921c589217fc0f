package dev.merapi.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.merapi.train.Progress.Field;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.jline.terminal.Size;
import org.jline.terminal.impl.ExternalTerminal;
import org.jline.utils.AttributedString;
import org.junit.jupiter.api.Test;

final class LiveProgressTest {
  private long milliseconds;

  private long nanoseconds() {
    return TimeUnit.MILLISECONDS.toNanos(milliseconds);
  }

  @Test
  void thePanelShowsEveryQuantityAndItsWay() {
    var panel = new LivePanel(true, 0);
    var work = panel.start("epoch 2/4", 100, 0);
    panel.measured(List.of(new Field("val loss", 0.7)));
    for (int step = 1; step <= 50; step++) {
      milliseconds += 1_000;
      panel.whole(100 + step, 400, nanoseconds());
      work.step(step, nanoseconds());
      panel.measured(List.of(new Field("loss", 1.0 - step / 100.0), new Field("|g|", 2)));
    }
    assertEquals(
        """
        epoch 2/4 ████████░░░░░░░░ 50/100  ETA 0:50
        step 150 of 400, 37 %, 0:50 so far, about 4:10 to go
          loss     0.5000    ███████▇▇▇▇▇▇▆▆▆▆▆▆▅▅▅▅▅▄▄▄▄▄▄▃▃▃▃▃▃▂▂▂▂▂▂▁▁▁▁▁▁
          val loss 0.7000    ▅
          |g|      2.000     ▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅
          memory   1536 MiB  ▅
        """,
        text(panel.lines(80, nanoseconds(), OptionalLong.of(1536L << 20))));
    panel.end(work);
    assertFalse(text(panel.lines(80, nanoseconds(), OptionalLong.empty())).contains("epoch"));
  }

  @Test
  void noLineReachesTheLastColumn() {
    var panel = new LivePanel(true, 0);
    panel.start("epoch 10/10", 12_345, 0).step(12, nanoseconds());
    panel.whole(12, 123_450, 0);
    for (int i = 0; i < 200; i++) {
      panel.measured(List.of(new Field("learning rate", 1e-4), new Field("samples/s", 123_456.7)));
    }
    for (int columns = 4; columns < 120; columns++) {
      for (var line : panel.lines(columns, 0, OptionalLong.of(1 << 30))) {
        assertTrue(line.columnLength() < columns, line.toString());
      }
    }
  }

  @Test
  void aLongTrainingStaysInSight() {
    var trace = new Trace();
    for (int i = 0; i < 1_000_000; i++) {
      trace.add(i);
    }
    assertEquals("▁▂▃▄▅▆▇█", trace.bars(8, true));
    assertEquals("_.-=+*#@", trace.bars(8, false));
    assertEquals("", new Trace().bars(8, true));
    var broken = new Trace();
    broken.add(1);
    broken.add(Double.NaN);
    broken.add(2);
    assertEquals("▁ █", broken.bars(8, true));
  }

  @Test
  void whatStaysStandsAboveTheDisplay() throws IOException {
    var bytes = new ByteArrayOutputStream();
    var terminal =
        new ExternalTerminal(
            "test",
            "xterm-256color",
            new ByteArrayInputStream(new byte[0]),
            bytes,
            StandardCharsets.UTF_8);
    terminal.setSize(Size.of(60, 20));
    try (var progress = new LiveProgress(terminal, this::nanoseconds, OptionalLong::empty)) {
      try (var bar = progress.start("epoch 1/1", 2)) {
        bar.step(1, new Field("loss", 3));
        progress.print("a note");
        milliseconds += 5_000;
        bar.step(2, new Field("loss", 1));
      }
      progress.above(() -> terminal.writer().println("a result"));
    }
    var screen = new Screen(60);
    screen.write(bytes.toString(StandardCharsets.UTF_8));
    assertEquals(
        List.of("a note", "epoch 1/1 ████████████████ 2/2  0:05  loss 1.000", "a result"),
        screen.lines());
  }

  private static String text(List<AttributedString> lines) {
    var text = new StringBuilder();
    lines.forEach(line -> text.append(line.toString().stripTrailing()).append('\n'));
    return text.toString();
  }
}
