package dev.merapi.train;

import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.LongSupplier;

/** Shows progress as text: one line redrawn in place, or a line now and then. */
final class ConsoleProgress implements Progress {
  private static final int BAR = 16;
  private static final String TO_START_AND_CLEAR = "\r\033[K";

  private final PrintStream out;
  private final boolean redrawn;
  private final int columns;
  private final Duration pause;
  private final LongSupplier clock;
  private final char full;
  private final char empty;

  private ConsoleProgress(
      PrintStream out, boolean redrawn, int columns, Duration pause, LongSupplier clock) {
    this.out = out;
    this.redrawn = redrawn;
    this.columns = columns;
    this.pause = pause;
    this.clock = clock;
    boolean blocks = out.charset().newEncoder().canEncode("█░");
    this.full = blocks ? '█' : '#';
    this.empty = blocks ? '░' : '.';
  }

  /** A line that is redrawn in place, ten times a second, and never wider than the terminal. */
  static Progress redrawn(PrintStream out, int columns, LongSupplier nanoseconds) {
    return new ConsoleProgress(out, true, columns, Duration.ofMillis(100), nanoseconds);
  }

  /** A line of any length every ten seconds. */
  static Progress lines(PrintStream out, LongSupplier nanoseconds) {
    return new ConsoleProgress(out, false, Integer.MAX_VALUE, Duration.ofSeconds(10), nanoseconds);
  }

  @Override
  public Bar start(String label, long total) {
    return new TextBar(label, total);
  }

  @Override
  public synchronized void print(String line) {
    out.println(redrawn ? TO_START_AND_CLEAR + line : line);
  }

  private synchronized void draw(String line, boolean last) {
    if (redrawn) {
      out.print(TO_START_AND_CLEAR + line);
    }
    if (last || !redrawn) {
      out.println(redrawn ? "" : line);
    }
    out.flush();
  }

  private final class TextBar implements Bar {
    private final String label;
    private final long total;
    private final long begin = clock.getAsLong();
    private long drawn = begin;
    private long done;
    private List<Field> fields = List.of();
    private long firstDone = -1;
    private long firstTime;

    TextBar(String label, long total) {
      this.label = label;
      this.total = total;
    }

    @Override
    public void step(long done, Field... fields) {
      this.done = done;
      this.fields = List.of(fields);
      long now = clock.getAsLong();
      if (firstDone < 0) {
        // The first step compiles, and says nothing about the pace of the others.
        firstDone = done;
        firstTime = now;
      }
      if (now - drawn >= pause.toNanos()) {
        drawn = now;
        draw(line(left(now)), false);
      }
    }

    @Override
    public void close() {
      draw(line(time(clock.getAsLong() - begin)), true);
    }

    private String left(long now) {
      if (done <= firstDone) {
        return "-:--";
      }
      double pace = (double) (now - firstTime) / (done - firstDone);
      return "ETA " + time((long) (pace * Math.max(0, total - done)));
    }

    private String line(String time) {
      double part = total == 0 ? 1 : Math.clamp((double) done / total, 0, 1);
      int filled = (int) (part * BAR);
      var text =
          new StringBuilder(label)
              .append(' ')
              .repeat(full, filled)
              .repeat(empty, BAR - filled)
              .append(" %d/%d  %s".formatted(done, total, time));
      for (var field : fields) {
        var next = "  " + field.name() + " " + field.value();
        // A line that reaches the last column wraps in some terminals, and could not be redrawn.
        if (text.length() + next.length() >= columns) {
          break;
        }
        text.append(next);
      }
      return text.length() < columns ? text.toString() : text.substring(0, columns - 1);
    }

    private static String time(long nanoseconds) {
      var time = Duration.ofNanos(nanoseconds);
      return time.toHours() > 0
          ? String.format(
              Locale.ROOT,
              "%d:%02d:%02d",
              time.toHours(),
              time.toMinutesPart(),
              time.toSecondsPart())
          : String.format(Locale.ROOT, "%d:%02d", time.toMinutesPart(), time.toSecondsPart());
    }
  }
}
