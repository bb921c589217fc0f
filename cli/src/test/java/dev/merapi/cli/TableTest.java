package dev.merapi.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** From the user's own table to a model that is judged and used. */
final class TableTest extends CommandTest {
  /** Flowers whose kind follows from their size, but for the colour, which says nothing. */
  private String flowers(int rows) {
    var random = new Random(1);
    var text = new StringBuilder("size,colour,id,kind\n");
    for (int i = 0; i < rows; i++) {
      int kind = i % 3;
      text.append(
          String.format(
              Locale.ROOT,
              "%.3f,%s,%d,%s\n",
              100 * kind + 10 * random.nextGaussian(),
              i % 2 == 0 ? "red" : "blue",
              i,
              List.of("rose", "lily", "iris").get(kind)));
    }
    return text.toString();
  }

  private Path file(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  private Path flowersRecipe(Path table) throws IOException {
    return file(
        "flowers.yaml",
        """
        kind: training
        name: flowers
        summary: tells flowers apart
        data:
          kind: table
          source: %s
          target: kind
          exclude: [id]
          split: {kind: stratified}
        preparation:
          - {kind: missing, with: median, columns: [size]}
          - {kind: standardise}
          - {kind: one-hot}
        model: {kind: mlp, hidden: [8]}
        training:
          epochs: 25
          batch: 16
          optimizer: {kind: adam, learning_rate: 0.02}
        evaluation: {metrics: [accuracy]}
        """
            .formatted(table));
  }

  private String trained(Path recipe, String... more) {
    var arguments =
        new ArrayList<>(List.of("train", recipe.toString(), "--json", "--runs", runs()));
    arguments.addAll(List.of(more));
    assertEquals(0, run(arguments), err);
    return json().get("run").asString();
  }

  @Test
  void aTableIsLearnedJudgedAndUsed() throws IOException {
    var run = trained(flowersRecipe(file("flowers.csv", flowers(150))));
    assertTrue(json().get("test").get("accuracy").asDouble() >= 0.95, out);
    assertTrue(out.contains("105 samples to learn from, 15 held out, 30 to test"), out);
    assertTrue(out.contains("./merapi predict " + run + " ROWS.csv"), out);
    double loss = json().get("test_loss").asDouble();
    var preparation = Files.readString(Path.of(run, "preparation.yaml"));
    assertTrue(preparation.contains("classes: [iris, lily, rose]"), preparation);

    assertEquals(0, run("eval", run, "--json"), err);
    assertEquals(loss, json().get("test_loss").asDouble());
    assertEquals(30, json().get("samples").asInt());

    // Another table is measured as a whole, by what was learned from the first.
    var other = file("other.csv", "kind,colour,size\nrose,red,3\nlily,red,\niris,green,190\n");
    assertEquals(0, run("eval", run, "--data", other.toString(), "--json"), err);
    assertEquals(3, json().get("samples").asInt());
    assertEquals(1, json().get("test_accuracy").asDouble());

    var rows = file("rows.csv", "colour,size,note\nblue,1,x\nblue,102,y\n");
    assertEquals(
        0,
        run("predict", run, rows.toString(), "--row", "205,red", "--row", "4,red", "--json"),
        err);
    var guesses = json().get("predictions");
    var labels = new ArrayList<String>();
    guesses.forEach(guess -> labels.add(guess.get("candidates").get(0).get("label").asString()));
    assertEquals(List.of("rose", "lily", "iris", "rose"), labels);
    assertEquals(rows + ": line 3", guesses.get(1).get("place").asString());
    assertEquals(
        0, run("predict", run, "--row", "{\"size\": 198, \"colour\": null}", "--json"), err);
    assertEquals(
        "iris", json().get("predictions").get(0).get("candidates").get(0).get("label").asString());
  }

  @Test
  void aNumberIsPredictedInItsOwnUnit() throws IOException {
    var text = new StringBuilder("area,rooms,price\n");
    var random = new Random(2);
    for (int i = 0; i < 200; i++) {
      double area = 20 + 100 * random.nextDouble();
      text.append(String.format(Locale.ROOT, "%.1f,%d,%.0f\n", area, i % 5, 1000 + 3000 * area));
    }
    var recipe =
        file(
            "homes.yaml",
            """
            kind: training
            name: homes
            summary: prices of homes
            data: {kind: table, source: %s, target: price, split: {kind: random}}
            preparation:
              - {kind: standardise}
              - {kind: standardise, columns: [price]}
            model: {kind: mlp, hidden: []}
            training:
              epochs: 60
              batch: 16
              loss: mse
              optimizer: {kind: adam, learning_rate: 0.05}
            """
                .formatted(file("homes.csv", text.toString())));
    var run = trained(recipe);
    var test = json().get("test");
    assertTrue(test.get("r2").asDouble() > 0.99, out);
    assertTrue(test.get("rmse").asDouble() < 5000, out);
    assertTrue(test.get("mae").asDouble() <= test.get("rmse").asDouble(), out);
    assertEquals(0, run("eval", run, "--json"), err);
    assertEquals(test, json().get("test"));
    assertEquals(0, run("predict", run, "--row", "70,2", "--json"), err);
    double price = json().get("predictions").get(0).get("value").asDouble();
    assertEquals(1000 + 3000 * 70, price, 10_000);
  }

  @Test
  void aSeriesIsContinued() throws IOException {
    var text = new StringBuilder("month,sold\n");
    for (int i = 0; i < 120; i++) {
      text.append(
          String.format(
              Locale.ROOT, "%d-%02d,%.2f\n", 2000 + i / 12, 1 + i % 12, 50 + 20 * Math.sin(i)));
    }
    var recipe =
        file(
            "series.yaml",
            """
            kind: training
            name: series
            summary: goes on with a series
            data:
              kind: table
              source: %s
              target: sold
              features: [sold]
              split: {kind: time, test: 0.2, validation: 0.1}
            preparation:
              - {kind: standardise, columns: [sold]}
              - {kind: windows, length: 6}
            model: {kind: mlp, hidden: [16]}
            training:
              epochs: 100
              batch: 16
              loss: mse
              optimizer: {kind: adam, learning_rate: 0.01}
            """
                .formatted(file("series.csv", text.toString())));
    var run = trained(recipe);
    assertTrue(out.contains("78 samples to learn from, 12 held out, 24 to test"), out);
    assertTrue(json().get("test").get("mae").asDouble() < 2, out);
    var last = new StringBuilder("sold\n");
    for (int i = 200; i < 210; i++) {
      last.append(50 + 20 * Math.sin(i)).append('\n');
    }
    assertEquals(
        0, run("predict", run, file("last.csv", last.toString()).toString(), "--json"), err);
    assertEquals(1, json().get("predictions").size());
    assertEquals(
        50 + 20 * Math.sin(210), json().get("predictions").get(0).get("value").asDouble(), 4);
  }

  @Test
  void windowsNeverJoinRowsThatAreNoNeighbours() throws IOException {
    var rows = "month,sold\n" + "2001-01,5\n2001-02,\n2001-03,7\n".repeat(20);
    var recipe =
        file(
            "gaps.yaml",
            """
            kind: training
            name: gaps
            summary: a series with gaps
            data: {kind: table, source: %s, target: sold, features: [sold], split: {kind: time}}
            preparation:
              - {kind: missing, with: drop}
              - {kind: windows, length: 3}
            model: {kind: mlp}
            training: {loss: mse}
            """
                .formatted(file("gaps.csv", rows)));
    assertEquals(2, run("train", recipe.toString(), "--runs", runs()), out);
    assertTrue(err.contains("leaves 20 of 60 rows out; fill them instead"), err);

    file("gaps.csv", rows.replace(",\n", ",6\n") + "2002-01,5,8\n");
    var skipping = List.of("train", recipe.toString(), "--set=data.on_bad_row=skip");
    assertEquals(2, run(skipping), out);
    assertTrue(err.contains("line 62") && err.contains("mend these rows"), err);
  }

  @Test
  void aStreamIsLearnedJudgedAndUsed() throws IOException {
    var table = file("flowers.csv", flowers(300) + "5\n");
    var recipe = flowersRecipe(table);
    var run =
        trained(
            recipe,
            "--set=data.stream=true",
            "--set=data.buffer=50",
            "--set=data.split={kind: group, column: id, validation: 0.1, test: 0.2}",
            "--on-bad-row=skip");
    assertTrue(json().get("test").get("accuracy").asDouble() >= 0.95, out);
    assertTrue(out.contains("1 bad row left out: line 302: it has 1 cells"), out);
    double loss = json().get("test_loss").asDouble();
    assertEquals(0, run("eval", run, "--json"), err);
    assertEquals(loss, json().get("test_loss").asDouble());
    assertEquals(0, run("predict", run, "--row", "205,red", "--json"), err);
    for (var wrong : List.of("data.split={kind: stratified}", "preparation=[{kind: duplicates}]")) {
      assertEquals(2, run("train", recipe.toString(), "--set=data.stream=true", "--set=" + wrong));
      assertTrue(err.contains("a stream"), err);
    }
  }

  @Test
  void badRowsAreAnErrorOrCounted() throws IOException {
    var recipe = flowersRecipe(file("flowers.csv", flowers(150) + "big,red,1,rose\n1,2\n"));
    assertEquals(2, run("train", recipe.toString(), "--runs", runs()));
    assertTrue(err.contains("flowers.csv: line 152: column `size`: `big` is no number"), err);
    assertFalse(Files.exists(Path.of(runs())), "something was written");

    var run = trained(recipe, "--on-bad-row", "skip", "--epochs", "1");
    assertTrue(out.contains("2 bad rows left out: line 152: column `size`"), out);
    assertEquals(
        """
        line 152: column `size`: `big` is no number
        line 153: it has 2 cells, and there are 4 columns
        """,
        Files.readString(Path.of(run, "bad-rows.txt")));
    assertEquals(2, run("predict", run, "--row", "1,red", "--row", "1"));
    assertTrue(err.contains("rows.csv: line 3: it has 1 cells"), err);
    assertEquals(0, run("predict", run, "--row", "1,red", "--row", "1", "--on-bad-row", "skip"));
    assertTrue(out.contains("1 bad row left out"), out);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "data.target=knd | there is no column `knd`; did you mean `kind`?",
        "data.exclude=[ids] | there is no column `ids`; did you mean `id`?",
        "data.types={sizes: text} | there is no column `sizes`; did you mean `size`?",
        "data.types={size: nmeric} | cannot be `nmeric`; did you mean `numeric`?",
        "data.source=nowhere.csv | nowhere.csv: there is no such file",
        "data.split={kind: stratfied} | did you mean `stratified`?",
        "data.split={kind: group, column: shop} | there is no column `shop`",
        "data.split.test=0.95 | `data.split.test` cannot be `0.95`",
        "preparation=[] | add `- {kind: one-hot}` to the preparation",
        "preparation=[{kind: standardize}] | did you mean `standardise`?",
        "preparation=[{kind: standardise, columns: [colour]}] | is of the type category",
        "training.loss=mse | set `training.loss` to cross-entropy",
        "data.target=size | set `training.loss` to mse",
        "data.delimiter=ab | give one character",
        "data.encoding=utf-9 | there is no encoding `utf-9`",
      })
  void mistakesAreToldInOneLine(String setting, String message) throws IOException {
    var recipe = flowersRecipe(file("flowers.csv", flowers(30)));
    int code = run("train", recipe.toString(), "--runs", runs(), "--epochs=1", "--set", setting);
    assertEquals(2, code, err);
    assertTrue(err.contains(message), err);
    assertEquals(1, err.lines().count(), err);
    assertFalse(Files.exists(Path.of(runs())), "something was written");
  }
}
