package dev.merapi.zoo;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.merapi.nn.GruLayer;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Loss;
import dev.merapi.nn.LstmLayer;
import dev.merapi.nn.Memory;
import dev.merapi.nn.Mode;
import dev.merapi.nn.Parameters;
import dev.merapi.optim.Adam;
import dev.merapi.optim.Optimization;
import dev.merapi.tensor.Key;
import dev.merapi.tensor.MerapiException;
import dev.merapi.tensor.Shape;
import dev.merapi.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Sizes and shapes of the architectures, and that they learn. */
class ArchitecturesTest {
  private static final Key KEY = Key.of(11);
  private static final Gpt.Size SMALL = new Gpt.Size(13, 8, 12, 2, 3);

  @Test
  void haveThePublishedSizes() {
    assertEquals(124_439_808, Parameters.count(Gpt.of(Gpt.Size.GPT2, KEY)));
    assertEquals(134_515_008, Parameters.count(Llama.of(Llama.Size.SMOLLM2_135M, KEY).tied()));
    assertEquals(272_474, Parameters.count(ResNet.of(20, 3, 10, KEY)));
    assertEquals(
        4 * 256 * (100 + 256 + 2) + 4 * 256 * (256 + 256 + 2) + 2570,
        Parameters.count(LstmClassifier.of(100, 256, 2, 10, KEY)));
  }

  @Test
  void giveLogits() {
    assertEquals(Shape.of(2, 5, 13), Gpt.of(SMALL, KEY).apply(tokens(2, 5)).shape());
    assertEquals(Shape.of(2, 10), ResNet.of(8, 3, 10, KEY).apply(KEY.normal(2, 3, 8, 8)).shape());
    assertEquals(
        Shape.of(3, 4), LstmClassifier.of(5, 6, 2, 4, KEY).apply(KEY.normal(3, 7, 5)).shape());
    assertEquals(Shape.of(2, 3), classifier().apply(tokens(2, 6)).shape());
  }

  @Test
  void aFactorizationMachineSumsWeightsAndProductsOfPairs() {
    var model = FactorizationMachine.of(List.of(3, 4, 2), 5, KEY);
    model.weights().get(1).weight().assign(KEY.normal(4, 1));
    var x = Tensor.of(new float[] {2, 3, 1, 0, 1, 0}).reshape(2, 3);
    float[] y = model.apply(x).toArray();
    assertEquals(Shape.of(2, 1), model.apply(x).shape());
    int[][] rows = {{2, 3, 1}, {0, 1, 0}};
    for (int row = 0; row < 2; row++) {
      double expected = model.weights().get(1).weight().toArray()[rows[row][1]];
      for (int i = 0; i < 3; i++) {
        for (int j = 0; j < i; j++) {
          float[] v = model.factors().get(i).weight().toArray();
          float[] w = model.factors().get(j).weight().toArray();
          for (int d = 0; d < 5; d++) {
            expected += v[rows[row][i] * 5 + d] * w[rows[row][j] * 5 + d];
          }
        }
      }
      assertEquals(expected, y[row], 1e-5);
    }
    assertThrows(MerapiException.class, () -> FactorizationMachine.of(List.of(3), 5, KEY));
  }

  private static TransformerClassifier classifier() {
    return TransformerClassifier.of(new TransformerClassifier.Size(13, 8, 12, 24, 2, 3), 3, KEY);
  }

  private static Seq2Seq seq2seq() {
    return Seq2Seq.of(new Seq2Seq.Size(13, 0, 12, 20, 2, 3), KEY);
  }

  private static LstmSeq2Seq lstmSeq2seq(int layers) {
    return LstmSeq2Seq.of(new LstmSeq2Seq.Size(13, 0, 12, 7, layers), KEY);
  }

  private static List<EncoderDecoder> translators() {
    return List.of(seq2seq(), seq2seq().postNorm(), lstmSeq2seq(1), lstmSeq2seq(2));
  }

  /** Sources and targets: (2, 2, time), the first pair short and filled up to the time. */
  private static Tensor pairs(int time) {
    int[] numbers = new int[4 * time];
    for (int i = 0; i < numbers.length; i++) {
      boolean filled = i < 2 * time && i % time >= 3;
      numbers[i] = filled ? 0 : 1 + (i * 5 + i / 3) % 12;
    }
    return Tensor.of(numbers).reshape(2, 2, time);
  }

