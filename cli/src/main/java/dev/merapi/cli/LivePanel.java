package dev.merapi.cli;

import dev.merapi.train.BarLine;
import dev.merapi.train.Progress.Field;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jline.utils.AttributedString;
import org.jline.utils.AttributedStringBuilder;
import org.jline.utils.AttributedStyle;

/**
 * What the live display shows: the pieces of work that are under way, how far the whole training
 * is, and every quantity with its latest value and its way so far.
 */
final class LivePanel {
  private static final int MOST_BARS = 48;
  private static final String VALIDATION = "val ";
  private static final AttributedStyle QUIET = AttributedStyle.DEFAULT.faint();
  private static final AttributedStyle TRAINING =
      AttributedStyle.DEFAULT.foreground(AttributedStyle.CYAN);
  private static final AttributedStyle HELD_OUT =
      AttributedStyle.DEFAULT.foreground(AttributedStyle.YELLOW);

  private final boolean blocks;
  private final List<BarLine> works = new ArrayList<>();
  private final Map<String, Trace> traces = new LinkedHashMap<>();
  private final Map<String, String> values = new LinkedHashMap<>();
  private final Trace memory = new Trace();
  private final long begin;
  private long wholeDone;
  private long wholeTotal;
  private long firstDone = -1;
  private long firstTime;

  LivePanel(boolean blocks, long now) {
    this.blocks = blocks;
    this.begin = now;
  }

  BarLine start(String label, long total, long now) {
    var work = new BarLine(label, total, now, blocks);
    works.add(work);
    return work;
  }

  void end(BarLine work) {
    works.remove(work);
  }

  void whole(long done, long total, long now) {
    wholeDone = done;
    wholeTotal = total;
    if (firstDone < 0) {
      firstDone = done;
      firstTime = now;
    }
  }

  /** Takes the values of these fields into their traces. */
  void measured(List<Field> fields) {
    for (var field : fields) {
      traces.computeIfAbsent(field.name(), _ -> new Trace()).add(field.number());
      values.put(field.name(), field.value());
    }
  }

  /** The lines, none of which reaches the last column. */
  List<AttributedString> lines(int columns, long now, OptionalLong residentBytes) {
    var lines = new ArrayList<AttributedString>();
    works.forEach(work -> lines.add(new AttributedString(work.alone(now, columns))));
    if (wholeTotal > 0) {
      lines.add(cut(columns, text(whole(now), QUIET)));
    }
    int name = 1 + names().stream().mapToInt(String::length).max().orElse(0);
    int value = 1 + values.values().stream().mapToInt(String::length).max().orElse(0);
    value = Math.max(value, "9999 MiB  ".length());
    for (var each : names()) {
      lines.add(row(each, name, values.get(each), value, traces.get(each), columns));
    }
    if (residentBytes.isPresent()) {
      memory.add((double) residentBytes.getAsLong());
      var size = "%d MiB".formatted(residentBytes.getAsLong() >> 20);
      lines.add(row("memory", Math.max(name, "memory ".length()), size, value, memory, columns));
    }
    return lines;
  }

  private AttributedString row(
      String name, int nameWidth, String value, int valueWidth, Trace trace, int columns) {
    int room = Math.min(MOST_BARS, columns - 2 - nameWidth - valueWidth - 2);
    var line = text("  " + pad(name, nameWidth), QUIET).append(pad(value, valueWidth));
    if (room >= 4) {
      var style = name.startsWith(VALIDATION) ? HELD_OUT : TRAINING;
      line.append(trace.bars(room, blocks), style);
    }
    return cut(columns, line);
  }

  /** In the order in which they came, each with what it is on held-out data behind it. */
  private List<String> names() {
    var names = new ArrayList<String>();
    for (var name : values.keySet()) {
      if (!name.startsWith(VALIDATION)) {
        names.add(name);
        if (values.containsKey(VALIDATION + name)) {
          names.add(VALIDATION + name);
        }
      } else if (!values.containsKey(name.substring(VALIDATION.length()))) {
        names.add(name);
      }
    }
    return names;
  }

  private String whole(long now) {
    var text =
        new StringBuilder(
            "step %d of %d, %d %%, %s so far"
                .formatted(
                    wholeDone,
                    wholeTotal,
                    100 * wholeDone / wholeTotal,
                    BarLine.time(now - begin)));
    if (wholeDone > firstDone) {
      double pace = (double) (now - firstTime) / (wholeDone - firstDone);
      text.append(", about ")
          .append(BarLine.time((long) (pace * Math.max(0, wholeTotal - wholeDone))))
          .append(" to go");
    }
    return text.toString();
  }

  private static AttributedStringBuilder text(String text, AttributedStyle style) {
    return new AttributedStringBuilder().append(text, style);
  }

  private static String pad(String text, int width) {
    return text + " ".repeat(Math.max(0, width - text.length()));
  }

  private static AttributedString cut(int columns, AttributedStringBuilder line) {
    return line.toAttributedString().columnSubSequence(0, columns - 1);
  }
}
