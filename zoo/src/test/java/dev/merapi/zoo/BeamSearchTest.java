package dev.merapi.zoo;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.merapi.graph.Engine;
import dev.merapi.nn.Init;
import dev.merapi.nn.Memory;
import dev.merapi.nn.Parameters;
import dev.merapi.tensor.Key;
import dev.merapi.tensor.MerapiException;
import dev.merapi.tensor.Parameter;
import dev.merapi.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What transformers finds is tested beside its folders, in the hub. */
class BeamSearchTest {
  private static final int[][] PROMPTS = {{3, 1, 4}, {1, 2, 0}};

  private static Gpt model(int vocabulary) {
    Gpt model = Gpt.of(new Gpt.Size(vocabulary, 16, 12, 2, 3), Key.of(7));
    int i = 0;
    for (Parameter p : Parameters.of(model).values()) {
      p.assign(Init.normal(0, 0.4).draw(Key.of(100 + i++), p.shape()));
    }
    return model;
  }

  /** Every text of so many tokens, or that ends before, the best one first. */
  private static List<BeamSearch.Found> all(Gpt model, int[] prompt, BeamSearch search) {
    List<BeamSearch.Found> found = new ArrayList<>();
    grow(model, prompt, List.of(), 0, search, found);
    return found.stream()
        .sorted(Comparator.comparingDouble((BeamSearch.Found f) -> f.score()).reversed())
        .toList();
  }

  private static void grow(
      Gpt model,
      int[] text,
      List<Integer> written,
      double sum,
      BeamSearch search,
      List<BeamSearch.Found> found) {
    boolean ended = !written.isEmpty() && search.ends().contains(written.getLast());
    if (ended || written.size() == search.tokens()) {
      found.add(
          new BeamSearch.Found(written, sum / Math.pow(written.size(), search.lengthPenalty())));
      return;
    }
    float[] next =
        model.apply(Tensor.of(text, 1, text.length)).select(1, -1).logSoftmax(-1).toArray();
    for (int token = 0; token < next.length; token++) {
      int[] longer = Arrays.copyOf(text, text.length + 1);
      longer[text.length] = token;
      List<Integer> more = new ArrayList<>(written);
      more.add(token);
      grow(model, longer, more, sum + next[token], search, found);
    }
  }

  @Test
  void findsTheBestTextsWhereItLooksAtAll() {
    Gpt model = model(5);
    for (double penalty : new double[] {0, 1, 3}) {
      var search = BeamSearch.of(125, 3).lengthPenalty(penalty).ends(Set.of(2));
      var found = search.write(TokenReader.of(model, 6), PROMPTS);
      for (int i = 0; i < PROMPTS.length; i++) {
        var best = all(model, PROMPTS[i], search);
        assertTrue(found.get(i).size() >= 5);
        for (int n = 0; n < 5; n++) {
          assertEquals(best.get(n).tokens(), found.get(i).get(n).tokens());
          assertEquals(best.get(n).score(), found.get(i).get(n).score(), 1e-5);
        }
      }
    }
  }

  @Test
  void oneBeamIsGreedy() {
    Gpt model = model(29);
    int[][] greedy = Generation.of(model, 16).extend(PROMPTS, 10);
    var found = BeamSearch.of(1, 10).write(TokenReader.of(model, 12), PROMPTS);
    for (int i = 0; i < PROMPTS.length; i++) {
      assertEquals(Arrays.stream(greedy[i]).boxed().toList(), found.get(i).getFirst().tokens());
    }
  }

  @Test
  void aPromptAloneFindsWhatItFindsBesideOthers() {
    Gpt model = model(29);
    var search = BeamSearch.of(4, 9).ends(Set.of(1, 6, 9, 12, 17));
    var both = search.write(TokenReader.of(model, 16), PROMPTS);
    for (int i = 0; i < PROMPTS.length; i++) {
      var one = search.write(TokenReader.of(model, 16), new int[][] {PROMPTS[i]}).getFirst();
      assertEquals(
          one.stream().map(BeamSearch.Found::tokens).toList(),
          both.get(i).stream().map(BeamSearch.Found::tokens).toList());
    }
  }

  @Test
  void writesAllowedTokensAlone() {
    Gpt model = model(29);
    Allowed pairs = // an even token, then its odd neighbour, and an end behind the second pair
        written -> {
          var tokens = new BitSet();
          if (written.length % 2 == 1) {
            tokens.set(written[written.length - 1] + 1);
          } else if (written.length == 4) {
            tokens.set(28);
          } else {
            for (int token = 0; token < 28; token += 2) {
              tokens.set(token);
            }
          }
          return tokens;
        };
    var search = BeamSearch.of(3, 12).ends(Set.of(28)).allowed(pairs);
    for (var texts : search.write(TokenReader.of(model, 16), PROMPTS)) {
      assertEquals(3, texts.size());
      for (var text : texts) {
        assertEquals(5, text.tokens().size(), text.toString());
        assertEquals(text.tokens().get(0) + 1, text.tokens().get(1), text.toString());
        assertEquals(28, text.tokens().getLast(), text.toString());
      }
    }
    Allowed nothing = _ -> new BitSet();
    var none = BeamSearch.of(3, 12).allowed(nothing).write(TokenReader.of(model, 16), PROMPTS);
    assertEquals(List.of(List.of(), List.of()), none);
  }

  @Test
  void compilesOneProgramForAllTokens() {
    Gpt model = model(29);
    BeamSearch.of(3, 4).write(TokenReader.of(model, 16), PROMPTS);
    long compiled = Engine.shared().compiled();
    BeamSearch.of(3, 12).write(TokenReader.of(model, 16), PROMPTS);
    assertEquals(compiled, Engine.shared().compiled());
  }

  @Test
  void aMemorysRowsAreThoseThatWereTaken() {
    Gpt model = model(29);
    var memory = Memory.of(8);
    read(model, memory, new int[][] {{1, 2}, {3, 4}});
    memory.take(1, 0, 1); // more
    read(model, memory, new int[][] {{5}, {6}, {7}});
    memory.take(2, 0, 0); // as many
    var logits = read(model, memory, new int[][] {{8}, {9}, {10}});
    int[][] texts = {{3, 4, 7, 8}, {3, 4, 5, 9}, {3, 4, 5, 10}};
    for (int i = 0; i < texts.length; i++) {
      Tensor whole = model.apply(Tensor.of(texts[i], 1, 4)).select(1, -1);
      assertArrayEquals(whole.toArray(), logits[i], 1e-4f);
    }
    assertThrows(MerapiException.class, () -> memory.take(3));
    assertThrows(MerapiException.class, () -> memory.take());
  }

  private static float[][] read(Gpt model, Memory memory, int[][] more) {
    var pass = memory.next(more[0].length);
    int[] flat = Arrays.stream(more).flatMapToInt(Arrays::stream).toArray();
    Tensor logits = model.apply(Tensor.of(flat, more.length, more[0].length), pass);
    return TokenReader.rows(pass.run(logits.select(1, -1)).getFirst());
  }

  @Test
  void refusesWhatMakesNoSense() {
    assertThrows(MerapiException.class, () -> BeamSearch.of(0, 3));
    assertThrows(MerapiException.class, () -> BeamSearch.of(3, 0));
    assertThrows(MerapiException.class, () -> BeamSearch.of(3, 3).lengthPenalty(Double.NaN));
    var reader = TokenReader.of(model(29), 8); // too short for them
    assertThrows(MerapiException.class, () -> BeamSearch.of(2, 9).write(reader, PROMPTS));
  }
}
