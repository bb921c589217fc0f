package dev.merapi.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A language model of a text of the user's own, from the command line. */
class LanguageTest extends CommandTest {
  private static final String LINE = "the cat sat on the mat.\n";

  private List<String> train(Path text, String... more) {
    var command = new ArrayList<>(List.of("train", "gpt-char", "--data", text.toString()));
    command.addAll(List.of("--runs", folder.resolve("runs").toString(), "--epochs=4", "--json"));
    command.addAll(
        List.of(
            "--set=model.layers=1",
            "--set=model.heads=2",
            "--set=model.dim=32",
            "--set=data.context=24",
            "--set=data.samples=400",
            "--set=training.batch=8"));
    command.addAll(List.of(more));
    return command;
  }

  @Test
  void learnsATextAndGoesOnWithIt() throws IOException {
    var text = Files.writeString(folder.resolve("cats.txt"), LINE.repeat(200));
    assertEquals(0, run(train(text)), err);
    assertTrue(json().get("test_loss").asDouble() < 0.2, out);
    assertTrue(json().get("test").get("perplexity").asDouble() < 1.25, out);
    var run = json().get("run").asString();
    assertTrue(out.contains("./merapi generate " + run), out);

    assertEquals(
        0, run("generate", run, "--prompt", "the cat", "--temperature=0", "--tokens=60", "--json"));
    var written = json().get("texts").get(0).asString();
    assertTrue(LINE.repeat(5).startsWith("the cat" + written.substring(0, 50)), written);
    assertTrue(out.startsWith("the cat sat on the mat."), out);

    assertEquals(0, run("generate", run, "--stop=mat", "--samples=2", "--temperature=0", "--json"));
    assertEquals("the cat sat on the ", json().get("texts").get(1).asString());

    assertEquals(
        0,
        run(
            "generate",
            run,
            "--prompt=the cat",
            "--beams=4",
            "--samples=2",
            "--tokens=17",
            "--json"),
        err);
    assertEquals(" sat on the mat.\n", json().get("texts").get(0).asString());
    assertTrue(out.startsWith("the cat sat on the mat."), out);
    assertTrue(json().get("scores").get(0).asDouble() > json().get("scores").get(1).asDouble());
    assertEquals(2, run("generate", run, "--beams=2", "--top-p=0.9"));
    assertTrue(err.contains("leave out --top-p") && err.lines().count() == 1, err);
    assertEquals(2, run("generate", run, "--beams=2", "--samples=3"));
    assertEquals(2, run("generate", run, "--length-penalty=0.5"));
    // A search that outgrows the context ends there.
    assertEquals(0, run("generate", run, "--beams=2", "--tokens=300", "--json"), err);
    assertEquals(24, json().get("texts").get(0).asString().length());

    assertEquals(0, run("eval", run, "--data", text.toString(), "--json"), err);
    assertEquals("perplexity", json().get("measures").get(0).get("name").asString());
    assertTrue(Files.isRegularFile(Path.of(run, "report.html")));

    var strange = Files.writeString(folder.resolve("dogs.txt"), "a dog ?\n".repeat(50));
    assertEquals(2, run("eval", run, "--data", strange.toString()));
    assertTrue(err.contains("dogs.txt") && err.contains("'d'"), err);
    assertEquals(2, run("generate", run, "--prompt=Dog"));
    assertTrue(err.contains("'D'") && err.lines().count() == 1, err);
  }

  @Test
  void learnsPiecesOfWords() throws IOException {
    var text = Files.writeString(folder.resolve("cats.txt"), LINE.repeat(400));
    assertEquals(0, run(train(text, "--set=data.tokenizer={kind: bpe, size: 270}")), err);
    var first = json().get("run").asString();
    assertEquals(0, run("generate", first, "--temperature=0", "--tokens=12", "--json"), err);
    assertTrue(json().get("texts").get(0).asString().startsWith(LINE), out);

    // What one run has learned to cut, another takes over.
    var file = Path.of(first, "tokenizer.json").toString();
    assertEquals(
        0, run(train(text, "--set=data.tokenizer={kind: file, path: '" + file + "'}")), err);
    assertEquals(
        Files.readString(Path.of(file)),
        Files.readString(Path.of(json().get("run").asString(), "tokenizer.json")));
    assertEquals(2, run(train(text, "--set=data.tokenizer={kind: file, path: none.json}")));
    assertTrue(err.contains("none.json"), err);
    assertEquals(2, run(train(text, "--set=data.tokenizer={kind: bpe, size: 100}")));
    assertTrue(err.contains("257"), err);
  }

