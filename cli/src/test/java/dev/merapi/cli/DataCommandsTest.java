package dev.merapi.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.merapi.data.Picture;
import dev.merapi.recipe.Recipe;
import dev.merapi.recipe.Recipes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

/** Looking at data, and writing recipes for them. */
final class DataCommandsTest extends CommandTest {
  private Path table() throws IOException {
    var text = new StringBuilder("day,shop size,kind,note,grade,sold\n");
    for (int i = 0; i < 80; i++) {
      text.append(
          "2020-01-%02d,%s,%s,note %d,%d,%d.5\n"
              .formatted(
                  1 + i % 28, i == 5 ? "" : i % 7, i % 2 == 0 ? "old" : "new", i, i % 3, 10 + i));
    }
    return Files.writeString(folder.resolve("my shops.csv"), text);
  }

  @Test
  void aTableIsShown() throws IOException {
    var png = folder.resolve("bars.png");
    var table = Files.writeString(table(), Files.readString(table()) + "1,2\n");
    assertEquals(0, run("data", "show", table.toString(), "--png", png.toString(), "--json"), err);
    assertTrue(out.contains("80 rows, 6 columns"), out);
    assertTrue(out.contains("1 bad row left out: line 82"), out);
    assertTrue(out.contains("shop size  numeric   0 to 6, mean"), out);
    assertTrue(out.contains("1 missing"), out);
    assertTrue(out.contains("kind       category  2 words: new 40, old 40"), out);
    assertTrue(out.contains("2020-01-01T00:00:00Z to 2020-01-28T00:00:00Z"), out);
    assertEquals(6, json().get("summary").get("columns").size());
    assertEquals(64, json().get("fingerprint").asString().length());
    assertTrue(Picture.read(png).height() > 100);
    assertEquals(2, run("data", "show", table.toString(), "--on-bad-row", "fail", "--no-png"));
    assertTrue(err.contains("line 82"), err);
    assertEquals(2, run("data", "show", "nowhere.csv"));
    assertEquals(1, err.lines().count(), err);
  }

