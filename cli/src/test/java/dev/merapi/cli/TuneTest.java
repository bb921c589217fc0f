package dev.merapi.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Settings are searched, judged by validation data, and the search goes on where it was killed. */
final class TuneTest extends CommandTest {
  /** Two kinds by the sign of one number. */
  private String recipe() throws IOException {
    var random = new Random(5);
    var text = new StringBuilder("x,kind\n");
    for (int i = 0; i < 60; i++) {
      double x = random.nextGaussian();
      text.append(String.format(Locale.ROOT, "%.3f,%s\n", x, x > 0 ? "up" : "down"));
    }
    var table = Files.writeString(folder.resolve("signs.csv"), text.toString());
    return Files.writeString(
            folder.resolve("signs.yaml"),
            """
            kind: training
            name: signs
            summary: tells signs apart
            data: {kind: table, source: %s, target: kind, split: {kind: random, validation: 0.2}}
            model: {kind: mlp, hidden: [4]}
            training: {epochs: 3, batch: 16, optimizer: {kind: sgd, learning_rate: 0.1}}
            evaluation: {metrics: [accuracy]}
            """
                .formatted(table))
        .toString();
  }

  private JsonNode tuned(String... more) throws IOException {
    var arguments = new ArrayList<>(List.of("tune", recipe(), "--json", "--runs", runs()));
    arguments.addAll(List.of(more));
    assertEquals(0, run(arguments), err);
    return json();
  }

  /** The lines of {@code trials.jsonl} by trial and epochs, without how long they took. */
  private static Map<String, JsonNode> trials(Path study) throws IOException {
    var trials = new LinkedHashMap<String, JsonNode>();
    for (var line : Files.readAllLines(study.resolve("trials.jsonl"))) {
      var node = JsonMapper.shared().readTree(line);
      ((tools.jackson.databind.node.ObjectNode) node).remove("seconds");
      var key = node.get("trial").asInt() + "/" + node.get("epochs").asInt();
      assertTrue(trials.put(key, node) == null, key + " was trained twice");
    }
    return trials;
  }

  private static Path study(JsonNode summary) {
    return Path.of(summary.get("study").asString());
  }

  @Test
  void aGridIsTriedRankedAndLeavesARecipeThatTrains() throws IOException {
    var summary =
        tuned(
            "--method=grid",
            "--space=training.optimizer.learning_rate=[1e-6, 1.0]",
            "--space=model.hidden=[2],[8],[4,4]",
            "--parallel=2");
    assertEquals("complete", summary.get("ending").asString());
    assertEquals(6, summary.get("ranking").size());
    double before = 0;
    for (var result : summary.get("ranking")) {
      assertTrue(result.get("score").asDouble() >= before, out);
      before = result.get("score").asDouble();
      assertEquals(before, result.get("validation").get("loss").asDouble());
    }
    for (int i = 0; i < 6; i++) {
      double rate =
          summary
              .get("ranking")
              .get(i)
              .get("values")
              .get("training.optimizer.learning_rate")
              .asDouble();
      assertEquals(i < 3 ? 1.0 : 1e-6, rate, "what hardly moves is worse");
    }
    assertTrue(out.contains("rank  trial  epochs  loss"), out);
    assertEquals(6, trials(study(summary)).size());
    var picture = ImageIO.read(study(summary).resolve("trials.png").toFile());
    assertEquals(2 * (2 * 90 + 2 * 170), picture.getWidth());

    var best = summary.get("best").asString();
    assertTrue(out.contains("next  ./merapi train " + best), out);
    double promised = summary.get("ranking").get(0).get("score").asDouble();
    assertEquals(0, run("train", best, "--json", "--runs", runs()), err);
    assertEquals(promised, json().get("val_loss").asDouble(), "the same training once more");
  }

  @Test
  void aMetricThatIsGreatestAtItsBestIsRankedSo() throws IOException {
    var summary = tuned("--space=training.optimizer.learning_rate=1e-6,1.0", "--metric=accuracy");
    var scores = summary.get("ranking");
    assertEquals(2, scores.size(), "a finite space is tried as a whole");
    assertTrue(scores.get(0).get("score").asDouble() >= scores.get(1).get("score").asDouble());
    assertEquals(
        scores.get(0).get("score").asDouble(),
        scores.get(0).get("validation").get("accuracy").asDouble());
    assertTrue(
        Files.readString(Path.of(summary.get("best").asString())).contains("best_by: accuracy"));
  }

  @Test
  void halvingKeepsTheBetterHalf() throws IOException {
    var summary =
        tuned(
            "--method=halving",
            "--trials=8",
            "--epochs=7",
            "--space=training.optimizer.learning_rate={from: 1e-5, to: 1, scale: log}");
    assertTrue(out.contains("by epochs: 8 for 1, 4 for 3, 2 for 7"), out);
    assertEquals(14, summary.get("trainings").asInt());
    var trials = trials(study(summary));
    var byRound = new LinkedHashMap<Integer, List<JsonNode>>();
    trials
        .values()
        .forEach(
            trial ->
                byRound
                    .computeIfAbsent(trial.get("epochs").asInt(), _ -> new ArrayList<>())
                    .add(trial));
    assertEquals(List.of(1, 3, 7), List.copyOf(byRound.keySet()));
    int[] kept = {4, 2};
    int[] epochs = {1, 3, 7};
    for (int round = 0; round < 2; round++) {
      var better = new HashSet<Integer>();
      byRound.get(epochs[round]).stream()
          .sorted((a, b) -> Double.compare(a.get("score").asDouble(), b.get("score").asDouble()))
          .limit(kept[round])
          .forEach(trial -> better.add(trial.get("trial").asInt()));
      var next = new HashSet<Integer>();
      byRound.get(epochs[round + 1]).forEach(trial -> next.add(trial.get("trial").asInt()));
      assertEquals(better, next);
    }
    assertEquals(7, summary.get("ranking").get(0).get("epochs").asInt());
    assertEquals(8, summary.get("ranking").size());
  }

