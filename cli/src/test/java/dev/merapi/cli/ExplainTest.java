package dev.merapi.cli;

import static java.util.stream.Collectors.joining;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.merapi.recipe.TextWriter;
import dev.merapi.report.Explanation;
import dev.merapi.tensor.Key;
import dev.merapi.text.Tokenizer;
import dev.merapi.zoo.Sampling;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** What a model thinks of a text, and where it looks, is what transformers says of it. */
class ExplainTest extends CommandTest {
  private static final double TOLERANCE = 1e-4;

  private static Explanation explained(Path model, String prompt, int tokens) {
    var writer = TextWriter.open(model);
    var sampling = Sampling.of(Key.of(1)).temperature(0);
    return writer.explain("m", writer.write(prompt, tokens, sampling, List.of(), _ -> {}), 5);
  }

  @ParameterizedTest
  @ValueSource(strings = {"gpt2", "llama"})
  void tellsWhatTransformersTells(String name) throws IOException {
    var model = PublishedModels.copy(name, folder);
    var expected = PublishedModels.expected("reading");
    var told = expected.get(name).get("tokens");
    var tokenizer = Tokenizer.load(model);
    var explanation = explained(model, expected.get("prompt").asString(), 0);
    assertEquals(told.size(), explanation.tokens().size());
    assertEquals(told.size(), explanation.given());
    for (int i = 0; i < told.size(); i++) {
      var likeliest =
          i + 1 < told.size()
              ? explanation.tokens().get(i + 1).told().orElseThrow().likeliest()
              : explanation.next();
      for (int k = 0; k < 5; k++) {
        double probability = told.get(i).get("probabilities").get(k).asDouble();
        assertEquals(probability, likeliest.get(k).probability(), TOLERANCE);
        var bytes = tokenizer.bytes(told.get(i).get("next").get(k).asInt());
        if (bytes.isPresent() && bytes.get().length > 1) {
          assertEquals(new String(bytes.get(), StandardCharsets.UTF_8), likeliest.get(k).text());
        }
      }
      if (i > 0) {
        var own = explanation.tokens().get(i).told().orElseThrow();
        assertEquals(
            told.get(i).get("log_probability").asDouble(), own.logProbability(), 10 * TOLERANCE);
        assertEquals(told.get(i).get("rank").asInt(), own.rank());
      }
    }
    var maps = explanation.attention();
    for (int layer = 0; layer < maps.layers().size(); layer++) {
      JsonNode mean = expected.get(name).get("attention").get(layer);
      for (int i = 0; i < mean.size(); i++) {
        assertEquals(mean.get(i).asDouble(), maps.mean(layer)[i], TOLERANCE, "layer " + layer);
      }
    }
  }

  @Test
  void tellsALongTextFromWhatTheModelHadRead() throws IOException {
    // Of a run, which writes on beyond its context of 24 tokens, and greedily.
    var text = Files.writeString(folder.resolve("a.txt"), "the cat sat on the mat.\n".repeat(200));
    var run = Path.of(smallGpt(text, 200));
    var explanation = explained(run, "the cat", 100);
    var tokens = explanation.tokens();
    assertEquals(107, tokens.size());
    for (int i = 7; i < 107 - 24; i++) { // the last piece of it sees more than was seen
      assertEquals(
          1, tokens.get(i).told().orElseThrow().rank(), "token " + i + " " + tokens.get(i));
    }
    // It forgot all before its 14th token when it read the 25th, so it told the 31st from these.
    var seen = tokens.subList(13, 31).stream().map(Explanation.Token::text).collect(joining());
    assertEquals(
        explained(run, seen, 0).tokens().getLast().told().orElseThrow().logProbability(),
        tokens.get(30).told().orElseThrow().logProbability(),
        1e-4);
    // Of a longer one the end is shown.
    var longer = explained(run, "the cat", 1_050);
    assertEquals(1_000, longer.tokens().size());
    assertEquals(0, longer.given());
    assertTrue(longer.facts().contains("the last 1000 are shown"), longer.facts().toString());
    assertEquals(1, longer.tokens().getFirst().told().orElseThrow().rank());
    assertEquals(1, longer.tokens().get(500).told().orElseThrow().rank());
    var maps = explanation.attention();
    assertEquals(24, maps.rows());
    assertEquals(24, maps.columns());

    assertEquals(
        0,
        run("generate", run.toString(), "--prompt=the cat", "--tokens=100", "--explain=" + html()),
        err);
    assertTrue(Files.readString(html()).contains("it looks back at 24"));
  }

