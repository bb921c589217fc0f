package dev.merapi.train;

import java.io.PrintStream;
import java.time.Duration;
import java.util.function.LongSupplier;

/** Shows progress as text: one line redrawn in place, or a line now and then. */
final class ConsoleProgress implements Progress {
  private static final String TO_START_AND_CLEAR = "\r\033[K";

  private final PrintStream out;
  private final boolean redrawn;
  private final int columns;
  private final Duration pause;
  private final LongSupplier clock;
  private final boolean blocks;

  private ConsoleProgress(
      PrintStream out, boolean redrawn, int columns, Duration pause, LongSupplier clock) {
    this.out = out;
    this.redrawn = redrawn;
    this.columns = columns;
    this.pause = pause;
    this.clock = clock;
    this.blocks = out.charset().newEncoder().canEncode("█░");
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
    private final BarLine text;
    private long drawn = clock.getAsLong();

    TextBar(String label, long total) {
      this.text = new BarLine(label, total, drawn, blocks);
    }

    @Override
    public void step(long done, Field... fields) {
      long now = clock.getAsLong();
      text.step(done, now, fields);
      if (now - drawn >= pause.toNanos()) {
        drawn = now;
        draw(text.underWay(now, columns), false);
      }
    }

    @Override
    public void close() {
      draw(text.ended(clock.getAsLong(), columns), true);
    }
  }
}
