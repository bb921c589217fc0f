package dev.merapi.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Models learn which of two answers is preferred. */
class PreferencesTest extends CommandTest {
  /** Of a folder as transformers saves it, with a chat template; see talk/make.py. */
  private static Path published() throws URISyntaxException {
    return Path.of(PreferencesTest.class.getResource("/talk/model/config.json").toURI())
        .getParent();
  }

  private static String message(String role, String content) {
    return "{\"role\": \"%s\", \"content\": \"%s\"}".formatted(role, content);
  }

  private Path pairs() throws IOException {
    var user = message("user", "the cat");
    var good = message("assistant", "the dog");
    var bad = message("assistant", "a cow is");
    var rows = new StringBuilder();
    for (int i = 0; i < 40; i++) {
      rows.append(
              switch (i % 4) {
                case 0 ->
                    "{\"prompt\": [%s], \"chosen\": [%s], \"rejected\": [%s]}"
                        .formatted(user, good, bad);
                case 1 ->
                    "{\"chosen\": [%s, %s], \"rejected\": [%s, %s]}"
                        .formatted(user, good, user, bad);
                case 2 ->
                    "{\"conversations\": [{\"from\": \"human\", \"value\": \"the cat\"}],"
                        + " \"chosen\": {\"from\": \"gpt\", \"value\": \"the dog\"},"
                        + " \"rejected\": {\"from\": \"gpt\", \"value\": \"a cow is\"}}";
                default ->
                    "{\"prompt\": \"the cat\", \"chosen\": \" and the dog\", \"rejected\": \""
                        + " is\"}";
              })
          .append('\n');
    }
    return Files.writeString(folder.resolve("pairs.jsonl"), rows);
  }

  private int train(Path data, String... more) {
    var command = new ArrayList<>(List.of("train", "preferences", "--data", data.toString()));
    command.addAll(List.of("--runs", runs(), "--json", "--set=data.context=64"));
    command.addAll(
        List.of(
            "--set=training.batch=4",
            "--set=data.test=0.2",
            "--set=training.optimizer={kind: adam, learning_rate: 0.003}"));
    if (List.of(more).stream().noneMatch(option -> option.startsWith("--epochs"))) {
      command.add("--epochs=4");
    }
    command.addAll(List.of(more));
    return run(command);
  }

  @ParameterizedTest
  @ValueSource(strings = {"{kind: full}", "{kind: lora, rank: 8, alpha: 32}"})
  void aPublishedModelLearnsWhatIsPreferred(String tuning) throws Exception {
    var model = "--set=model.from=" + published();
    var tuned = "--set=model.tuning=" + tuning;
    assertEquals(0, train(pairs(), model, tuned), err);
    var test = json().get("test");
    assertEquals(1, test.get("accuracy").asDouble(), out);
    assertTrue(test.get("margin").asDouble() > 0.3, out);
    assertEquals(
        test.get("margin").asDouble(),
        test.get("chosen_reward").asDouble() - test.get("rejected_reward").asDouble(),
        1e-4);
    double loss = json().get("test_loss").asDouble();
    assertTrue(loss < 0.6, out);
    var run = json().get("run").asString();

    // Its own data are measured as they were, others as a whole; the reference is asked again.
    var data = folder.resolve("pairs.jsonl");
    assertEquals(0, run("eval", run, "--data", data.toString(), "--json"), err);
    assertEquals(loss, json().get("test_loss").asDouble(), 1e-4);
    var measure = json().get("measures").get(1);
    assertEquals("margin", measure.get("name").asString());
    assertTrue(measure.get("low").asDouble() <= measure.get("value").asDouble(), out);
    assertTrue(Files.readString(Path.of(run, "report.html")).contains("Reward margin"));
    var fewer =
        Files.writeString(
            folder.resolve("fewer.jsonl"),
            String.join("\n", Files.readAllLines(data).subList(0, 12)));
    assertEquals(0, run("eval", run, "--data", fewer.toString(), "--json"), err);
    assertEquals(12, json().get("samples").asInt());

    // It talks.
    var before = System.in;
    try {
      System.setIn(new ByteArrayInputStream("the cat\n".getBytes(StandardCharsets.UTF_8)));
      assertEquals(0, run("chat", run, "--temperature=0", "--tokens=8", "--json"), err);
    } finally {
      System.setIn(before);
    }
    assertEquals(1, json().get("turns").size());
  }

  @Test
  void anInterruptedTrainingGoesOnWithTheSameReference() throws Exception {
    var model = "--set=model.from=" + published();
    var constant = "--set=training.schedule={kind: constant}";
    assertEquals(0, train(pairs(), model, constant), err);
    double whole = json().get("test_loss").asDouble();
    assertEquals(0, train(pairs(), model, constant, "--epochs=2"), err);
    var run = json().get("run").asString();
    var data = folder.resolve("pairs.jsonl").toString();
    assertEquals(0, run("train", "--resume", run, "--epochs=4", "--data", data, "--json"), err);
    assertEquals(whole, json().get("test_loss").asDouble(), 1e-6);
  }

  @Test
  void byItselfASmallOneLearnsPairsThatAreMadeUp() {
    assertEquals(
        0,
        run(
            "train",
            "preferences",
            "--runs",
            runs(),
            "--json",
            "--epochs=1",
            "--set=data.made=300",
            "--set=data.context=48",
            "--set=model.layers=1",
            "--set=model.dim=32"),
        err);
    JsonNode test = json().get("test");
    assertTrue(test.has("accuracy") && test.has("margin"), out);
    assertEquals(0, run("eval", json().get("run").asString(), "--json"), err);
    assertEquals(test.get("margin").asDouble(), json().get("test").get("margin").asDouble(), 1e-4);
  }

  @Test
  void whatIsNoPairIsToldInALine() throws Exception {
    var model = "--set=model.from=" + published();
    var good = "{\"prompt\": \"the\", \"chosen\": \" cat\", \"rejected\": \" dog\"}\n";
    var bad = folder.resolve("bad.jsonl");
    Files.writeString(bad, good + "{\"prompt\": \"the\", \"chosen\": \" cat\"}\n");
    assertEquals(2, train(bad, model));
    assertTrue(err.contains("bad.jsonl: line 2: `rejected` is missing"), err);
    var user = message("user", "a");
    var answer = message("assistant", "b");
    var other = message("assistant", "c");
    Files.writeString(
        bad,
        "{\"chosen\": [%s, %s], \"rejected\": [%s, %s, %s, %s]}"
            .formatted(user, answer, user, other, user, other));
    assertEquals(2, train(bad, model));
    assertTrue(err.contains("alike but for one answer"), err);
    Files.writeString(bad, "{\"chosen\": [%s], \"rejected\": [%s]}".formatted(answer, other));
    assertEquals(2, train(bad, model));
    assertTrue(err.contains("a message of the user"), err);
    assertEquals(2, train(pairs(), "--set=model={kind: gpt}"));
    assertTrue(err.contains("causal-lm"), err);
    assertEquals(2, train(pairs(), model, "--set=evaluation.metrics=[accuracy]"));
    assertTrue(err.contains("metrics of their own"), err);
    Files.writeString(
        bad,
        "{\"chosen\": [%s, %s], \"rejected\": [%s, %s]}\n"
            .formatted(user, answer, user, other)
            .repeat(20));
    assertEquals(2, train(bad, model, "--set=data.context=3"));
    assertTrue(err.contains("greater data.context"), err);
    assertFalse(Files.exists(folder.resolve("runs")), "nothing is written");
  }
}
