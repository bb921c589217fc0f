package dev.merapi.bench.ours;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.merapi.bench.work.FixedData;
import dev.merapi.graph.Engine;
import dev.merapi.tensor.Key;
import dev.merapi.tensor.Tensor;
import dev.merapi.zoo.Gpt;
import org.junit.jupiter.api.Test;

final class DecodingTest {
  private static final int PROMPT = 6;
  private static final int NEW = 9;

  private static Decoding decoding() {
    var size = new Gpt.Size(31, PROMPT + NEW, 16, 2, 2);
    return new Decoding(Gpt.of(size, Key.of(1)), FixedData.below(1, PROMPT, 31), NEW);
  }

  @Test
  void theTokensAreThoseOfTheModelWithoutACache() {
    var decoding = decoding();
    assertEquals(NEW, decoding.stepsACall());
    assertTrue(Double.isNaN(decoding.step()));
    assertEquals(1, decoding.agreement().orElseThrow());
  }

  @Test
  void beforeAStepThereIsNothingToAgreeWith() {
    assertTrue(decoding().agreement().isEmpty());
  }

  /** The prompt's, the one that every token behind it takes, and the first zeros of the cache. */
  @Test
  void noTokenCompilesAProgramOfItsOwn() {
    var size = new Gpt.Size(37, PROMPT + NEW, 16, 2, 2); // of its own, so that none is there yet
    var model = Gpt.of(size, Key.of(1));
    assertEquals(
        37, model.apply(Tensor.of(new int[1], 1, 1)).toArray().length); // draws the weights
    var decoding = new Decoding(model, FixedData.below(1, PROMPT, 37), NEW);
    long before = Engine.shared().compiled();
    decoding.step();
    assertEquals(before + 3, Engine.shared().compiled());
    decoding.step();
    assertEquals(before + 3, Engine.shared().compiled());
  }
}
