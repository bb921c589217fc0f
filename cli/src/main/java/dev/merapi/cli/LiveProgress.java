package dev.merapi.cli;

import dev.merapi.train.BarLine;
import dev.merapi.train.Progress;
import java.io.Console;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jline.utils.Display;

/**
 * A display of some lines at the foot of the terminal, redrawn in place, with everything that stays
 * above it: what is printed, and a line for each piece of work that has ended. It reads nothing
 * from the terminal and leaves its modes as they are.
 */
final class LiveProgress implements Progress {
  private static final Duration PAUSE = Duration.ofMillis(100);

  private final Terminal terminal;
  private final Display display;
  private final LongSupplier clock;
  private final Supplier<OptionalLong> residentBytes;
  private final LivePanel panel;
  private boolean closed;
  private long drawn;

  /**
   * A display on a terminal, which is closed with it.
   *
   * @param clock nanoseconds
   * @param residentBytes the memory of this process, if that is known
   */
  LiveProgress(Terminal terminal, LongSupplier clock, Supplier<OptionalLong> residentBytes) {
    this.terminal = terminal;
    this.display = new Display(terminal, false);
    this.clock = clock;
    this.residentBytes = residentBytes;
    boolean blocks = terminal.encoding().newEncoder().canEncode("█░▁▇");
    this.panel = new LivePanel(blocks, clock.getAsLong());
    this.drawn = clock.getAsLong() - PAUSE.toNanos();
  }

  /** The display of this process, where standard input and output are a terminal that can. */
  static Optional<LiveProgress> open() {
    boolean terminal =
        Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent();
    if (!terminal || "dumb".equals(System.getenv("TERM"))) {
      return Optional.empty();
    }
    try {
      var found = TerminalBuilder.builder().system(true).dumb(false).build();
      return Optional.of(new LiveProgress(found, System::nanoTime, Machine::residentBytes));
    } catch (IOException | IllegalStateException _) {
      // JLine knows no way to this terminal: plain lines do.
      return Optional.empty();
    }
  }

  @Override
  public synchronized Bar start(String label, long total) {
    var work = panel.start(label, total, clock.getAsLong());
    draw(true);
    return new Bar() {
      @Override
      public void step(long done, Field... fields) {
        stepped(work, done, fields);
      }

      @Override
      public void close() {
        ended(work);
      }
    };
  }

  private synchronized void stepped(BarLine work, long done, Field... fields) {
    work.step(done, clock.getAsLong(), fields);
    panel.measured(List.of(fields));
    draw(false);
  }

  private synchronized void ended(BarLine work) {
    panel.end(work);
    print(work.ended(clock.getAsLong(), columns()));
  }

  @Override
  public synchronized void whole(long done, long total) {
    panel.whole(done, total, clock.getAsLong());
  }

  @Override
  public synchronized void measured(List<Field> fields) {
    panel.measured(fields);
  }

  @Override
  public void print(String line) {
    above(() -> terminal.writer().println(line));
  }

  /** Lets someone else write to the terminal, whole lines, which then stand above the display. */
  synchronized void above(Runnable writing) {
    if (!closed) {
      clear();
    }
    writing.run();
    if (!closed) {
      terminal.flush();
      draw(true);
    }
  }

  private void clear() {
    display.resize(terminal.getSize());
    display.update(List.of(), 0);
  }

  private void draw(boolean now) {
    if (closed || (!now && clock.getAsLong() - drawn < PAUSE.toNanos())) {
      return;
    }
    drawn = clock.getAsLong();
    var size = terminal.getSize();
    display.resize(size);
    var lines = panel.lines(columns(), drawn, residentBytes.get());
    var shown = lines.subList(0, Math.min(lines.size(), Math.max(1, size.getRows() - 1)));
    display.update(shown, size.cursorPos(shown.size(), 0));
  }

  private int columns() {
    int columns = terminal.getSize().getColumns();
    return columns > 0 ? columns : 80;
  }

  /** Takes the display away; what has been printed stays. */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    clear();
    terminal.flush();
    closed = true;
    try {
      terminal.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
