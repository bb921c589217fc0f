package dev.merapi.audio;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.merapi.data.Augmented;
import dev.merapi.data.DataException;
import dev.merapi.data.LabelledFiles;
import dev.merapi.data.MemoryDataset;
import dev.merapi.data.Normalisation;
import dev.merapi.data.Position;
import dev.merapi.tensor.Key;
import dev.merapi.tensor.Shape;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class AudioTest {
  private static final JsonNode GOLDEN =
      JsonMapper.shared().readTree(AudioTest.class.getResourceAsStream("/audio/audio.json"));
  private static final Path PLACE = Path.of("some.wav");
  private static final Key KEY = Key.of(9);

  @TempDir Path folder;

  // ---- files

  @ParameterizedTest
  @CsvSource({"1,8,0.01", "1,16,4e-5", "1,24,2e-7", "1,32,1e-7", "3,32,1e-7", "3,64,1e-7"})
  void eachKindOfWavIsRead(int kind, int bits, float tolerance) {
    float[] sound = {0.5f, -0.25f, 0.75f, -1, 0};
    var wave = Wave.of(PLACE, wav(kind, 1, bits, sound));
    assertEquals(8000, wave.rate());
    assertArrayEquals(sound, wave.samples(), tolerance);
  }

  @Test
  void channelsAreAveraged() {
    var wave = Wave.of(PLACE, wav(1, 2, 16, 0.5f, 0.25f, -0.5f, 0));
    assertArrayEquals(new float[] {0.375f, -0.25f}, wave.samples());
  }

  @Test
  void flacIsRead() throws IOException {
    byte[] file = AudioTest.class.getResourceAsStream("/audio/tone.flac").readAllBytes();
    var wave = Wave.of(Path.of("tone.flac"), file);
    assertEquals(8000, wave.rate());
    float[] tone = new float[64];
    for (int i = 0; i < tone.length; i++) {
      tone[i] = (float) (Math.rint(12_000 * Math.sin(i / 5.0)) * 0x1p-15);
    }
    assertArrayEquals(tone, wave.samples());
    told(Arrays.copyOf(file, file.length - 30), "copy it again");
  }

  @Test
  void whatIsNoSoundIsSaid() {
    byte[] whole = wav(1, 1, 16, 0.5f, 0.25f);
    told(Arrays.copyOf(whole, whole.length - 2), "truncated: 2 of 4 bytes");
    told(Arrays.copyOf(whole, 30), "truncated");
    told(wav(1, 1, 16, 0, 0, 0), "silent");
    told(wav(1, 1, 16), "no sound");
    told(wav(7, 1, 8, 0.5f), "of the kind 7");
    told("text".getBytes(StandardCharsets.UTF_8), "WAV or FLAC");
    told(new byte[0], "WAV or FLAC");
  }

  private static void told(byte[] file, String what) {
    var e = assertThrows(DataException.class, () -> Wave.of(PLACE, file));
    assertTrue(e.getMessage().contains(what) && e.getMessage().contains("some.wav"), e.toString());
  }

  @Test
  void brokenSoundsAreNamedOrLeftOut() throws IOException {
    Files.createDirectories(folder.resolve("a"));
    Files.write(folder.resolve("a/good.wav"), wav(1, 1, 16, 0.5f, 0.25f));
    Files.write(folder.resolve("a/silent.wav"), wav(1, 1, 16, 0, 0));
    var files = LabelledFiles.of(folder, SoundFolder.KINDS, LabelledFiles.Naming.FOLDERS);
    var e = assertThrows(DataException.class, () -> SoundFolder.of(files, 8000, 4, false));
    assertTrue(e.getMessage().contains("silent.wav") && e.getMessage().contains("skip"));
    var read = SoundFolder.of(files, 8000, 4, true);
    assertEquals(1, read.broken().size());
    // A sound that is too short lies in the middle of silence.
    float[] padded = read.gather(0).x().toArray();
    assertArrayEquals(new float[] {0, 0.5f, 0.25f, 0}, padded, 1e-4f);
  }

  @Test
  void streamedSoundsAreThoseThatAreKept() throws IOException {
    Files.createDirectories(folder.resolve("a"));
    for (int i = 1; i < 6; i++) {
      Files.write(folder.resolve("a/%d.wav".formatted(i)), wav(1, 1, 16, i / 8f, -i / 8f, 0.5f));
    }
    var files = LabelledFiles.of(folder, SoundFolder.KINDS, LabelledFiles.Naming.FOLDERS);
    var kept = SoundFolder.of(files, 8000, 4, false);
    var streamed = SoundFolder.of(files, 8000, 4, false, 0);
    assertTrue(streamed.isSlow() && !kept.isSlow());
    assertEquals(0, streamed.bytes());
    assertEquals(5 * 4 * 4, kept.bytes());
    assertEquals(kept.fingerprint(), streamed.fingerprint());
    var one = kept.batches(2, KEY).epoch(1).iterator();
    var other = streamed.batches(2, KEY).epoch(1).iterator();
    while (one.hasNext()) {
      assertArrayEquals(one.next().x().toArray(), other.next().x().toArray());
    }
    assertFalse(other.hasNext());
    var seen = new Spectrograms(streamed, new LogMel(8000, 16, 4, 4));
    assertTrue(seen.name(1).endsWith("2.wav"), seen.name(1));
    Files.delete(folder.resolve("a/3.wav"));
    var e = assertThrows(DataException.class, () -> streamed.gather(2));
    assertTrue(e.getMessage().contains("3.wav"), e.getMessage());
  }

  @Test
  void aSoundThatIsTooLongLosesItsEnds() {
    var wave = new Wave(new float[] {1, 2, 3, 4, 5}, 8000);
    assertArrayEquals(new float[] {2, 3, 4}, wave.fitted(3).samples());
  }

  // ---- numbers

  @Test
  void spectrogramsAreThoseOfTheFormula() {
    var mel = new LogMel(8000, 256, 80, 40);
    assertArrayEquals(golden("log_mel"), mel.apply(tones(800, 8000)), 2e-3f);
    assertEquals(11, mel.frames(800));
    assertThrows(DataException.class, () -> mel.apply(new float[128]));
    assertThrows(DataException.class, () -> new LogMel(8000, 200, 80, 40));
    assertThrows(DataException.class, () -> new LogMel(8000, 256, 80, 40, 0));
  }

  @Test
  void aSpectrogramEndsWithItsRange() {
    float[] whole = new LogMel(8000, 256, 80, 40).apply(tones(800, 8000));
    float[] cut = new LogMel(8000, 256, 80, 40, 30).apply(tones(800, 8000));
    float loudest = Float.NEGATIVE_INFINITY;
    for (float value : whole) {
      loudest = Math.max(loudest, value);
    }
    float least = (float) (loudest - 3 * Math.log(10)); // 30 decibels of power
    boolean quiet = false;
    for (int i = 0; i < whole.length; i++) {
      assertEquals(Math.max(whole[i], least), cut[i], 1e-5f);
      quiet |= whole[i] < least;
    }
    assertTrue(quiet);
  }

  @Test
  void resamplingIsThatOfTheFormula() {
    var down = new Wave(tones(300, 44_100), 44_100).resampled(8000);
    assertArrayEquals(golden("down"), down.samples(), 1e-5f);
    var up = new Wave(tones(100, 8000), 8000).resampled(16_000);
    assertArrayEquals(golden("up"), up.samples(), 1e-5f);
  }

  private static float[] golden(String name) {
    var numbers = GOLDEN.get(name);
    float[] values = new float[numbers.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = numbers.get(i).floatValue();
    }
    return values;
  }

  private static float[] tones(int count, int rate) {
    float[] tones = new float[count];
    for (int i = 0; i < count; i++) {
      double t = 2 * Math.PI * i / rate;
      tones[i] = (float) (0.5 * Math.sin(440 * t) + 0.25 * Math.sin(1234.5 * t + 1));
    }
    return tones;
  }

  @Test
  void howLoudASoundIsHardlyMatters() {
    var mel = new LogMel(8000, 256, 80, 8);
    var random = new SplittableRandom(5);
    float[] loud = new float[800];
    for (int i = 0; i < loud.length; i++) {
      loud[i] = (float) random.nextDouble() - 0.5f; // noise, so that no band is silent
    }
    float[] both = Arrays.copyOf(loud, 1600);
    for (int i = 0; i < 800; i++) {
      both[800 + i] = loud[i] / 4;
    }
    var sounds = MemoryDataset.classified(both, Shape.of(800), new int[2], List.of("a"));
    var seen = new Spectrograms(sounds, mel);
    assertEquals(Shape.of(1, 8, 11), seen.features());
    float[] values = seen.gather(0, 1).x().toArray();
    assertArrayEquals(Arrays.copyOf(values, 88), Arrays.copyOfRange(values, 88, 176), 0.01f);
  }

  // ---- augmentation

  @Test
  void shiftsAndGainsAreExact() {
    var data = ramps();
    var shifted =
        new Augmented(data, new AudioAugmentation.OfWaves(2, 0, 6, 0), Normalisation.NONE);
    for (int epoch = 0; epoch < 30; epoch++) {
      float[] x = shifted.batches(1, KEY).epoch(epoch).iterator().next().x().toArray();
      boolean found = false;
      for (int later = -2; later <= 2; later++) {
        int at = 3 + later; // the fourth sample is 4
        float gain = x[at] / 4;
        found |= Math.abs(x[at + 1] - 5 * gain) < 1e-5 && gain > 0.49 && gain < 2.01;
      }
      assertTrue(found, Arrays.toString(x));
    }
  }

  @Test
  void aFasterSoundIsReadInLargerSteps() {
    float[] ramp = new float[40];
    for (int i = 0; i < ramp.length; i++) {
      ramp[i] = i;
    }
    var data = MemoryDataset.classified(ramp, Shape.of(40), new int[1], List.of("a"));
    var wave = new AudioAugmentation.OfWaves(0, 0.25, 0, 0);
    var changed = new Augmented(data, wave, Normalisation.NONE);
    float slowest = 1;
    float fastest = 1;
    for (int epoch = 0; epoch < 30; epoch++) {
      float[] x = changed.batches(1, KEY).epoch(epoch).iterator().next().x().toArray();
      float step = x[21] - x[20];
      assertEquals(20, x[20], 1e-4f); // its middle stays
      for (int i = 10; i < 30; i++) {
        assertEquals(20 + step * (i - 20), x[i], 1e-3f); // splines keep lines
      }
      slowest = Math.min(slowest, step);
      fastest = Math.max(fastest, step);
    }
    assertTrue(slowest > 0.75f && slowest < 0.85f, "slowest " + slowest);
    assertTrue(fastest < 1.25f && fastest > 1.15f, "fastest " + fastest);
  }

  @Test
  void masksCoverBandsAndFrames() {
    float[] ones = new float[6 * 8];
    Arrays.fill(ones, 1);
    var data = MemoryDataset.classified(ones, Shape.of(1, 6, 8), new int[1], List.of("a"));
    var masked =
        new Augmented(data, new AudioAugmentation.SpecAugment(2, 3, 1), Normalisation.NONE);
    int most = 0;
    for (int epoch = 0; epoch < 40; epoch++) {
      float[] x = masked.batches(1, KEY).epoch(epoch).iterator().next().x().toArray();
      int zeros = 0;
      for (float value : x) {
        assertTrue(value == 0 || value == 1);
        zeros += value == 0 ? 1 : 0;
      }
      most = Math.max(most, zeros);
    }
    assertEquals(2 * 8 + 3 * 6 - 2 * 3, most);
  }

  @Test
  void whatIsDrawnFollowsFromThePlaceAlone() {
    var loud = new AudioAugmentation.OfWaves(2, 0.1, 6, 0.2);
    var batches = new Augmented(ramps(), loud, Normalisation.NONE).batches(1, KEY);
    var second = batches.from(new Position(3, 1)).next().x().toArray();
    var whole = batches.epoch(3).iterator();
    float[] first = whole.next().x().toArray();
    assertArrayEquals(whole.next().x().toArray(), second);
    assertFalse(Arrays.equals(first, second));
  }

  private static MemoryDataset ramps() {
    float[] ramps = new float[16];
    for (int i = 0; i < 16; i++) {
      ramps[i] = 1 + i % 8;
    }
    return MemoryDataset.classified(ramps, Shape.of(8), new int[2], List.of("a"));
  }

  /** A WAV file of 8,000 samples a second, with a chunk before its sound that nobody knows. */
  private static byte[] wav(int kind, int channels, int bits, float... sound) {
    int width = bits / 8;
    var file =
        ByteBuffer.allocate(12 + 24 + 10 + 8 + sound.length * width).order(ByteOrder.LITTLE_ENDIAN);
    file.put("RIFF".getBytes(StandardCharsets.US_ASCII)).putInt(file.capacity() - 8);
    file.put("WAVEfmt ".getBytes(StandardCharsets.US_ASCII)).putInt(16);
    file.putShort((short) kind).putShort((short) channels).putInt(8000);
    file.putInt(8000 * channels * width).putShort((short) (channels * width));
    file.putShort((short) bits);
    file.put("LIST".getBytes(StandardCharsets.US_ASCII)).putInt(1).putShort((short) 0); // padded
    file.put("data".getBytes(StandardCharsets.US_ASCII)).putInt(sound.length * width);
    for (float value : sound) {
      switch (bits) {
        case 8 -> file.put((byte) Math.round(128 + 127.5 * value - 0.5));
        case 16 -> file.putShort((short) Math.clamp(Math.round(value * 32_768.0), -32_768, 32_767));
        case 24 -> {
          int whole = (int) Math.round(value * 8_388_607.0);
          file.put((byte) whole).put((byte) (whole >> 8)).put((byte) (whole >> 16));
        }
        case 32 -> {
          if (kind == 3) {
            file.putFloat(value);
          } else {
            file.putInt(
                Math.clamp(Math.round(value * 0x1p31), Integer.MIN_VALUE, Integer.MAX_VALUE));
          }
        }
        default -> file.putDouble(value);
      }
    }
    return file.array();
  }
}
