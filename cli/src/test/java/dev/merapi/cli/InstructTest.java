package dev.merapi.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.merapi.hub.Adapter;
import dev.merapi.hub.Pretrained;
import dev.merapi.tensor.Tensor;
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

/** Models are tuned to instructions, and talk. */
class InstructTest extends CommandTest {
  /** Of a folder as transformers saves it, with a chat template; see talk/make.py. */
  private static Path published() throws URISyntaxException {
    return Path.of(InstructTest.class.getResource("/talk/model/config.json").toURI()).getParent();
  }

  private Path conversations() throws IOException {
    var rows = new StringBuilder();
    for (int i = 0; i < 60; i++) {
      rows.append(
          i % 3 == 0
              ? "{\"instruction\": \"the cat\", \"input\": \"\", \"output\": \"the dog\"}\n"
              : i % 3 == 1
                  ? "{\"conversations\": [{\"from\": \"human\", \"value\": \"the cat\"},"
                      + " {\"from\": \"gpt\", \"value\": \"the dog\"}]}\n"
                  : "{\"messages\": [{\"role\": \"user\", \"content\": \"the cat\"},"
                      + " {\"role\": \"assistant\", \"content\": \"the dog\"}]}\n");
    }
    return Files.writeString(folder.resolve("chats.jsonl"), rows);
  }

  private int train(Path data, String... more) {
    var command = new ArrayList<>(List.of("train", "instruct", "--data", data.toString()));
    command.addAll(List.of("--runs", runs(), "--json", "--set=data.context=64"));
    command.addAll(
        List.of(
            "--set=training.batch=2",
            "--set=training.optimizer={kind: adam, learning_rate: 0.01}"));
    if (List.of(more).stream().noneMatch(option -> option.startsWith("--epochs"))) {
      command.add("--epochs=12");
    }
    command.addAll(List.of(more));
    return run(command);
  }

  private JsonNode chat(String model, String lines) {
    var before = System.in;
    try {
      System.setIn(new ByteArrayInputStream(lines.getBytes(StandardCharsets.UTF_8)));
      assertEquals(0, run("chat", model, "--temperature=0", "--tokens=20", "--json"), err);
      return json().get("turns");
    } finally {
      System.setIn(before);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{kind: full}",
        "{kind: last-blocks}",
        "{kind: lora, rank: 16, alpha: 64}",
        "{kind: lora, rank: 16, alpha: 64, base: nf4}",
        "{kind: lora, rank: 16, alpha: 64, base: int8, dora: true}"
      })
  void aPublishedModelLearnsToAnswerInItsOwnTemplate(String tuning) throws Exception {
    var model = "--set=model.from=" + published();
    assertEquals(0, train(conversations(), model, "--set=model.tuning=" + tuning), err);
    double loss = json().get("test_loss").asDouble();
    var run = json().get("run").asString();
    assertTrue(Files.isRegularFile(Path.of(run, "model", "chat_template.jinja")));
    if (tuning.contains("last-blocks")) {
      assertTrue(loss < 6, "it learns something: " + loss);
      return;
    }
    assertTrue(loss < 1, "it learns the answers: " + loss);
    assertEquals("the dog", chat(run, "the cat\n").get(0).get("answer").asString());
    var prompt = "<|im_start|>user\nthe cat<|im_end|>\n<|im_start|>assistant\n";
    assertEquals(0, run("generate", run, "--prompt", prompt, "--temperature=0", "--json"), err);
    assertEquals("the dog", json().get("texts").get(0).asString());

    // It is measured on others, and goes on from a run as from a folder.
    assertEquals(0, run("eval", run, "--data", conversations().toString(), "--json"), err);
    assertEquals(0, train(conversations(), "--set=model.from=" + run, "--epochs=1"), err);
    assertTrue(json().get("test_loss").asDouble() < 1, out);
  }

  @Test
  void aModelThatOnlyWroteLearnsToAnswerInAPlainTemplate() throws IOException {
    var text = Files.writeString(folder.resolve("cats.txt"), "the cat and the dog.\n".repeat(300));
    assertEquals(
        0,
        run(
            "train",
            "gpt-char",
            "--data",
            text.toString(),
            "--runs",
            runs(),
            "--epochs=1",
            "--json",
            "--set=model.layers=1",
            "--set=model.dim=32",
            "--set=data.context=64",
            "--set=model.bias=false",
            "--set=data.samples=200",
            "--set=data.tokenizer={kind: bpe, size: 280}"),
        err);
    var base = json().get("run").asString();
    refusesToTalk(base);
    var more = "--set=model={kind: causal-lm, from: \"%s\"}".formatted(base);
    assertEquals(
        0,
        run(
            "train",
            "gpt-char",
            "--data=" + text,
            "--runs=" + runs(),
            "--epochs=1",
            "--json",
            more),
        err);
    refusesToTalk(json().get("run").asString());

    assertEquals(0, train(conversations(), "--set=model.from=" + base), err);
    var run = json().get("run").asString();
    var turns = chat(run, "the cat\n/new\nthe cat\n");
    assertEquals("the dog", turns.get(0).get("answer").asString());
    assertEquals("the dog", turns.get(1).get("answer").asString());
    assertTrue(
        Files.readString(Path.of(run, "model", "tokenizer_config.json")).contains("<|end|>"));
  }

  private void refusesToTalk(String run) {
    assertEquals(2, run("chat", run));
    assertTrue(err.contains("no chat template") && err.contains("train instruct"), err);
    assertEquals(1, err.lines().count(), err);
  }

