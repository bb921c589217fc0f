package dev.merapi.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.merapi.nn.Layer;
import dev.merapi.nn.Mode;
import dev.merapi.nn.Parameters;
import dev.merapi.tensor.Key;
import dev.merapi.tensor.MerapiException;
import dev.merapi.tensor.Step;
import dev.merapi.tensor.Tensor;
import dev.merapi.train.FileException;
import dev.merapi.zoo.Bert;
import dev.merapi.zoo.BertTask;
import dev.merapi.zoo.Gpt;
import dev.merapi.zoo.Llama;
import dev.merapi.zoo.Mlp;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Folders that transformers wrote: our logits are its logits, and what we write is what we read.
 */
class PretrainedTest {
  private static final double TOLERANCE = 1e-4;

  @TempDir Path temporary;

  static Path folder(String name) {
    try {
      return Path.of(PretrainedTest.class.getResource("/hub/" + name + "/config.json").toURI())
          .getParent();
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "gpt2",
        "gpt2-f16",
        "llama2",
        "llama3",
        "mistral",
        "qwen2",
        "qwen3",
        "smollm",
        "bert-base",
        "bert-masked",
        "bert-next",
        "bert-pretraining",
        "bert-sequence",
        "bert-token",
        "bert-answer"
      })
  void hasTheLogitsOfTransformersAndComesBackAsItWas(String name) {
    Path source = folder(name);
    Pretrained opened = Pretrained.open(source);
    check(source, opened.model());

    Path copy = temporary.resolve("copy");
    opened.save(copy, 30_000);
    Pretrained again = Pretrained.open(copy);
    check(source, again.model());
    var before = Shards.read(source);
    var after = Shards.read(copy);
    assertEquals(before.keySet(), after.keySet());
    before.forEach(
        (tensor, array) -> {
          if (array.type().bits() == 32) {
            assertTrue(array.sameAs(after.get(tensor)), tensor);
          }
        });
    again.save(copy); // over itself, in one file now
    assertTrue(Files.exists(copy.resolve("model.safetensors")));
    assertEquals(again.config(), Pretrained.open(copy).config());
  }

  /** Compares every output of expected.json. */
  static void check(Path source, Layer model) {
    JsonNode expected = Config.object(source.resolve("expected.json"));
    Map<String, Tensor> inputs = new LinkedHashMap<>();
    expected.required("inputs").forEachEntry((name, rows) -> inputs.put(name, integers(rows)));
    Tensor tokens = inputs.get("input_ids");
    Map<String, Tensor> outputs = outputs(model, tokens, inputs);
    expected
        .required("outputs")
        .forEachEntry(
            (name, numbers) -> {
              Tensor actual = outputs.get(name);
              var shape = numbers.required("shape").valueStream().mapToInt(JsonNode::intValue);
              assertEquals(Tensor.zeros(shape.toArray()).shape(), actual.shape(), name);
              float[] values = Step.compute(actual).getFirst().toArray();
              JsonNode wanted = numbers.required("values");
              for (int i = 0; i < values.length; i++) {
                assertEquals(wanted.get(i).doubleValue(), values[i], TOLERANCE, name + " " + i);
              }
            });
  }

  private static Map<String, Tensor> outputs(
      Layer model, Tensor tokens, Map<String, Tensor> inputs) {
    Mode mode = Mode.evaluation();
    var text =
        new Bert.Text(
            tokens,
            Optional.ofNullable(inputs.get("token_type_ids")),
            Optional.ofNullable(inputs.get("attention_mask")).map(mask -> mask.eq(1)));
    return switch (model) {
      case Bert bert -> {
        Tensor h = bert.apply(text, mode);
        yield Map.of("hidden", h, "pooled", bert.pooled(h, mode));
      }
      case BertTask.PreTraining task -> {
        var logits = task.logits(text, mode);
        yield Map.of("logits", logits.tokens(), "next", logits.next());
      }
      case BertTask.AnswerSpan task -> {
        Tensor logits = task.apply(text, mode);
        yield Map.of("start", logits.select(2, 0), "end", logits.select(2, 1));
      }
      case BertTask task -> Map.of("logits", task.apply(text, mode));
      default -> Map.of("logits", model.apply(tokens, mode));
    };
  }

