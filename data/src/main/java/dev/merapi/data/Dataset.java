package dev.merapi.data;

import dev.merapi.tensor.Key;
import dev.merapi.tensor.Shape;
import java.util.Arrays;
import java.util.List;

/**
 * Examples that can be had in any order, each with features x and a target y. Immutable, and safe
 * for use by several threads.
 */
public interface Dataset {
  /** The number of examples. */
  int size();

  /** Bytes that the examples take in memory; 4 for each number, where a data set does not know. */
  default long bytes() {
    return 4L * size() * (features().elements() + target().elements());
  }

  /** The shape of one example's features: {@code (1, 28, 28)} for the pictures of MNIST. */
  Shape features();

  /** The shape of one example's target: {@code ()} for a class number. */
  Shape target();

  /**
   * The names of the classes that the targets number from 0; empty where targets are no classes.
   */
  List<String> classes();

  /**
   * The class number of every example.
   *
   * @throws DataException if the targets are no classes
   */
  int[] labels();

  /** Whether examples take a while to be had, so that batches are best made ahead of their use. */
  default boolean isSlow() {
    return false;
  }

  /** What people call an example: its file, where it has one, else its number from 1. */
  default String name(int row) {
    return "sample " + (row + 1);
  }

  /**
   * The examples of these rows, in this order; a row may come more than once.
   *
   * @throws IndexOutOfBoundsException if there is no such row
   */
  Batch gather(int... rows);

  /**
   * The same examples with normalised features; replaces what an earlier call had set.
   *
   * @throws DataException if the numbers of channels differ
   */
  Dataset normalised(Normalisation normalisation);

  /**
   * SHA-256 of all that {@link #gather} can give, as 64 hexadecimal digits: names the data of a
   * run.
   */
  String fingerprint();

  /** The examples of these rows as a data set, without a copy. */
  default Dataset select(int... rows) {
    return new Selection(this, rows.clone());
  }

  /** The first {@code count} examples, or all where there are not so many. */
  default Dataset take(int count) {
    return select(Rows.range(0, Math.min(count, size())));
  }

  /**
   * Two data sets that share no example: {@code round(fraction * size)} of them, drawn by the key,
   * and the others.
   *
   * @param fraction the share of the first part, from 0 to 1
   */
  default Parts split(double fraction, Key key) {
    return Rows.split(this, new int[][] {key.permutation(size())}, fraction);
  }

  /**
   * Like {@link #split}, but the fraction is taken of each class, so that both parts have the
   * classes in the proportion of the whole.
   *
   * @throws DataException if the targets are no classes
   */
  default Parts splitByClass(double fraction, Key key) {
    return Rows.split(this, Rows.shuffledByClass(labels(), classes().size(), key), fraction);
  }

  /** Two parts of a data set. */
  record Parts(Dataset first, Dataset rest) {}

  /** Batches of {@code size} in the order of the rows; the last may be shorter. For evaluation. */
  default Batches batches(int size) {
    return new Rows.Ordered(this, size, Batches.Remainder.KEEP);
  }

  /** Batches of {@code size} in an order that is new in every epoch; the last may be shorter. */
  default Batches batches(int size, Key shuffle) {
    return batches(size, shuffle, Batches.Remainder.KEEP);
  }

  /**
   * Batches of {@code size} in an order that is new in every epoch and depends on the key and the
   * epoch's number alone.
   */
  default Batches batches(int size, Key shuffle, Batches.Remainder remainder) {
    return new Rows.Shuffled(this, size, shuffle, remainder);
  }

  /** The number of examples of every class, by class number. */
  default int[] histogram() {
    int[] counts = new int[classes().size()];
    Arrays.stream(labels()).forEach(label -> counts[label]++);
    return counts;
  }
}
