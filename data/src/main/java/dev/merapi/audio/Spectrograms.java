package dev.merapi.audio;

import dev.merapi.data.Batch;
import dev.merapi.data.Batches;
import dev.merapi.data.DataException;
import dev.merapi.data.Dataset;
import dev.merapi.data.Normalisation;
import dev.merapi.data.Sha256;
import dev.merapi.tensor.Key;
import dev.merapi.tensor.Shape;
import dev.merapi.tensor.Tensor;
import java.util.Arrays;
import java.util.List;

/**
 * Sounds as pictures of one channel: (1, mels, frames), each with the mean 0 and the deviation 1,
 * so that it does not matter how loud a sound is.
 *
 * @param sounds (samples) each
 */
public record Spectrograms(Dataset sounds, LogMel mel) implements Dataset {
  /** Below this, a spectrogram says nothing but that there is silence. */
  private static final double LEAST = 1e-3;

  /** The spectrogram of one sound, (1, mels, frames) row by row. */
  private static void standardise(float[] values) {
    double sum = 0;
    double squares = 0;
    for (float value : values) {
      sum += value;
      squares += (double) value * value;
    }
    double mean = sum / values.length;
    double deviation =
        Math.max(LEAST, Math.sqrt(Math.max(0, squares / values.length - mean * mean)));
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) ((values[i] - mean) / deviation);
    }
  }

  /** (batch, samples) → (batch, 1, mels, frames). */
  public static Tensor of(Tensor waves, LogMel mel) {
    int count = waves.shape().size(0);
    int length = waves.shape().size(1);
    float[] samples = waves.toArray();
    int width = mel.mels() * mel.frames(length);
    float[] out = new float[count * width];
    var analysis = new MelAnalysis(mel);
    for (int i = 0; i < count; i++) {
      float[] one = analysis.apply(Arrays.copyOfRange(samples, i * length, (i + 1) * length));
      standardise(one);
      System.arraycopy(one, 0, out, i * width, width);
    }
    return Tensor.of(out, count, 1, mel.mels(), mel.frames(length));
  }

  private Batch seen(Batch batch) {
    return new Batch(of(batch.x(), mel), batch.y());
  }

  @Override
  public Batches batches(int size, Key shuffle, Batches.Remainder remainder) {
    return sounds.batches(size, shuffle, remainder).map((batch, _) -> seen(batch));
  }

  @Override
  public int size() {
    return sounds.size();
  }

  @Override
  public long bytes() {
    return sounds.bytes();
  }

  @Override
  public Shape features() {
    return Shape.of(1, mel.mels(), mel.frames(sounds.features().size(0)));
  }

  @Override
  public Shape target() {
    return sounds.target();
  }

  @Override
  public List<String> classes() {
    return sounds.classes();
  }

  @Override
  public int[] labels() {
    return sounds.labels();
  }

  @Override
  public boolean isSlow() {
    return sounds.isSlow();
  }

  @Override
  public String name(int row) {
    return sounds.name(row);
  }

  @Override
  public Batch gather(int... rows) {
    return seen(sounds.gather(rows));
  }

  /** They stay spectrograms of sounds, which can be augmented. */
  @Override
  public Dataset select(int... rows) {
    return new Spectrograms(sounds.select(rows), mel);
  }

  @Override
  public Dataset normalised(Normalisation normalisation) {
    throw new DataException("spectrograms: each has the mean 0 and the deviation 1 as it is");
  }

  @Override
  public String fingerprint() {
    return new Sha256().add(mel.toString()).add(sounds.fingerprint()).hex();
  }
}
