package dev.merapi.cli;

import dev.merapi.watch.RunFilter;
import dev.merapi.watch.RunRecord;
import dev.merapi.watch.RunSql;
import dev.merapi.watch.Runs;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.ScopeType;

/** {@code merapi runs}: lists, compares, tags and deletes runs. */
@Command(
    name = "runs",
    description =
        "Lists the runs in a folder; with a word behind it, compares, tags, deletes them.",
    mixinStandardHelpOptions = true,
    subcommands = {
      RunsCommand.Compare.class,
      RunsCommand.Tag.class,
      RunsCommand.Delete.class,
      RunsCommand.Restore.class,
      RunsCommand.Trash.class
    })
final class RunsCommand implements Callable<Integer> {
  private static final List<String> COLUMNS = List.of("name", "state", "started", "steps");
  private static final List<String> SCORES =
      List.of("train_loss", "val_loss", "test_loss", "test_accuracy");

  @Mixin private Output output;

  @Option(
      names = "--runs",
      paramLabel = "FOLDER",
      description = "Where the runs are; by default ${DEFAULT-VALUE}.",
      defaultValue = "runs",
      scope = ScopeType.INHERIT)
  private Path folder;

  @Option(
      names = "--where",
      paramLabel = "CONDITION",
      description =
          "Only runs that fulfil it: val_loss<0.5, min.val_loss<0.4, recipe=digits, tag=good,"
              + " state=running, training.batch=32, env.java=25.0.3, name~cnn. May be repeated.")
  private List<String> conditions = List.of();

  @Option(
      names = "--sort",
      paramLabel = "KEY",
      description = "Sorts by a value, the least first; by default started, the newest first.")
  private Optional<String> sort;

  @Option(names = "--reverse", description = "Turns the order around.")
  private boolean reverse;

  @Option(
      names = "--columns",
      paramLabel = "KEY,…",
      split = ",",
      description = "What is shown beside the name, e.g. seed,training.batch,min.val_loss.")
  private List<String> columns = List.of();

  @Option(
      names = "--sql",
      paramLabel = "QUERY",
      description =
          "Asks DuckDB: the table runs has a row for each run, the table metrics all that was"
              + " measured.")
  private Optional<String> sql;

  private Runs runs() {
    return new Runs(folder);
  }

  @Override
  public Integer call() {
    var found = new ArrayList<>(runs().all());
    conditions.forEach(text -> found.removeIf(RunFilter.condition(text).negate()));
    found.sort(RunFilter.by(sort.orElse("started"), sort.isPresent() ? reverse : !reverse));
    if (sql.isPresent()) {
      answer(RunSql.query(found, sql.get()));
      return 0;
    }
    var shown = new ArrayList<>(columns.isEmpty() ? COLUMNS : List.of("name"));
    shown.addAll(columns);
    if (columns.isEmpty()) {
      SCORES.stream()
          .filter(key -> found.stream().anyMatch(run -> run.value(key).isPresent()))
          .forEach(shown::add);
      if (found.stream().anyMatch(run -> !run.tags().isEmpty())) {
        shown.add("tags");
      }
    }
    var rows = new ArrayList<>(List.of(List.copyOf(shown)));
    found.forEach(
        run -> rows.add(shown.stream().map(key -> text(run.value(key).orElse(""))).toList()));
    if (found.isEmpty()) {
      output.line("no run %sin %s".formatted(conditions.isEmpty() ? "" : "like that ", folder));
    } else {
      Columns.lines(rows).forEach(output::line);
    }
    output.json(found);
    return 0;
  }

  private void answer(RunSql.Rows answer) {
    var rows = new ArrayList<>(List.of(answer.columns()));
    var objects = new ArrayList<Map<String, String>>();
    for (var row : answer.rows()) {
      rows.add(row.stream().map(RunsCommand::text).toList());
      var object = new LinkedHashMap<String, String>();
      for (int c = 0; c < row.size(); c++) {
        object.put(answer.columns().get(c), text(row.get(c)));
      }
      objects.add(object);
    }
    Columns.lines(rows).forEach(output::line);
    output.json(objects);
  }

  /** A value as people read it. */
  private static String text(Object value) {
    return switch (value) {
      case null -> "";
      case Double number when number == Math.rint(number) && Math.abs(number) < 1e15 ->
          Long.toString(number.longValue());
      case Double number -> Columns.number(number);
      default -> value.toString();
    };
  }

  /** {@code merapi runs compare}. */
  @Command(
      name = "compare",
      description = "Shows in what runs differ: settings, surroundings, what was measured.",
      mixinStandardHelpOptions = true)
  static final class Compare implements Callable<Integer> {
    @Mixin private Output output;
    @ParentCommand private RunsCommand parent;

