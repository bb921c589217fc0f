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
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A recipe is judged fold by fold. */
final class CvTest extends CommandTest {
  /** Two kinds by one number, ten shops, one row a day. */
  private Path recipe(String split) throws IOException {
    var random = new Random(3);
    var text = new StringBuilder("size,shop,day,kind\n");
    for (int i = 0; i < 60; i++) {
      text.append(
          String.format(
              Locale.ROOT,
              "%.3f,s%d,2024-%02d-%02d,%s\n",
              10 * (i % 3) + random.nextGaussian(),
              i % 10,
              1 + i / 28,
              1 + i % 28,
              i % 3 == 0 ? "rose" : "lily"));
    }
    var table = Files.writeString(folder.resolve("shops.csv"), text.toString());
    return Files.writeString(
        folder.resolve("shops.yaml"),
        """
        kind: training
        name: shops
        summary: tells flowers apart
        data:
          kind: table
          source: %s
          target: kind
          features: [size]
          split: %s
        preparation:
          - {kind: standardise}
        model: {kind: mlp, hidden: [4]}
        training: {epochs: 15, batch: 8, optimizer: {kind: adam, learning_rate: 0.05}}
        evaluation: {metrics: [accuracy]}
        """
            .formatted(table, split));
  }

  private JsonNode crossValidated(Path recipe, String... more) {
    var arguments = new ArrayList<>(List.of("cv", recipe.toString(), "--json", "--runs", runs()));
    arguments.addAll(List.of(more));
    assertEquals(0, run(arguments), err);
    return json();
  }

  @Test
  void everyFoldIsMeasuredAndTheStudyKeepsIt() throws IOException {
    var summary = crossValidated(recipe("{kind: stratified, validation: 0.2}"), "--folds", "3");
    assertEquals(3, summary.get("results").size());
    double sum = 0;
    double squares = 0;
    for (var fold : summary.get("results")) {
      assertEquals(20, fold.get("samples").asInt());
      assertEquals(15, fold.get("epochs").asInt());
      double loss = fold.get("test").get("loss").asDouble();
      assertTrue(out.contains("fold %d/3  loss %.4f".formatted(fold.get("fold").asInt(), loss)));
      sum += loss;
      squares += loss * loss;
    }
    var spread = summary.get("test").get("loss");
    assertEquals(sum / 3, spread.get("mean").asDouble(), 1e-12);
    assertEquals(
        Math.sqrt((squares - sum * sum / 3) / 2), spread.get("deviation").asDouble(), 1e-9);
    assertTrue(summary.get("test").get("accuracy").get("mean").asDouble() >= 0.9, out);
    assertTrue(out.contains("mean ± deviation of 3 folds"), out);

    var study = Path.of(summary.get("study").asString());
    assertTrue(study.getFileName().toString().startsWith("cv-shops-"), study.toString());
    var kept = JsonMapper.shared().readTree(Files.readString(study.resolve("scores.json")));
    assertEquals(summary.get("test"), kept.get("test"));
    assertTrue(Files.readString(study.resolve("recipe.yaml")).contains("name: shops"));
    assertEquals(3 * 15, Files.readAllLines(study.resolve("curves.jsonl")).size());
    assertEquals(2 * 640 * 2, ImageIO.read(study.resolve("folds.png").toFile()).getWidth());

    var again = crossValidated(recipe("{kind: stratified, validation: 0.2}"), "--folds", "3");
    assertEquals(summary.get("test"), again.get("test"), "the same seed gives the same scores");

    assertEquals(2, run("eval", study.toString()));
    assertTrue(err.contains("a study of several trainings"), err);
    assertEquals(2, run("train", "--resume", study.toString()));
    assertTrue(err.contains("a study of several trainings"), err);
  }

  /** Samples that each fold tests: of a series only the later part has something before it. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{kind: random}                    | 60",
        "{kind: group, column: shop}       | 60",
        "{kind: time, column: day}         | 48"
      })
  void foldsAreOfTheKindOfTheSplit(String split, int tested) throws IOException {
    var summary = crossValidated(recipe(split), "--folds=4", "--epochs=1");
    int sum = 0;
    for (var fold : summary.get("results")) {
      sum += fold.get("samples").asInt();
      assertEquals(1, fold.get("epochs").asInt());
    }
    assertEquals(tested, sum);
  }

  @Test
  void picturesHaveFoldsAndTheirTestSamplesAreLeftAlone() {
    var arguments =
        List.of(
            "cv",
            "digits",
            "--folds=2",
            "--epochs=1",
            "--json",
            "--runs=" + runs(),
            "--set=data.train=20",
            "--set=data.validation=4",
            "--set=data.test=5",
            "--set=model.channels=[2]",
            "--set=model.hidden=[4]");
    assertEquals(0, run(arguments), err);
    assertTrue(out.contains("5 samples are for testing and left alone"), out);
    assertTrue(out.contains("10 samples to learn from, 2 held out, 12 to test"), out);
    assertEquals(12, json().get("results").get(1).get("samples").asInt());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--folds 1 | do not make 1 folds; give from 2",
        "--folds 61 | 60 rows do not make 61 folds",
        "--folds many | many",
        "--set data.split={kind:\u00a0group,column:\u00a0shop} --folds 11 | 10 groups do not make"
            + " 11",
        "--set data.split={kind:\u00a0time} --folds 1 | do not make 1 folds",
        "--set data.stream=true | a stream has no folds",
        "--set training.epocs=3 | did you mean `epochs`?",
      })
  void mistakesAreOneLineAndLeaveNothing(String more, String message) throws IOException {
    var arguments =
        new ArrayList<>(
            List.of("cv", recipe("{kind: random}").toString(), "--epochs=1", "--runs", runs()));
    for (var word : more.split(" ")) {
      arguments.add(word.replace('\u00a0', ' '));
    }
    assertEquals(2, run(arguments), err);
    assertEquals(1, err.lines().count(), err);
    assertTrue(err.contains(message), err);
    assertFalse(Files.exists(Path.of(runs())), "something was written");
  }

  @Test
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "signals are sent with kill")
  void ctrlCLeavesWhatIsFinished() throws IOException, InterruptedException {
    var recipe = recipe("{kind: random}").toString();
    try (var child =
        ChildCommand.start(
            folder.resolve("output.txt"),
            "cv",
            recipe,
            "--folds=60",
            "--epochs=200",
            "--runs",
            runs())) {
      var study = child.folder(Path.of(runs()), run -> Files.exists(run.resolve("scores.json")));
      assertEquals(130, child.interrupted(), child.said());
      assertTrue(child.said().contains(" of 60 folds are complete"), child.said());
      assertTrue(child.said().contains("mean ± deviation of "), child.said());
      var kept = JsonMapper.shared().readTree(Files.readString(study.resolve("scores.json")));
      assertEquals("interrupted", kept.get("ending").asString());
      int done = kept.get("results").size();
      assertTrue(done >= 1 && done < 60, child.said());
      assertEquals(200 * done, Files.readAllLines(study.resolve("curves.jsonl")).size());
    }
  }

  @Test
  void aDemonstrationHasNoFolds() {
    assertEquals(2, run("cv", "toy-regression", "--runs", runs()));
    assertTrue(err.contains("no data to divide"), err);
  }
}
