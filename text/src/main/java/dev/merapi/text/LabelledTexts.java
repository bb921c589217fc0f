package dev.merapi.text;

import dev.merapi.data.Batch;
import dev.merapi.data.Batches;
import dev.merapi.data.DataException;
import dev.merapi.data.Sha256;
import dev.merapi.tensor.Key;
import dev.merapi.tensor.Shape;
import dev.merapi.tensor.Tensor;
import java.util.Arrays;
import java.util.List;

/**
 * Texts with a class each, cut into tokens: x (batch, time) i32 and y (batch) class numbers.
 *
 * <p>The time of a batch is that of its longest text, rounded up to a multiple of {@value #STEP},
 * so that there are few shapes; shorter texts are filled up at their ends. For training, texts of
 * about the same length come together.
 */
public final class LabelledTexts implements TokenDataset {
  /** What the time of a batch is a multiple of. */
  static final int STEP = 8;

  private final int[][] texts;
  private final int[] labels;
  private final List<String> classes;
  private final int length;
  private final int padding;
  private volatile String fingerprint; // null until somebody asks: it takes a pass over all texts

  private LabelledTexts(
      int[][] texts, int[] labels, List<String> classes, int length, int padding) {
    this.texts = texts;
    this.labels = labels;
    this.classes = List.copyOf(classes);
    this.length = length;
    this.padding = padding;
  }

  /**
   * Texts and their classes; the arrays are taken over, and must not be changed after.
   *
   * @param texts their tokens; of longer ones the first {@code length} count
   * @param labels a class number for each
   * @param length tokens of a text, at most
   * @param padding the token that fills shorter ones up
   * @throws DataException if there are not as many labels as texts
   */
  public static LabelledTexts of(
      int[][] texts, int[] labels, List<String> classes, int length, int padding) {
    if (texts.length != labels.length || length < 1) {
      throw new DataException(
          "texts: %d of them, %d labels, a length of %d; give a label for each, and a length of at least 1"
              .formatted(texts.length, labels.length, length));
    }
    return new LabelledTexts(texts, labels, classes, length, padding);
  }

  @Override
  public int size() {
    return texts.length;
  }

  @Override
  public long bytes() {
    return Arrays.stream(texts).mapToLong(text -> 16 + 4L * text.length).sum() + 4L * labels.length;
  }

  @Override
  public Shape features() {
    return Shape.of(length);
  }

  @Override
  public Shape target() {
    return Shape.of();
  }

  @Override
  public List<String> classes() {
    return classes;
  }

  @Override
  public int[] labels() {
    return labels.clone();
  }

  @Override
  public Batch gather(int... rows) {
    int longest = Arrays.stream(rows).map(this::length).max().orElse(1);
    int time = Math.min(length, Math.ceilDiv(Math.max(longest, 1), STEP) * STEP);
    int[] x = new int[rows.length * time];
    int[] y = new int[rows.length];
    Arrays.fill(x, padding);
    for (int i = 0; i < rows.length; i++) {
      System.arraycopy(texts[rows[i]], 0, x, i * time, length(rows[i]));
      y[i] = labels[rows[i]];
    }
    return new Batch(Tensor.of(x, rows.length, time), Tensor.of(y, rows.length));
  }

  /** The same texts, which still come together by length. */
  @Override
  public LabelledTexts select(int... rows) {
    return new LabelledTexts(
        Arrays.stream(rows).mapToObj(row -> texts[row]).toArray(int[][]::new),
        Arrays.stream(rows).map(row -> labels[row]).toArray(),
        classes,
        length,
        padding);
  }

  private int length(int row) {
    return Math.min(length, texts[row].length);
  }

  /** Texts of about the same length come together. */
  @Override
  public Batches batches(int size, Key shuffle, Batches.Remainder remainder) {
    var plain = TokenDataset.super.batches(size, shuffle, remainder);
    return new ByLength(size(), this::length, this::gather)
        .batches(size, shuffle, remainder, plain);
  }

  @Override
  public String fingerprint() {
    if (fingerprint == null) {
      var sha = new Sha256().add("texts").add(length, padding).add(labels);
      Arrays.stream(texts).forEach(text -> sha.add(text.length).add(text));
      classes.forEach(sha::add);
      fingerprint = sha.hex();
    }
    return fingerprint;
  }
}
