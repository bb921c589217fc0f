package dev.merapi.audio;

import dev.merapi.data.Batch;
import dev.merapi.data.DataException;
import dev.merapi.data.Dataset;
import dev.merapi.data.DecodedFiles;
import dev.merapi.data.LabelledFiles;
import dev.merapi.data.Normalisation;
import dev.merapi.data.Sha256;
import dev.merapi.data.Splits;
import dev.merapi.tensor.Shape;
import dev.merapi.tensor.Tensor;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Sounds in files, all brought to one rate and one length: (samples) each. Where all of them fit,
 * they are kept in memory; else they are streamed from their files; see {@link DecodedFiles}.
 */
public final class SoundFolder implements Dataset {
  /** The ends of names of files that are taken for sounds. */
  public static final Set<String> KINDS = Set.of("wav", "wave", "flac");

  private final DecodedFiles<float[]> sounds;
  private final int rate;
  private final int length;

  private SoundFolder(DecodedFiles<float[]> sounds, int rate, int length) {
    this.sounds = sounds;
    this.rate = rate;
    this.length = length;
  }

  /**
   * Sounds of these files.
   *
   * @param rate samples in a second
   * @param length samples in all; longer sounds lose their ends, shorter ones get silence
   * @param skipBroken whether sounds that cannot be read are left out, and told; else the first is
   *     an error
   */
  public static SoundFolder of(LabelledFiles files, int rate, int length, boolean skipBroken) {
    return of(files, rate, length, skipBroken, DecodedFiles.KEPT);
  }

  static SoundFolder of(LabelledFiles files, int rate, int length, boolean skipBroken, long kept) {
    var kind =
        new DecodedFiles.Kind<>(
            "sounds",
            "data.on_bad_sound",
            (long) Float.BYTES * length,
            (place, file) -> Wave.of(place, file).resampled(rate).fitted(length).samples());
    return new SoundFolder(DecodedFiles.of(files, kind, skipBroken, kept), rate, length);
  }

  /** The files of the sounds. */
  public LabelledFiles files() {
    return sounds.files();
  }

  /** Why other sounds are left out. */
  public List<String> broken() {
    return sounds.broken();
  }

  /** See {@link DecodedFiles#leaks}. */
  public Optional<String> leaks(Splits parts) {
    return sounds.leaks(parts);
  }

  @Override
  public int size() {
    return sounds.size();
  }

  /** What is kept of the sounds; nothing, where they are streamed. */
  @Override
  public long bytes() {
    return sounds.bytes();
  }

  @Override
  public Shape features() {
    return Shape.of(length);
  }

  @Override
  public Shape target() {
    return Shape.of();
  }

  @Override
  public List<String> classes() {
    return files().classes();
  }

  @Override
  public int[] labels() {
    return files().labels();
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
    var waves = sounds.get(rows);
    float[] all = new float[Math.multiplyExact(rows.length, length)];
    for (int i = 0; i < rows.length; i++) {
      System.arraycopy(waves.get(i), 0, all, i * length, length);
    }
    return new Batch(
        Tensor.of(all, rows.length, length), Tensor.of(sounds.labels(rows), rows.length));
  }

  @Override
  public Dataset normalised(Normalisation normalisation) {
    throw new DataException("sounds are not normalised; their spectrograms are");
  }

  @Override
  public String fingerprint() {
    return sounds.addTo(new Sha256().add("sounds").add(rate, length)).hex();
  }
}