  @Test
  void asksForAPromptWhereALineEndIsNoToken() throws IOException {
    var words = "[PAD] [UNK] [CLS] [SEP] [MASK] the cat sat on mat .".replace(' ', '\n');
    var vocabulary = Files.writeString(folder.resolve("vocab.txt"), words + "\n");
    var text = Files.writeString(folder.resolve("cats.txt"), LINE.repeat(400));
    var tokenizer = "--set=data.tokenizer={kind: file, path: '" + vocabulary + "'}";
    assertEquals(0, run(train(text, tokenizer)), err);
    var run = json().get("run").asString();
    assertEquals(2, run("generate", run));
    assertTrue(err.contains("give some text"), err);
    assertEquals(0, run("generate", run, "--prompt=the cat", "--temperature=0", "--tokens=3"), err);
    assertTrue(out.startsWith("the cat sat on the"), out);
  }

  @Test
  void refusesWhatItCannotLearnFrom() throws IOException {
    var little = Files.writeString(folder.resolve("little.txt"), "too little");
    assertEquals(2, run(train(little)));
    assertTrue(err.contains("context"), err);
    var text = Files.writeString(folder.resolve("cats.txt"), LINE.repeat(200));
    assertEquals(2, run(train(text, "--set=model.heads=5")));
    assertTrue(err.contains("model.heads"), err);
    assertEquals(2, run(train(text, "--set=model={kind: mlp}")));
    assertEquals(2, run(train(text, "--set=training.target=input")));
    assertEquals(2, run("cv", "gpt-char", "--data", text.toString()));
    assertTrue(Files.notExists(folder.resolve("runs")), "nothing is written");
  }

  @Test
  void refusesARunThatWritesNoText() {
    assertEquals(
        0,
        run("train", "toy-classifier", "--runs", folder.toString(), "--epochs=1", "--json"),
        err);
    assertEquals(2, run("generate", json().get("run").asString()));
    assertTrue(err.contains("writes no text"), err);
  }

  private Path reviews() throws IOException {
    var rows = new StringBuilder("label,review\n");
    for (int i = 0; i < 120; i++) {
      boolean good = i % 2 == 0;
      rows.append(good ? "good" : "bad")
          .append(",the ")
          .append(i % 3 == 0 ? "film" : "plot")
          .append(good ? " was a great joy" : " was a great bore")
          .append(" to see".repeat(i % 4))
          .append('\n');
    }
    return Files.writeString(folder.resolve("reviews.csv"), rows.toString());
  }

  private List<String> reading(String recipe, Path table, String... more) {
    var command = new ArrayList<>(List.of("train", recipe, "--data", table.toString()));
    command.addAll(List.of("--runs", folder.resolve("runs").toString(), "--json"));
    command.addAll(
        List.of(
            "--set=training.epochs=12",
            "--set=data.text=review",
            "--set=data.tokenizer.size=120",
            "--set=data.length=24",
            "--set=data.validation=0.2",
            "--set=evaluation.best_by=loss",
            "--set=training.batch=8"));
    command.addAll(List.of(more));
    return command;
  }

