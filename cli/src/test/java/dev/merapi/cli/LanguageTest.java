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
}
