package dev.merapi.cli;

import dev.merapi.data.LabelledFiles.Naming;
import dev.merapi.data.NamedSet;
import dev.merapi.recipe.DataKind;
import dev.merapi.table.BadRows;
import dev.merapi.table.NamedTable;
import dev.merapi.table.ReadOptions;
import dev.merapi.table.TableSource;
import dev.merapi.tensor.MerapiException;
import dev.merapi.train.AtomicFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code merapi data show}. */
@Command(
    name = "show",
    description =
        "Tells what is in a table (columns, missing cells, classes, ranges), in a folder or a zip"
            + " of pictures or sounds (classes, sizes, broken files, copies), or in a text; and"
            + " draws histograms, or a contact sheet.",
    mixinStandardHelpOptions = true)
final class DataShow implements Callable<Integer> {
  @Mixin private Output output;

  @Parameters(
      paramLabel = "PATH",
      arity = "0..1",
      description =
          "A table (.csv, .tsv, .jsonl, .arff, .parquet), a text (.txt), a folder or a zip; or the"
              + " name of a known set.")
  private Optional<String> path;

  @Option(
      names = "--kind",
      paramLabel = "KIND",
      description = "What it is, where its name does not tell: ${COMPLETION-CANDIDATES}.")
  private Optional<NamedSet.Kind> kind;

  @Option(
      names = "--query",
      paramLabel = "SQL",
      description = "Show what a query gives, by DuckDB: SELECT * FROM 'homes.parquet'.")
  private Optional<String> query;

  @Option(
      names = "--connection",
      paramLabel = "JDBC",
      description = "The address of another database that --query asks.")
  private Optional<String> connection;

  @Option(
      names = "--label",
      paramLabel = "REGEX",
      description =
          "Where folders are no classes: its first group in a file's name is the file's class.")
  private Optional<String> label;

  @Option(
      names = "--png",
      paramLabel = "FILE",
      description = "Where the picture goes; by default the data's name with -data.png, here.")
  private Optional<Path> png;

  @Option(names = "--no-png", description = "Draw nothing.")
  private boolean undrawn;

  @Option(
      names = "--on-bad-row",
      paramLabel = "fail|skip",
      description = "What to do with a row that cannot be read; by default ${DEFAULT-VALUE}.",
      defaultValue = "skip")
  private BadRows.Policy onBadRow;

  @Override
  public Integer call() {
    if (path.isPresent() == query.isPresent()) {
      throw new MerapiException("data show: give a PATH or a --query, and not both");
    }
    var view = query.isPresent() ? table(query.get()) : view(path.orElseThrow());
    view.lines().forEach(output::line);
    if (!undrawn && view.picture().isEmpty()) {
      output.line(view.caption());
    } else if (!undrawn) {
      var file = png.orElseGet(this::beside);
      AtomicFiles.write(file, view.picture().get().get());
      output.line(view.caption() + ": " + file);
    }
    output.json(view.json());
    return 0;
  }

  private DataView table(String sql) {
    var source = TableSource.query(connection.orElse("jdbc:duckdb:"), sql, ReadOptions.DEFAULT);
    return TableView.of(source, onBadRow);
  }

  private DataView view(String name) {
    return PublishedView.of(name, output.downloads()).orElseGet(() -> other(name));
  }

  private DataView other(String name) {
    var known = NamedSet.find(name).filter(_ -> !Files.exists(Path.of(name)));
    var found = kind.or(() -> known.map(NamedSet::kind));
    var place = known.map(set -> place(set)).orElseGet(() -> Path.of(name));
    return switch (found.orElseGet(() -> kindOf(name, place))) {
      case PICTURES -> MediaView.pictures(place, naming());
      case SOUNDS -> MediaView.sounds(place, naming());
      case TEXT -> TextView.of(place);
      case TABLE ->
          TableView.of(
              TableSource.of(
                  NamedTable.locate(place.toString(), Optional.empty(), output.downloads()),
                  ReadOptions.DEFAULT),
              onBadRow);
    };
  }

  /** A name that is nowhere may be a table's that is written wrong. */
  private NamedSet.Kind kindOf(String name, Path place) {
    return Files.exists(place) || name.contains(".") ? DataKind.of(place) : NamedSet.Kind.TABLE;
  }

  private Path place(NamedSet set) {
    var file = set.locate(Optional.empty(), output.downloads());
    return switch (set.kind()) {
      case TABLE, TEXT -> file;
      case PICTURES, SOUNDS -> file.getParent();
    };
  }

  private Naming naming() {
    try {
      return new Naming(label.map(Pattern::compile), Optional.empty());
    } catch (PatternSyntaxException e) {
      throw new MerapiException(
          "--label: `%s` is no regular expression: %s"
              .formatted(e.getPattern(), e.getDescription()),
          e);
    }
  }

  private Path beside() {
    var name =
        path.map(each -> Path.of(each).toAbsolutePath().normalize().getFileName())
            .map(each -> each == null ? "data" : each.toString().replaceFirst("(?<=.)\\..*$", ""))
            .orElse("query");
    return Path.of(name + "-data.png");
  }
}
