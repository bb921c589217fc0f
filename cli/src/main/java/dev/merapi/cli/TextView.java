package dev.merapi.cli;

import dev.merapi.text.TextFiles;
import dev.merapi.text.TextSummary;
import dev.merapi.text.TextSummary.Count;
import dev.merapi.train.Chart;
import dev.merapi.train.Chart.Point;
import dev.merapi.train.Chart.Series;
import dev.merapi.train.Chart.Style;
import dev.merapi.train.Charts;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** What a text is like, for people. */
final class TextView {
  private TextView() {}

  /** What {@code --json} prints. */
  record Shown(String source, TextSummary summary) {}

  static DataView of(Path place) {
    var summary = TextSummary.of(TextFiles.of(place));
    var lines =
        List.of(
            "%s: %d characters, %d words, %d lines in %d file%s, fingerprint %s"
                .formatted(
                    place,
                    summary.characters(),
                    summary.words(),
                    summary.lines(),
                    summary.files(),
                    summary.files() == 1 ? "" : "s",
                    summary.fingerprint().substring(0, 12)),
            "characters  %d different: %s".formatted(summary.distinct(), counts(summary.common())),
            "words       " + counts(summary.commonWords()),
            "lines       up to %d characters".formatted(summary.longest()));
    return new DataView(
        lines,
        new Shown(place.toString(), summary),
        Optional.of(() -> Charts.png(List.of(lengths(summary)))),
        "a histogram of the lines' lengths");
  }

  private static String counts(List<Count> counts) {
    return counts.stream()
        .map(count -> shown(count.what()) + " " + count.count())
        .collect(Collectors.joining(", "));
  }

  private static String shown(String what) {
    return switch (what) {
      case " " -> "space";
      case "\n" -> "line end";
      case "\t" -> "tab";
      case "\r" -> "carriage return";
      default -> what;
    };
  }

  /** The outline of bars, each twice as wide as the one before. */
  private static Chart lengths(TextSummary summary) {
    var outline = new ArrayList<Point>();
    for (int octave = 0; octave < summary.lengths().size(); octave++) {
      long count = summary.lengths().get(octave);
      outline.add(new Point(octave, count));
      outline.add(new Point(octave + 1, count));
    }
    return Chart.of(
        "length of lines",
        "characters, as a power of 2",
        "lines",
        new Series("lines", outline, Style.LINE));
  }
}