  private static Tensor integers(JsonNode rows) {
    int[] flat =
        rows.valueStream().flatMap(JsonNode::valueStream).mapToInt(JsonNode::intValue).toArray();
    return Tensor.of(flat, rows.size(), rows.get(0).size());
  }

  @Test
  void savesModelsOfOnesOwn() {
    Key key = Key.of(3);
    var size = new Llama.Size(17, 9, 8, 12, 2, 2, 1, 6);
    Llama llama = Llama.of(size, key);
    var bert = Bert.of(new Bert.Size(17, 9, 8, 12, 1, 2), key);
    List<Layer> models =
        List.of(
            Gpt.of(new Gpt.Size(17, 9, 8, 2, 2), key),
            llama,
            llama.tied().headNorms(1e-5).blocks(b -> b.attention(a -> a.window(4))),
            bert.withoutPooler(),
            BertTask.TokenClasses.of(bert, 5, key));
    for (Layer model : models) {
      Path target = temporary.resolve("own");
      Pretrained.of(model).save(target);
      Layer back = Pretrained.open(target).model();
      Tensor tokens = Tensor.of(new int[] {1, 16, 3, 4, 5, 6, 2, 0}, 1, 8);
      assertEquals(model.getClass(), back.getClass());
      assertEquals(Parameters.of(model).keySet(), Parameters.of(back).keySet());
      assertEquals(0, model.apply(tokens).sub(back.apply(tokens)).abs().max().item());
    }
    var other = Pretrained.of(Mlp.of(List.of(2, 3), key));
    assertThrows(MerapiException.class, () -> other.save(temporary.resolve("mlp")));
    assertFalse(Files.exists(temporary.resolve("mlp")));
  }

  @Test
  void namesTheTensorAndBothShapesWhereAConfigContradictsTheWeights() throws IOException {
    Path copy = copy("qwen2");
    edit(copy, config -> config.put("intermediate_size", 50));
    problem(
        copy,
        "model.layers.0.mlp.gate_proj.weight is (48, 32) in the file and (50, 32) by the config");
    edit(copy, config -> config.put("intermediate_size", 48).put("num_hidden_layers", 3));
    problem(copy, "missing tensors: model.layers.2.input_layernorm.weight (32)", " more");
    edit(copy, config -> config.put("num_hidden_layers", 1));
    problem(copy, "tensors that this architecture has not: model.layers.1.");
    edit(copy, config -> config.put("num_attention_heads", 3));
    problem(copy, "config.json", "num_attention_heads 3", "num_key_value_heads 2");
  }

  @Test
  void namesWhatItKnowsWhereAnArchitectureIsUnknown() throws IOException {
    Path copy = copy("gpt2");
    edit(copy, config -> config.putArray("architectures").add("MambaForCausalLM"));
    problem(copy, "MambaForCausalLM", "known are BertForMaskedLM", "Qwen3ForCausalLM");
    edit(copy, config -> config.remove("architectures"));
    assertEquals(Gpt.class, Pretrained.open(copy).model().getClass());
    edit(copy, config -> config.put("model_type", "rwkv"));
    problem(copy, "model_type is rwkv", "known are bert, gpt2, llama, mistral, qwen2, qwen3");
    edit(copy, config -> config.put("model_type", "gpt2").put("n_layer", -2));
    problem(copy, "n_layer is -2", "a whole number above 0");
    edit(copy, config -> config.remove("n_layer"));
    problem(copy, "it does not say n_layer");
    edit(copy, config -> config.put("n_layer", 2).put("activation_function", "mish"));
    problem(copy, "activation_function is mish", "gelu_new");
    Files.writeString(copy.resolve("config.json"), "{\"n_layer\": ");
    problem(copy, "it is not JSON");
    Files.delete(copy.resolve("config.json"));
    problem(copy, "there is no config.json in it");
    problem(copy.resolve("nowhere"), "there is no such folder");
  }

