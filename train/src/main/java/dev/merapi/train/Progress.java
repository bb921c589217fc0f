package dev.merapi.train;

import java.io.Console;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Where a training shows how far it is. The trainer knows this interface and nothing of terminals.
 * Whoever opens a display closes it when the work is over.
 */
public interface Progress extends AutoCloseable {
  /**
   * Begins to show a piece of work.
   *
   * @param label what it is: {@code "epoch 3/10"}
   * @param total how many steps it takes
   */
  Bar start(String label, long total);

  /** Shows a line that stays, above what is being redrawn. */
  void print(String line);

  /**
   * Says how far the whole training is, of which the bars show parts.
   *
   * @param done how many of its steps lie behind
   * @param total how many it takes at most
   */
  default void whole(long done, long total) {}

  /** Says what was measured between two pieces of work, such as the validation loss. */
  default void measured(List<Field> fields) {}

  /** Takes away what is still being redrawn. */
  @Override
  default void close() {}

  /** One piece of work; closing it leaves its last state on the screen. */
  interface Bar extends AutoCloseable {
    /**
     * Says how far the work is. This is cheap: most calls show nothing.
     *
     * @param done how many of the steps lie behind
     * @param fields what to show beside it, the most important first
     */
    void step(long done, Field... fields);

    @Override
    void close();
  }

  /** A named number beside the bar. */
  record Field(String name, double number) {
    /** The number as text, with about four digits that matter. */
    public String value() {
      double size = Math.abs(number);
      String format = size == 0 || (size >= 1e-3 && size < 1) ? "%.4f" : "%.4g";
      if (size >= 1e3 && size < 1e6) {
        format = "%.0f";
      }
      return String.format(Locale.ROOT, format, number);
    }
  }

  /** Shows nothing. */
  static Progress none() {
    return Silence.SILENCE;
  }

  /** Of which there is one, so that it can be asked for. */
  enum Silence implements Progress, Bar {
    SILENCE;

    @Override
    public Bar start(String label, long total) {
      return this;
    }

    @Override
    public void print(String line) {}

    @Override
    public void step(long done, Field... fields) {}

    @Override
    public void close() {}
  }

  /**
   * Shows a line that is redrawn in place where this process talks to a terminal, and otherwise a
   * plain line every ten seconds. The width of the terminal is taken from {@code COLUMNS}, which
   * shells set but do not export: without it, 80.
   *
   * @param out where to show it, for instance {@code System.err}
   */
  static Progress to(PrintStream out) {
    boolean terminal =
        Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent()
            && !"dumb".equals(System.getenv("TERM"));
    return terminal
        ? ConsoleProgress.redrawn(out, columns(System.getenv("COLUMNS")), System::nanoTime)
        : ConsoleProgress.lines(out, System::nanoTime);
  }

  private static int columns(String text) {
    return text != null && text.matches("[1-9]\\d{1,3}") ? Integer.parseInt(text) : 80;
  }
}
