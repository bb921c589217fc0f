package dev.merapi.data;

import dev.merapi.tensor.Key;
import dev.merapi.tensor.Shape;
import java.util.List;

/**
 * Examples that are seen otherwise in each epoch: batches in a shuffled order, from which networks
 * learn, are augmented, and whoever looks at examples in their order sees them as they are. What is
 * drawn for a batch follows from the key, the epoch and the batch's number alone, so a training
 * that is resumed sees what it would have seen.
 *
 * @param normalisation what was done to the examples' numbers
 */
public record Augmented(Dataset examples, Augmentation augmentation, Normalisation normalisation)
    implements Dataset {
  private static final int STREAM = 0x617567;

  @Override
  public Batches batches(int size, Key shuffle, Batches.Remainder remainder) {
    var key = shuffle.fold(STREAM);
    return examples
        .batches(size, shuffle, remainder)
        .map(
            (batch, at) ->
                augmentation.apply(
                    batch, normalisation, classes().size(), key.fold(at.epoch()).fold(at.batch())))
        .ahead();
  }

  @Override
  public int size() {
    return examples.size();
  }

  @Override
  public long bytes() {
    return examples.bytes();
  }

  @Override
  public Shape features() {
    return examples.features();
  }

  @Override
  public Shape target() {
    return examples.target();
  }

  @Override
  public List<String> classes() {
    return examples.classes();
  }

  @Override
  public int[] labels() {
    return examples.labels();
  }

  @Override
  public String name(int row) {
    return examples.name(row);
  }

  @Override
  public Batch gather(int... rows) {
    return examples.gather(rows);
  }

  @Override
  public Dataset normalised(Normalisation other) {
    return new Augmented(examples.normalised(other), augmentation, other);
  }

  @Override
  public String fingerprint() {
    return new Sha256()
        .add("augmented")
        .add(augmentation.toString())
        .add(examples.fingerprint())
        .hex();
  }
}
