package dev.merapi.cli;

import dev.merapi.recipe.Recipe;
import dev.merapi.recipe.Search;
import dev.merapi.recipe.Search.Method;
import dev.merapi.recipe.Search.Summary;
import dev.merapi.recipe.SearchResult;
import dev.merapi.tensor.MerapiException;
import dev.merapi.train.Interrupts;
import dev.merapi.train.StudyWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code merapi tune}: looks for the best settings of a recipe. */
@Command(
    name = "tune",
    description =
        "Looks for the best settings of a recipe: trains it with many, and ranks them by the"
            + " validation data. The test data are not looked at.",
    mixinStandardHelpOptions = true)
final class Tune implements Callable<Integer> {
  private static final int SHOWN = 10;
  private static final int TRIALS = 20;

  @Spec private CommandSpec spec;
  @Mixin private Output output;
  @Mixin private RecipeOptions options;

  @Parameters(
      arity = "0..1",
      paramLabel = "RECIPE",
      description = "A recipe's name, or a file that ends with .yaml.")
  private Optional<String> recipe;

  @Option(
      names = "--space",
      paramLabel = "FILE|KEY=VALUES",
      description =
          "What is searched: a YAML file of settings, each with a list of choices or"
              + " {from: …, to: …, scale: linear|log, steps: …}; or one setting, for instance"
              + " training.batch=16,32,64. May be repeated.")
  private List<String> spaces = List.of();

  @Option(
      names = "--method",
      paramLabel = "grid|random|halving",
      description =
          "All combinations, some by chance, or some by chance of which the better half goes on for"
              + " longer (anew, for more epochs), again and again; by default random.")
  private Optional<Method> method;

  @Option(
      names = "--trials",
      paramLabel = "N",
      description = "Combinations that chance chooses; by default 20. A grid takes all.")
  private Optional<Integer> trials;

  @Option(
      names = "--metric",
      paramLabel = "NAME",
      description =
          "Ranks the trials, and the epochs of each: loss, or one of the recipe's"
              + " evaluation.metrics; by default the recipe's evaluation.best_by.")
  private Optional<String> metric;

  @Option(
      names = "--parallel",
      paramLabel = "N",
      description =
          "Trainings at a time, as far as the memory goes; by default ${DEFAULT-VALUE}, for one"
              + " training uses every core where its network is not small.",
      defaultValue = "1")
  private int parallel;

  @Option(
      names = "--resume",
      paramLabel = "FOLDER",
      description = "Goes on with a search, and repeats no training that is finished.")
  private Optional<Path> resume;

  @Override
  public Integer call() {
    check();
    if (resume.isEmpty()) {
      var search = prepare(recipe.orElseThrow());
      try (var study =
          StudyWriter.create(
              options.runs(),
              "tune-" + search.recipe().name(),
              search.recipe().yaml(),
              options.environment(search.recipe(), Map.of("train", search.fingerprint())),
              search.study())) {
        search.save(study);
        return run(search, study);
      }
    }
    try (var study = StudyWriter.resume(resume.get())) {
      var search = Search.resume(study, output.downloads());
      recipe.ifPresent(name -> prepare(name).requireSame(search));
      output.line("%d trainings are finished already".formatted(search.finished()));
      return run(search, study);
    }
  }

  private void check() {
    if (parallel < 1) {
      throw new MerapiException("--parallel %d trains nothing; give 1 or more".formatted(parallel));
    }
    if (trials.isPresent() && trials.get() < 1) {
      throw new MerapiException(
          "--trials %d tries nothing; give 1 or more".formatted(trials.get()));
    }
    if (method.equals(Optional.of(Method.GRID))) {
      output.refuse(trials, "a grid has all combinations; leave --trials away");
    }
    if (recipe.isEmpty() && resume.isEmpty()) {
      throw new ParameterException(
          spec.commandLine(),
          "Name a recipe and what to search, for instance: merapi tune digits --space"
              + " training.batch=16,32,64");
    }
    boolean isChanged =
        !spaces.isEmpty()
            || method.isPresent()
            || trials.isPresent()
            || metric.isPresent()
            || options.data().isPresent()
            || options.changeSome()
            || options.changeMore();
    if (recipe.isEmpty() && isChanged) {
      throw new ParameterException(
          spec.commandLine(),
          "A search that goes on keeps its settings: give --resume alone (and --parallel), or the"
              + " whole command again.");
    }
  }

