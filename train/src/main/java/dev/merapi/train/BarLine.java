package dev.merapi.train;

import dev.merapi.train.Progress.Field;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * A piece of work as one line of text: its label, a bar, how many steps are done, the time that is
 * left, and fields as far as they fit. For displays; not for several threads at a time.
 */
public final class BarLine {
  private static final int BAR = 16;

  private final String label;
  private final long total;
  private final long begin;
  private final char full;
  private final char empty;
  private long done;
  private List<Field> fields = List.of();
  private long firstDone = -1;
  private long firstTime;

  /**
   * A line of nothing done yet.
   *
   * @param label what the work is
   * @param total how many steps it takes
   * @param now the time in nanoseconds, of a clock that only goes on
   * @param blocks whether the bar may be of block elements instead of ASCII
   */
  public BarLine(String label, long total, long now, boolean blocks) {
    this.label = label;
    this.total = total;
    this.begin = now;
    this.full = blocks ? '█' : '#';
    this.empty = blocks ? '░' : '.';
  }

  /** Says how far the work is; see {@link Progress.Bar#step}. */
  public void step(long done, long now, Field... fields) {
    this.done = done;
    this.fields = List.of(fields);
    if (firstDone < 0) {
      // The first step compiles, and says nothing about the pace of the others.
      firstDone = done;
      firstTime = now;
    }
  }

  /** The values beside the bar, as they were last told. */
  public List<Field> fields() {
    return fields;
  }

  /** The line with the time that is left. */
  public String underWay(long now, int columns) {
    return line(left(now), columns, fields);
  }

  /** The same without the fields. */
  public String alone(long now, int columns) {
    return line(left(now), columns, List.of());
  }

  /** The line with the time that the work took. */
  public String ended(long now, int columns) {
    return line(time(now - begin), columns, fields);
  }

  private String left(long now) {
    if (done <= firstDone) {
      return "-:--";
    }
    double pace = (double) (now - firstTime) / (done - firstDone);
    return "ETA " + time((long) (pace * Math.max(0, total - done)));
  }

  private String line(String time, int columns, List<Field> shown) {
    double part = total == 0 ? 1 : Math.clamp((double) done / total, 0, 1);
    int filled = (int) (part * BAR);
    var text =
        new StringBuilder(label)
            .append(' ')
            .repeat(full, filled)
            .repeat(empty, BAR - filled)
            .append(" %d/%d  %s".formatted(done, total, time));
    for (var field : shown) {
      var next = "  " + field.name() + " " + field.value();
      // A line that reaches the last column wraps in some terminals, and could not be redrawn.
      if (text.length() + next.length() >= columns) {
        break;
      }
      text.append(next);
    }
    return text.length() < columns ? text.toString() : text.substring(0, columns - 1);
  }

  /** {@code 0:05}, {@code 2:03:09}. */
  public static String time(long nanoseconds) {
    var time = Duration.ofNanos(nanoseconds);
    return time.toHours() > 0
        ? String.format(
            Locale.ROOT, "%d:%02d:%02d", time.toHours(), time.toMinutesPart(), time.toSecondsPart())
        : String.format(Locale.ROOT, "%d:%02d", time.toMinutesPart(), time.toSecondsPart());
  }
}