  @Test
  void setsAreListed() {
    assertEquals(0, run("data", "list", "--json"), err);
    assertTrue(out.contains("tiny-shakespeare    text      a million characters"), out);
    var names = new ArrayList<String>();
    json().forEach(set -> names.add(set.get("name").asString()));
    assertTrue(names.containsAll(List.of("mnist", "fashion-mnist", "iris", "airline")), out);
    for (var set : json()) {
      assertEquals(set.get("downloads").asBoolean(), set.get("bytes").asLong() > 0, out);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "kind | | classification",
        "grade | | classification",
        "sold | | regression",
        "sold | time-series | time-series",
        "grade | regression | regression",
      })
  void aRecipeIsWrittenThatWorks(String target, String task, String chosen) throws IOException {
    var recipe = folder.resolve("mine.yaml").toString();
    var arguments =
        new ArrayList<>(List.of("init", table().toString(), "--yes", "--json", "--out", recipe));
    arguments.addAll(List.of("--target", target));
    if (task != null) {
      arguments.addAll(List.of("--task", task));
    }
    assertEquals(0, run(arguments), err);
    assertEquals(chosen, json().get("task").asString());
    assertTrue(out.contains("./merapi train " + recipe), out);
    var read = (Recipe.Training) Recipes.load(recipe, List.of());
    assertEquals("my-shops", read.name());
    assertEquals(0, run("train", recipe, "--epochs", "1", "--runs", runs(), "--json"), err);
    assertEquals(1, json().get("epochs").asInt());
    assertEquals(2, run(arguments));
    assertTrue(err.contains("it is there already"), err);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--target kid | there is no column `kid`; did you mean `kind`?",
        "--target note --task classification | fits no classification",
        "--target kind --task regression | fits no regression",
        "--task clustering | there is no task `clustering`",
      })
  void mistakesAreToldInOneLine(String options, String message) throws IOException {
    var recipe = folder.resolve("mine.yaml");
    var arguments = new ArrayList<>(List.of("init", table().toString(), "--yes"));
    arguments.addAll(List.of("--out", recipe.toString()));
    arguments.addAll(List.of(options.split(" ")));
    assertEquals(2, run(arguments));
    assertEquals(1, err.lines().count(), err);
    assertTrue(err.contains(message), err);
    assertFalse(Files.exists(recipe));
  }

  @Test
  void whatHoldsNothingIsTold() throws IOException {
    assertEquals(2, run("init", folder.toString(), "--yes"));
    assertTrue(err.contains("there are no files in it"), err);
    Files.writeString(folder.resolve("notes.pdf"), "x");
    assertEquals(2, run("data", "show", folder.toString()));
    assertTrue(err.contains("files that end with pdf"), err);
    assertEquals(2, run("init"));
    assertTrue(err.contains("give a PATH or a --query"), err);
  }

  @Test
  void aTextIsShownAndLearned() throws IOException {
    var line = "The quick brown fox jumps over the lazy dog.\n";
    var text = Files.writeString(folder.resolve("fox.txt"), line.repeat(100)).toString();
    var png = folder.resolve("lengths.png");
    assertEquals(0, run("data", "show", text, "--png", png.toString(), "--json"), err);
    assertTrue(out.contains("4500 characters, 900 words, 100 lines in 1 file"), out);
    assertTrue(out.contains("space 800"), out);
    assertEquals(45 - 1, json().get("summary").get("longest").asInt());
    assertTrue(Picture.read(png).height() > 100);
    var recipe = folder.resolve("fox.yaml").toString();
    assertEquals(0, run("init", text, "--out", recipe, "--json"), err);
    assertEquals("text", json().get("kind").asString());
    var train = run("train", recipe, "--epochs=1", "--set=data.samples=48", "--runs", runs());
    assertEquals(0, train, err);
    assertEquals(2, run("init", text, "--out", folder.resolve("x.yaml") + "", "--target=a"));
    assertTrue(err.contains("--target is for tables"), err);
  }

  @Test
  void aQueryIsShownAndLearned() throws IOException {
    var sql = "SELECT grade, sold FROM '" + table() + "'";
    assertEquals(0, run("data", "show", "--query", sql, "--no-png"), err);
    assertTrue(out.contains("query: 80 rows, 2 columns"), out);
    var recipe = folder.resolve("q.yaml").toString();
    assertEquals(0, run("init", "--query", sql, "--yes", "--out", recipe), err);
    assertEquals(0, run("train", recipe, "--epochs=1", "--runs", runs()), err);
  }

  @Test
  void aRecipeIsShownAsWrittenOrWhole() {
    assertEquals(0, run("recipes", "show", "iris"), err);
    assertTrue(out.startsWith("# Three kinds of iris"), out);
    assertFalse(out.contains("checkpoint_seconds"), out);
    assertEquals(0, run("recipes", "show", "iris", "--full"), err);
    assertTrue(out.contains("checkpoint_seconds: 300"), out);
  }

  @Test
  void theSchemaNamesEveryKey() {
    assertEquals(0, run("recipes", "schema"), err);
    var schema = JsonMapper.shared().readTree(out);
    var table = schema.get("$defs").get("DataSettings.Table");
    assertEquals("table", table.get("properties").get("kind").get("const").asString());
    assertEquals("[\"kind\",\"target\"]", table.get("required").toString());
    assertFalse(table.get("additionalProperties").asBoolean());
    assertEquals("UTF-8", table.get("properties").get("encoding").get("default").asString());
    var training = schema.get("$defs").get("TrainingSettings").get("properties");
    assertEquals(1, training.get("epochs").get("minimum").asInt());
    assertEquals(10, training.get("epochs").get("default").asInt());
    var references = new TreeSet<String>();
    schema.findValuesAsString("$ref").forEach(references::add);
    for (var reference : references) {
      assertTrue(schema.get("$defs").has(reference.replace("#/$defs/", "")), reference);
    }
    assertEquals("#/$defs/Recipe", schema.get("$ref").asString());
  }
}