  @Test
  void aTrialThatFailsIsToldAndIsLast() throws IOException {
    var summary = tuned("--space=training.optimizer.learning_rate=0.1,1e38");
    var last = summary.get("ranking").get(1);
    assertTrue(last.get("score").isNull(), out);
    assertTrue(last.get("reason").asString().contains("Lower the learning rate"), out);
    assertTrue(out.contains("failed: "), out);
    assertEquals("1", summary.get("ranking").get(0).get("trial").asString());
  }

  @Test
  void aTornLineIsTrainedAgainAndNoOther() throws IOException {
    String[] space = {"--space=training.batch={from: 4, to: 9}", "--method=grid"};
    var whole = tuned(space);
    var lines = study(whole).resolve("trials.jsonl");
    var expected = trials(study(whole));
    var text = Files.readAllLines(lines);
    Files.writeString(
        lines,
        String.join("\n", text.subList(0, 3)) + "\n" + text.get(3).substring(0, 40),
        StandardOpenOption.TRUNCATE_EXISTING);
    var folder = study(whole).toString();
    assertEquals(0, run("tune", "--resume", folder, "--json"), err);
    assertTrue(out.contains("3 trainings are finished already"), out);
    assertEquals(whole.get("ranking").size(), json().get("ranking").size());
    var kept = Files.readAllLines(lines);
    assertEquals(text.subList(0, 3), kept.subList(0, 3));
    kept.remove(3); // what was torn
    Files.write(lines, kept);
    assertEquals(expected, trials(study(whole)), "the same numbers as without the tear");

    // The whole command is as good as none; another one is refused.
    var again = new ArrayList<>(List.of("tune", recipe(), "--resume", folder));
    again.addAll(List.of(space));
    assertEquals(0, run(again), err);
    again.add("--seed=9");
    assertEquals(2, run(again));
    assertTrue(err.contains("has another recipe"), err);
    assertEquals(2, run("tune", "--resume", folder, "--seed=9"));
    assertTrue(err.contains("keeps its settings"), err);
    assertEquals(2, run("tune", "--resume", this.folder.toString()));
    assertTrue(err.contains("this is no study"), err);
  }

  @Test
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "signals are sent with kill")
  void aKilledSearchGoesOn() throws IOException, InterruptedException {
    var recipe = recipe();
    var output = folder.resolve("output.txt");
    String[] command = {
      "tune",
      recipe,
      "--space=training.optimizer.learning_rate={from: 1e-3, to: 1, scale: log}",
      "--trials=10",
      "--epochs=80",
      "--runs=" + runs()
    };
    Path study;
    try (var child = ChildCommand.start(output, command)) {
      study = child.folder(Path.of(runs()), run -> lines(run) >= 2);
      child.kill();
    }
    int killed = lines(study);
    assertTrue(killed < 10, "it was killed too late to tell");
    try (var child = ChildCommand.start(output, "tune", "--resume", study.toString())) {
      child.folder(Path.of(runs()), run -> lines(run) > killed);
      assertEquals(130, child.interrupted(), child.said());
      assertTrue(child.said().contains("./merapi tune --resume " + study), child.said());
    }
    assertEquals(0, run("tune", "--resume", study.toString(), "--json"), err);
    var resumed = json();
    assertEquals(10, trials(study).size());
    var arguments = new ArrayList<>(List.of(command));
    arguments.add("--json");
    assertEquals(0, run(arguments), err);
    assertEquals(trials(study(json())), trials(study), "the same numbers as without the kill");
    assertEquals(
        Files.readString(Path.of(json().get("best").asString())),
        Files.readString(Path.of(resumed.get("best").asString())));
  }

  private static int lines(Path study) {
    try {
      var file = study.resolve("trials.jsonl");
      return Files.exists(file) ? Files.readAllLines(file).size() : 0;
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--space training.bach=1,2 | --space training.bach=1,2: `training` has no key `bach`; did"
            + " you mean `batch`?",
        "--space training.batch=1,0 | `training.batch` cannot be `0`",
        "--space nowhere.yaml | nowhere.yaml: it cannot be read",
        "--trials 3 | there is nothing to search",
        "--space training.batch=1,2 --metric acuracy | did you mean `accuracy`?",
        "--space training.batch=1,2 --metric mae | is not measured",
        "--space training.batch=1,2 --method grd | grd",
        "--space training.batch=1,2 --method grid --trials 3 | leave --trials away",
        "--space training.batch=1,2 --parallel 0 | --parallel 0",
        "--space training.batch=1,2 --trials 0 | --trials 0",
        "--space training.batch=1,2 --set data.split.validation=0 | --set"
            + " data.split.validation=0.2",
        "--space training.epochs=1,2 --method halving | leave it out of the space",
        "--space training.batch=1,2,3,4 --method halving | too few to halve 4 trials; give"
            + " --epochs",
        "--space training.loss=cross-entropy,mse | different losses cannot be compared",
        "--space training.batch=1,2 --resume nowhere | nowhere",
      })
  void mistakesAreOneLineAndLeaveNothing(String more, String message) throws IOException {
    var arguments = new ArrayList<>(List.of("tune", recipe(), "--epochs=2", "--runs", runs()));
    arguments.addAll(List.of(more.split(" ")));
    assertEquals(2, run(arguments), err);
    assertEquals(1, err.lines().count(), err);
    assertTrue(err.contains(message), err);
    assertFalse(Files.exists(Path.of(runs())), "something was written");
  }
}
