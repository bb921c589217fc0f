package dev.merapi.cli;

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
        "Writes a recipe for your table; asks for what no option says, where there is a terminal.",
    mixinStandardHelpOptions = true)
final class Init implements Callable<Integer> {
  @Mixin private Output output;

  @Parameters(paramLabel = "TABLE", description = "A file: .csv, .tsv, .jsonl, .arff, .parquet.")
  private Path table;

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
      description = "Where the recipe goes; by default the table's name, with .yaml.")
  private Optional<Path> out;

  @Option(names = "--yes", description = "Ask nothing: take what the table looks like.")
  private boolean yes;

  /** What {@code --json} prints. */
  record Written(String recipe, String target, String task) {}

  @Override
  public Integer call() {
    if (Files.isDirectory(table)) {
      throw new MerapiException(
          table + ": this is a folder, and init writes recipes for tables; give a file");
    }
    var starter = TableStarter.of(table);
    var console = Optional.ofNullable(yes ? null : System.console()).filter(Console::isTerminal);
    var column = target.orElseGet(() -> ask(console, "column to predict", starter.target()));
    var chosen =
        task.map(Init::task)
            .orElseGet(() -> task(ask(console, "task", word(starter.task(column)))));
    var name = TableStarter.name(table);
    var file = out.orElse(Path.of(name + ".yaml"));
    if (Files.exists(file)) {
      throw new MerapiException(file + ": it is there already; name another with --out");
    }
    AtomicFiles.write(file, starter.recipe(name, column, chosen).getBytes(StandardCharsets.UTF_8));
    output.line("%s: predicts %s (%s)".formatted(file, column, word(chosen)));
    output.line("next  ./merapi train " + file);
    output.json(new Written(file.toString(), column, word(chosen)));
    return 0;
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
