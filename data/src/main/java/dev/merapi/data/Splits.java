package dev.merapi.data;

import dev.merapi.tensor.Key;
import java.util.List;
import java.util.stream.Stream;

/**
 * A data set as it is used: what trains, what tells when to stop, and what is looked at once in the
 * end.
 *
 * @param train examples to learn from
 * @param validation examples to compare models and epochs by; may have none
 * @param test examples to report on; may have none
 * @param notes what whoever reads the results has to know of the data, a sentence each
 */
public record Splits(Dataset train, Dataset validation, Dataset test, List<String> notes) {
  public Splits {
    notes = List.copyOf(notes);
  }

  /** A training and a test set, without validation. */
  public static Splits of(Dataset train, Dataset test) {
    return new Splits(train, train.select(), test, List.of());
  }

  /**
   * Keeps {@code fraction} of the training set for training and makes the rest the validation set.
   */
  public Splits split(double fraction, Key key) {
    var parts = train.split(fraction, key);
    return new Splits(parts.first(), parts.rest(), test, notes);
  }

  /** All three with the same normalisation. */
  public Splits normalised(Normalisation normalisation) {
    return new Splits(
        train.normalised(normalisation),
        validation.normalised(normalisation),
        test.normalised(normalisation),
        notes);
  }

  /** With one more sentence to tell. */
  public Splits noting(String note) {
    return new Splits(
        train, validation, test, Stream.concat(notes.stream(), Stream.of(note)).toList());
  }
}
