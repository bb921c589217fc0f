package dev.merapi.table;

import dev.merapi.data.DataException;
import dev.merapi.tensor.Key;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Which rows learn, which compare epochs, and which are reported on. No row is in two parts.
 *
 * @param train rows to learn from
 * @param validation rows to compare epochs by; may be none
 * @param test rows to report on; may be none
 */
@SuppressWarnings("ArrayRecordComponent") // not compared
public record Split(int[] train, int[] validation, int[] test) {

  /** How large the held-out parts are, as shares of all rows. */
  public record Shares(double validation, double test) {
    public Shares {
      if (!(validation >= 0 && test >= 0 && validation + test < 1)) {
        throw new DataException(
            "split: validation %s and test %s leave nothing to learn from; give shares from 0 whose sum is below 1"
                .formatted(validation, test));
      }
    }
  }

  /** Rows drawn by the key. */
  public static Split random(int rows, Shares shares, Key key) {
    return cut(List.of(key.permutation(rows)), shares);
  }

  /** Rows drawn by the key from each class, so that all parts have them in the same proportion. */
  public static Split stratified(List<String> classes, Shares shares, Key key) {
    int[] order = key.permutation(classes.size());
    return cut(List.copyOf(groups(classes, order).values()), shares);
  }

  /** Whole groups drawn by the key: rows of the same group are in the same part. */
  public static Split grouped(List<String> groups, Shares shares, Key key) {
    int rows = groups.size();
    List<int[]> parts = new ArrayList<>(groups(groups, key.permutation(rows)).values());
    var train = IntStream.builder();
    var validation = IntStream.builder();
    var test = IntStream.builder();
    long tested = Math.round(shares.test() * rows);
    long validated = Math.round(shares.validation() * rows);
    for (int[] part : parts) {
      var to = tested > 0 ? test : validated > 0 ? validation : train;
      if (tested > 0) {
        tested -= part.length;
      } else if (validated > 0) {
        validated -= part.length;
      }
      Arrays.stream(part).forEach(to);
    }
    var split =
        new Split(train.build().toArray(), validation.build().toArray(), test.build().toArray());
    if (split.train.length == 0) {
      throw new DataException(
          "split by group: %d groups are too few to hold some out; take smaller shares, or another column"
              .formatted(parts.size()));
    }
    return split;
  }

  /** The first rows learn, the next ones compare, the last ones are reported on. */
  public static Split ordered(int rows, Shares shares) {
    int test = (int) Math.round(shares.test() * rows);
    int validation = (int) Math.round(shares.validation() * rows);
    int train = rows - test - validation;
    return new Split(
        IntStream.range(0, train).toArray(),
        IntStream.range(train, train + validation).toArray(),
        IntStream.range(train + validation, rows).toArray());
  }

  /** Takes the shares of each list of rows. */
  private static Split cut(List<int[]> lists, Shares shares) {
    var train = IntStream.builder();
    var validation = IntStream.builder();
    var test = IntStream.builder();
    for (int[] rows : lists) {
      long tested = Math.round(shares.test() * rows.length);
      long validated = Math.round(shares.validation() * rows.length);
      for (int i = 0; i < rows.length; i++) {
        (i < tested ? test : i < tested + validated ? validation : train).add(rows[i]);
      }
    }
    return new Split(train.build().toArray(), validation.build().toArray(), test.build().toArray());
  }

  /** The rows of each word, in an order; words in the order in which they come. */
  private static Map<String, int[]> groups(List<String> words, int[] order) {
    Map<String, IntStream.Builder> lists = new LinkedHashMap<>();
    for (int row : order) {
      lists.computeIfAbsent(words.get(row), _ -> IntStream.builder()).add(row);
    }
    Map<String, int[]> groups = new LinkedHashMap<>();
    lists.forEach((word, rows) -> groups.put(word, rows.build().toArray()));
    return groups;
  }

  // ---- folds

  /** Every row is in the test part of one of {@code count} splits. */
  public static List<Split> folds(int rows, int count, Key key) {
    return deal(List.of(key.permutation(rows)), rows, count);
  }

  /** Folds with each class in the proportion of the whole. */
  public static List<Split> stratifiedFolds(List<String> classes, int count, Key key) {
    int[] order = key.permutation(classes.size());
    return deal(List.copyOf(groups(classes, order).values()), classes.size(), count);
  }

