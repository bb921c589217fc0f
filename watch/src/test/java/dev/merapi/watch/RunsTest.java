package dev.merapi.watch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.merapi.tensor.MerapiException;
import dev.merapi.train.Environment;
import dev.merapi.train.FileException;
import dev.merapi.train.RunWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RunsTest {
  @TempDir Path folder;

  @Test
  void knowsWhatARunIs() {
    var made = MadeRuns.make(folder, "digits", 20, 1);
    var run = new Runs(folder).all().getFirst();
    assertEquals(made.path().getFileName().toString(), run.name());
    assertEquals("complete", run.state());
    assertEquals("run", run.kind());
    assertEquals(20, run.steps());
    assertEquals(new RunRecord.Measured(20, 0.05, 0.05, 1), run.measured().get("train_loss"));
    assertEquals(Optional.of(0.05), run.value("train_loss"));
    assertEquals(Optional.of(1.0), run.value("max.train_loss"));
    assertEquals(Optional.of("adam"), run.value("training.optimizer.kind"));
    assertEquals(Optional.of("7"), run.value("env.seed"));
    assertEquals(Optional.empty(), run.value("val_loss"));
  }

  @Test
  void seesARunWhileItIsWritten() {
    var environment = Environment.capture(List.of(), 1, "");
    var runs = new Runs(folder);
    try (var writer = RunWriter.create(folder, "live", MadeRuns.yaml("live", 1), environment)) {
      assertEquals("running", runs.all().getFirst().state());
      writer.append(1, MadeRuns.line(1, 1));
      long before = runs.all().getFirst().revision();
      writer.append(2, MadeRuns.line(2, 1));
      assertEquals(2, runs.all().getFirst().steps());
      assertFalse(before == runs.all().getFirst().revision());
      // It cannot be pulled from under the training.
      var error = assertThrows(FileException.class, () -> runs.delete(runs.all().getFirst()));
      assertTrue(error.getMessage().contains("another training"), error.getMessage());
    }
    assertEquals("broken off", runs.all().getFirst().state());
  }

  @Test
  void tornLinesAreLeftOut() throws IOException {
    var made = MadeRuns.make(folder, "digits", 3, 1);
    Files.writeString(
        made.file("metrics.jsonl"),
        """
        {"step":4,"train_lo
        {"step":5,"train_loss":0.5,"more":{"deep":[1,2]},"word":"x","nan":"NaN"}
        no json {
        [1,2]
        {"step":6,"train_loss":0.25}
        {"step":7,"train_loss":0.12\
        """,
        StandardOpenOption.APPEND);
    var curve = new Runs(folder).curves(made.path()).byName().get("train_loss");
    assertEquals(5, curve.count());
    assertEquals(0.25, curve.last());
    assertTrue(Double.isNaN(new Runs(folder).curves(made.path()).byName().get("nan").last()));
    assertEquals(6, new Runs(folder).curves(made.path()).lastStep());
  }

  @Test
  void longRunsKeepTheirShapeAndAreKept() throws IOException {
    MadeRuns.write(folder, "long", 10_000, 0.3);
    var file = folder.resolve("long/metrics.jsonl");
    Files.setLastModifiedTime(
        file, java.nio.file.attribute.FileTime.fromMillis(System.currentTimeMillis() - 60_000));
    var curve = new Runs(folder).curves(folder.resolve("long")).byName().get("train_loss");
    assertEquals(10_000, curve.count());
    assertTrue(curve.size() > Curve.PLACES / 2 && curve.size() <= Curve.PLACES, "" + curve.size());
    for (int i = 100; i < curve.size(); i++) {
      assertEquals(Math.pow(curve.step(i), -0.3), curve.mean(i), 0.01, "at " + curve.step(i));
    }
    var kept = folder.resolve(CurveStore.FOLDER).resolve("long.curves");
    assertTrue(Files.exists(kept));
    var again = new Runs(folder).curves(folder.resolve("long")).byName().get("train_loss");
    assertEquals(curve.size(), again.size());
    assertEquals(curve.mean(curve.size() - 1), again.mean(curve.size() - 1));
    assertEquals(curve.last(), again.last());
    // What is broken in the store is read anew.
    byte[] bytes = Files.readAllBytes(kept);
    bytes[bytes.length / 2] ^= 1;
    Files.write(kept, bytes);
    var anew = new Runs(folder).curves(folder.resolve("long")).byName().get("train_loss");
    assertEquals(curve.mean(curve.size() / 2), anew.mean(curve.size() / 2));
    // And so is a run that goes on.
    Files.writeString(file, "{\"step\":10001,\"train_loss\":-1}\n", StandardOpenOption.APPEND);
    assertEquals(-1, new Runs(folder).all().getFirst().measured().get("train_loss").min());
  }

  @Test
  void aGlanceTellsTheCourseAndTheEndUntilAllIsRead() throws IOException, InterruptedException {
    MadeRuns.write(folder, "long", 10_000, 0.3);
    MadeRuns.write(folder, "short", 100, 0.3);
    var whole = new Runs(folder).curves(folder.resolve("long"));
    var runs = new Runs(folder);
    assertTrue(runs.glance(folder.resolve("short")).whole());
    var glance = runs.glance(folder.resolve("long"));
    assertFalse(glance.whole());
    assertEquals(10_000, glance.lastStep());
    assertEquals(whole.byName().keySet(), glance.byName().keySet());
    var curve = glance.byName().get("train_loss");
    assertEquals(whole.byName().get("train_loss").last(), curve.last());
    assertTrue(curve.count() > 100 && curve.count() < 200, "" + curve.count());
    assertEquals(1, curve.step(0));
    for (int i = 0; i < curve.size(); i++) {
      assertEquals(Math.pow(curve.step(i), -0.3), curve.mean(i), 0.01, "at " + curve.step(i));
      assertTrue(i == 0 || curve.step(i) - curve.step(i - 1) < 200, "at " + curve.step(i));
    }
    long end = System.nanoTime() + 20_000_000_000L;
    while (!runs.glance(folder.resolve("long")).whole()) {
      assertTrue(System.nanoTime() < end, "it is never read");
      Thread.sleep(5);
    }
    assertEquals(10_000, runs.glance(folder.resolve("long")).byName().get("train_loss").count());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "recipe=slow | slow",
        "recipe!=slow | fast",
        "train_loss<0.2 | fast",
        "train_loss>=0.2 | slow",
        "max.train_loss=1 | fast slow",
        "name~fast | fast",
        "training.optimizer.learning_rate<1 | slow",
        "val_loss<1 | ''",
        "tag=good | ''",
        "tag!=good | fast slow",
        "steps = 10 | fast slow",
      })
  void conditionsChoose(String condition, String wanted) {
    MadeRuns.make(folder, "fast", 10, 1);
    MadeRuns.make(folder, "slow", 10, 0.5);
    var found =
        new Runs(folder)
            .all().stream()
                .filter(RunFilter.condition(condition))
                .sorted(RunFilter.by("name", false))
                .map(RunRecord::recipe)
                .toList();
    assertEquals(wanted, String.join(" ", found));
  }

  @Test
  void sortsNumbersAsNumbersAndMissingOnesLast() {
    MadeRuns.make(folder, "a", 3, 1);
    MadeRuns.make(folder, "b", 100, 1);
    MadeRuns.make(folder, "c", 20, 1);
    MadeRuns.make(folder, "none", 0, 1);
    var runs = new Runs(folder).all();
    assertEquals(
        List.of("a", "c", "b", "none"),
        runs.stream().sorted(RunFilter.by("max.epoch", false)).map(RunRecord::recipe).toList());
    assertEquals(
        List.of("b", "c", "a", "none"),
        runs.stream().sorted(RunFilter.by("max.epoch", true)).map(RunRecord::recipe).toList());
    assertThrows(MerapiException.class, () -> RunFilter.condition("loss"));
  }

  @Test
  void tagsStayAndHostileOnesAreRefused() {
    MadeRuns.make(folder, "digits", 3, 1);
    var runs = new Runs(folder);
    assertEquals(
        List.of("best", "good"),
        runs.tag(runs.all().getFirst(), List.of("good", "best"), List.of()));
    assertEquals(List.of("good"), runs.tag(runs.all().getFirst(), List.of(), List.of("best")));
    assertEquals(List.of("good"), new Runs(folder).all().getFirst().tags());
    for (var tag : List.of("", "a b", "<b>", "../x", "x".repeat(65))) {
      assertThrows(
          MerapiException.class,
          () -> runs.tag(runs.all().getFirst(), List.of(tag), List.of()),
          tag);
    }
  }

  @Test
  void theTrashGivesBack() {
    var made = MadeRuns.make(folder, "digits", 3, 1);
    var name = made.path().getFileName().toString();
    var runs = new Runs(folder);
    runs.delete(runs.find(name));
    assertEquals(List.of(), runs.all());
    assertEquals(List.of(name), runs.trash());
    var error = assertThrows(MerapiException.class, () -> runs.find(name));
    assertTrue(error.getMessage().contains("no run"), error.getMessage());
    assertEquals(made.path(), runs.restore(name));
    assertEquals(3, runs.find(name).steps());
    runs.delete(runs.find(made.path().toString()));
    runs.emptyTrash();
    assertEquals(List.of(), runs.trash());
    for (var bad : List.of("..", "x", "../" + name)) {
      assertThrows(MerapiException.class, () -> runs.restore(bad));
    }
  }

  @Test
  void sqlAsksTheFiles() {
    var made = MadeRuns.make(folder.resolve("it's [a] folder"), "digits", 4, 1);
    MadeRuns.make(folder.resolve("it's [a] folder"), "others", 8, 1);
    var runs = new Runs(folder.resolve("it's [a] folder")).all();
    var rows =
        RunSql.query(
            runs,
            "SELECT r.recipe, count(*) AS n, min(m.train_loss) AS least FROM runs r JOIN metrics m"
                + " ON m.run = r.name GROUP BY 1 ORDER BY 1");
    assertEquals(List.of("recipe", "n", "least"), rows.columns());
    assertEquals(List.of(List.of("digits", 4L, 0.25), List.of("others", 8L, 0.125)), rows.rows());
    var settings =
        RunSql.query(runs, "SELECT \"training.batch\" FROM runs WHERE name LIKE 'digits%'");
    assertEquals(List.of(List.of(32.0)), settings.rows());
    assertTrue(Files.exists(made.path()));
    var error = assertThrows(MerapiException.class, () -> RunSql.query(runs, "SELEC 1"));
    assertTrue(error.getMessage().startsWith("SQL: "), error.getMessage());
    assertFalse(error.getMessage().contains("\n"));
  }

  @Test
  void reproductionsAreHeldToTheBit() throws IOException {
    var first = MadeRuns.make(folder, "a", 5, 1);
    var second = MadeRuns.make(folder, "a", 7, 1);
    assertTrue(Reproduction.of(first, second).same());
    assertEquals(5, Reproduction.of(first, second).lines());
    var text = Files.readString(second.file("metrics.jsonl"));
    Files.writeString(
        second.file("metrics.jsonl"), text.replaceFirst("0\\.5\\b", "0.5000000000000001"));
    assertEquals(
        List.of("step 2: train_loss was 0.5 and is 0.5000000000000001"),
        Reproduction.of(first, second).differences());
    var runs = new Runs(folder);
    assertEquals(
        List.of(),
        Reproduction.of(first, second)
            .with(
                runs.find(first.path().getFileName().toString()),
                runs.find(second.path().getFileName().toString()))
            .surroundings());
    var empty = MadeRuns.make(folder, "b", 0, 1);
    assertThrows(MerapiException.class, () -> Reproduction.of(first, empty));
  }
}
