package dev.merapi.evaluation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.merapi.tensor.Key;
import org.junit.jupiter.api.Test;

final class TextLossesTest {
  /** Perplexity is that of the tokens, not of the texts. */
  @Test
  void longTextsCountForMore() {
    var losses = new TextLosses(new double[] {1, 9, 0}, new double[] {1, 3, 0});
    assertArrayEquals(new double[] {1, 3, 0}, losses.means());
    assertEquals(2.5, losses.mean());
    assertEquals(3, losses.select(1, 1).mean());
    var measures = Measures.ofTexts(losses, Bootstrap.of(), Key.of(1));
    assertEquals(Math.exp(2.5), measures.get(0).value(), 1e-12);
    assertEquals(2.5, measures.get(1).value());
    assertEquals(2.5 / Math.log(2), measures.get(2).value(), 1e-12);
    var interval = measures.get(1).interval().orElseThrow();
    assertEquals(0, interval.low());
    assertEquals(3, interval.high());
  }
}
