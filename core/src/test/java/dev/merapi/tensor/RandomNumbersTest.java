package dev.merapi.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.merapi.graph.Philox;
import dev.merapi.reference.Reference;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Numbers from keys: the generator to the bit, the distributions by their statistics. */
final class RandomNumbersTest {
  private static final int MANY = 100_000;

  /** {@code philox4x32 10} in kat_vectors of Random123, the generator's own library. */
  @ParameterizedTest
  @CsvSource({
    "0000000000000000, 0000000000000000, 0000000000000000, 6627e8d5 e169c58d bc57ac4c 9b00dbd8",
    "ffffffffffffffff, ffffffffffffffff, ffffffffffffffff, 408f276d 41c83b0e a20bc7c6 6d5451fd",
    "299f31d0a4093822, 85a308d3243f6a88, 0370734413198a2e, d16cfe09 94fdcceb 5001e420 24126ea1"
  })
  void philoxGivesTheKnownAnswers(String key, String low, String high, String words) {
    long[] block = new long[2];
    Philox.block(
        Long.parseUnsignedLong(key, 16),
        Long.parseUnsignedLong(low, 16),
        Long.parseUnsignedLong(high, 16),
        block);
    String actual =
        "%08x %08x %08x %08x"
            .formatted(
                (int) block[0], (int) (block[0] >>> 32), (int) block[1], (int) (block[1] >>> 32));
    assertEquals(words, actual);
  }

  @Test
  void uniformNumbersSpreadEvenly() {
    double[] x = numbers(Key.of(7).uniform(MANY));
    assertTrue(Arrays.stream(x).allMatch(v -> v >= 0 && v < 1));
    assertMoments(x, 0.5, 1.0 / 12);
    assertEven(x);
  }

  @Test
  void normalNumbersFollowTheBell() {
    double[] x = numbers(Key.of(8).normal(MANY));
    assertMoments(x, 0, 1);
    double[] erf = Reference.evaluate(Tensor.of(floats(x)).mul(Math.sqrt(0.5)).erf());
    double[] places = Arrays.stream(erf).map(v -> (1 + v) / 2).toArray();
    assertEven(places);
    assertTrue(Arrays.stream(x).map(Math::abs).max().orElseThrow() > 3.7, "the tails are thin");
  }

  @Test
  void truthIsAsFrequentAsAsked() {
    double[] x = numbers(Key.of(9).bernoulli(0.3, MANY).cast(DType.F32));
    assertMoments(x, 0.3, 0.21);
  }

  @Test
  void rangesAreKept() {
    double[] x = numbers(Key.of(10).uniform(-2, 5, Shape.of(MANY)));
    assertTrue(Arrays.stream(x).allMatch(v -> v >= -2 && v <= 5));
    assertMoments(x, 1.5, 49.0 / 12);
  }

  @Test
  void permutationsHoldEachNumberOnceAndNoPlaceIsFavoured() {
    int[] order = Key.of(11).permutation(1000);
    assertArrayEquals(IntStream.range(0, 1000).toArray(), Arrays.stream(order).sorted().toArray());
    int[] first = new int[10];
    for (int i = 0; i < 10_000; i++) {
      first[Key.of(12).fold(i).permutation(10)[0]]++;
    }
    assertTrue(Arrays.stream(first).allMatch(n -> Math.abs(n - 1000) < 5 * Math.sqrt(900)));
    assertArrayEquals(new int[0], Key.of(13).permutation(0));
  }

  @Test
  void keysAreValuesAndTheirNumbersDiffer() {
    assertArrayEquals(Key.of(1).normal(9).toArray(), Key.of(1).normal(9).toArray());
    assertEquals(Key.of(1).fold(3), Key.of(1).split(4)[3]);
    double[] a = numbers(Key.of(1).fold(0).normal(MANY));
    double[] b = numbers(Key.of(1).fold(1).normal(MANY));
    double product = IntStream.range(0, MANY).mapToDouble(i -> a[i] * b[i]).average().orElseThrow();
    assertEquals(0, product, 5 / Math.sqrt(MANY), "numbers of sibling keys correlate");
    assertNotEquals(a[0], b[0]);
  }

  /** A shape of any size begins with the numbers of a smaller one. */
  @Test
  void theNumbersAreThoseOfTheReference() {
    for (int n : new int[] {0, 1, 3, 4, 5, 17, 1000}) {
      Agreement.check(
          n + " numbers", List.of(Key.of(n).uniform(n), Key.of(n).normal(n), Key.of(5).normal(n)));
    }
    assertArrayEquals(
        Arrays.copyOf(Key.of(5).normal(3, 7).toArray(), 5), Key.of(5).normal(5).toArray());
  }

  private static double[] numbers(Tensor x) {
    return Agreement.numbers(Step.compute(x).getFirst());
  }

  private static float[] floats(double... values) {
    float[] result = new float[values.length];
    IntStream.range(0, values.length).forEach(i -> result[i] = (float) values[i]);
    return result;
  }

  /** Mean and variance within five standard errors. */
  private static void assertMoments(double[] x, double mean, double variance) {
    double m = Arrays.stream(x).average().orElseThrow();
    double v = Arrays.stream(x).map(value -> (value - m) * (value - m)).average().orElseThrow();
    assertEquals(mean, m, 5 * Math.sqrt(variance / x.length));
    assertEquals(variance, v, 5 * variance * Math.sqrt(2.0 / x.length));
  }

  /** Kolmogorov and Smirnov's test of numbers in [0, 1]: one in a thousand fails by chance. */
  private static void assertEven(double[] x) {
    double[] sorted = Arrays.stream(x).sorted().toArray();
    double worst = 0;
    for (int i = 0; i < sorted.length; i++) {
      worst = Math.max(worst, sorted[i] - (double) i / sorted.length);
      worst = Math.max(worst, (i + 1.0) / sorted.length - sorted[i]);
    }
    assertTrue(worst < 1.95 / Math.sqrt(sorted.length), "differs by " + worst);
  }
}
