package dev.merapi.zoo;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.merapi.nn.Alibi;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Loss;
import dev.merapi.nn.Mode;
import dev.merapi.nn.Packed;
import dev.merapi.nn.Parameters;
import dev.merapi.nn.Recompute;
import dev.merapi.tensor.Gradients;
import dev.merapi.tensor.Key;
import dev.merapi.tensor.MerapiException;
import dev.merapi.tensor.Step;
import dev.merapi.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Texts that share a row are read, and learned from, as if each had a row of its own. */
final class PackingTest {
  private static final int VOCABULARY = 37;
  private static final int[][] TEXTS = {{5, 9, 11, 3, 20}, {7, 30, 2}, {1, 1, 4, 36}};

  private static Stream<Layer> models() {
    var gpt = Gpt.of(new Gpt.Size(VOCABULARY, 16, 32, 2, 4), 0.3, Key.of(1));
    var llama = Llama.of(new Llama.Size(VOCABULARY, 16, 32, 48, 2, 4, 2, 8), Key.of(2));
    return Stream.of(
        gpt,
        Recompute.of(gpt),
        llama,
        llama.headNorms(1e-6),
        llama.blocks(block -> block.attention(a -> a.window(2))),
        llama.blocks(block -> block.attention(a -> a.positions(Alibi.of()))));
  }

  /** All texts in one row, with one token to spare: (1, 2, 13). */
  private static Tensor row() {
    List<Integer> tokens = new ArrayList<>();
    List<Integer> begins = new ArrayList<>();
    for (int[] text : TEXTS) {
      int begin = tokens.size();
      for (int token : text) {
        tokens.add(token);
        begins.add(begin);
      }
    }
    begins.add(tokens.size());
    tokens.add(0);
    int[] both = Stream.of(tokens, begins).flatMap(List::stream).mapToInt(i -> i).toArray();
    return Tensor.of(both, 1, 2, tokens.size());
  }

  @ParameterizedTest
  @MethodSource("models")
  void givesWhatEachTextGivesAlone(Layer model) {
    Tensor packed = Packed.of(model).apply(row());
    int at = 0;
    for (int[] text : TEXTS) {
      float[] alone = model.apply(Tensor.of(text, 1, text.length)).toArray();
      float[] together = packed.slice(1, at, at + text.length).toArray();
      assertArrayEquals(alone, together, 1e-5f);
      at += text.length;
    }
    float[] leaking = model.apply(row().select(1, 0)).slice(1, 5, 8).toArray();
    float[] second = packed.slice(1, 5, 8).toArray();
    double most = 0;
    for (int i = 0; i < second.length; i++) {
      most = Math.max(most, Math.abs(leaking[i] - second[i]));
    }
    assertTrue(most > 1e-3, "without packing the second text would see the first");
  }

  @ParameterizedTest
  @MethodSource("models")
  void learnsWhatEachTextTeachesAlone(Layer model) {
    var parameters = List.copyOf(Parameters.of(model).values());
    assertEquals(Parameters.of(model).keySet(), Parameters.of(Packed.of(model)).keySet());
    var loss = Loss.crossEntropy();
    List<Tensor> sums = new ArrayList<>();
    int[] targets = new int[13];
    Arrays.fill(targets, -100);
    int at = 0;
    int counted = 0;
    for (int[] text : TEXTS) {
      int[] next = new int[text.length];
      for (int i = 0; i < text.length; i++) {
        next[i] = i + 1 < text.length ? text[i + 1] : -100;
        targets[at + i] = next[i];
      }
      int count = text.length - 1;
      var alone = model.apply(Tensor.of(text, 1, text.length), Mode.training(Key.of(3)));
      var mean = loss.apply(alone.flatten(0, 1), Tensor.of(next, text.length));
      sums.add(mean.mul(count));
      at += text.length;
      counted += count;
    }
    Tensor separate = sums.get(0).add(sums.get(1)).add(sums.get(2)).div(counted);
    Tensor logits = Packed.of(model).apply(row(), Mode.training(Key.of(3)));
    Tensor together = loss.apply(logits.flatten(0, 1), Tensor.of(targets, 13));
    assertEquals(separate.item(), together.item(), 1e-5);
    var expected = Step.compute(Gradients.of(separate, parameters).toArray(Tensor[]::new));
    var found = Step.compute(Gradients.of(together, parameters).toArray(Tensor[]::new));
    for (int i = 0; i < parameters.size(); i++) {
      assertArrayEquals(expected.get(i).toArray(), found.get(i).toArray(), 1e-5f);
    }
  }

  @Test
  void refusesWhatWouldSeeAcross() {
    var bert = Bert.of(new Bert.Size(VOCABULARY, 16, 32, 64, 1, 4), Key.of(1));
    var error = assertThrows(MerapiException.class, () -> Packed.of(bert).apply(row()));
    assertTrue(error.getMessage().contains("one text a row"), error::getMessage);
    var shape = assertThrows(MerapiException.class, () -> Packed.of(bert).apply(row().get(0)));
    assertTrue(shape.getMessage().contains("(batch, 2, time)"), shape::getMessage);
  }
}