  /** Folds of whole groups, of about equal size. */
  public static List<Split> groupedFolds(List<String> groups, int count, Key key) {
    var parts = new ArrayList<>(groups(groups, key.permutation(groups.size())).values());
    if (parts.size() < count || count < 2) {
      throw tooMany(parts.size() + " groups", count);
    }
    parts.sort(Comparator.<int[]>comparingInt(part -> part.length).reversed());
    int[] fold = new int[groups.size()];
    int[] sizes = new int[count];
    for (int[] part : parts) {
      int smallest =
          IntStream.range(0, count).reduce((a, b) -> sizes[b] < sizes[a] ? b : a).orElse(0);
      sizes[smallest] += part.length;
      Arrays.stream(part).forEach(row -> fold[row] = smallest);
    }
    return ofFolds(fold, count);
  }

  /**
   * Folds of a time series: {@code count} equal stretches at its end are tested, each by what came
   * before it.
   */
  public static List<Split> forwardFolds(int rows, int count) {
    int stretch = count < 2 ? 0 : rows / (count + 1);
    if (stretch == 0) {
      throw tooMany(rows + " rows", count);
    }
    return IntStream.range(0, count)
        .mapToObj(
            fold -> {
              int from = rows - (count - fold) * stretch;
              return new Split(
                  IntStream.range(0, from).toArray(),
                  new int[0],
                  IntStream.range(from, from + stretch).toArray());
            })
        .toList();
  }

  private static List<Split> deal(List<int[]> lists, int rows, int count) {
    if (rows < count || count < 2) {
      throw tooMany(rows + " rows", count);
    }
    int[] fold = new int[rows];
    int next = 0;
    for (int[] list : lists) {
      for (int row : list) {
        fold[row] = next++ % count;
      }
    }
    return ofFolds(fold, count);
  }

  private static List<Split> ofFolds(int[] fold, int count) {
    return IntStream.range(0, count)
        .mapToObj(
            wanted ->
                new Split(
                    IntStream.range(0, fold.length).filter(row -> fold[row] != wanted).toArray(),
                    new int[0],
                    IntStream.range(0, fold.length).filter(row -> fold[row] == wanted).toArray()))
        .toList();
  }

  private static DataException tooMany(String what, int count) {
    return new DataException(
        "folds: %s do not make %d folds; give from 2 to as many folds as there are"
            .formatted(what, count));
  }

  /** With a share of the training rows, drawn by the key, for validation instead. */
  public Split holdOut(double share, Key key) {
    return regrouped(random(train.length, new Shares(share, 0), key));
  }

  /** With whole groups of the training rows, about a share of them, for validation instead. */
  public Split holdOutGroups(List<String> groups, double share, Key key) {
    var own = Arrays.stream(train).mapToObj(groups::get).toList();
    return regrouped(grouped(own, new Shares(share, 0), key));
  }

  /** With the last of the training rows for validation instead. */
  public Split holdOutLast(double share) {
    return regrouped(ordered(train.length, new Shares(share, 0)));
  }

  /** A split of the places of the training rows, as one of the rows. */
  private Split regrouped(Split places) {
    return new Split(
        Arrays.stream(places.train).map(i -> train[i]).toArray(),
        Arrays.stream(places.validation).map(i -> train[i]).toArray(),
        test);
  }

  // ---- leakage

  /**
   * What is on both sides of the split, a sentence each: held-out rows that a training row repeats
   * in all these columns.
   */
  public List<String> leaks(Table table, List<String> columns) {
    List<String> leaks = new ArrayList<>();
    leak(table, columns, validation, "validation").ifPresent(leaks::add);
    leak(table, columns, test, "test").ifPresent(leaks::add);
    return leaks;
  }

  private java.util.Optional<String> leak(
      Table table, List<String> columns, int[] rows, String part) {
    var shared = Rows.shared(table, columns, train, rows);
    return shared.count() == 0
        ? java.util.Optional.empty()
        : java.util.Optional.of(
            "leakage: %d of the %d %s rows are also training rows (%s); `- {kind: duplicates}` in the preparation removes them, or split by group"
                .formatted(shared.count(), rows.length, part, shared.example()));
  }
}