  @Test
  void whatFillsPairsUpIsNotRead() {
    for (EncoderDecoder model : translators()) {
      Tensor x = pairs(8);
      Tensor alone = model.apply(x.slice(0, 0, 1).slice(2, 0, 3));
      Tensor beside = model.apply(x).slice(0, 0, 1).slice(1, 0, 3);
      assertEquals(Shape.of(1, 3, 13), alone.shape());
      assertArrayEquals(alone.flatten(0, -1).toArray(), beside.flatten(0, -1).toArray(), 1e-5f);
    }
  }

  /** Token by token, with the source read once, as all at once. */
  @Test
  void translationsAreContinuedFromAMemory() {
    for (EncoderDecoder model : translators()) {
      Tensor x = pairs(8);
      float[] whole = model.apply(x).flatten(0, -1).toArray();
      var memory = Memory.of(8);
      var source = model.encode(x.select(1, 0), Mode.evaluation());
      int[] target = x.select(1, 1).toIntArray();
      for (int time = 0; time < 8; time++) {
        var pass = memory.next(1);
        Tensor next = Tensor.of(new int[] {target[time], target[8 + time]}).reshape(2, 1);
        float[] logits = pass.run(model.decode(next, source, pass)).getFirst().toArray();
        for (int text = 0; text < 2; text++) {
          int from = (text * 8 + time) * 13;
          assertArrayEquals(
              Arrays.copyOfRange(whole, from, from + 13),
              Arrays.copyOfRange(logits, text * 13, text * 13 + 13),
              1e-5f);
        }
      }
    }
  }

  /** Several texts at once, with and without a source filled up, as each alone. */
  @Test
  void translationsAreSearchedFor() {
    for (EncoderDecoder model : translators()) {
      Tensor sources = pairs(8).select(1, 0);
      var search = BeamSearch.of(3, 6).ends(Set.of(2));
      int[][] begins = {{1}, {1}};
      var together = search.write(model.targets(sources, 8), begins);
      for (int text = 0; text < 2; text++) {
        Tensor alone = sources.slice(0, text, text + 1);
        var own = search.write(model.targets(alone, 8), new int[][] {{1}}).getFirst();
        assertEquals(own.getFirst().tokens(), together.get(text).getFirst().tokens());
        assertEquals(own.getFirst().score(), together.get(text).getFirst().score(), 1e-5);
      }
      // The score is the model's own.
      for (int text = 0; text < 2; text++) {
        for (var found : together.get(text)) {
          double score = score(model, sources.slice(0, text, text + 1), found.tokens());
          assertEquals(score, found.score(), 1e-5);
        }
      }
    }
  }

  /** The mean log-probability of the tokens of a target, told all at once. */
  private static double score(EncoderDecoder model, Tensor source, List<Integer> tokens) {
    int[] read = new int[8];
    read[0] = 1;
    for (int i = 0; i < tokens.size(); i++) {
      read[i + 1] = tokens.get(i);
    }
    Tensor x = Tensor.stack(1, List.of(source, Tensor.of(read).reshape(1, 8)));
    Tensor told = model.apply(x).get(0).logSoftmax(-1);
    return IntStream.range(0, tokens.size())
        .mapToDouble(i -> told.get(i).toArray()[tokens.get(i)])
        .average()
        .orElseThrow();
  }

  private static Llama llama() {
    return Llama.of(new Llama.Size(13, 8, 12, 20, 2, 4, 2, 6), KEY).headNorms(1e-6);
  }

