package dev.merapi.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.merapi.hub.Pretrained;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Parameter;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A folder as transformers saves it writes and talks, as it does with transformers. */
class ChatTest extends CommandTest {
  private Path model;
  private JsonNode expected;

  @BeforeEach
  void copyTheModel() throws IOException {
    model = PublishedModels.copy("llama", folder);
    expected = PublishedModels.expected("talk");
  }

  private int chat(String lines, String... options) {
    var before = System.in;
    try {
      System.setIn(new ByteArrayInputStream(lines.getBytes(StandardCharsets.UTF_8)));
      var command = new java.util.ArrayList<>(List.of("chat", model.toString(), "--json"));
      command.addAll(List.of(options));
      return run(command);
    } finally {
      System.setIn(before);
    }
  }

  private void edit(String file, String from, String to) throws IOException {
    var path = model.resolve(file);
    var text = Files.readString(path);
    assertTrue(text.contains(from), text);
    Files.writeString(path, text.replace(from, to));
  }

  @Test
  void goesOnWithAPromptAsTransformersDoes() {
    var prompt = expected.get("prompt").asString();
    assertEquals(0, run("generate", model.toString(), "--prompt", prompt, "--tokens=40", "--json"));
    assertEquals(expected.get("text").asString(), json().get("texts").get(0).asString());
  }

  @Test
  void talksAsTransformersDoes() {
    var messages = expected.get("messages").valueStream().map(JsonNode::asString).toList();
    var answers = expected.get("answers").valueStream().map(JsonNode::asString).toList();
    assertEquals(0, chat(String.join("\n", messages) + "\n\n/exit\nno more\n", "--tokens=12"), err);
    var turns = json().get("turns");
    assertEquals(messages.size(), turns.size());
    for (int i = 0; i < turns.size(); i++) {
      assertEquals(answers.get(i), turns.get(i).get("answer").asString(), "turn " + i);
    }
    assertTrue(out.startsWith(answers.getFirst()), out);

    // What was forgotten is not seen.
    assertEquals(0, chat("bye\n/help\n/new\nhello\n", "--tokens=12"), err);
    assertTrue(out.contains("/exit ends"), out);
    assertEquals(answers.getFirst(), json().get("turns").get(1).get("answer").asString());
    assertEquals(0, chat("hello\n", "--tokens=12", "--system=the dog"), err);
  }

  @Test
  void writesWithWeightsOfBf16() {
    var opened = Pretrained.open(model);
    for (Parameter weight : dev.merapi.nn.Parameters.of(opened.model()).values()) {
      if (weight.shape().rank() == 2) {
        weight.assign(weight.cast(DType.BF16).cast(DType.F32));
      }
    }
    var rounded = folder.resolve("rounded");
    opened.save(rounded);
    var prompt = "--prompt=" + expected.get("prompt").asString();
    assertEquals(0, run("generate", rounded.toString(), prompt, "--tokens=40", "--json"), err);
    var text = json().get("texts").get(0).asString();
    assertEquals(
        0,
        run("generate", model.toString(), prompt, "--tokens=40", "--json", "--precision=bf16"),
        err);
    assertEquals(text, json().get("texts").get(0).asString());
    assertEquals(0, chat("hello\n", "--precision=bf16"), err);
    assertEquals(2, chat("hello\n", "--precision=fp8"));
    assertTrue(err.contains("fp32 or bf16") && err.lines().count() == 1, err);
  }

