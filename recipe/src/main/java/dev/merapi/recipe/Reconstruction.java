package dev.merapi.recipe;

import dev.merapi.data.Batch;
import dev.merapi.data.Dataset;
import dev.merapi.data.Normalisation;
import dev.merapi.data.Picture;
import dev.merapi.data.Splits;
import dev.merapi.tensor.Shape;
import dev.merapi.tensor.Step;
import dev.merapi.tensor.Tensor;
import dev.merapi.zoo.Autoencoder;
import java.util.ArrayList;
import java.util.List;

/** The samples of another data set, each with itself, as a row of numbers, for its target. */
record Reconstruction(Dataset samples) implements Dataset {
  private static final int ENLARGED = 3;

  static Splits of(Splits data) {
    return new Splits(
        new Reconstruction(data.train()),
        new Reconstruction(data.validation()),
        new Reconstruction(data.test()),
        data.notes());
  }

  /** Originals in a row, and below them what an autoencoder makes of them. */
  static Picture sheet(Tensor originals, Autoencoder autoencoder) {
    var both = new ArrayList<>(Picture.all(originals));
    both.addAll(Picture.all(Step.compute(autoencoder.reconstruct(originals)).getFirst()));
    return Picture.sheet(both.size() / 2, both).enlarged(ENLARGED);
  }

  @Override
  public int size() {
    return samples.size();
  }

  @Override
  public Shape features() {
    return samples.features();
  }

  @Override
  public Shape target() {
    return Shape.of(Math.toIntExact(samples.features().elements()));
  }

  @Override
  public List<String> classes() {
    return List.of();
  }

  @Override
  public int[] labels() {
    return samples.labels();
  }

  @Override
  public String name(int row) {
    return samples.name(row);
  }

  @Override
  public Batch gather(int... rows) {
    var x = samples.gather(rows).x();
    return new Batch(x, x.flatten(1, -1));
  }

  @Override
  public Dataset normalised(Normalisation normalisation) {
    return new Reconstruction(samples.normalised(normalisation));
  }

  @Override
  public String fingerprint() {
    return samples.fingerprint();
  }
}
