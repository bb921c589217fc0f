package dev.merapi.audio;

import dev.merapi.data.DataException;
import dev.merapi.data.LabelledFiles;
import dev.merapi.data.MemoryDataset;
import dev.merapi.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Sounds in files, all brought to one rate and one length, in memory. */
public final class Waves {
  /** The ends of names of files that are taken for sounds. */
  public static final Set<String> KINDS = Set.of("wav", "wave", "flac");

  private Waves() {}

  /**
   * What was read.
   *
   * @param sounds (samples) each, with its class
   * @param files those of the sounds, in their order
   * @param broken why the others are left out
   */
  public record Read(MemoryDataset sounds, LabelledFiles files, List<String> broken) {
    public Read {
      broken = List.copyOf(broken);
    }
  }

  /**
   * Reads these files.
   *
   * @param rate samples in a second
   * @param length samples in all; longer sounds lose their ends, shorter ones get silence
   * @param skipBroken whether sounds that cannot be read are left out, and told; else the first is
   *     an error
   */
  public static Read of(LabelledFiles files, int rate, int length, boolean skipBroken) {
    var good = new ArrayList<LabelledFiles.Item>();
    var sounds = new ArrayList<float[]>();
    var broken = new ArrayList<String>();
    for (var item : files.items()) {
      try {
        var wave = Wave.of(item.place(), item.read());
        sounds.add(wave.resampled(rate).fitted(length).samples());
        good.add(item);
      } catch (DataException e) {
        if (!skipBroken) {
          throw new DataException(
              e.getMessage() + "; or leave such sounds out with data.on_bad_sound=skip", e);
        }
        broken.add(e.getMessage());
      }
    }
    if (good.isEmpty()) {
      throw new DataException("none of the sounds can be read; the first: " + broken.getFirst());
    }
    float[] all = new float[Math.multiplyExact(sounds.size(), length)];
    for (int i = 0; i < sounds.size(); i++) {
      System.arraycopy(sounds.get(i), 0, all, i * length, length);
    }
    var kept = new LabelledFiles(good, files.classes(), files.leftOut());
    return new Read(
        MemoryDataset.classified(all, Shape.of(length), kept.labels(), kept.classes()),
        kept,
        broken);
  }
}