  @Test
  void runsBecomeFoldersOfAHub() throws Exception {
    var model = "--set=model.from=" + published();
    assertEquals(
        0, train(conversations(), model, "--set=model.tuning={kind: lora, alpha: 64}"), err);
    var run = json().get("run").asString();
    var answer = chat(run, "the cat\n").get(0).get("answer").asString();
    var merged = folder.resolve("merged");
    assertEquals(0, run("export", run, merged.toString(), "--merge", "--json"), err);
    assertEquals("MODEL", json().get("form").asString());
    for (var file : List.of("config.json", "model.safetensors", "tokenizer.json")) {
      assertTrue(Files.isRegularFile(merged.resolve(file)), file);
    }
    assertEquals(answer, chat(merged.toString(), "the cat\n").get(0).get("answer").asString());

    var adapter = folder.resolve("adapter");
    assertEquals(0, run("export", run, adapter.toString(), "--json"), err);
    assertEquals("ADAPTER", json().get("form").asString());
    var base = Pretrained.open(published());
    var opened = Adapter.open(base, adapter).model();
    var tokens = Tensor.of(new int[] {5, 60, 200, 7}, 1, 4);
    assertArrayEquals(
        Pretrained.open(merged).model().apply(tokens).toArray(),
        opened.apply(tokens).toArray(),
        1e-4f);

    // An adapter on a run's model has no folder to stand on.
    var lora = "--set=model.tuning={kind: lora}";
    assertEquals(0, train(conversations(), "--set=model.from=" + run, lora, "--epochs=1"), err);
    var second = json().get("run").asString();
    assertEquals(2, run("export", second, folder.resolve("no").toString()));
    assertTrue(err.contains("--merge"), err);
    assertEquals(0, run("export", second, folder.resolve("yes").toString(), "--merge"), err);
    Files.writeString(merged.resolve("diary.txt"), "mine");
    assertEquals(2, run("export", run, merged.toString(), "--merge"));
    assertTrue(err.contains("diary.txt"), err);
  }

  @Test
  void anInterruptedTrainingWithAdaptersGoesOn() throws Exception {
    var model = "--set=model.from=" + published();
    var lora = "--set=model.tuning={kind: lora, rank: 2}";
    assertEquals(
        0,
        train(
            conversations(), model, lora, "--set=training.schedule={kind: constant}", "--epochs=4"),
        err);
    double whole = json().get("test_loss").asDouble();
    assertEquals(
        0,
        train(
            conversations(), model, lora, "--set=training.schedule={kind: constant}", "--epochs=2"),
        err);
    var run = json().get("run").asString();
    assertEquals(
        0,
        run("train", "--resume", run, "--epochs=4", "--data", folder + "/chats.jsonl", "--json"),
        err);
    assertEquals(whole, json().get("test_loss").asDouble(), 1e-6);
  }

  @Test
  void accumulatedRowsWeighByTheirAnswersTokens() throws Exception {
    var model = "--set=model.from=" + published();
    var rows = new StringBuilder();
    for (int i = 0; i < 16; i++) {
      var answer = "the dog ".repeat(1 + i % 4 * 3);
      rows.append("{\"instruction\": \"the cat\", \"output\": \"%s\"}\n".formatted(answer));
    }
    var data = Files.writeString(folder.resolve("uneven.jsonl"), rows);
    List<Double> losses = new ArrayList<>();
    for (var way :
        List.of(
            List.of("--set=data.packed=false", "--set=training.batch=4"),
            List.of(
                "--set=data.packed=false", "--set=training.batch=2", "--set=training.accumulate=2"),
            List.of(
                "--set=data.packed=false",
                "--set=training.batch=1",
                "--set=training.accumulate=4"))) {
      var more = new ArrayList<>(way);
      more.addAll(
          List.of(
              model,
              "--epochs=1",
              "--set=data.validation=0",
              "--set=data.context=96",
              "--set=training.schedule={kind: constant}",
              "--set=training.optimizer={kind: sgd, learning_rate: 0.05}",
              "--set=training.clip_norm=null"));
      assertEquals(0, train(data, more.toArray(String[]::new)), err);
      losses.add(json().get("test_loss").asDouble());
    }
    assertEquals(losses.get(0), losses.get(1), 2e-5);
    assertEquals(losses.get(0), losses.get(2), 2e-5);
  }

  @Test
  void whatCannotBeLearnedFromIsToldInALine() throws Exception {
    var model = "--set=model.from=" + published();
    var good = "{\"instruction\": \"a\", \"output\": \"b\"}\n";
    var bad = Files.writeString(folder.resolve("bad.jsonl"), good + "{\"instruction\": 1}\n");
    assertEquals(2, train(bad, model));
    assertTrue(err.contains("bad.jsonl: line 2: `instruction` is 1, and has to be a text"), err);
    assertEquals(2, train(conversations(), "--set=model.from=" + folder.resolve("none")));
    assertTrue(err.contains("none: there is no such folder"), err);
    assertEquals(2, train(conversations(), model, "--set=data.template=none.jinja"));
    assertTrue(err.contains("none.jinja"), err);
    assertEquals(2, train(conversations(), model, "--set=data.context=4"));
    assertTrue(err.contains("greater data.context"), err);
    assertEquals(
        2, train(conversations(), model, "--set=model.tuning={kind: lora, targets: [q_prj]}"));
    assertTrue(err.contains("q_prj") && err.contains("q_proj"), err);
    assertEquals(2, train(conversations(), "--set=model={kind: gpt}"));
    assertTrue(err.contains("causal-lm"), err);
    assertEquals(2, run("train", "digits", "--set=model={kind: causal-lm}", "--runs", runs()));
    assertTrue(err.contains("conversations"), err);
    assertFalse(Files.exists(folder.resolve("runs")), "nothing is written");
  }
}
