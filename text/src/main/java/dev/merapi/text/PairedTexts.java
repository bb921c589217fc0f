package dev.merapi.text;

import dev.merapi.data.Batch;
import dev.merapi.data.Batches;
import dev.merapi.data.Sha256;
import dev.merapi.tensor.Key;
import dev.merapi.tensor.Shape;
import dev.merapi.tensor.Tensor;
import java.util.Arrays;
import java.util.List;

/**
 * Texts and what they are to become, such as their translations: x (batch, 2, time) i32 has in
 * (batch, 0) the sources, each with its end, and in (batch, 1) the begin and the target's tokens; y
 * (batch, time) the target's tokens with its end, each of which is to be told from those before it,
 * and {@value MaskedTexts#IGNORED} behind.
 *
 * <p>The time of a batch is that of its longest source or target, rounded up to a multiple of
 * {@value #STEP}; shorter ones are filled up at their ends. For training, pairs of about the same
 * length come together.
 */
public final class PairedTexts implements TokenDataset {
  /** What the time of a batch is a multiple of: little is filled up, and shapes are few. */
  static final int STEP = 4;

  /**
   * Tokens that stand for no text.
   *
   * @param begin of a target, which is read before its first token
   * @param end of a source and of a target
   * @param padding what shorter ones are filled up with
   */
  public record Marks(int begin, int end, int padding) {}

  /**
   * A pair of texts as tokens, without marks.
   *
   * @param source the text
   * @param target what it is to become
   */
  @SuppressWarnings("ArrayRecordComponent") // not compared; taken over
  public record Pair(int[] source, int[] target) {
    /** The longer of both, with the end. */
    public int length() {
      return 1 + Math.max(source.length, target.length);
    }
  }

  private final List<Pair> pairs;
  private final int length;
  private final Marks marks;

  private PairedTexts(List<Pair> pairs, int length, Marks marks) {
    this.pairs = List.copyOf(pairs);
    this.length = length;
    this.marks = marks;
  }

  /**
   * Some pairs.
   *
   * @param length of one as it is usual, end included; there may be longer ones
   */
  public static PairedTexts of(List<Pair> pairs, int length, Marks marks) {
    return new PairedTexts(pairs, length, marks);
  }

  /** The sources as they are read: (texts, time), each with its end, filled up. */
  public static Tensor sources(List<int[]> texts, Marks marks) {
    int time = time(1 + texts.stream().mapToInt(text -> text.length).max().orElse(0));
    int[] x = new int[texts.size() * time];
    Arrays.fill(x, marks.padding);
    for (int i = 0; i < texts.size(); i++) {
      put(texts.get(i), marks.end, x, i * time);
    }
    return Tensor.of(x, texts.size(), time);
  }

  private static int time(int longest) {
    return Math.ceilDiv(longest, STEP) * STEP;
  }

  private static void put(int[] text, int end, int[] into, int at) {
    System.arraycopy(text, 0, into, at, text.length);
    into[at + text.length] = end;
  }

  @Override
  public int size() {
    return pairs.size();
  }

  @Override
  public long bytes() {
    return pairs.stream().mapToLong(p -> 56 + 4L * (p.source.length + p.target.length)).sum();
  }

  @Override
  public Shape features() {
    return Shape.of(2, length);
  }

  @Override
  public Shape target() {
    return Shape.of(length);
  }

  @Override
  public String name(int row) {
    return "pair " + (row + 1);
  }

  @Override
  public Batch gather(int... rows) {
    int time = time(Arrays.stream(rows).map(row -> pairs.get(row).length()).max().orElse(1));
    int[] x = new int[rows.length * 2 * time];
    int[] y = new int[rows.length * time];
    Arrays.fill(x, marks.padding);
    Arrays.fill(y, MaskedTexts.IGNORED);
    for (int i = 0; i < rows.length; i++) {
      var pair = pairs.get(rows[i]);
      put(pair.source, marks.end, x, i * 2 * time);
      int begin = (i * 2 + 1) * time;
      x[begin] = marks.begin;
      System.arraycopy(pair.target, 0, x, begin + 1, pair.target.length);
      put(pair.target, marks.end, y, i * time);
    }
    return new Batch(Tensor.of(x, rows.length, 2, time), Tensor.of(y, rows.length, time));
  }

  /** The same pairs, which still come together by length. */
  @Override
  public PairedTexts select(int... rows) {
    return new PairedTexts(Arrays.stream(rows).mapToObj(pairs::get).toList(), length, marks);
  }

  /** Pairs of about the same length come together. */
  @Override
  public Batches batches(int size, Key shuffle, Batches.Remainder remainder) {
    var plain = TokenDataset.super.batches(size, shuffle, remainder);
    return new ByLength(size(), row -> pairs.get(row).length(), this::gather)
        .batches(size, shuffle, remainder, plain);
  }

  @Override
  public String fingerprint() {
    var sha = new Sha256().add("pairs").add(marks.begin, marks.end, marks.padding);
    pairs.forEach(pair -> sha.add(pair.source).add(pair.target));
    return sha.hex();
  }
}