    @Parameters(arity = "2..*", paramLabel = "RUN", description = "Names or folders.")
    private List<String> names;

    @Override
    public Integer call() {
      var runs = parent.runs();
      var found = names.stream().map(runs::find).toList();
      var rows = new ArrayList<List<String>>();
      var head = new ArrayList<>(List.of(""));
      found.forEach(run -> head.add(run.name()));
      rows.add(head);
      add(rows, "", found, run -> Collections.unmodifiableMap(run.settings()));
      add(rows, "env.", found, run -> Collections.unmodifiableMap(run.environment()));
      add(rows, "last ", found, Compare::last);
      Columns.lines(rows).forEach(output::line);
      output.json(found);
      return 0;
    }

    private static Map<String, String> last(RunRecord run) {
      var last = new LinkedHashMap<String, String>();
      run.measured().forEach((name, values) -> last.put(name, text(values.last())));
      return last;
    }

    /** The keys in which the runs differ. */
    private static void add(
        List<List<String>> rows,
        String prefix,
        List<RunRecord> runs,
        Function<RunRecord, Map<String, String>> part) {
      var keys = new LinkedHashSet<String>();
      runs.forEach(run -> keys.addAll(part.apply(run).keySet()));
      for (var key : keys) {
        var values = runs.stream().map(run -> part.apply(run).getOrDefault(key, "–")).toList();
        if (values.stream().distinct().count() > 1) {
          var row = new ArrayList<>(List.of(prefix + key));
          row.addAll(values);
          rows.add(row);
        }
      }
    }
  }

  /** {@code merapi runs tag}. */
  @Command(
      name = "tag",
      description = "Adds tags to a run, and takes tags away.",
      mixinStandardHelpOptions = true)
  static final class Tag implements Callable<Integer> {
    @Mixin private Output output;
    @ParentCommand private RunsCommand parent;

    @Parameters(index = "0", paramLabel = "RUN", description = "A name or folder.")
    private String name;

    @Parameters(index = "1..*", paramLabel = "TAG", description = "What to add.")
    private List<String> add = List.of();

    @Option(
        names = "--remove",
        paramLabel = "TAG",
        description = "What to take away; may be repeated.")
    private List<String> remove = List.of();

    @Override
    public Integer call() {
      var runs = parent.runs();
      var tags = runs.tag(runs.find(name), add, remove);
      output.line(tags.isEmpty() ? "no tags" : "tags " + String.join(" ", tags));
      output.json(Map.of("tags", tags));
      return 0;
    }
  }

  /** {@code merapi runs delete}. */
  @Command(
      name = "delete",
      description = "Moves runs to the trash, from where `runs restore` brings them back.",
      mixinStandardHelpOptions = true)
  static final class Delete implements Callable<Integer> {
    @Mixin private Output output;
    @ParentCommand private RunsCommand parent;

    @Parameters(arity = "1..*", paramLabel = "RUN", description = "Names or folders.")
    private List<String> names;

    @Override
    public Integer call() {
      var runs = parent.runs();
      // All of them are there before the first one goes.
      for (var run : names.stream().map(runs::find).toList()) {
        var at = runs.delete(run);
        output.line("moved to " + at);
        output.line("  ./merapi runs restore " + at.getFileName());
      }
      return 0;
    }
  }

  /** {@code merapi runs restore}. */
  @Command(
      name = "restore",
      description = "Brings runs back from the trash.",
      mixinStandardHelpOptions = true)
  static final class Restore implements Callable<Integer> {
    @Mixin private Output output;
    @ParentCommand private RunsCommand parent;

    @Parameters(arity = "1..*", paramLabel = "RUN", description = "Names in the trash.")
    private List<String> names;

    @Override
    public Integer call() {
      names.forEach(name -> output.line("back at " + parent.runs().restore(name)));
      return 0;
    }
  }

  /** {@code merapi runs trash}. */
  @Command(
      name = "trash",
      description = "Lists what is in the trash, or deletes it for good.",
      mixinStandardHelpOptions = true)
  static final class Trash implements Callable<Integer> {
    @Mixin private Output output;
    @ParentCommand private RunsCommand parent;

    @Option(names = "--empty", description = "Deletes what is in the trash, for good.")
    private boolean empty;

    @Override
    public Integer call() {
      var runs = parent.runs();
      var there = runs.trash();
      if (empty) {
        runs.emptyTrash();
        output.line("%d deleted for good".formatted(there.size()));
      } else {
        there.forEach(name -> output.line(Columns.printable(name)));
      }
      output.json(Map.of("trash", there));
      return 0;
    }
  }
}