  @Test
  void classifiesTexts() throws IOException {
    var table = reviews();
    assertEquals(
        0,
        run(
            reading(
                "sentiment-cnn",
                table,
                "--set=data.test_source=null",
                "--set=model.dim=16",
                "--set=model.channels=8")),
        err);
    var run = json().get("run").asString();
    assertEquals(1, json().get("test").get("accuracy").asDouble(), out);

    assertEquals(0, run("predict", run, "--text=a great joy", "--text", "a great bore", "--json"));
    var guesses = json().get("predictions");
    assertEquals("good", guesses.get(0).get("candidates").get(0).get("label").asString());
    assertEquals("bad", guesses.get(1).get("candidates").get(0).get("label").asString());
    assertTrue(out.startsWith("a great joy  good"), out);
    var lines =
        Files.writeString(folder.resolve("new.txt"), "a joy to see\n\nthe film was a bore\n");
    assertEquals(0, run("predict", run, lines.toString(), table.toString()), err);
    assertTrue(out.contains("new.txt: line 3  bad"), out);
    assertTrue(out.contains("reviews.csv: line 2  good"), out);

    assertEquals(0, run("eval", run, "--data", table.toString(), "--json"), err);
    assertEquals("accuracy", json().get("measures").get(0).get("name").asString());
    // Of a table that says otherwise every text is a mistake, and shown.
    var turned = Files.readString(table).replace("good,", "b,").replace("bad,", "good,");
    var wrong = Files.writeString(folder.resolve("wrong.csv"), turned.replace("b,", "bad,"));
    assertEquals(0, run("eval", run, "--data", wrong.toString()), err);
    var report = Files.readString(Path.of(run, "report.html"));
    assertTrue(report.contains("the film was a great"), report);

    // Classes keep their numbers where a table has fewer of them, and others are no classes.
    var bad = Files.writeString(folder.resolve("good.csv"), "label,review\ngood,a great joy\n");
    assertEquals(0, run("eval", run, "--data", bad.toString(), "--json"), err);
    assertEquals(1, json().get("measures").get(0).get("value").asDouble(), out);
    Files.writeString(bad, "label,review\ngood,a great joy\nfine,a joy\n");
    assertEquals(2, run("eval", run, "--data", bad.toString()));
    assertTrue(err.contains("good.csv: line 3: the class `fine` is none"), err);

    assertEquals(2, run("predict", run));
    assertTrue(err.contains("--text"), err);
    assertEquals(2, run("generate", run));
    assertTrue(err.contains("writes no text"), err);
    assertEquals(2, run(reading("sentiment-cnn", table, "--set=data.label=rating")));
    assertTrue(err.contains("rating") && err.contains("label"), err);
    Files.writeString(table, Files.readString(table) + "good,\n");
    assertEquals(2, run(reading("sentiment-cnn", table, "--set=data.test_source=null")));
    assertTrue(err.contains("reviews.csv: line 122: column `review` is empty"), err);
    assertEquals(
        0,
        run(reading("sentiment-cnn", table, "--set=data.test_source=null", "--on-bad-row=skip")),
        err);
    assertTrue(out.contains("1 bad row left out"), out);
  }

  @Test
  void tellsHiddenWordsAndGoesOnToClasses() throws IOException {
    var table = reviews();
    var small =
        new String[] {
          "--set=model.dim=32",
          "--set=model.layers=1",
          "--set=model.heads=2",
          "--set=training.optimizer.learning_rate=0.005"
        };
    assertEquals(0, run(reading("bert-mlm", table, small)), err);
    var base = json().get("run").asString();
    assertTrue(json().get("test").get("perplexity").asDouble() < 20, out);
    assertEquals(0, run("predict", base, "--text=the film was a [MASK] joy", "--json"), err);
    assertEquals(5, json().get("predictions").get(0).get("candidates").size());
    assertEquals(2, run("predict", base, "--text=the film was a great joy"));
    assertTrue(err.contains("[MASK]"), err);
    assertEquals(0, run("eval", base, "--data", table.toString(), "--json"), err);

    var more = new ArrayList<>(List.of(small));
    more.addAll(List.of("--set=data.test_source=null", "--set=model.from=" + base));
    assertEquals(0, run(reading("sentiment", table, more.toArray(String[]::new))), err);
    var run = json().get("run").asString();
    assertEquals(1, json().get("test").get("accuracy").asDouble(), out);
    assertEquals(
        Files.readString(Path.of(base, "tokenizer.json")),
        Files.readString(Path.of(run, "tokenizer.json")));

    // The run stands by itself: what it began with may go.
    Files.move(Path.of(base), folder.resolve("elsewhere"));
    assertEquals(0, run("eval", run, "--data", table.toString(), "--json"), err);
    Files.move(folder.resolve("elsewhere"), Path.of(base));

    more.add("--set=model.layers=2");
    assertEquals(2, run(reading("sentiment", table, more.toArray(String[]::new))));
    assertTrue(err.contains("bert.blocks.1"), err);
    assertEquals(2, run(reading("bert-mlm", table, "--set=model={kind: text-cnn}")));
    assertTrue(err.contains("tells classes, not hidden tokens"), err);
    assertEquals(2, run("train", "sentiment-cnn", "--set=data.source=null"));
    assertTrue(err.contains("--data FILE"), err);
    assertEquals(2, run(reading("sentiment", table, "--set=model.from=nowhere")));
    assertTrue(err.contains("nowhere"), err);
    assertEquals(2, run(reading("bert-mlm", table, "--set=data.tokenizer={kind: characters}")));
    assertTrue(err.contains("wordpiece"), err);
    assertEquals(
        2,
        run(
            reading(
                "sentiment",
                table,
                "--set=data.test_source=null",
                "--set=model={kind: gpt, layers: 1}")));
    assertTrue(err.contains("gpt"), err);
  }
}
