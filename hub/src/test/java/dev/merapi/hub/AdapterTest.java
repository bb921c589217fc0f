package dev.merapi.hub;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.merapi.nn.Lora;
import dev.merapi.tensor.Key;
import dev.merapi.tensor.MerapiException;
import dev.merapi.tensor.Step;
import dev.merapi.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Adapters that PEFT wrote: our logits are its logits, and what we write is what we read. */
class AdapterTest {
  @TempDir Path temporary;

  private static Path adapter(String name) {
    return PretrainedTest.folder("gpt2").resolveSibling("../peft/" + name).normalize();
  }

  private static Pretrained base(Path adapter) {
    var name = Config.object(adapter.resolve("expected.json")).get("base").stringValue();
    return Pretrained.open(PretrainedTest.folder(name));
  }

  private static float[] logits(Pretrained opened) {
    Tensor tokens = Tensor.of(new int[] {3, 1, 4, 1, 5, 9, 2, 6}, 2, 4);
    return Step.compute(opened.model().apply(tokens)).getFirst().toArray();
  }

  @ParameterizedTest
  @ValueSource(strings = {"gpt2-lora", "gpt2-dora", "llama-lora", "qwen-rslora", "qwen-dora"})
  void hasTheLogitsOfPeft(String name) {
    Path source = adapter(name);
    Pretrained base = base(source);
    Pretrained adapted = Adapter.open(base, source);
    PretrainedTest.check(source, adapted.model());

    float[] with = logits(adapted);
    float[] plain = logits(base);
    Pretrained merged = base.model(Lora.merged(adapted.model()));
    assertArrayEquals(with, logits(merged), 1e-5f);
    assertArrayEquals(plain, logits(base.model(Lora.without(adapted.model()))));
    assertTrue(Math.abs(with[0] - plain[0]) > 1e-3, "the adapter changes something");

    // Merged, it is a model like any other.
    merged.save(temporary.resolve("merged"));
    assertArrayEquals(with, logits(Pretrained.open(temporary.resolve("merged"))), 1e-5f);
    var e = assertThrows(MerapiException.class, () -> adapted.save(temporary.resolve("no")));
    assertTrue(e.getMessage().contains("adapters"), e.getMessage());
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void writesWhatItReads(boolean decomposed) throws IOException {
    var lora = new Lora(3, 5, 0.1, true, decomposed);
    var adapter = new Adapter(lora, List.of("c_attn", "mlp.c_proj"));
    Pretrained base = Pretrained.open(PretrainedTest.folder("gpt2"));
    Pretrained adapted = adapter.adapt(base, Key.of(1));
    assertArrayEquals(logits(base), logits(adapted), 1e-6f, "at first it changes nothing");
    Lora.parameters(adapted.model())
        .values()
        .forEach(p -> p.assign(Key.of(2).normal(p.shape().toArray()).mul(0.2).add(p)));

    Path folder = temporary.resolve("adapter");
    adapter.save(adapted, folder);
    Pretrained again = Adapter.open(base, folder);
    assertArrayEquals(logits(adapted), logits(again));
    assertTrue(Files.size(folder.resolve("adapter_model.safetensors")) < 40_000);
    adapter.save(again, folder); // over itself
    Files.writeString(folder.resolve("notes.txt"), "mine");
    assertThrows(MerapiException.class, () -> adapter.save(again, folder));
    assertEquals("mine", Files.readString(folder.resolve("notes.txt")));
  }

  @Test
  void tellsWhatDoesNotFit() throws IOException {
    Pretrained llama = Pretrained.open(PretrainedTest.folder("llama2"));
    var other =
        assertThrows(MerapiException.class, () -> Adapter.open(llama, adapter("gpt2-lora")));
    assertTrue(other.getMessage().contains("no layer of the model"), other.getMessage());
    var rows =
        assertThrows(MerapiException.class, () -> Adapter.open(llama, adapter("qwen-rslora")));
    assertTrue(rows.getMessage().contains("k_proj.lora_B"), rows.getMessage());
    var name =
        assertThrows(
            MerapiException.class,
            () -> new Adapter(Lora.of(2, 2), List.of("c_attn")).adapt(llama, Key.of(1)));
    assertTrue(name.getMessage().contains("q_proj"), name.getMessage());

    Path copy = Files.createDirectory(temporary.resolve("copy"));
    for (String file : List.of("adapter_config.json", "adapter_model.safetensors")) {
      Files.copy(adapter("llama-lora").resolve(file), copy.resolve(file));
    }
    Path config = copy.resolve("adapter_config.json");
    String text = Files.readString(config);
    assertFalse(text.contains("IA3"));
    Files.writeString(config, text.replace("\"LORA\"", "\"IA3\""));
    var kind = assertThrows(MerapiException.class, () -> Adapter.open(llama, copy));
    assertTrue(kind.getMessage().contains("peft_type"), kind.getMessage());
    Files.writeString(config, text.replace("\"r\": 4", "\"r\": 8"));
    var rank = assertThrows(MerapiException.class, () -> Adapter.open(llama, copy));
    assertTrue(rank.getMessage().contains("lora_A"), rank.getMessage());
    Files.delete(copy.resolve("adapter_model.safetensors"));
    assertThrows(MerapiException.class, () -> Adapter.open(llama, copy));
    var none = assertThrows(MerapiException.class, () -> Adapter.open(llama, temporary));
    assertTrue(none.getMessage().contains("adapter_config.json"), none.getMessage());
  }
}
