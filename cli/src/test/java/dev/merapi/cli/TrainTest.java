package dev.merapi.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.merapi.data.Picture;
import dev.merapi.recipe.Recipes;
import dev.merapi.train.RunFolder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

final class TrainTest extends CommandTest {
  /** So small that it learns nothing, but does all that a large one does. */
  private static final List<String> TINY =
      List.of(
          "--set=data.train=24",
          "--set=data.validation=10",
          "--set=data.test=10",
          "--set=model.channels=[2]",
          "--set=model.hidden=[4]",
          "--set=training.batch=10");

  /** Trains the recipe digits a little, and returns the run's folder. */
  private RunFolder trained(String... more) {
    var arguments = new ArrayList<>(List.of("train", "digits", "--json", "--runs", runs()));
    arguments.addAll(TINY);
    arguments.addAll(List.of(more));
    assertEquals(0, run(arguments), err);
    return RunFolder.open(Path.of(json().get("run").asString()));
  }

  /** A picture of a one in dark ink on white paper. */
  private Path one() {
    byte[] pixels = new byte[40 * 60];
    for (int i = 0; i < pixels.length; i++) {
      int x = i % 40;
      int y = i / 40;
      pixels[i] = (byte) (x > 17 && x < 23 && y > 8 && y < 52 ? 20 : 240);
    }
    var file = folder.resolve("one.png");
    Picture.of(40, 60, pixels).writePng(file);
    return file;
  }

  @Test
  void aDryRunSaysWhatMemoryIsNeededAndTakesNone() {
    var arguments =
        new ArrayList<>(List.of("train", "digits", "--json", "--dry-run", "--runs", runs()));
    arguments.addAll(TINY);
    assertEquals(0, run(arguments), err);
    var need = json();
    // A convolution to 2 channels, one to 4 numbers of 2 * 14 * 14, and 10 classes.
    long numbers = 2 * 9 + 2 + 4 * 392 + 4 + 10 * 4 + 10;
    assertEquals(4 * numbers, need.get("parameters").asLong());
    assertEquals(8 * numbers, need.get("optimizer").asLong(), "two moments");
    assertEquals((24 + 10 + 10) * (784 + 4), need.get("data").asLong());
    assertTrue(need.get("step").asLong() > need.get("evaluation").asLong());
    assertTrue(out.contains("outside the heap"), out);
    assertFalse(Files.exists(Path.of(runs())));
  }

  @Test
  void histogramsAndEventsAreWrittenOnRequest() throws IOException {
    var plain = trained("--epochs", "2", "--seed", "5");
    var run = trained("--epochs", "2", "--seed", "5", "--histograms", "--tensorboard");
    // Looking changes nothing.
    assertEquals(
        -1,
        Files.mismatch(
            plain.checkpoints().newest().checkpoint().orElseThrow().modelFile(),
            run.checkpoints().newest().checkpoint().orElseThrow().modelFile()));
    var lines = Files.readAllLines(run.file("histograms.jsonl"));
    assertEquals(2 * 2 * 6, lines.size(), "epochs, weights and gradients, parameters");
    for (var line : lines) {
      var histogram = JsonMapper.shared().readTree(line);
      assertTrue(histogram.get("low").asDouble() <= histogram.get("high").asDouble(), line);
      long counted = 0;
      for (var count : histogram.get("counts")) {
        counted += count.asLong();
      }
      assertTrue(List.of(18L, 2L, 1568L, 4L, 40L, 10L).contains(counted), line);
    }
    var events = run.file("tensorboard").toFile().list();
    assertEquals(1, events.length);
    assertTrue(
        Files.readString(run.file("tensorboard").resolve(events[0]), StandardCharsets.ISO_8859_1)
            .contains("val_loss"));
    var before = Path.of(runs()).toFile().list().length;
    assertEquals(2, run("train", "digits", "--mlflow", "nowhere", "--runs", runs()));
    assertTrue(err.contains("no address"), err);
    assertEquals(before, Path.of(runs()).toFile().list().length);
  }

  @Test
  void aProfileSaysWhereTheTimeGoes() throws IOException {
    var run = trained("--epochs", "1", "--profile");
    var table = Files.readString(run.file("profile.txt"));
    assertTrue(out.contains(table), out);
    assertTrue(table.contains("conv weight"), table);
    var events = JsonMapper.shared().readTree(run.file("trace.json")).get("traceEvents");
    var names = new HashSet<String>();
    events.forEach(event -> names.add(event.get("name").asString()));
    assertTrue(names.containsAll(List.of("program 1", "conv weight", "gather")), table);
  }

  @Test
  void trainsInBf16AndGoesOn() throws IOException {
    var run = trained("--epochs", "1", "--precision", "bf16");
    assertTrue(out.contains("bf16"), out);
    assertTrue(Files.readString(run.file("recipe.yaml")).contains("precision: bf16"));
    double after = json().get("train_loss").asDouble();
    trained("--epochs", "1");
    double exact = json().get("train_loss").asDouble();
    assertEquals(exact, after, 0.02 * exact);
    assertFalse(exact == after);
    assertEquals(
        0, run("train", "--resume", run.path().toString(), "--epochs", "2", "--json"), err);
    assertEquals(2, json().get("epochs").asInt());
    assertTrue(out.contains("bf16"), out);
  }