  @Test
  void writesOnlyWhatItMay() throws IOException {
    var date = "[0-9]{4}-[0-9]{2}-[0-9]{2}";
    for (var how : List.of("--temperature=0", "--temperature=2", "--beams=3")) {
      assertEquals(
          0,
          run("generate", model.toString(), "--prompt=a", "--regex=" + date, how, "--json"),
          err);
      var written = json().get("texts").get(0).asString();
      assertTrue(written.matches(date), how + ": " + written);
    }
    assertEquals(
        2, run("generate", model.toString(), "--prompt=a", "--regex=" + date, "--tokens=9"));
    assertTrue(err.contains("10 tokens"), err);
    assertEquals(2, run("generate", model.toString(), "--prompt=a", "--regex=a(?=b)"));
    assertTrue(err.contains("not supported") && err.lines().count() == 1, err);

    var schema =
        Files.writeString(
            folder.resolve("schema.json"),
            """
            {"type": "object", "required": ["name", "age"],
             "properties": {"name": {"type": "string"}, "age": {"type": "integer", "minimum": 0}}}
            """);
    assertEquals(
        0, chat("hello\nbye\n", "--json-schema=" + schema, "--temperature=1", "--tokens=30"), err);
    for (var turn : json().get("turns")) { // random weights, and yet
      var answer = JsonMapper.shared().readTree(turn.get("answer").asString());
      assertTrue(answer.get("name").isString() && answer.get("age").isIntegralNumber(), out);
    }
    assertEquals(2, chat("hello\n", "--json-schema=" + schema, "--regex=a"));
    assertEquals(2, chat("hello\n", "--json-schema=none.json"));
    assertTrue(err.contains("none.json"), err);
  }

  @Test
  void drawsAsItIsTold() {
    assertEquals(0, run("generate", model.toString(), "--prompt=a", "--temperature=1", "--json"));
    var one = json().get("texts").get(0).asString();
    assertEquals(
        0,
        run("generate", model.toString(), "--prompt=a", "--temperature=1", "--seed=2", "--json"));
    assertTrue(!one.equals(json().get("texts").get(0).asString()), one);
  }

  @Test
  void refusesWhatDoesNotFit() throws IOException {
    assertEquals(2, run("generate", model.toString(), "--prompt", "z".repeat(200)));
    assertTrue(err.contains("200 tokens") && err.contains("160"), err);
    assertEquals(2, chat("z".repeat(200) + "\n"));
    assertTrue(err.contains("the conversation has") && err.lines().count() == 1, err);
    assertEquals(2, run("generate", model.toString()));
    assertTrue(err.contains("give some text"), err);
    assertEquals(2, run("generate", folder.toString()));
    assertTrue(err.contains("not a run"), err);
  }

  @Test
  void tellsWhatIsWrongWithAFolder() throws IOException {
    Files.delete(model.resolve("model-00002-of-00003.safetensors"));
    assertEquals(2, chat("hello\n"));
    assertTrue(err.contains("1 of the 3 files") && err.contains("model-00002"), err);
  }

  @Test
  void tellsAConfigThatContradicts() throws IOException {
    edit("config.json", "\"intermediate_size\": 24", "\"intermediate_size\": 32");
    assertEquals(2, chat("hello\n"));
    assertTrue(err.contains("(24, 16)") && err.contains("(32, 16)"), err);
  }

  @Test
  void tellsATokenizerOfAnotherModel() throws IOException {
    edit("tokenizer.json", "\"id\": 2,", "\"id\": 400,");
    assertEquals(2, chat("hello\n"));
    assertTrue(err.contains("tokenizer has 401 tokens, the model knows 320"), err);
  }

  @Test
  void stopsATemplateThatLoops() throws IOException {
    var loop =
        "{% for a in range(4999) %}{% for b in range(4999) %}{% set x = 1 %}{% endfor %}{% endfor"
            + " %}";
    Files.writeString(model.resolve("chat_template.jinja"), loop);
    assertEquals(2, chat("hello\n"));
    assertTrue(err.contains("was stopped") && err.lines().count() == 1, err);
    Files.writeString(model.resolve("chat_template.jinja"), "{{ raise_exception('no chats') }}");
    assertEquals(2, chat("hello\n"));
    assertTrue(err.contains("refuses") && err.contains("no chats"), err);
    Files.delete(model.resolve("chat_template.jinja"));
    assertEquals(2, chat("hello\n"));
    assertTrue(err.contains("no chat template"), err);
  }

  @Test
  void takesATemplateFromTheTokenizersFile() throws IOException {
    Files.delete(model.resolve("chat_template.jinja"));
    edit(
        "tokenizer_config.json",
        "{\n",
        "{ \"chat_template\": [{\"name\": \"default\", \"template\": \"{{ bos_token }}{{"
            + " messages[0].content }}\"}],\n");
    assertEquals(0, chat("the cat\n", "--tokens=4"), err);
  }
}
