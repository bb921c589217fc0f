package dev.merapi.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** The loss of a text by a published model is what transformers computes. */
class PerplexityTest extends CommandTest {
  private static final double TOLERANCE = 1e-4;

  private Path text(String text) throws IOException {
    return Files.writeString(folder.resolve("text.txt"), text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"gpt2", "llama"})
  void hasTheLossOfTransformers(String name) throws IOException {
    var model = PublishedModels.copy(name, folder).toString();
    var all = PublishedModels.expected("reading");
    var expected = all.get(name);
    var file = text(all.get("text").asString());
    boolean first = true;
    for (JsonNode c : expected.get("losses")) {
      int window = c.get("window").asInt();
      int stride = c.get("stride").asInt();
      var options =
          first // the context, end to end
              ? List.of("eval", model, "--data=" + file, "--json")
              : List.of(
                  "eval",
                  model,
                  "--data=" + file,
                  "--window=" + window,
                  "--stride=" + stride,
                  "--json");
      first = false;
      assertEquals(0, run(options), err);
      double loss = c.get("loss").asDouble();
      assertEquals(loss, json().get("loss").asDouble(), TOLERANCE, out);
      assertEquals(Math.exp(loss), json().get("perplexity").asDouble(), Math.exp(loss) * TOLERANCE);
      assertEquals("perplexity", json().get("measures").get(0).get("name").asString());
      assertEquals(expected.get("count").asInt(), json().get("tokens").asInt());
      assertEquals(window, json().get("window").asInt());
      assertEquals(stride, json().get("stride").asInt());
      assertTrue(out.contains("test  loss ") && out.contains("Bits a token"), out);
    }
    // A text that is shorter than a window is one.
    assertEquals(
        0, run("eval", model, "--data=" + text(all.get("prompt").asString()), "--json"), err);
    assertEquals(expected.get("loss").asDouble(), json().get("loss").asDouble(), TOLERANCE);
  }

  @Test
  void readsWhatIsPacked() throws IOException {
    var model = PublishedModels.copy("llama", folder).toString();
    var text = PublishedModels.expected("reading").get("text").asString();
    var packed = folder.resolve("text.txt.gz");
    try (var out = new GZIPOutputStream(Files.newOutputStream(packed))) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    }
    assertEquals(0, run("eval", model, "--data=" + packed, "--json"), err);
    double loss = json().get("loss").asDouble();
    assertEquals(0, run("eval", model, "--data=" + text(text), "--json"), err);
    assertEquals(loss, json().get("loss").asDouble());
  }

  @Test
  void saysWhatIsMissing() throws IOException {
    var path = PublishedModels.copy("llama", folder);
    var model = path.toString();
    assertEquals(2, run("eval", model));
    assertTrue(err.contains("--data FILE") && err.lines().count() == 1, err);
    assertEquals(2, run("eval", model, "--data=none.txt"));
    assertTrue(err.contains("none.txt"), err);
    assertEquals(2, run("eval", model, "--data=" + text("")));
    assertTrue(err.contains("text.txt") && err.contains("no token"), err);
    assertEquals(2, run("eval", model, "--data=" + text("a")));
    assertTrue(err.contains("one token"), err);
    var file = text("the cat sat on the mat");
    assertEquals(2, run("eval", model, "--data=" + file, "--window=161"));
    assertTrue(err.contains("give 1 to 160"), err);
    assertEquals(2, run("eval", model, "--data=" + file, "--window=8", "--stride=9"));
    assertTrue(err.contains("give 1 to 8"), err);
    assertEquals(2, run("eval", folder.toString(), "--data=" + file));
    assertTrue(err.contains("not a run"), err);
    Files.write(file, new byte[] {'a', (byte) 0xff});
    assertEquals(2, run("eval", model, "--data=" + file));
    assertTrue(
        err.contains("UTF-8") && err.indexOf("text.txt") == err.lastIndexOf("text.txt"), err);
    Files.delete(path.resolve("model-00002-of-00003.safetensors"));
    assertEquals(2, run("eval", model, "--data=" + file));
    assertTrue(err.contains("1 of the 3 files"), err);
  }

  @Test
  void isThatOfTheRunThatWasExported() throws IOException {
    var file = text("the cat sat on the mat.\n".repeat(200));
    var run = smallGpt(file, 40);
    assertEquals(2, run("eval", run, "--stride=3"));
    assertTrue(err.contains("for a published model"), err);
    var other = text("the mat sat on the cat.\n".repeat(24) + "t"); // 24 windows of 24
    assertEquals(0, run("eval", run, "--data=" + other, "--json"), err);
    double loss = json().get("test_loss").asDouble();
    var hub = folder.resolve("hub").toString();
    assertEquals(0, run("export", run, hub), err);
    assertEquals(0, run("eval", hub, "--data=" + other, "--json"), err);
    assertEquals(loss, json().get("loss").asDouble(), 1e-5);
    assertEquals(2, run("eval", hub, "--data=" + text("the dog!")));
    assertTrue(err.contains("text.txt: ") && err.contains("'d'"), err);
  }
}