  @Test
  void stepsThatAreNotFiniteMayBeLeftOut() {
    var arguments =
        new ArrayList<>(
            List.of(
                "train",
                "digits",
                "--runs=" + runs(),
                "--epochs=9",
                "--set=training.optimizer={kind: sgd, learning_rate: 1e30}"));
    arguments.addAll(TINY);
    assertEquals(2, run(arguments), out);
    assertTrue(err.matches("(?s)merapi: step \\d+: .*`training.on_nan: skip`.*"), err);
    arguments.add("--on-nan=skip");
    assertEquals(2, run(arguments), out);
    assertTrue(err.contains("21 steps in a row that were left out"), err);
    arguments.set(arguments.size() - 1, "--on-nan=perhaps");
    assertEquals(2, run(arguments), out);
    assertTrue(err.contains("on_nan"), err);
  }

  @Test
  void trainsMeasuresPredictsAndGoesOn() {
    var run = trained("--epochs", "2", "--seed", "5");
    var report = json();
    assertEquals(2, report.get("epochs").asInt());
    assertEquals(6, report.get("steps").asInt());
    for (var key :
        List.of(
            "train_loss",
            "val_loss",
            "test_loss",
            "test_accuracy",
            "seconds",
            "samples_per_second")) {
      assertTrue(report.get(key).isNumber(), key + " in " + report);
    }
    for (var file :
        List.of(
            "recipe.yaml",
            "environment.json",
            "metrics.jsonl",
            "learning-curve.png",
            "signature.json")) {
      assertTrue(Files.isRegularFile(run.file(file)), file);
    }
    assertTrue(run.recipe().contains("seed: 5"), run.recipe());
    assertTrue(out.contains("./merapi predict " + run.path()), out);

    assertEquals(0, run("eval", run.path().toString(), "--json"), err);
    assertEquals(report.get("test_loss").asDouble(), json().get("test_loss").asDouble());
    var accuracy = json().get("measures").get(0);
    assertEquals("accuracy", accuracy.get("name").asString());
    assertEquals(report.get("test_accuracy").asDouble(), accuracy.get("value").asDouble(), 1e-6);
    assertTrue(accuracy.get("low").asDouble() <= accuracy.get("value").asDouble());
    assertEquals(run.file("report.html").toString(), json().get("report").asString());
    for (var file : List.of("report.html", "confusion.png", "calibration.png")) {
      assertTrue(Files.isRegularFile(run.file(file)), file);
    }

    assertEquals(0, run("predict", run.path().toString(), one().toString(), "--json"), err);
    var prediction = json().get("predictions").get(0);
    assertEquals(one().toString(), prediction.get("file").asString());
    double sum = 0;
    for (var candidate : prediction.get("candidates")) {
      sum += candidate.get("probability").asDouble();
    }
    assertEquals(10, prediction.get("candidates").size());
    assertEquals(1, sum, 1e-5);

    assertEquals(
        0, run("train", "--resume", run.path().toString(), "--epochs", "3", "--json"), err);
    assertEquals(3, json().get("epochs").asInt());
    assertEquals(9, json().get("steps").asInt());
    assertTrue(run.recipe().contains("epochs: 3"), run.recipe());
  }