  @Test
  void listsTheShardsThatAreMissing() throws IOException {
    Path copy = copy("llama2");
    Path shard = copy.resolve("model-00002-of-00006.safetensors");
    byte[] bytes = Files.readAllBytes(shard);
    Files.delete(shard);
    problem(copy, "1 of the 6 files", "model-00002-of-00006.safetensors");
    Files.write(shard, Files.readAllBytes(copy.resolve("model-00001-of-00006.safetensors")));
    problem(copy, "model-00002-of-00006.safetensors", "which the index says it does");
    Files.write(shard, Arrays.copyOf(bytes, bytes.length - 7));
    problem(copy, "model-00002-of-00006.safetensors", "cut short");
    Path index = copy.resolve("model.safetensors.index.json");
    Files.writeString(index, "{\"weight_map\": {\"a\": \"../a.safetensors\"}}");
    problem(copy, "no name of a file beside it");
    Files.delete(index);
    problem(copy, "neither model.safetensors nor");
    Files.write(copy.resolve("pytorch_model.bin"), new byte[3]);
    problem(copy, "no file of PyTorch tensors");
  }

  @Test
  void readsWhatPyTorchPickled() throws IOException {
    Path copy = copy("gpt2-f16");
    var expected = Shards.read(copy);
    Files.delete(copy.resolve("model.safetensors"));
    var pickled = Shards.read(copy);
    expected.forEach((name, array) -> assertTrue(array.sameAs(pickled.get(name)), name));
    check(copy, Pretrained.open(copy).model());
    Files.move(copy.resolve("pytorch_model.bin"), copy.resolve("part-1.bin"));
    String map =
        expected.keySet().stream()
            .map("\"%s\": \"part-1.bin\""::formatted)
            .collect(Collectors.joining(", ", "{", "}"));
    Files.writeString(
        copy.resolve("pytorch_model.bin.index.json"), "{\"weight_map\": %s}".formatted(map));
    check(copy, Pretrained.open(copy).model());
  }

  @Test
  void keepsTheTokenizerAndReplacesNoOtherFolder() throws IOException {
    Path copy = copy("smollm");
    Files.writeString(copy.resolve("tokenizer.json"), "{}");
    Path target = temporary.resolve("target");
    Pretrained.open(copy).save(target);
    assertEquals("{}", Files.readString(target.resolve("tokenizer.json")));
    Path home = Files.createDirectory(temporary.resolve("home"));
    Files.writeString(home.resolve("diary"), "mine");
    var opened = Pretrained.open(target);
    assertThrows(FileException.class, () -> opened.save(home));
    assertEquals("mine", Files.readString(home.resolve("diary")));
    opened.save(target);
    Files.writeString(target.resolve("diary"), "mine");
    var lost = assertThrows(FileException.class, () -> opened.save(target));
    assertTrue(lost.getMessage().contains("diary"), lost.getMessage());
    assertEquals("mine", Files.readString(target.resolve("diary")));
  }

  private Path copy(String name) throws IOException {
    Path target = temporary.resolve(name);
    Files.createDirectory(target);
    try (Stream<Path> files = Files.list(folder(name))) {
      for (Path file : files.toList()) {
        Files.copy(file, target.resolve(file.getFileName().toString()));
      }
    }
    return target;
  }

  private static void edit(Path folder, Consumer<ObjectNode> change) throws IOException {
    Path file = folder.resolve("config.json");
    ObjectNode config = Config.object(file);
    change.accept(config);
    Files.writeString(file, Config.JSON.writeValueAsString(config));
  }

  private static void problem(Path folder, String... told) {
    var e = assertThrows(FileException.class, () -> Pretrained.open(folder));
    for (String part : told) {
      assertTrue(e.getMessage().contains(part), e.getMessage());
    }
    assertFalse(e.getMessage().contains("\n"), e.getMessage());
  }
}
