package dev.merapi.data;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.Shape;
import dev.merapi.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/** One value of a fixed shape for each of a number of examples, in memory. Immutable. */
sealed interface Column {
  /** The number of examples. */
  int size();

  /** The shape of one example's value. */
  Shape shape();

  /** Bytes of all values. */
  long bytes();

  /** The values of these rows, stacked: {@code (rows, …shape)}. */
  Tensor gather(int... rows);

  /** The same values, normalised; replaces what an earlier call had set. */
  Column normalised(Normalisation normalisation);

  /** Mixes all that {@link #gather} can give into a fingerprint. */
  void mix(Sha256 sha);

  /** Bytes of pictures that become f32 numbers from 0 to 1, and are then normalised. */
  @SuppressWarnings("ArrayRecordComponent") // not compared; owned by the data set
  record Pixels(byte[] values, int size, Shape shape, Normalisation normalisation)
      implements Column {

    @Override
    public long bytes() {
      return values.length;
    }

    @Override
    public Tensor gather(int... rows) {
      int width = (int) shape.elements();
      float[] out = new float[rows.length * width];
      int channels = shape.rank() == 0 ? 1 : shape.size(0);
      int plane = width / channels;
      for (int channel = 0; channel < channels; channel++) {
        float scale = normalisation.scale(channel) / 255;
        float shift = normalisation.shift(channel);
        for (int i = 0; i < rows.length; i++) {
          int from = rows[i] * width + channel * plane;
          int to = i * width + channel * plane;
          for (int j = 0; j < plane; j++) {
            out[to + j] = (values[from + j] & 0xFF) * scale + shift;
          }
        }
      }
      return stacked(out, rows.length, shape);
    }

    @Override
    public Column normalised(Normalisation other) {
      check(other, shape);
      return new Pixels(values, size, shape, other);
    }

    @Override
    public void mix(Sha256 sha) {
      sha.add("pixels").add(shape.toArray()).add(values);
      sha.add(normalisation.mean()).add(normalisation.deviation());
    }
  }

  /** Numbers. */
  @SuppressWarnings("ArrayRecordComponent") // not compared; owned by the data set
  record Floats(float[] values, int size, Shape shape, Normalisation normalisation)
      implements Column {

    @Override
    public long bytes() {
      return 4L * values.length;
    }

    @Override
    public Tensor gather(int... rows) {
      int width = (int) shape.elements();
      float[] out = new float[rows.length * width];
      int channels = shape.rank() == 0 ? 1 : shape.size(0);
      int plane = width / channels;
      for (int i = 0; i < rows.length; i++) {
        for (int channel = 0; channel < channels; channel++) {
          float scale = normalisation.scale(channel);
          float shift = normalisation.shift(channel);
          int from = rows[i] * width + channel * plane;
          int to = i * width + channel * plane;
          for (int j = 0; j < plane; j++) {
            out[to + j] = values[from + j] * scale + shift;
          }
        }
      }
      return stacked(out, rows.length, shape);
    }

    @Override
    public Column normalised(Normalisation other) {
      check(other, shape);
      return new Floats(values, size, shape, other);
    }

    @Override
    public void mix(Sha256 sha) {
      sha.add("floats").add(shape.toArray()).add(values);
      sha.add(normalisation.mean()).add(normalisation.deviation());
    }
  }

  /** Class numbers. */
  @SuppressWarnings("ArrayRecordComponent") // not compared; owned by the data set
  record Labels(int[] values) implements Column {

    @Override
    public long bytes() {
      return 4L * values.length;
    }

    @Override
    public int size() {
      return values.length;
    }

    @Override
    public Shape shape() {
      return Shape.of();
    }

    @Override
    public Tensor gather(int... rows) {
      return Tensor.of(Arrays.stream(rows).map(row -> values[row]).toArray(), rows.length);
    }

    @Override
    public Column normalised(Normalisation other) {
      throw new DataException("normalisation: these are class numbers; there is nothing to scale");
    }

    @Override
    public void mix(Sha256 sha) {
      sha.add("labels").add(values);
    }
  }

  private static Tensor stacked(float[] values, int rows, Shape shape) {
    return Tensor.wrap(DType.F32, MemorySegment.ofArray(values), Shape.of(rows).concat(shape));
  }

  private static void check(Normalisation normalisation, Shape shape) {
    int channels = shape.rank() == 0 ? 1 : shape.size(0);
    if (normalisation.channels() != 1 && normalisation.channels() != channels) {
      throw new DataException(
          "normalisation: "
              + normalisation.channels()
              + " channels are given, but the examples "
              + shape
              + " have "
              + channels
              + "; give one for each, or one for all");
    }
  }
}