  @Test
  void theSameSeedGivesTheSameRun() {
    trained("--epochs", "1");
    var first = json();
    trained("--epochs", "1");
    var second = json();
    assertFalse(first.get("run").equals(second.get("run")), out);
    for (var key : List.of("train_loss", "val_loss", "test_loss")) {
      assertEquals(first.get(key), second.get(key));
    }
    trained("--epochs", "1", "--seed", "2");
    assertFalse(json().get("train_loss").equals(first.get("train_loss")), out);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "train digit | did you mean `digits`?",
        "train | Name a recipe",
        "train digits --resume x | not both",
        "train digits --set model.chanels=[1] | did you mean `channels`?",
        "train digits --set model.channels=[1,1,1,1,1] | nothing is left of pictures",
        "train toy-classifier --set evaluation.metrics=[accuracy] | use binaryAccuracy",
        "train toy-classifier --set model.hidden=[60000,60000] | 3600000000 elements",
        "train digits --epochs many | many",
        "train digits --epohcs 1 | --epochs",
        "train digits --data nowhere | leave --data",
        "train mnist-mlp --data nowhere | nowhere",
        "train toy-regression --data nowhere | leave --data",
        "train --resume nowhere | nowhere",
        "eval nowhere | nowhere",
        "predict nowhere a.png | nowhere",
        "recipes show digit | did you mean `digits`?",
        "tran digits | train",
      })
  void mistakesOfTheUserAreOneLineAndLeaveNothing(String arguments, String message) {
    var all = new ArrayList<>(List.of(arguments.split(" ")));
    if (all.getFirst().equals("train")) {
      all.addAll(List.of("--runs", runs()));
    }
    assertEquals(2, run(all), err);
    assertEquals(1, err.lines().count(), err);
    assertTrue(err.contains(message), err);
    assertFalse(Files.exists(Path.of(runs())), "something was written");
  }

  @Test
  void aNetworkThatDoesNotFitIsToldBeforeAnythingIsWritten() {
    for (var mistake :
        List.of(
            List.of("--set=training.loss=mse", "must have one shape"),
            List.of("--set=evaluation.metrics=[mse, accuracy]", "broadcast"),
            List.of("--set=model={kind: autoencoder}", "there are 10 classes"))) {
      var arguments = new ArrayList<>(List.of("train", "digits", "--runs", runs()));
      arguments.addAll(TINY.subList(0, 3));
      arguments.add(mistake.getFirst());
      assertEquals(2, run(arguments), err);
      assertEquals(1, err.lines().count(), err);
      assertTrue(err.contains(mistake.getLast()), err);
      assertFalse(Files.exists(Path.of(runs())), "something was written");
    }
  }

  @Test
  void wrongFilesAreOneLine() throws IOException {
    var run = trained("--epochs", "1");
    var text = Files.writeString(folder.resolve("text.png"), "no picture");
    assertEquals(2, run("predict", run.path().toString(), one().toString(), text.toString()));
    assertTrue(err.contains("text.png"), err);
    assertEquals(1, err.lines().count(), err);
    assertFalse(out.contains("one.png"), "nothing is told before all files are read");

    Files.writeString(run.file("recipe.yaml"), run.recipe().replace("hidden: [4]", "hidden: [5]"));
    assertEquals(2, run("predict", run.path().toString(), one().toString()));
    assertTrue(err.contains("another model"), err);
    assertEquals(2, run("eval", run.path().toString()));
    assertTrue(err.contains("another model"), err);
    assertEquals(2, run("train", "--resume", run.path().toString(), "--epochs", "2"));
    assertTrue(err.contains("another model"), err);
    assertEquals(1, err.lines().count(), err);
    assertTrue(run.recipe().contains("epochs: 1"), "the recipe was changed");
  }

  @Test
  void aLossThatIsNotFiniteIsToldAndKeepsTheCheckpoint() throws IOException {
    var run = trained("--epochs", "1");
    var checkpoint = run.checkpoints().newest().checkpoint().orElseThrow();
    Files.writeString(
        run.file("recipe.yaml"),
        run.recipe().replaceFirst("learning_rate: [0-9.]+", "learning_rate: 1e38"));
    assertEquals(2, run("train", "--resume", run.path().toString(), "--epochs", "30"));
    assertTrue(err.matches("merapi: step \\d+: .*\\R"), err);
    assertTrue(err.contains("Lower the learning rate"), err);
    assertEquals(checkpoint, run.checkpoints().newest().checkpoint().orElseThrow());
  }

  @Test
  void theToysRun() {
    assertEquals(
        0, run("train", "toy-classifier", "--epochs", "40", "--runs", runs(), "--json"), err);
    assertEquals(40, json().get("steps").asInt());
    var toy = json().get("run").asString();
    assertEquals(2, run("predict", toy, one().toString()));
    assertTrue(err.contains("takes numbers, not pictures"), err);

    assertEquals(
        0, run("train", "toy-regression", "--epochs", "3", "--runs", runs(), "--json"), err);
    var regression = json().get("run").asString();
    assertTrue(Files.isRegularFile(Path.of(regression, "paths.png")), regression);
    assertTrue(Files.isRegularFile(Path.of(regression, "learning-curve.png")), regression);
    assertEquals(2, run("eval", regression));
    assertTrue(err.contains("no network"), err);
  }

  @Test
  void anAutoencoderDrawsWhatItSees() throws IOException {
    var recipe =
        Files.writeString(
            folder.resolve("draws.yaml"),
            """
            kind: training
            name: draws
            summary: a tiny autoencoder
            data: {kind: digits, train: 20, validation: 5, test: 5}
            model: {kind: autoencoder, code: 3, dropout: 0.5}
            training: {epochs: 1, loss: binary-cross-entropy, target: input}
            """);
    assertEquals(0, run("train", recipe.toString(), "--runs", runs(), "--json"), err);
    var run = json().get("run").asString();
    var sheet = Picture.read(Path.of(run, "reconstructions.png"));
    assertEquals(3 * (5 * 29 + 1), sheet.width());
    assertEquals(3 * (2 * 29 + 1), sheet.height());
    var mine = folder.resolve("mine.png");
    assertEquals(0, run("predict", run, one().toString(), "--out", mine.toString()), err);
    assertEquals(3 * 30, Picture.read(mine).width());
  }

  @Test
  void recipesAreListedWithWhatToExpect() {
    assertEquals(0, run("recipes", "--json"), err);
    assertEquals(Recipes.all().size(), json().size());
    assertTrue(out.contains("mnist-cnn"), out);
    assertEquals(0, run("recipes", "show", "mnist-mlp", "--set", "training.batch=7"), err);
    assertTrue(out.contains("batch: 7"), out);
  }
}
