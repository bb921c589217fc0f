package dev.merapi.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.merapi.recipe.Recipes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The commands and recipes that the pages name are there. */
final class ReadmeTest {
  private static final Path ROOT = Path.of(System.getProperty("merapi.root"));
  private static final Pattern COMMAND =
      Pattern.compile(
          "(?:^|[$ `(])\\./merapi((?: (?:\"[^\"]*\"|'[^']*'|[^\\s#`\"'])+)+)", Pattern.MULTILINE);
  private static final Pattern ARGUMENT = Pattern.compile("(?:\"[^\"]*\"|'[^']*'|[^\\s\"'])+");

  @ParameterizedTest
  @ValueSource(strings = {"README.md", "README.zh-CN.md", "CONTRIBUTING.md"})
  void everyCommandIsUnderstood(String page) throws IOException {
    var commands = COMMAND.matcher(read(page)).results().map(match -> match.group(1)).toList();
    assertTrue(commands.size() >= 1, "no commands in " + page);
    for (var command : commands) {
      var arguments =
          ARGUMENT
              .matcher(command)
              .results()
              .map(match -> match.group().replaceAll("[\"']", ""))
              .filter(argument -> !argument.startsWith("-D"))
              .toArray(String[]::new);
      var parsed = Main.commandLine().parseArgs(arguments).subcommand();
      if (parsed.commandSpec().userObject() instanceof Train) {
        var recipe = parsed.matchedPositionalValue(0, Optional.<String>empty());
        List<String> settings = parsed.matchedOptionValue("--set", List.of());
        recipe.ifPresent(name -> Recipes.load(name, settings));
      }
    }
  }

  @Test
  void theTableOfRecipesIsTheirs() throws IOException {
    var rows =
        Pattern.compile("^\\| `([a-z0-9-]+)` \\|[^|]*\\| ([^|]*) \\|", Pattern.MULTILINE)
            .matcher(read("README.md"))
            .results()
            .map(row -> row.group(1) + ": " + row.group(2))
            .toList();
    assertEquals(
        Recipes.all().stream().map(recipe -> recipe.name() + ": " + recipe.expected()).toList(),
        rows);
  }

  private static String read(String page) throws IOException {
    return Files.readString(ROOT.resolve(page));
  }
}
