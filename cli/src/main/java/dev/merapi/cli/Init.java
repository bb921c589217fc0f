package dev.merapi.cli;

import dev.merapi.data.NamedSet;
import dev.merapi.recipe.DataKind;
import dev.merapi.recipe.MediaStarter;
import dev.merapi.recipe.TableStarter;
import dev.merapi.recipe.TableStarter.Task;
import dev.merapi.tensor.MerapiException;
import dev.merapi.train.AtomicFiles;
import java.io.Console;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code merapi init}: writes a recipe for the user's own data. */
@Command(
    name = "init",
    description =
        "Writes a recipe for your table, your folder of pictures or sounds, or your text; asks for"
            + " what no option says, where there is a terminal.",
    mixinStandardHelpOptions = true)
final class Init implements Callable<Integer> {
  @Mixin private Output output;

  @Parameters(
      paramLabel = "PATH",
      arity = "0..1",
      description =
          "A table (.csv, .tsv, .jsonl, .arff, .parquet), a text (.txt or a folder of them), or a"
              + " folder or a zip with one folder a class.")
  private Optional<Path> place;

  @Option(
      names = "--query",
      paramLabel = "SQL",
      description = "A table that a query gives, by DuckDB: SELECT * FROM 'homes.parquet'.")
  private Optional<String> query;

  @Option(
      names = "--connection",
      paramLabel = "JDBC",
      description = "The address of another database that --query asks.")
  private Optional<String> connection;

  @Option(
      names = "--kind",
      paramLabel = "KIND",
      description = "What it is, where its name does not tell: ${COMPLETION-CANDIDATES}.")
  private Optional<NamedSet.Kind> kind;

  @Option(
      names = "--label",
      paramLabel = "REGEX",
      description =
          "Where folders are no classes: its first group in a file's name is the file's class.")
  private Optional<String> label;

  @Option(names = "--target", paramLabel = "COLUMN", description = "The column to predict.")
  private Optional<String> target;

  @Option(
      names = "--task",
      paramLabel = "TASK",
      description =
          "classification, regression or time-series; by default what the target looks like.")
  private Optional<String> task;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "Where the recipe goes; by default the data's name, with .yaml.")
  private Optional<Path> out;

  @Option(names = "--yes", description = "Ask nothing: take what the table looks like.")
  private boolean yes;

  /** What {@code --json} prints. */
  record Written(String recipe, String target, String task) {}

  /** What {@code --json} prints for pictures, sounds and texts. */
  record Begun(String recipe, String kind) {}

  @Override
  public Integer call() {
    if (place.isPresent() == query.isPresent()) {
      throw new MerapiException("init: give a PATH or a --query, and not both");
    }
    var name = place.map(TableStarter::name).orElse("query");
    var file = out.orElse(Path.of(name + ".yaml"));
    if (Files.exists(file)) {
      throw new MerapiException(file + ": it is there already; name another with --out");
    }
    if (query.isPresent()) {
      return table(TableStarter.query(query.get(), connection), name, file);
    }
    var data = place.orElseThrow();
    var what = kind.orElseGet(() -> DataKind.of(data));
    if (what == NamedSet.Kind.TABLE) {
      return table(TableStarter.of(data), name, file);
    }
    output.refuse(target, "init: --target is for tables; leave it out");
    output.refuse(task, "init: --task is for tables; leave it out");
    var recipe =
        switch (what) {
          case PICTURES -> MediaStarter.pictures(data, name, label);
          case SOUNDS -> MediaStarter.sounds(data, name, label);
          default -> MediaStarter.text(data, name);
        };
    var word = what.name().toLowerCase(Locale.ROOT);
    write(file, recipe, "learns from " + word);
    output.json(new Begun(file.toString(), word));
    return 0;
  }

  private int table(TableStarter starter, String name, Path file) {
    var console = Optional.ofNullable(yes ? null : System.console()).filter(Console::isTerminal);
    var column = target.orElseGet(() -> ask(console, "column to predict", starter.target()));
    var chosen =
        task.map(Init::task)
            .orElseGet(() -> task(ask(console, "task", word(starter.task(column)))));
    write(
        file,
        starter.recipe(name, column, chosen),
        "predicts %s (%s)".formatted(column, word(chosen)));
    output.json(new Written(file.toString(), column, word(chosen)));
    return 0;
  }

  private void write(Path file, String recipe, String what) {
    AtomicFiles.write(file, recipe.getBytes(StandardCharsets.UTF_8));
    output.line("%s: %s".formatted(file, what));
    output.line("next  ./merapi train " + file);
  }

  /** Asks, where there is someone; an empty answer is the suggestion. */
  private static String ask(Optional<Console> console, String what, String suggestion) {
    return console
        .map(terminal -> terminal.readLine("%s [%s]: ", what, suggestion))
        .map(String::strip)
        .filter(answer -> !answer.isEmpty())
        .orElse(suggestion);
  }

  private static String word(Task task) {
    return task.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static Task task(String word) {
    for (var each : Task.values()) {
      if (word(each).equals(word)) {
        return each;
      }
    }
    throw new MerapiException(
        "there is no task `%s`; there are classification, regression and time-series"
            .formatted(word));
  }
}
