package dev.merapi.table;

import dev.merapi.data.DataException;
import dev.merapi.data.Dataset;
import dev.merapi.data.MemoryDataset;
import dev.merapi.tensor.Shape;
import dev.merapi.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * A preparation that has learned from a training part: raw rows go in, numbers for a network come
 * out, and what the network says is turned back. It is saved with the model.
 *
 * @param input the raw columns that it takes: features and target
 * @param steps what is done to them, in this order
 * @param target the column that is to be predicted
 * @param classes the classes of the target in the order of their numbers; none if it is a number
 * @param features the columns that the network sees
 * @param vocabularies for each feature how many label numbers it can have; 0 for other numbers
 * @param window how rows become examples
 */
public record Prepared(
    Schema input,
    List<Fitted> steps,
    String target,
    List<String> classes,
    List<String> features,
    List<Integer> vocabularies,
    Window window) {
  public Prepared {
    steps = List.copyOf(steps);
    classes = List.copyOf(classes);
    features = List.copyOf(features);
    vocabularies = List.copyOf(vocabularies);
  }

  /**
   * Learns a preparation.
   *
   * @param train the rows to learn from, with the columns that are features and the target
   * @throws DataException if a step cannot be done, or what comes out is no number
   */
  public static Prepared fit(Table train, String target, Window window, List<Step> steps) {
    train.schema().index(target);
    if (train.size() == 0) {
      throw new DataException(train.source() + ": there are no rows to learn from; give some");
    }
    var table = train;
    List<Fitted> fitted = new ArrayList<>();
    Map<String, Integer> vocabularies = new HashMap<>();
    for (var step : steps) {
      var learned = step.fit(table, target);
      if (learned instanceof Fitted.LabelEncode(var columns)) {
        columns.forEach(each -> vocabularies.put(each.column(), each.words().size() + 1));
      }
      fitted.add(learned);
      table = learned.apply(table, Use.TRAIN);
    }
    List<String> features = new ArrayList<>(table.schema().names());
    boolean isCategory = table.schema().type(target) == ColumnType.CATEGORY;
    if (window.isNone() || isCategory) {
      features.remove(target);
    }
    if (features.isEmpty()) {
      throw new DataException(
          train.source() + ": there are no features; give columns beside the target");
    }
    for (var feature : features) {
      requireNumeric(table, feature);
    }
    if (!isCategory) {
      requireNumeric(table, target);
    }
    return new Prepared(
        train.schema(),
        fitted,
        target,
        isCategory ? Statistics.vocabulary(table, target) : List.of(),
        features,
        features.stream().map(feature -> vocabularies.getOrDefault(feature, 0)).toList(),
        window);
  }

  private static void requireNumeric(Table table, String column) {
    var advice =
        switch (table.schema().type(column)) {
          case NUMERIC -> "";
          case CATEGORY -> "add `- {kind: one-hot}` to the preparation";
          case TEXT -> "leave it out with `exclude`, or make it a category under `types`";
          case TIME -> "leave it out with `exclude`";
        };
    if (!advice.isEmpty()) {
      throw new DataException(
          "%s: column `%s` holds no numbers (%s); %s"
              .formatted(
                  table.source(),
                  column,
                  table.schema().fields().get(table.schema().index(column)),
                  advice));
    }
  }

  static void requirePresent(Table table, String column) {
    var cells = table.cells(column);
    for (int row = 0; row < table.size(); row++) {
      if (cells.isMissing(row)) {
        throw new DataException(
            "%s: column `%s` is missing; fill the cell, or add `- {kind: missing}` to the preparation"
                .formatted(table.place(row), column));
      }
    }
  }

  /** Whether the target is one of a number of classes. */
  public boolean classifies() {
    return !classes.isEmpty();
  }

  /** The shape of an example: {@code (features)}, or {@code (length, features)} of a window. */
  public Shape shape() {
    return window.isNone() ? Shape.of(features.size()) : Shape.of(window.length(), features.size());
  }

  /** The rows after all steps, with the columns in the order of the input. */
  public Table apply(Table raw, Use use) {
    var table = narrowed(raw, use);
    for (var step : steps) {
      table = step.apply(table, use);
    }
    return table;
  }

  /** Only the columns of the input; when predicting, the target may be missing. */
  private Table narrowed(Table raw, Use use) {
    (use == Use.PREDICT ? required() : input.names()).forEach(name -> requireType(raw, name));
    return raw.only(input.names().stream().filter(raw.schema()::has).toList());
  }

  private void requireType(Table raw, String name) {
    var type = raw.only(List.of(name)).schema().type(name);
    if (type.isNumber() != input.type(name).isNumber()) {
      throw new DataException(
          "%s: column `%s` is read as %s, but the network was trained with %s"
              .formatted(
                  raw.source(),
                  name,
                  raw.schema().fields().get(raw.schema().index(name)),
                  input.fields().get(input.index(name))));
    }
  }

  /**
   * Prepared examples with their targets, of raw rows.
   *
   * @throws DataException if a cell is missing or a class unknown; the message names the row
   */
  public Dataset dataset(Table raw, Use use) {
    return examples(apply(raw, use));
  }

  /** Examples of rows that {@link #apply} has made. */
  Dataset examples(Table table) {
    requirePresent(table, target);
    return examples(table, window.complete(IntStream.range(0, table.size()).toArray()));
  }

  /** The examples whose targets are in these rows of a prepared table. */
  public Dataset examples(Table table, int... rows) {
    float[] x = features(table, rows);
    return classifies()
        ? MemoryDataset.classified(x, shape(), labels(table, rows), classes)
        : MemoryDataset.valued(x, shape(), values(table, rows), Shape.of(1));
  }

  /** All rows of a prepared table: features, and targets or the numbers of their classes. */
  ReadAhead.Ready ready(Table table) {
    requirePresent(table, target);
    int[] rows = IntStream.range(0, table.size()).toArray();
    float[] x = features(table, rows);
    if (!classifies()) {
      return new ReadAhead.Ready(x, values(table, rows), Optional.empty());
    }
    int[] labels = labels(table, rows);
    float[] y = new float[labels.length];
    for (int i = 0; i < y.length; i++) {
      y[i] = labels[i];
    }
    return new ReadAhead.Ready(x, y, Optional.empty());
  }

  private float[] values(Table table, int... rows) {
    double[] values = table.view(target);
    float[] y = new float[rows.length];
    for (int i = 0; i < rows.length; i++) {
      y[i] = (float) values[rows[i]];
    }
    return y;
  }

  private int[] labels(Table table, int... rows) {
    Map<String, Integer> numbers = new Fitted.Vocabulary(target, classes).numbers();
    var cells = table.cells(target);
    int[] y = new int[rows.length];
    for (int i = 0; i < rows.length; i++) {
      var word = cells.text(rows[i]);
      Integer number = numbers.get(word);
      if (number == null) {
        throw new DataException(
            "%s: the class `%s` of column `%s` is not in the training part, which has %s; give training rows of it, or remove the row"
                .formatted(table.place(rows[i]), word, target, String.join(", ", classes)));
      }
      y[i] = number;
    }
    return y;
  }

  /**
   * What the network sees of prepared rows, one example after the other; with a window, of the rows
   * before each of these.
   */
  public float[] features(Table table, int... rows) {
    int steps = Math.max(1, window.length());
    int before = window.span();
    int width = steps * features.size();
    float[] x = new float[Math.multiplyExact(rows.length, width)];
    for (int f = 0; f < features.size(); f++) {
      requirePresent(table, features.get(f));
      double[] values = table.view(features.get(f));
      for (int i = 0; i < rows.length; i++) {
        for (int t = 0; t < steps; t++) {
          x[i * width + t * features.size() + f] = (float) values[rows[i] - before + t];
        }
      }
    }
    return x;
  }

  /** A number of the network in the unit of the target's column. */
  public double invert(double value) {
    double inverted = value;
    for (var step : steps.reversed()) {
      inverted = step.invert(target, inverted);
    }
    return inverted;
  }

  // ---- prediction

  /** The columns that a row to predict for must have. */
  public List<String> required() {
    return input.names().stream()
        .filter(name -> !name.equals(target) || (!window.isNone() && !classifies()))
        .toList();
  }

  /** How new rows have to be read: with the types that were learned. */
  public ReadOptions reading(ReadOptions options) {
    var reading = options;
    for (var field : input.fields()) {
      reading = reading.type(field.name(), field.type());
    }
    return reading;
  }

  /**
   * What the network sees of raw rows that are to be predicted: one example for each, or with a
   * window one example for the row that follows the last.
   *
   * @throws DataException if a column or a cell is missing, or there are fewer rows than a window
   *     has
   */
  public Tensor inputs(Table raw) {
    var table = apply(raw, Use.PREDICT);
    if (window.isNone()) {
      int[] rows = IntStream.range(0, table.size()).toArray();
      return tensor(features(table, rows), rows.length);
    }
    if (table.size() < window.length()) {
      throw new DataException(
          "%s: there are %d rows, and a window takes %d; give as many or more"
              .formatted(raw.source(), table.size(), window.length()));
    }
    return tensor(features(table, table.size() - window.length() + window.span()), 1);
  }

  private Tensor tensor(float[] values, int examples) {
    return Tensor.of(values).reshape(Shape.of(examples).concat(shape()).toArray());
  }

  /** Where the row of an example of {@link #inputs} stands. */
  public String place(Table raw, int example) {
    return window.isNone()
        ? raw.place(example)
        : "%d after %s".formatted(window.horizon(), raw.place(raw.size() - 1));
  }
}
