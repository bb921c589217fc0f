package dev.merapi.cli;

import dev.merapi.table.BadRows;
import dev.merapi.table.TableSource;
import dev.merapi.table.TableSummary;
import dev.merapi.table.TableSummary.Column;
import dev.merapi.train.Chart;
import dev.merapi.train.Chart.Point;
import dev.merapi.train.Chart.Series;
import dev.merapi.train.Chart.Style;
import dev.merapi.train.Charts;
import java.math.BigDecimal;
import java.math.MathContext;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** What is in a table, for people. */
final class TableView {
  private static final int WORDS = 8;
  private static final int CHARTS = 12;

  private TableView() {}

  /** What {@code --json} prints. */
  record Shown(String source, String fingerprint, TableSummary summary, long badRows) {}

  static DataView of(TableSource source, BadRows.Policy policy) {
    var bad = BadRows.of(policy);
    var summary = TableSummary.of(source, bad);
    var lines = new ArrayList<String>();
    lines.add(
        "%s: %d rows, %d columns, fingerprint %s"
            .formatted(
                source.name(),
                summary.rows(),
                summary.columns().size(),
                source.fingerprint().substring(0, 12)));
    if (bad.count() > 0) {
      lines.add("note: " + bad.summary(source.name()));
    }
    int width = summary.columns().stream().mapToInt(c -> c.field().name().length()).max().orElse(1);
    summary.columns().forEach(column -> lines.add(line(column, Math.min(width, 40))));
    var charts = histograms(summary);
    return new DataView(
        lines,
        new Shown(source.name(), source.fingerprint(), summary, bad.count()),
        charts.isEmpty() ? Optional.empty() : Optional.of(() -> Charts.png(charts)),
        charts.isEmpty()
            ? "no histograms: there are no columns of numbers"
            : "histograms of %d columns".formatted(charts.size()));
  }

  private static String line(Column column, int width) {
    var type = column.field().type().name().toLowerCase(Locale.ROOT);
    var missing = column.missing() == 0 ? "" : "  %d missing".formatted(column.missing());
    return ("%-" + width + "s  %-8s  %s%s")
        .formatted(column.field().name(), type, values(column), missing);
  }

  private static String values(Column column) {
    return switch (column.field().type()) {
      case NUMERIC ->
          "%s to %s, mean %s, deviation %s"
              .formatted(
                  number(column.min()),
                  number(column.max()),
                  number(column.mean()),
                  number(column.deviation()));
      case TIME ->
          Double.isNaN(column.min())
              ? "no times"
              : Instant.ofEpochSecond((long) column.min())
                  + " to "
                  + Instant.ofEpochSecond((long) column.max());
      case CATEGORY, TEXT -> words(column);
    };
  }

  /** Five digits of a number. */
  private static String number(double value) {
    return Double.isNaN(value)
        ? "none"
        : new BigDecimal(value).round(new MathContext(5)).stripTrailingZeros().toPlainString();
  }

  /** {@code 3 words: setosa 50, versicolor 50, virginica 50}. */
  private static String words(Column column) {
    var shown =
        column.counts().stream()
            .limit(WORDS)
            .map(count -> count.word() + " " + count.count())
            .collect(Collectors.joining(", "));
    return "%d word%s: %s%s"
        .formatted(
            column.distinct(),
            column.distinct() == 1 ? "" : "s",
            shown,
            column.distinct() > WORDS ? ", …" : "");
  }

  /** Histograms of the first columns of numbers. */
  private static List<Chart> histograms(TableSummary summary) {
    return summary.columns().stream()
        .filter(column -> !column.bars().isEmpty() && !Double.isNaN(column.min()))
        .limit(CHARTS)
        .map(TableView::histogram)
        .toList();
  }

  /** The outline of the bars. */
  private static Chart histogram(Column column) {
    double half = (column.max() - column.min()) / TableSummary.BARS / 2;
    var outline =
        IntStream.range(0, TableSummary.BARS)
            .boxed()
            .flatMap(
                bar ->
                    List.of(
                        new Point(column.middle(bar) - half, column.bars().get(bar)),
                        new Point(column.middle(bar) + half, column.bars().get(bar)))
                        .stream())
            .toList();
    return Chart.of(
        column.field().name(),
        column.field().name(),
        "rows",
        new Series("rows", outline, Style.LINE));
  }
}