  private Path html() {
    return folder.resolve("x.html");
  }

  @Test
  void rowsSumToOneWhereAMapIsCut() throws IOException {
    var model = PublishedModels.copy("llama", folder);
    var explanation = explained(model, "the cat sat on the mat, and ".repeat(14), 3);
    var maps = explanation.attention();
    assertEquals(64, maps.rows());
    assertEquals(65, maps.columns());
    for (var layer : maps.layers()) {
      for (float[] map : layer) {
        for (int row = 0; row < 64; row++) {
          double sum = 0;
          for (int column = 0; column < 65; column++) {
            sum += map[row * 65 + column];
            assertTrue(column <= row + 1 || map[row * 65 + column] == 0, "causal");
          }
          assertEquals(1, sum, 1e-5);
        }
      }
    }
  }

  @Test
  void writesAPageThatNeedsNoOtherFile() throws IOException {
    var model = PublishedModels.copy("llama", folder).toString();
    var prompt = "<script>alert(1)</script> & \"ä\"\n";
    assertEquals(
        0,
        run(
            "generate",
            model,
            "--prompt=" + prompt,
            "--tokens=4",
            "--candidates=3",
            "--explain=" + html(),
            "--json"),
        err);
    assertEquals(html().toString(), json().get("explanation").asString());
    var page = Files.readString(html());
    assertFalse(page.contains("<script"), "a script");
    assertFalse(page.matches("(?s).*(src|href)=\"(?!data:).*"), "another file");
    assertFalse(page.contains("${") || page.contains("Merapi ::"), "a hole in the template");
    assertTrue(page.contains("before temperature"));
    assertTrue(page.contains("id=\"m2x2\"") && page.contains("Layer 2, head 2"), "every head");
    assertTrue(page.contains("‹C3›") && page.contains("⏎"), "parts of letters, ends of lines");

    // The prompt alone, over the page that is there; a picture; a search.
    assertEquals(
        0,
        run(
            "generate",
            model,
            "--prompt=the cat sat",
            "--tokens=0",
            "--explain",
            html().toString()),
        err);
    assertTrue(Files.readString(html()).contains("3 tokens, of which it was given 3"));
    var png = folder.resolve("x.png");
    assertEquals(
        0, run("generate", model, "--prompt=the cat", "--tokens=9", "--explain=" + png), err);
    assertTrue(ImageIO.read(png.toFile()).getHeight() > 1000);
    assertEquals(
        0,
        run(
            "generate",
            model,
            "--prompt=the cat",
            "--tokens=5",
            "--beams=3",
            "--samples=2",
            "--explain=" + html()),
        err);
    assertTrue(out.contains("explanation " + html()), out);
  }

  @Test
  void refusesWhatItCannotExplainOrWrite() throws IOException {
    var model = PublishedModels.copy("llama", folder).toString();
    var prompt = "--prompt=the cat";
    assertEquals(2, run("generate", model, prompt, "--explain=" + folder.resolve("x.pdf")));
    assertTrue(err.contains(".html or .png") && err.lines().count() == 1, err);
    assertEquals(2, run("generate", model, prompt, "--explain=" + folder.resolve("no/x.html")));
    assertTrue(err.contains("there is no folder"), err);
    assertEquals(
        2,
        run(
            "generate",
            model,
            prompt,
            "--explain=" + Files.createDirectory(folder.resolve("d.html"))));
    assertTrue(err.contains("it is a folder"), err);
    assertEquals(2, run("generate", model, prompt, "--samples=2", "--explain=" + html()));
    assertTrue(err.contains("leave out --samples"), err);
    assertEquals(2, run("generate", model, prompt, "--candidates=3"));
    assertTrue(err.contains("--candidates is for --explain"), err);
    assertEquals(2, run("generate", model, prompt, "--candidates=0", "--explain=" + html()));
    assertEquals(2, run("generate", model, prompt, "--tokens=0"));
    assertEquals(
        2, run("generate", model, prompt, "--tokens=0", "--beams=2", "--explain=" + html()));
    assertTrue(Files.notExists(html()), "nothing is written");
  }
}
