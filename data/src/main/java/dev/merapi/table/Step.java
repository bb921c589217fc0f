package dev.merapi.table;

import dev.merapi.data.DataException;
import dev.merapi.table.Fitted.Affine;
import dev.merapi.table.Fitted.Bounds;
import dev.merapi.table.Fitted.Fill;
import dev.merapi.table.Fitted.Vocabulary;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A step of a preparation before it has seen any rows. Where no columns are named, it takes all
 * that it can, but never the target.
 */
@FunctionalInterface
public interface Step {
  /**
   * Learns from the training part.
   *
   * @param target the name of the column that is to be predicted
   */
  Fitted fit(Table train, String target);

  /** What takes the place of a missing cell. */
  enum Filling {
    MEAN,
    MEDIAN,
    /** The cell that is there most often; of equals the least. */
    MOST_FREQUENT
  }

  /** How unusual numbers are told. */
  enum Rule {
    /**
     * More than {@code factor} interquartile ranges below the first or above the third quartile.
     */
    IQR,
    /** More than {@code factor} standard deviations from the mean. */
    Z_SCORE
  }

  /** Puts a number or word learned from the column into its missing cells. */
  static Step fill(Filling filling, String... columns) {
    return (train, target) ->
        new Fitted.FillMissing(
            chosen(
                    train,
                    target,
                    columns,
                    type -> filling == Filling.MOST_FREQUENT || type.isNumber())
                .map(column -> new Fill(column, value(train, column, filling)))
                .toList());
  }

  /** Puts one value into all missing cells. */
  static Step fill(String value, String... columns) {
    return (train, target) ->
        new Fitted.FillMissing(
            chosen(train, target, columns, _ -> true)
                .map(column -> new Fill(column, checked(train, column, value)))
                .toList());
  }

  /** Leaves out rows with missing cells. */
  static Step dropMissing(String... columns) {
    return (train, _) ->
        new Fitted.DropMissing(
            columns.length == 0
                ? train.schema().names()
                : Arrays.stream(columns).map(column -> known(train, column)).toList());
  }

  /** Leaves out rows that repeat an earlier one. */
  static Step dropDuplicates() {
    return (_, _) -> new Fitted.DropDuplicates();
  }

  /** Moves unusual numbers to the nearest usual one. */
  static Step clip(Rule rule, double factor, String... columns) {
    return (train, target) ->
        new Fitted.ClipOutliers(
            numeric(train, target, columns).map(c -> bounds(train, c, rule, factor)).toList());
  }

  /** Leaves out training rows with unusual numbers. */
  static Step dropOutliers(Rule rule, double factor, String... columns) {
    return (train, target) ->
        new Fitted.DropOutliers(
            numeric(train, target, columns).map(c -> bounds(train, c, rule, factor)).toList());
  }

  /** {@code (x - min) / (max - min)}: the training part is from 0 to 1. */
  static Step minMax(String... columns) {
    return scale(Statistics::min, numbers -> numbers.max() - numbers.min(), columns);
  }

  /** {@code (x - mean) / deviation}: the training part has the mean 0 and the deviation 1. */
  static Step standardise(String... columns) {
    return scale(Statistics::mean, Statistics::deviation, columns);
  }

  private static Step scale(
      ToDoubleFunction<Statistics> shift, ToDoubleFunction<Statistics> unit, String... columns) {
    return (train, target) ->
        new Fitted.Scale(
            numeric(train, target, columns)
                .map(
                    column -> {
                      var numbers = Statistics.of(train, column);
                      double one = unit.applyAsDouble(numbers);
                      // a constant column becomes 0
                      return new Affine(column, shift.applyAsDouble(numbers), one > 0 ? one : 1);
                    })
                .toList());
  }

  /** {@code ln(x + offset)}. */
  static Step log(double offset, String... columns) {
    return (train, target) -> new Fitted.Log(numeric(train, target, columns).toList(), offset);
  }

  /** A column of 0 and 1 for each word of a category. */
  static Step oneHot(String... columns) {
    return (train, target) ->
        new Fitted.OneHot(
            chosen(train, target, columns, type -> type == ColumnType.CATEGORY)
                .map(column -> new Vocabulary(column, Statistics.vocabulary(train, column)))
                .toList());
  }

  /** The number of each word of a category, from 1; 0 stands for unknown words. */
  static Step labelEncode(String... columns) {
    return (train, target) ->
        new Fitted.LabelEncode(
            chosen(train, target, columns, type -> type == ColumnType.CATEGORY)
                .map(column -> new Vocabulary(column, Statistics.vocabulary(train, column)))
                .toList());
  }

  private static Bounds bounds(Table train, String column, Rule rule, double factor) {
    var numbers = Statistics.of(train, column);
    return switch (rule) {
      case IQR -> {
        double range = numbers.quantile(0.75) - numbers.quantile(0.25);
        yield new Bounds(
            column,
            numbers.quantile(0.25) - factor * range,
            numbers.quantile(0.75) + factor * range);
      }
      case Z_SCORE ->
          new Bounds(
              column,
              numbers.mean() - factor * numbers.deviation(),
              numbers.mean() + factor * numbers.deviation());
    };
  }

  private static String value(Table train, String column, Filling filling) {
    return switch (filling) {
      case MEAN -> Double.toString(Statistics.of(train, column).mean());
      case MEDIAN -> Double.toString(Statistics.of(train, column).quantile(0.5));
      case MOST_FREQUENT -> mostFrequent(train.words(column), column);
    };
  }

  private static String mostFrequent(List<String> words, String column) {
    Map<String, Integer> counts = new HashMap<>();
    words.stream().filter(word -> !word.isEmpty()).forEach(w -> counts.merge(w, 1, Integer::sum));
    return counts.entrySet().stream()
        .max(
            Map.Entry.<String, Integer>comparingByValue()
                .thenComparing(Map.Entry.comparingByKey(Statistics.ORDER.reversed())))
        .map(Map.Entry::getKey)
        .orElseThrow(() -> Statistics.empty(column));
  }

  private static String checked(Table train, String column, String value) {
    char[] chars = value.toCharArray();
    if (train.schema().type(column).isNumber()
        && Double.isNaN(Numbers.parse(chars, 0, chars.length))) {
      throw new DataException(
          "missing values: column `%s` holds numbers, and `%s` is none; name the columns of the step"
              .formatted(column, value));
    }
    return value;
  }

  private static Stream<String> numeric(Table train, String target, String... columns) {
    return chosen(train, target, columns, type -> type == ColumnType.NUMERIC);
  }

  /** The named columns, or all but the target that have the right type. */
  private static Stream<String> chosen(
      Table train, String target, String[] columns, Function<ColumnType, Boolean> fits) {
    if (columns.length == 0) {
      return train.schema().fields().stream()
          .filter(field -> fits.apply(field.type()) && !field.name().equals(target))
          .map(Field::name);
    }
    return IntStream.range(0, columns.length)
        .mapToObj(
            i -> {
              var type = train.schema().type(columns[i]);
              if (!fits.apply(type)) {
                throw new DataException(
                    "%s: column `%s` is of the type %s, which this step cannot take; leave it out, or name its type under `types`"
                        .formatted(
                            train.source(),
                            columns[i],
                            type.name().toLowerCase(java.util.Locale.ROOT)));
              }
              return columns[i];
            });
  }

  private static String known(Table train, String column) {
    train.schema().index(column);
    return column;
  }
}
