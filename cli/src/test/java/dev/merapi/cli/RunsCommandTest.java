package dev.merapi.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class RunsCommandTest extends CommandTest {
  /** Trains the toy for some epochs, and returns the run's folder. */
  private Path trained(String... more) {
    var arguments = new ArrayList<>(List.of("train", "toy-classifier", "--json"));
    arguments.addAll(List.of("--runs", runs(), "--epochs", "20"));
    arguments.addAll(List.of(more));
    assertEquals(0, run(arguments), err);
    return Path.of(json().get("run").asString());
  }

  private static String name(Path run) {
    return run.getFileName().toString();
  }

  @Test
  void listsFiltersComparesTagsAndDeletes() {
    var first = trained("--seed", "3");
    var second = trained("--seed", "4");
    assertEquals(
        0,
        run("runs", "--runs", runs(), "--columns=seed,train_loss", "--sort=seed", "--reverse"),
        err);
    assertTrue(out.lines().toList().get(1).matches("toy-classifier-\\S+ +4 +0\\.\\d+"), out);
    assertEquals(0, run("runs", "--runs", runs(), "--where", "seed=3", "--json"), err);
    assertEquals(1, json().size());
    assertEquals("complete", json().get(0).get("state").asString());
    assertEquals(20, json().get(0).get("steps").asInt());

    assertEquals(0, run("runs", "--runs", runs(), "compare", name(first), name(second)), err);
    assertTrue(out.lines().anyMatch(line -> line.matches("seed +3 +4")), out);
    assertTrue(out.lines().anyMatch(line -> line.startsWith("last train_loss")), out);
    assertFalse(out.contains("training.batch"), out);

    assertEquals(0, run("runs", "--runs", runs(), "tag", name(first), "good", "old"), err);
    assertEquals(0, run("runs", "--runs", runs(), "tag", name(first), "--remove", "old"), err);
    assertEquals(0, run("runs", "--runs", runs(), "--where", "tag=good", "--json"), err);
    assertEquals(name(first), json().get(0).get("name").asString());

    assertEquals(0, run("runs", "--runs", runs(), "delete", name(first)), err);
    assertFalse(Files.exists(first));
    assertEquals(2, run("runs", "--runs", runs(), "delete", name(first)));
    assertTrue(err.contains("there is no run"), err);
    assertEquals(0, run("runs", "--runs", runs(), "trash"), err);
    assertTrue(out.contains(name(first)), out);
    assertEquals(0, run("runs", "--runs", runs(), "restore", name(first)), err);
    assertTrue(Files.exists(first.resolve("tags.json")));
  }

  @Test
  void answersSql() {
    trained("--seed", "3");
    trained("--seed", "4");
    assertEquals(
        0,
        run(
            "runs",
            "--runs=" + runs(),
            "--json",
            "--sql=SELECT count(*) AS n, count(DISTINCT seed) AS seeds FROM runs"),
        err);
    assertEquals("[{\"n\":\"2\",\"seeds\":\"2\"}]", json().toString());
    assertEquals(2, run("runs", "--runs", runs(), "--sql", "SELECT nothing FROM runs"));
    assertEquals(1, err.lines().count(), err);
  }

  @Test
  void reproducesToTheBitAndSaysWhereItDoesNot() throws IOException {
    var first = trained("--seed", "3");
    var environment = Files.readString(first.resolve("environment.json"));
    assertTrue(environment.contains("\"train\" : \""), environment);
    assertEquals(0, run("reproduce", first.toString(), "--json"), out + err);
    assertTrue(out.contains("the same to the last bit"), out);
    assertTrue(json().get("lines").asInt() >= 20, out);

    var metrics = first.resolve("metrics.jsonl");
    Files.writeString(
        metrics, Files.readString(metrics).replaceFirst("\"train_loss\":", "\"train_loss\":1"));
    assertEquals(3, run("reproduce", first.toString()), out + err);
    assertTrue(out.contains("not the same:\n  step 1: train_loss was 1"), out);
    assertEquals(2, run("reproduce", folder.toString()));
  }

  @Test
  void strangersNamesDoNotMoveTheCursor() throws IOException {
    var run = Files.createDirectories(Path.of(runs()).resolve("evil\033[2Jname"));
    Files.writeString(run.resolve("recipe.yaml"), "name: \"a\\eb\"\n");
    assertEquals(0, run("runs", "--runs", runs(), "--columns", "recipe"), err);
    assertFalse(out.contains("\033"), out);
    assertTrue(out.contains("evil\uFFFD[2Jname"), out);
  }

  @Test
  void anEmptyFolderIsNoMistake() {
    assertEquals(0, run("runs", "--runs", runs()), err);
    assertTrue(out.contains("no run in"), out);
    assertEquals(2, run("runs", "--runs", runs(), "--where", "x"));
  }
}
