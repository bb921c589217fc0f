package dev.merapi.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.merapi.tensor.Gradients;
import dev.merapi.tensor.Key;
import dev.merapi.tensor.Shape;
import dev.merapi.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The layer that CONTRIBUTING shows is this one, and works. */
class ContributingTest {
  /**
   * Gated linear unit {@code a(x) · σ(b(x))} (Dauphin et al., 2017): {@code (…, in) → (…, out)}.
   */
  record Gated(Linear value, Linear gate) implements Layer {
    static Gated of(int in, int out, Key key) {
      return new Gated(Linear.of(in, out, key.fold(0)), Linear.of(in, out, key.fold(1)));
    }

    @Override
    public Tensor apply(Tensor x, Mode mode) {
      return value.apply(x, mode).mul(gate.apply(x, mode).sigmoid());
    }
  }

  @Test
  void theLayerIsTheOneOnThePage() throws IOException {
    Path root = Path.of(System.getProperty("merapi.root"));
    Path source = root.resolve("nn/src/test/java/dev/merapi/nn/ContributingTest.java");
    String page = Files.readString(root.resolve("CONTRIBUTING.md"));
    int start = page.indexOf("```java\n/** Gated") + "```java\n".length();
    String shown = page.substring(start, page.indexOf("```", start));
    assertTrue(words(Files.readString(source)).contains(words(shown)), shown);
  }

  private static String words(String text) {
    return text.replaceAll("\\s+\\*?\\s*", " ").strip();
  }

  @Test
  void theLayerWorks() {
    Gated layer = Gated.of(3, 2, Key.of(1));
    Tensor y = layer.apply(Key.of(2).normal(5, 3));
    assertEquals(Shape.of(5, 2), y.shape());
    List<Tensor> wrt = new ArrayList<>(Parameters.of(layer).values());
    assertEquals(4, wrt.size());
    assertTrue(Gradients.check(y.mul(y).sum(), wrt) < 1e-5);
  }
}