  private Search prepare(String name) {
    var changes = new ArrayList<String>();
    metric.ifPresent(word -> changes.add("evaluation.best_by=" + word));
    Recipe.Training training = options.training(name, changes);
    output.line("%s: %s".formatted(training.name(), training.summary()));
    return Search.prepare(
        training,
        spaces,
        method.orElse(Method.RANDOM),
        trials.orElse(TRIALS),
        options.data(),
        output.downloads());
  }

  private int run(Search search, StudyWriter study) {
    output.line(search.plan());
    search.notes().forEach(note -> output.line("note: " + note));
    try (var interrupts =
        Interrupts.listen(() -> output.line("stopping after this step (again: at once)"))) {
      Summary summary;
      try (var progress = output.progress()) {
        summary =
            search.run(
                study,
                parallel,
                Machine.offHeapLimit(),
                progress,
                this::tell,
                interrupts::requested);
      }
      finish(search, summary, study);
      return summary.ending().equals("complete") ? 0 : Output.INTERRUPTED;
    }
  }

  private void tell(SearchResult result) {
    output.line(
        "trial %-3d %d epochs  %s  %s"
            .formatted(
                result.trial(),
                result.epochs(),
                result
                    .score()
                    .map(_ -> Reading.scores(result.validation()))
                    .orElseGet(() -> "failed: " + result.reason()),
                values(result.values())));
  }

  private static String values(Map<String, Object> values) {
    var names = SearchResult.names(List.copyOf(values.keySet()));
    return values.entrySet().stream()
        .map(entry -> names.get(entry.getKey()) + "=" + entry.getValue())
        .collect(Collectors.joining(" "));
  }

  private void finish(Search search, Summary summary, StudyWriter study) {
    if (!summary.ranking().isEmpty()) {
      table(summary).forEach(output::line);
      output.draw(() -> search.picture(summary).write(study.file("trials.png")));
    }
    output.line("study " + study.folder());
    if (summary.ending().equals("interrupted")) {
      output.line("stopped after %d trainings; go on with".formatted(summary.trainings()));
      output.line("  ./merapi tune --resume " + study.folder());
    } else {
      summary
          .best()
          .ifPresent(
              best ->
                  output.line(
                      "next  ./merapi train %s%s"
                          .formatted(
                              best,
                              search.study().data().isEmpty()
                                  ? ""
                                  : " --data " + search.study().data())));
    }
    output.json(summary);
  }

  /** The best trials, one a line, below the names of their columns. */
  private static List<String> table(Summary summary) {
    var paths = List.copyOf(summary.ranking().getFirst().values().keySet());
    var names = SearchResult.names(paths);
    var rows = new ArrayList<List<String>>();
    var head = new ArrayList<>(List.of("rank", "trial", "epochs", summary.metric()));
    paths.forEach(path -> head.add(names.get(path)));
    rows.add(head);
    for (int i = 0; i < Math.min(SHOWN, summary.ranking().size()); i++) {
      var result = summary.ranking().get(i);
      var row =
          new ArrayList<>(
              List.of(
                  Integer.toString(i + 1),
                  Integer.toString(result.trial()),
                  Integer.toString(result.epochs()),
                  result
                      .score()
                      .map(score -> Reading.score(summary.metric(), score))
                      .orElse("failed")));
      paths.forEach(path -> row.add(String.valueOf(result.values().get(path))));
      rows.add(row);
    }
    var lines = new ArrayList<String>();
    for (var row : rows) {
      var line = new StringBuilder();
      for (int column = 0; column < row.size(); column++) {
        int at = column;
        int width = rows.stream().mapToInt(each -> each.get(at).length()).max().orElse(1);
        line.append(("%-" + width + "s  ").formatted(row.get(column)));
      }
      lines.add(line.toString().stripTrailing());
    }
    if (summary.ranking().size() > SHOWN) {
      lines.add("… and %d more, in %s".formatted(summary.ranking().size() - SHOWN, Search.TRIALS));
    }
    return lines;
  }
}
