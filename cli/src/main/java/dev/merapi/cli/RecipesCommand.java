package dev.merapi.cli;

import dev.merapi.recipe.Recipe;
import dev.merapi.recipe.RecipeSchema;
import dev.merapi.recipe.Recipes;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code merapi recipes}: lists the recipes, or shows one with every setting. */
@Command(
    name = "recipes",
    description = "Lists the recipes and what to expect of them.",
    mixinStandardHelpOptions = true,
    subcommands = {RecipesCommand.Show.class, RecipesCommand.Schema.class})
final class RecipesCommand implements Callable<Integer> {
  @Mixin private Output output;

  /** What {@code --json} prints for each recipe. */
  record Listed(String name, String summary, String expected) {
    static Listed of(Recipe recipe) {
      return new Listed(recipe.name(), recipe.summary(), recipe.expected());
    }
  }

  @Override
  public Integer call() {
    var recipes = Recipes.all();
    for (var recipe : recipes) {
      output.line("%-18s %s".formatted(recipe.name(), recipe.summary()));
      output.line("%-18s → %s".formatted("", recipe.expected()));
    }
    output.line("");
    output.line(
        "./merapi train NAME trains one, ./merapi recipes show NAME prints it, with --full every"
            + " setting");
    output.json(recipes.stream().map(Listed::of).toList());
    return 0;
  }

  /** {@code merapi recipes show NAME}. */
  @Command(
      name = "show",
      description = "Prints a recipe as it was written, or with every setting.",
      mixinStandardHelpOptions = true)
  static final class Show implements Callable<Integer> {
    @Mixin private Output output;

    @Parameters(paramLabel = "NAME", description = "A recipe's name, or a file.")
    private String name;

    @Option(names = "--set", paramLabel = "KEY=VALUE", description = "Replaces a setting.")
    private List<String> settings = List.of();

    @Option(names = "--full", description = "Print every setting, the defaults too.")
    private boolean full;

    @Override
    public Integer call() {
      var recipe = Recipes.load(name, settings);
      boolean asWritten = settings.isEmpty() && !full;
      output.line((asWritten ? Recipes.text(name) : recipe.yaml()).stripTrailing());
      return 0;
    }
  }

  /** {@code merapi recipes schema}. */
  @Command(
      name = "schema",
      description =
          "Prints a JSON schema of recipes, by which editors complete and check them: save it, and"
              + " begin a recipe with `# yaml-language-server: $schema=FILE`.",
      mixinStandardHelpOptions = true)
  static final class Schema implements Callable<Integer> {
    @Mixin private Output output;

    @Override
    public Integer call() {
      output.line(Json.pretty(RecipeSchema.of()));
      return 0;
    }
  }
}
