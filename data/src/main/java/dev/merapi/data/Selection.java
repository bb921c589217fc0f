package dev.merapi.data;

import dev.merapi.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/** Some rows of another data set. */
final class Selection implements Dataset {
  private final Dataset whole;
  private final int[] rows;

  Selection(Dataset whole, int[] rows) {
    for (int row : rows) {
      Objects.checkIndex(row, whole.size());
    }
    this.whole = whole;
    this.rows = rows;
  }

  @Override
  public int size() {
    return rows.length;
  }

  /** Its share of the whole. */
  @Override
  public long bytes() {
    return whole.size() == 0 ? 0 : whole.bytes() / whole.size() * size();
  }

  @Override
  public Shape features() {
    return whole.features();
  }

  @Override
  public Shape target() {
    return whole.target();
  }

  @Override
  public List<String> classes() {
    return whole.classes();
  }

  @Override
  public int[] labels() {
    int[] labels = whole.labels();
    return Arrays.stream(rows).map(row -> labels[row]).toArray();
  }

  @Override
  public boolean isSlow() {
    return whole.isSlow();
  }

  @Override
  public String name(int row) {
    return whole.name(rows[row]);
  }

  @Override
  public Batch gather(int... selected) {
    return whole.gather(Arrays.stream(selected).map(row -> rows[row]).toArray());
  }

  @Override
  public Dataset select(int... selected) {
    return new Selection(whole, Arrays.stream(selected).map(row -> rows[row]).toArray());
  }

  @Override
  public Dataset normalised(Normalisation normalisation) {
    return new Selection(whole.normalised(normalisation), rows);
  }

  @Override
  public String fingerprint() {
    return new Sha256().add("selection").add(whole.fingerprint()).add(rows).hex();
  }
}