  private static Tensor tokens(int batch, int time) {
    int[] numbers = new int[batch * time];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = (i * 7 + i / 3) % 13;
    }
    return Tensor.of(numbers).reshape(batch, time);
  }

  private static List<Layer> readers() {
    return List.of(
        TextCnn.of(new TextCnn.Size(13, 0, 6, List.of(2, 3, 5), 4, 3), KEY),
        TextRnn.of(new TextRnn.Size(13, 0, 6, 5, 2, 3), LstmLayer::of, KEY),
        TextRnn.of(new TextRnn.Size(13, 0, 6, 5, 1, 3), GruLayer::of, KEY));
  }

  /** A short text alone, and beside a long one, to whose length it is filled up. */
  @Test
  void whatFillsATextUpIsNotRead() {
    for (int length : new int[] {1, 3, 4}) {
      int[] text = new int[length];
      int[] filled = new int[2 * 9];
      for (int i = 0; i < length; i++) {
        text[i] = filled[i] = 3 + i;
      }
      for (int i = 9; i < 18; i++) {
        filled[i] = 1 + i % 12;
      }
      for (Layer model : readers()) {
        Tensor alone = model.apply(Tensor.of(text).reshape(1, length));
        Tensor beside = model.apply(Tensor.of(filled).reshape(2, 9)).get(0);
        assertEquals(Shape.of(1, 3), alone.shape());
        assertArrayEquals(alone.get(0).toArray(), beside.toArray(), 1e-6f);
      }
    }
  }

  @Test
  void aTextOfNothingHasLogitsToo() {
    for (Layer model : readers()) {
      assertTrue(Double.isFinite(model.apply(Tensor.of(new int[4]).reshape(1, 4)).sum().item()));
    }
  }

  @Test
  void gptDoesNotSeeTheFuture() {
    Gpt model = Gpt.of(SMALL, KEY);
    float[] whole = model.apply(tokens(1, 8)).slice(1, 0, 5).flatten(0, -1).toArray();
    float[] begun = model.apply(tokens(1, 8).slice(1, 0, 5)).flatten(0, -1).toArray();
    assertArrayEquals(whole, begun, 1e-5f);
  }

  @Test
  void refuseWhatTheyCannotRead() {
    assertThrows(MerapiException.class, () -> Gpt.of(SMALL, KEY).apply(tokens(1, 9)));
    assertThrows(MerapiException.class, () -> llama().apply(tokens(1, 9)));
    assertThrows(MerapiException.class, () -> classifier().apply(tokens(2, 9)));
    translators()
        .forEach(each -> assertThrows(MerapiException.class, () -> each.apply(tokens(2, 6))));
    assertThrows(MerapiException.class, () -> ResNet.of(21, 3, 10, KEY));
    assertThrows(
        MerapiException.class,
        () -> TextRnn.of(new TextRnn.Size(13, 0, 6, 5, 0, 3), GruLayer::of, KEY));
  }

  @Test
  void learn() {
    learns(Gpt.of(SMALL, KEY).dropout(0.1), tokens(2, 8), tokens(2, 8).flatten(0, -1));
    learns(llama(), tokens(2, 8), tokens(2, 8).flatten(0, -1));
    learns(classifier(), tokens(3, 6), Tensor.of(new int[] {0, 1, 2}));
    learns(seq2seq().dropout(0.1), pairs(6), tokens(2, 6).flatten(0, -1));
    learns(lstmSeq2seq(2).dropout(0.1), pairs(6), tokens(2, 6).flatten(0, -1), 40);
    learns(ResNet.of(8, 3, 4, KEY), KEY.normal(4, 3, 8, 8), Tensor.of(new int[] {0, 1, 2, 3}));
    readers().forEach(each -> learns(each, tokens(3, 6), Tensor.of(new int[] {0, 1, 2}), 40));
    learns(LstmClassifier.of(5, 6, 2, 3, KEY), KEY.normal(3, 7, 5), Tensor.of(new int[] {0, 1, 2}));
  }

  private static void learns(Layer model, Tensor x, Tensor y) {
    learns(model, x, y, 20);
  }

  private static void learns(Layer model, Tensor x, Tensor y, int steps) {
    double first = Double.NaN;
    double last = Double.NaN;
    var optimization = Optimization.of(model, Adam.of(1e-2));
    for (int step = 0; step < steps; step++) {
      Mode mode = Mode.training(KEY.fold(step));
      Tensor logits = model.apply(x, mode);
      Tensor loss = Loss.crossEntropy().apply(logits.reshape(-1, logits.shape().size(-1)), y);
      last = optimization.step(loss, mode).loss();
      first = step == 0 ? last : first;
    }
    assertTrue(last < 0.7 * first, model.getClass() + ": from " + first + " to " + last);
  }
}
