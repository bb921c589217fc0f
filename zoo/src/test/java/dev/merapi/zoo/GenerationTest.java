package dev.merapi.zoo;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.merapi.graph.Engine;
import dev.merapi.nn.Bf16Weights;
import dev.merapi.nn.Init;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Parameters;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Key;
import dev.merapi.tensor.MerapiException;
import dev.merapi.tensor.Parameter;
import dev.merapi.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Texts from a memory are those of reading everything again for each token. */
class GenerationTest {
  private static final Gpt.Size SMALL = new Gpt.Size(29, 24, 12, 2, 3);
  private static final int[][] PROMPTS = {{3, 1, 4, 1, 5}, {9, 2, 6, 5, 28}};

  private static Gpt model() {
    return drawn(Gpt.of(SMALL, Key.of(7)));
  }

  private static <M extends Layer> M drawn(M model) {
    int i = 0;
    for (Parameter p : Parameters.of(model).values()) { // far from the flat start
      p.assign(Init.normal(0, 0.5).draw(Key.of(100 + i++), p.shape()));
    }
    return model;
  }

  private static int[][] withoutMemory(Layer model, int[][] prompts, int count) {
    int[][] texts = prompts;
    for (int i = 0; i < count; i++) {
      int[] flat = Arrays.stream(texts).flatMapToInt(Arrays::stream).toArray();
      Tensor tokens = Tensor.of(flat, texts.length, texts[0].length);
      int[] next = model.apply(tokens).select(1, -1).argmax(-1).toIntArray();
      int[][] longer = new int[texts.length][];
      for (int t = 0; t < texts.length; t++) {
        longer[t] = Arrays.copyOf(texts[t], texts[t].length + 1);
        longer[t][texts[t].length] = next[t];
      }
      texts = longer;
    }
    return Arrays.stream(texts)
        .map(text -> Arrays.copyOfRange(text, prompts[0].length, text.length))
        .toArray(int[][]::new);
  }

  @Test
  void writesWithWeightsOfBf16() {
    Gpt model = model();
    Gpt small = Bf16Weights.of(model);
    assertEquals(DType.BF16, small.tokens().weight().dtype());
    Tensor tokens = Tensor.of(new int[] {3, 1, 4, 1, 5, 9}, 1, 6);
    assertArrayEquals(model.apply(tokens).toArray(), small.apply(tokens).toArray(), 0.2f);
    assertArrayEquals(
        withoutMemory(small, PROMPTS, 10), Generation.of(small, 24).extend(PROMPTS, 10));
  }

  @Test
  void writesWhatReadingAllAgainWrites() {
    Gpt model = model();
    int[][] expected = withoutMemory(model, PROMPTS, 15);
    assertTrue(Arrays.stream(expected[0]).distinct().count() > 2, Arrays.toString(expected[0]));
    assertArrayEquals(expected, Generation.of(model, 24).extend(PROMPTS, 15));
  }

  @Test
  void writesWithRotaryPositionsSharedHeadsAndAWindow() {
    var size = new Llama.Size(29, 24, 12, 20, 2, 4, 2, 6);
    Llama model = drawn(Llama.of(size, Key.of(7)).headNorms(1e-6));
    for (Llama each : List.of(model, model.blocks(b -> b.attention(a -> a.window(4))))) {
      int[][] expected = withoutMemory(each, PROMPTS, 12);
      assertTrue(Arrays.stream(expected[0]).distinct().count() > 1, Arrays.toString(expected[0]));
      assertArrayEquals(expected, Generation.of(each, 24).extend(PROMPTS, 12));
    }
  }

  @Test
  void readsInPiecesOfAnySize() {
    Gpt model = model();
    int[][] expected = withoutMemory(model, PROMPTS, 1);
    var generation = Generation.of(model, 24);
    generation.read(new int[][] {{3, 1}, {9, 2}});
    generation.read(new int[][] {{4, 1}, {6, 5}});
    assertEquals(4, generation.length());
    int[] last = generation.read(new int[][] {{5}, {28}});
    assertArrayEquals(new int[] {expected[0][0], expected[1][0]}, last);
  }

  @Test
  void compilesOneProgramForAllTokensAndBeginsAnew() {
    Gpt model = model();
    var generation = Generation.of(model, 20);
    int[][] first = generation.extend(PROMPTS, 3);
    long compiled = Engine.shared().compiled();
    for (int i = 0; i < 5; i++) {
      generation.read(new int[][] {{i}, {2 * i}});
    }
    assertEquals(compiled, Engine.shared().compiled());
    generation.clear();
    assertArrayEquals(first, generation.extend(PROMPTS, 3));
    assertEquals(compiled, Engine.shared().compiled());
  }

  @Test
  void goesOnWithTheLastHalfOfATextThatOutgrowsIt() {
    Gpt model = model();
    int[] written = Generation.of(model, 10).extend(PROMPTS, 6)[1]; // 10 are read, and no more fit
    int[] text = IntStream.concat(Arrays.stream(PROMPTS[1]), Arrays.stream(written)).toArray();
    int[][] half = {Arrays.copyOfRange(text, 6, 11)};
    assertEquals(
        withoutMemory(model, half, 1)[0][0], Generation.of(model, 10).extend(PROMPTS, 7)[1][6]);
  }

  @Test
  void refusesWhatDoesNotFit() {
    Gpt model = model();
    var generation = Generation.of(model, 30);
    assertThrows(MerapiException.class, () -> generation.read(new int[][] {{1, 2}, {3}}));
    assertThrows(MerapiException.class, () -> generation.read(new int[0][]));
    assertThrows(MerapiException.class, () -> generation.read(new int[1][31]));
    generation.read(new int[1][24]);
    assertThrows(
        MerapiException.class, () -> generation.read(new int[1][1])); // the model's context
    assertThrows(MerapiException.class, () -> generation.read(new int[2][1])); // another batch
  }
}
