package dev.merapi.evaluation;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * How well the tokens of some texts were told.
 *
 * @param sums of -ln p of the right tokens, in nats, one a text
 * @param tokens that were to be told, one number a text
 */
@SuppressWarnings("ArrayRecordComponent") // not compared; taken over
public record TextLosses(double[] sums, double[] tokens) {
  /** How many texts there are. */
  public int size() {
    return sums.length;
  }

  /** The mean of each text's tokens; 0 of a text without any. */
  public double[] means() {
    return IntStream.range(0, size()).mapToDouble(i -> sums[i] / Math.max(1, tokens[i])).toArray();
  }

  /** The mean of all tokens: a long text counts for more than a short one. */
  public double mean() {
    return Arrays.stream(sums).sum() / Math.max(1, Arrays.stream(tokens).sum());
  }

  /** Some of the texts, the same one more than once, too. */
  TextLosses select(int... rows) {
    return new TextLosses(
        Arrays.stream(rows).mapToDouble(row -> sums[row]).toArray(),
        Arrays.stream(rows).mapToDouble(row -> tokens[row]).toArray());
  }
}
