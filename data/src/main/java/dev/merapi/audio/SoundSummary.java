package dev.merapi.audio;

import dev.merapi.data.ContactSheet;
import dev.merapi.data.DecodedFiles;
import dev.merapi.data.FolderSummary;
import dev.merapi.data.FolderSummary.Extent;
import dev.merapi.data.LabelledFiles;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * What sounds in files are like.
 *
 * @param seconds how long they are
 * @param most nine of ten are no longer than so many seconds
 * @param rates how many sounds have so many samples in a second
 * @param loudness root mean squares, in decibels below full scale
 */
public record SoundSummary(
    FolderSummary folder,
    Extent seconds,
    double most,
    Map<Integer, Integer> rates,
    Extent loudness) {
  private static final int WIDTH = 96; // of a spectrogram on a sheet
  private static final int HEIGHT = 64;
  private static final int BYTES = 64; // that a look takes
  private static final double RANGE = 80; // decibels

  public SoundSummary {
    rates = Map.copyOf(rates);
  }

  private record Look(double seconds, int rate, double decibels) {}

  /** Hears each file once. */
  public static SoundSummary of(LabelledFiles files) {
    var kind = new DecodedFiles.Kind<>("sounds", "data.on_bad_sound", BYTES, SoundSummary::look);
    var opened = DecodedFiles.of(files, kind, true, Long.MAX_VALUE);
    var looks = opened.get(IntStream.range(0, opened.size()).toArray());
    var rates = new TreeMap<Integer, Integer>();
    looks.forEach(look -> rates.merge(look.rate, 1, Integer::sum));
    double[] seconds = looks.stream().mapToDouble(Look::seconds).toArray();
    double[] sorted = seconds.clone();
    Arrays.sort(sorted);
    return new SoundSummary(
        FolderSummary.of(opened),
        Extent.of(seconds),
        sorted[(int) (0.9 * (sorted.length - 1))],
        rates,
        Extent.of(looks.stream().mapToDouble(Look::decibels).toArray()));
  }

  private static Look look(Path place, byte[] file) {
    var wave = Wave.of(place, file);
    double square = 0;
    for (float sample : wave.samples()) {
      square += (double) sample * sample;
    }
    return new Look(
        (double) wave.samples().length / wave.rate(),
        wave.rate(),
        10 * Math.log10(square / wave.samples().length));
  }

  /** Spectrograms of some sounds of each class, low bands below; all of them as wide. */
  public static ContactSheet sheet(LabelledFiles files) {
    return ContactSheet.of(files, (place, file) -> spectrogram(Wave.of(place, file)));
  }

  private static ContactSheet.Tile spectrogram(Wave wave) {
    int window = Math.max(16, Integer.highestOneBit(Math.max(1, wave.rate() / 25)));
    int hop = Math.max(1, wave.samples().length / WIDTH);
    var padded = wave.fitted(Math.max(wave.samples().length, window));
    var mel = new LogMel(wave.rate(), window, hop, HEIGHT, RANGE);
    float[] values = mel.apply(padded.samples());
    int frames = mel.frames(padded.samples().length);
    float loudest = Float.NEGATIVE_INFINITY;
    for (float value : values) {
      loudest = Math.max(loudest, value);
    }
    double range = RANGE * Math.log(10) / 10;
    int[] rgb = new int[WIDTH * HEIGHT];
    for (int m = 0; m < HEIGHT; m++) {
      for (int x = 0; x < WIDTH; x++) {
        double loud = 1 + (values[m * frames + x * frames / WIDTH] - loudest) / range;
        int grey = (int) Math.round(255 * (1 - Math.clamp(loud, 0, 1)));
        rgb[(HEIGHT - 1 - m) * WIDTH + x] = grey << 16 | grey << 8 | grey;
      }
    }
    return new ContactSheet.Tile(WIDTH, HEIGHT, rgb);
  }
}
