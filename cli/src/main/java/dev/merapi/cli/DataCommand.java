package dev.merapi.cli;

import dev.merapi.data.NamedSet;
import dev.merapi.table.BadRows;
import dev.merapi.table.NamedTable;
import dev.merapi.table.ReadOptions;
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
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code merapi data}: looks at data. */
@Command(
    name = "data",
    description = "Looks at data.",
    mixinStandardHelpOptions = true,
    subcommands = {DataCommand.Show.class, DataCommand.Sets.class})
final class DataCommand implements Callable<Integer> {
  @Mixin private Output output;

  @Override
  public Integer call() {
    output.line("./merapi data show PATH tells what is in a table");
    output.line("./merapi data list tells which sets are known by name");
    return 0;
  }

  /** {@code merapi data list}. */
  @Command(
      name = "list",
      description =
          "Lists the data sets that are known by name: where each is on this machine, or where it"
              + " comes from when a recipe wants it.",
      mixinStandardHelpOptions = true)
  static final class Sets implements Callable<Integer> {
    @Mixin private Output output;

    /** What {@code --json} prints for each. */
    record Listed(
        String name,
        String kind,
        String summary,
        List<String> files,
        Optional<String> here,
        boolean downloads,
        long bytes) {
      static Listed of(NamedSet set) {
        return new Listed(
            set.name(),
            set.kind().name().toLowerCase(Locale.ROOT),
            set.summary(),
            set.files(),
            set.here().map(file -> file.getParent().toString()),
            !set.downloads().isEmpty(),
            set.bytes());
      }
    }

    @Override
    public Integer call() {
      for (var set : NamedSet.all()) {
        var kind = set.kind().name().toLowerCase(Locale.ROOT);
        output.line("%-18s  %-8s  %s".formatted(set.name(), kind, set.summary()));
        output.line("%-18s  %-8s  → %s".formatted("", "", where(set)));
      }
      output.json(NamedSet.all().stream().map(Listed::of).toList());
      return 0;
    }

    private static String where(NamedSet set) {
      return set.here()
          .map(file -> file.getParent().toString())
          .orElseGet(
              () ->
                  set.downloads().isEmpty()
                      ? "not here; get it from " + set.publisher()
                      : String.format(
                          Locale.ROOT,
                          "downloaded when it is wanted (%.1f MB, from %s)",
                          set.bytes() / 1e6,
                          set.publisher()));
    }
  }

  /** {@code merapi data show PATH}. */
  @Command(
      name = "show",
      description =
          "Tells what is in a table: columns, missing cells, classes, ranges; and draws"
              + " histograms.",
      mixinStandardHelpOptions = true)
  static final class Show implements Callable<Integer> {
    private static final int WORDS = 8;
    private static final int CHARTS = 12;

    @Mixin private Output output;

    @Parameters(
        paramLabel = "PATH",
        description = "A file (.csv, .tsv, .jsonl, .arff, .parquet), or the name of a known table.")
    private String path;

    @Option(
        names = "--png",
        paramLabel = "FILE",
        description = "Draw histograms of the columns of numbers.")
    private Optional<Path> png;

    @Option(
        names = "--on-bad-row",
        paramLabel = "fail|skip",
        description = "What to do with a row that cannot be read; by default ${DEFAULT-VALUE}.",
        defaultValue = "skip")
    private BadRows.Policy onBadRow;

    /** What {@code --json} prints. */
    record Shown(String source, String fingerprint, TableSummary summary, long badRows) {}

    @Override
    public Integer call() {
      var source =
          TableSource.of(
              NamedTable.locate(path, Optional.empty(), output.downloads()), ReadOptions.DEFAULT);
      var bad = BadRows.of(onBadRow);
      var summary = TableSummary.of(source, bad);
      output.line(
          "%s: %d rows, %d columns, fingerprint %s"
              .formatted(
                  source.name(),
                  summary.rows(),
                  summary.columns().size(),
                  source.fingerprint().substring(0, 12)));
      if (bad.count() > 0) {
        output.line("note: " + bad.summary(source.name()));
      }
      int width =
          summary.columns().stream().mapToInt(c -> c.field().name().length()).max().orElse(1);
      summary.columns().forEach(column -> output.line(line(column, Math.min(width, 40))));
      png.ifPresent(file -> draw(summary, file));
      output.json(new Shown(source.name(), source.fingerprint(), summary, bad.count()));
      return 0;
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

    private void draw(TableSummary summary, Path file) {
      var charts =
          summary.columns().stream()
              .filter(column -> !column.bars().isEmpty() && !Double.isNaN(column.min()))
              .limit(CHARTS)
              .map(Show::histogram)
              .toList();
      if (charts.isEmpty()) {
        output.line("no histograms: there are no columns of numbers");
        return;
      }
      Charts.write(file, charts);
      output.line("histograms of %d columns: %s".formatted(charts.size(), file));
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
}
