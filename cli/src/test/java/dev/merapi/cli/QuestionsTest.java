package dev.merapi.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.merapi.hub.Pretrained;
import dev.merapi.tensor.Key;
import dev.merapi.zoo.Bert;
import dev.merapi.zoo.BertTask;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** Networks find answers in texts. */
class QuestionsTest extends CommandTest {
  private static final List<String> NUMBERS =
      List.of("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten");

  private static final List<String> ANIMALS = List.of("cats", "dogs", "birds", "fish", "cows");

  private static final List<String> MARKS = List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]");

  record Answer(String text, int answer_start) {}

  record Asked(String id, String question, List<Answer> answers, boolean is_impossible) {}

  record Paragraph(String context, List<Asked> qas) {}

  record Article(String title, List<Paragraph> paragraphs) {}

  record Squad(String version, List<Article> data) {}

  /** Texts with one number, or none, that is asked for. */
  private Path questions(boolean none) throws IOException {
    List<Paragraph> paragraphs = new ArrayList<>();
    for (int i = 0; i < 120; i++) {
      var animal = ANIMALS.get(i % 5);
      var number = NUMBERS.get(i * 7 % 10);
      boolean impossible = none && i % 3 == 0;
      var context =
          "😀 ".repeat(i % 2)
              + (impossible
                  ? "we saw the %s there".formatted(animal)
                  : i % 4 < 2
                      ? "we saw %s of the %s there".formatted(number, animal)
                      : "the %s there were %s".formatted(animal, number));
      int at = context.indexOf(number);
      var answers =
          impossible
              ? List.<Answer>of()
              : List.of(new Answer(number, context.codePointCount(0, at)));
      var asked = new Asked("q" + i, "how many of the %s ?".formatted(animal), answers, impossible);
      paragraphs.add(new Paragraph(context + "! ".repeat(i), List.of(asked)));
    }
    var squad = new Squad("1.1", List.of(new Article("animals", paragraphs)));
    var name = none ? "squad2.json" : "squad1.json";
    return Files.writeString(folder.resolve(name), JsonMapper.shared().writeValueAsString(squad));
  }

  private int train(Path data, String... more) {
    var command = new ArrayList<>(List.of("train", "qa", "--data", data.toString()));
    command.addAll(List.of("--runs", runs(), "--json", "--set=data.length=32"));
    command.addAll(
        List.of(
            "--set=data.stride=8",
            "--set=data.question_length=8",
            "--set=data.answer_length=3",
            "--set=model.layers=1",
            "--set=model.dim=32",
            "--set=model.dropout=0",
            "--set=training.optimizer={kind: adam, learning_rate: 0.005}"));
    if (List.of(more).stream().noneMatch(option -> option.startsWith("--epochs"))) {
      command.add("--epochs=6");
    }
    command.addAll(List.of(more));
    return run(command);
  }

  @Test
  void findsAnswersAndSaysWhereThereAreNone() throws IOException {
    assertEquals(0, train(questions(true), "--set=data.unanswerable=true"), err);
    var test = json().get("test");
    assertTrue(test.get("exact_match").asDouble() > 0.8, out);
    assertTrue(test.get("f1").asDouble() >= test.get("exact_match").asDouble(), out);
    var run = json().get("run").asString();

    assertEquals(0, run("eval", run, "--data", questions(true).toString(), "--json"), err);
    var measures = json().get("measures").valueStream().toList();
    assertEquals("exact_match", measures.getFirst().get("name").asString());
    assertTrue(measures.get(1).get("low").asDouble() <= measures.get(1).get("value").asDouble());
    assertEquals("no_answer_exact", measures.get(3).get("name").asString());
    assertTrue(
        Files.readString(Path.of(run, "report.html")).contains("Exact match"), "it is reported");

    var question = "--question=how many of the dogs ?";
    var text = "--text=the dogs there were nine";
    assertEquals(0, run("predict", run, question, text, "--json"), err);
    var reply = json().get("predictions").get(0);
    assertEquals("nine", reply.get("answer").asString());
    assertTrue(reply.get("probability").asDouble() > 0.5, out);
    var file = Files.writeString(folder.resolve("dogs.txt"), "we saw the dogs there");
    assertEquals(0, run("predict", run, question, file.toString()), err);
    assertTrue(out.contains("(the text does not say it)"), out);
    assertEquals(0, run("predict", run, questions(true).toString(), "--json"), err);
    assertEquals(120, json().get("predictions").size());
    assertEquals("q1", json().get("predictions").get(1).get("id").asString());
  }

  /** A folder as from a hub, with a tokenizer of whole words. */
  private Path published() throws IOException {
    var words = new ArrayList<>(MARKS);
    words.addAll(List.of("how", "many", "of", "the", "?", "we", "saw", "there", "were", "!"));
    words.addAll(NUMBERS);
    words.addAll(ANIMALS);
    var size = new Bert.Size(words.size(), 40, 32, 64, 1, 4);
    var target = folder.resolve("bert");
    Pretrained.of(BertTask.MaskedTokens.of(Bert.of(size, Key.of(1)), Key.of(2))).save(target);
    Files.write(target.resolve("vocab.txt"), words);
    return target;
  }

  @Test
  void beginsWithAPublishedModelOrARun() throws IOException {
    var base = published();
    var from = "--set=model.from=" + base;
    assertEquals(0, train(questions(false), from), err);
    assertTrue(json().get("test").get("exact_match").asDouble() > 0.8, out);
    var run = json().get("run").asString();
    try (var files = Files.list(base)) { // the run needs it no longer
      for (var file : files.toList()) {
        Files.delete(file);
      }
    }
    var question = "--question=how many of the dogs ?";
    assertEquals(
        0, run("predict", run, question, "--text=the dogs there were nine", "--json"), err);
    assertEquals("nine", json().get("predictions").get(0).get("answer").asString());
    assertEquals(0, run("eval", run, "--data", questions(false).toString(), "--json"), err);
  }

  @Test
  void beginsWithWhatHiddenWordsHaveTaught() throws IOException {
    var rows = new StringBuilder("sentence\n");
    for (int i = 0; i < 60; i++) {
      rows.append("we saw %s of the %s there\n".formatted(NUMBERS.get(i % 10), ANIMALS.get(i % 5)));
    }
    var table = Files.writeString(folder.resolve("texts.csv"), rows);
    var command = new ArrayList<>(List.of("train", "bert-mlm", "--data", table.toString()));
    command.addAll(List.of("--runs", runs(), "--json", "--epochs=1", "--set=data.length=32"));
    command.addAll(
        List.of("--set=model.layers=1", "--set=model.dim=32", "--set=data.tokenizer.size=200"));
    assertEquals(0, run(command), err);
    var base = json().get("run").asString();
    assertEquals(0, train(questions(false), "--set=model.from=" + base, "--epochs=1"), err);
    assertEquals(
        2, train(questions(false), "--set=model.from=" + base, "--set=data.length=48"), out);
    assertTrue(err.contains("data.length=32"), err);
  }

  @Test
  void whatCannotBeAskedIsToldInALine() throws IOException {
    assertEquals(2, train(questions(true)));
    assertTrue(err.contains("40 of its 120 questions") && err.contains("unanswerable=true"), err);
    assertEquals(2, train(questions(false), "--set=model={kind: text-cnn}"));
    assertTrue(err.contains("bert"), err);
    assertEquals(2, train(questions(false), "--set=data.question_length=30"));
    assertTrue(err.contains("no room"), err);
    var text = Files.readString(questions(false));
    var moved = folder.resolve("moved.json");
    Files.writeString(moved, text.replaceFirst("\"answer_start\":\\d+", "\"answer_start\":3"));
    assertEquals(2, train(moved));
    assertTrue(err.contains("line 1") && err.contains("`q0`") && err.contains("character 3"), err);
    assertEquals(0, train(moved, "--set=data.on_bad_row=skip", "--epochs=1"), err);
    assertTrue(out.contains("1 bad row"), out);
    Files.writeString(moved, "[{\"question\": 1}]");
    assertEquals(2, train(moved));
    assertTrue(err.contains("list `data`"), err);
    Files.writeString(moved, text.substring(0, 500));
    assertEquals(2, train(moved));
    assertTrue(err.contains("moved.json"), err);
    assertEquals(2, run("predict", runs(), "--question=who ?"));
    assertEquals(1, err.lines().count(), err);
  }
}
