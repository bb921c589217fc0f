package dev.merapi.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Texts are turned into others. */
class TranslateTest extends CommandTest {
  private static final List<String> ENGLISH = List.of("one", "two", "three", "four", "five", "six");
  private static final List<String> GERMAN =
      List.of("eins", "zwei", "drei", "vier", "fünf", "sechs");

  /** Counting, whose German has the order of the words reversed. */
  private Path numbers(String name, int count, long seed) throws IOException {
    var random = new Random(seed);
    List<String> en = new ArrayList<>();
    List<String> de = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      var words = random.ints(2 + random.nextInt(3), 0, ENGLISH.size()).boxed().toList();
      en.add(words.stream().map(ENGLISH::get).collect(Collectors.joining(" ")));
      de.add(words.reversed().stream().map(GERMAN::get).collect(Collectors.joining(" ")));
    }
    Files.write(folder.resolve(name + ".en"), en);
    return Files.write(folder.resolve(name + ".de"), de);
  }

  private int train(Path data, String... more) {
    var model = "--set=model={kind: seq2seq, layers: 1, heads: 2, dim: 32, dropout: 0}";
    return train("translate", model, data, more);
  }

  private int train(String recipe, String model, Path data, String... more) {
    var command = new ArrayList<>(List.of("train", recipe, "--data", data.toString(), model));
    command.addAll(
        List.of(
            "--runs",
            runs(),
            "--json",
            "--set=data.tokenizer.size=300",
            "--set=training.batch=16",
            "--set=training.schedule={kind: inverse-square-root, warmup: 1}",
            "--set=training.optimizer={kind: adam, learning_rate: 0.005}"));
    command.addAll(List.of(more));
    return run(command);
  }

  private void numbers() throws IOException {
    numbers("train", 500, 1);
    numbers("val", 30, 2);
    numbers("test_2016_flickr", 30, 3);
  }

  @Test
  void aFolderOfAlignedFilesIsLearned() throws IOException {
    numbers();
    assertEquals(0, train(folder, "--epochs=8"), err);
    var report = json();
    assertTrue(report.get("test_accuracy").asDouble() > 0.8, out);
    // The loss is smoothed, and the perplexity is not.
    double perplexity = report.get("test").get("perplexity").asDouble();
    assertTrue(perplexity >= 1 && perplexity < Math.exp(report.get("test_loss").asDouble()), out);
    translates(report.get("run").asString(), report.get("test").get("bleu").asDouble());
  }

  @Test
  void lstmsLearnItAndGoOnFromACheckpoint() throws IOException {
    numbers();
    var model = "--set=model={kind: lstm-seq2seq, layers: 1, dim: 32, hidden: 32, dropout: 0}";
    assertEquals(0, train("translate-lstm", model, folder, "--epochs=3"), err);
    double first = json().get("test_accuracy").asDouble();
    var run = json().get("run").asString();
    var data = folder.toString();
    assertEquals(0, run("train", "--resume", run, "--epochs=8", "--data", data, "--json"), err);
    assertTrue(json().get("test_accuracy").asDouble() > Math.max(0.8, first), out);
    translates(run, json().get("test").get("bleu").asDouble());
  }

  private void translates(String run, double bleu) throws IOException {
    assertEquals(0, run("eval", run, "--data", folder.toString(), "--json"), err);
    var measure = json().get("measures").get(0);
    assertEquals("bleu", measure.get("name").asString());
    assertEquals(bleu, measure.get("value").asDouble(), 1e-9);
    assertTrue(measure.get("low").asDouble() <= bleu && bleu <= measure.get("high").asDouble());
    var page = Files.readString(Path.of(run, "report.html"));
    var source = Files.readAllLines(folder.resolve("test_2016_flickr.en")).getFirst();
    assertTrue(page.contains("<td>" + source + "</td>"), "the report shows translations");

    var file = Files.writeString(folder.resolve("mine.txt"), "six one two\n\none two\n");
    var options = List.of("--text", "three four", "--beams", "2", "--json");
    var command = new ArrayList<>(List.of("predict", run, file.toString()));
    command.addAll(options);
    assertEquals(0, run(command), err);
    var written = json().get("predictions");
    assertEquals(4, written.size());
    assertEquals("three four", written.get(0).get("text").asString());
    assertEquals("", written.get(2).get("translation").asString());
    var german = GERMAN.stream().collect(Collectors.joining("|"));
    assertTrue(written.get(3).get("translation").asString().matches("((" + german + ") ?)+"), out);
    assertEquals(2, run("predict", run), out);
    assertEquals(2, run("generate", run), out);
  }

  @Test
  void twoColumnsOfATableAreLearnedToo() throws IOException {
    numbers("all", 60, 1);
    var en = Files.readAllLines(folder.resolve("all.en"));
    var de = Files.readAllLines(folder.resolve("all.de"));
    var rows = new StringBuilder("de,en\n");
    for (int i = 0; i < en.size(); i++) {
      rows.append(de.get(i)).append(',').append(en.get(i)).append('\n');
    }
    var table = Files.writeString(folder.resolve("all.csv"), rows);
    var own = "--set=data={kind: pairs, from: en, to: de, tokenizer: {kind: bpe, size: 280}}";
    assertEquals(0, train(table, own, "--epochs=1"), err);
    // Of two files that have no others beside them, shares are drawn.
    assertEquals(0, train(folder.resolve("all.de"), "--epochs=1"), err);
    assertEquals(2, train(folder, "--epochs=1"), out);
    assertTrue(err.contains("train.en and "), err);
    Files.writeString(folder.resolve("holes.csv"), "de,en\neins,one\n,two\n");
    assertEquals(2, train(folder.resolve("holes.csv"), own), out);
    assertTrue(err.contains("line 3: column `de` is empty"), err);
  }

  @Test
  void whatDoesNotFitTogetherIsToldWithItsPlace() throws IOException {
    numbers("train", 40, 1);
    var alone =
        "--set=data={kind: pairs, source: train, from: en, to: de, tokenizer: {kind: bpe, size:"
            + " 280}, length: 16}";
    assertEquals(2, train(folder, alone.replace("source: train", "source: none")), out);
    assertTrue(err.contains("none.en and ") && err.contains("none.de"), err);
    var en = folder.resolve("train.en");
    var lines = Files.readAllLines(en);
    Files.write(en, lines.subList(0, 39));
    assertEquals(2, train(folder, alone), out);
    assertTrue(err.contains("train.en has 39 lines") && err.contains("train.de has 40"), err);
    lines.set(6, " ");
    Files.write(en, lines);
    assertEquals(2, train(folder, alone), out);
    assertTrue(err.contains("train.en: line 7: the line is empty"), err);
    lines.set(6, "one ".repeat(40));
    Files.write(en, lines);
    var more = List.of("--epochs=1", "--set=data.validation=0", "--set=data.test=0.2");
    train(folder, alone, more.get(0), more.get(1), more.get(2));
    assertTrue(
        err.contains("longer than 16 tokens") || out.contains("longer than 16 tokens"), out + err);
    Files.write(en, new byte[] {'a', (byte) 0xff, '\n'});
    assertEquals(2, train(folder, alone), out);
    assertTrue(err.contains("train.en: line 1: this is not UTF-8"), err);
  }

  @Test
  void modelsAndDataThatDoNotFitAreRefused() throws IOException {
    numbers("train", 40, 1);
    assertEquals(2, train(folder, "--set=model={kind: gpt}"), out);
    assertTrue(err.contains("give the model seq2seq"), err);
    assertEquals(2, run("train", "gpt-char", "--runs", runs(), "--set=model={kind: seq2seq}"), out);
    assertTrue(err.contains("data of the kind `pairs`"), err);
    assertEquals(2, train(folder, "--set=training.loss=mse"), out);
    assertTrue(err.contains("`label_smoothing` is for the loss cross-entropy"), err);
  }
}
