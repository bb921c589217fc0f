package dev.merapi.data;

import dev.merapi.tensor.Shape;
import java.util.List;
import java.util.Objects;

/**
 * A data set that is in memory as a whole. Pictures stay bytes there and become floats a batch at a
 * time.
 *
 * <p>The arrays given to it are taken over, not copied, and must not be changed after.
 */
public final class MemoryDataset implements Dataset {
  private final Column x;
  private final Column y;
  private final List<String> classes;
  private volatile String fingerprint; // null until somebody asks: it takes a pass over all data

  private MemoryDataset(Column x, Column y, List<String> classes) {
    if (x.size() != y.size()) {
      throw new DataException(
          "data set: there are "
              + x.size()
              + " examples but "
              + y.size()
              + " targets; give one target for each example");
    }
    this.x = x;
    this.y = y;
    this.classes = List.copyOf(classes);
  }

  /**
   * Pictures with a class each.
   *
   * @param pixels the bytes of one picture after the other; 0 becomes 0.0f and 255 becomes 1.0f
   * @param picture the shape of one picture: {@code (channels, height, width)}
   * @param labels a class number for each picture
   * @param classes the names of the classes
   * @throws DataException if lengths do not fit or a label is no class
   */
  public static MemoryDataset pictures(
      byte[] pixels, Shape picture, int[] labels, List<String> classes) {
    int size = count(pixels.length, picture);
    return new MemoryDataset(
        new Column.Pixels(pixels, size, picture, Normalisation.NONE),
        labels(labels, classes),
        classes);
  }

  /**
   * Numbers with a class each.
   *
   * @param features the numbers of one example after the other
   * @param example the shape of one example's features
   * @param labels a class number for each example
   * @param classes the names of the classes
   * @throws DataException if lengths do not fit or a label is no class
   */
  public static MemoryDataset classified(
      float[] features, Shape example, int[] labels, List<String> classes) {
    return new MemoryDataset(floats(features, example), labels(labels, classes), classes);
  }

  /**
   * Numbers with numbers to predict from them.
   *
   * @param features the numbers of one example after the other
   * @param example the shape of one example's features
   * @param targets the numbers to predict, of one example after the other
   * @param target the shape of one example's target
   * @throws DataException if lengths do not fit
   */
  public static MemoryDataset valued(
      float[] features, Shape example, float[] targets, Shape target) {
    return new MemoryDataset(floats(features, example), floats(targets, target), List.of());
  }

  private static Column floats(float[] values, Shape shape) {
    return new Column.Floats(values, count(values.length, shape), shape, Normalisation.NONE);
  }

  private static int count(int values, Shape shape) {
    if (shape.elements() == 0 || values % shape.elements() != 0) {
      throw new DataException(
          "data set: "
              + values
              + " values do not make whole examples of the shape "
              + shape
              + "; give the shape of one example");
    }
    return (int) (values / shape.elements());
  }

  private static Column labels(int[] labels, List<String> classes) {
    for (int row = 0; row < labels.length; row++) {
      if (labels[row] < 0 || labels[row] >= classes.size()) {
        throw new DataException(
            "data set: the label of example "
                + row
                + " is "
                + labels[row]
                + ", but there are "
                + classes.size()
                + " classes, 0 to "
                + (classes.size() - 1)
                + "; mend the labels, or name all classes");
      }
    }
    return new Column.Labels(labels);
  }

  @Override
  public int size() {
    return x.size();
  }

  @Override
  public long bytes() {
    return x.bytes() + y.bytes();
  }

  @Override
  public Shape features() {
    return x.shape();
  }

  @Override
  public Shape target() {
    return y.shape();
  }

  @Override
  public List<String> classes() {
    return classes;
  }

  @Override
  public int[] labels() {
    return switch (y) {
      case Column.Labels(var values) -> values.clone();
      case Column.Pixels _, Column.Floats _ ->
          throw new DataException("data set: its targets are numbers, not classes; use split()");
    };
  }

  @Override
  public Batch gather(int... rows) {
    for (int row : rows) {
      Objects.checkIndex(row, size());
    }
    return new Batch(x.gather(rows), y.gather(rows));
  }

  @Override
  public Dataset normalised(Normalisation normalisation) {
    return new MemoryDataset(x.normalised(normalisation), y, classes);
  }

  @Override
  public String fingerprint() {
    if (fingerprint == null) {
      var sha = new Sha256();
      x.mix(sha);
      y.mix(sha);
      classes.forEach(sha::add);
      fingerprint = sha.hex();
    }
    return fingerprint;
  }
}
