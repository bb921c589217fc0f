package dev.merapi.audio;

import dev.merapi.data.Augmentation;
import dev.merapi.data.Batch;
import dev.merapi.data.DataException;
import dev.merapi.data.Normalisation;
import dev.merapi.tensor.Key;
import dev.merapi.tensor.Shape;
import dev.merapi.tensor.Tensor;
import java.util.SplittableRandom;

/** What is done to sounds and spectrograms before each look of a network in training, at random. */
public sealed interface AudioAugmentation extends Augmentation {

  /**
   * To sounds, (batch, samples).
   *
   * @param shift earlier or later by up to so many samples
   * @param gain louder or quieter by up to so many decibels
   * @param speed faster or slower by up to this share, and higher or lower with it, about the
   *     sound's middle (Ko et al., 2015)
   * @param noise white noise with up to this share of the sound's own root mean square
   */
  record OfWaves(int shift, double speed, double gain, double noise) implements AudioAugmentation {
    @Override
    public Batch apply(Batch batch, Normalisation normalisation, int classes, Key key) {
      float[] in = batch.x().toArray();
      int length = check(batch, 2).size(1);
      float[] out = new float[in.length];
      for (int i = 0; i < batch.size(); i++) {
        var random = new SplittableRandom(key.fold(i).value());
        int later = random.nextInt(2 * shift + 1) - shift;
        double faster = 1 + speed * (2 * random.nextDouble() - 1);
        double louder = Math.pow(10, gain * (2 * random.nextDouble() - 1) / 20);
        double square = 0;
        for (int t = 0; t < length; t++) {
          double at = length / 2.0 + faster * (t - later - length / 2.0);
          float sample = sample(in, i * length, length, at);
          out[i * length + t] = sample;
          square += (double) sample * sample;
        }
        double hiss = noise * random.nextDouble() * Math.sqrt(square / length);
        for (int t = 0; t < length; t++) {
          double noisy = out[i * length + t] + (hiss > 0 ? hiss * random.nextGaussian() : 0);
          out[i * length + t] = (float) (louder * noisy);
        }
      }
      return new Batch(Tensor.of(out, batch.x().shape().toArray()), batch.y());
    }

    /**
     * Between samples, by a Catmull-Rom spline; silence is before the first and behind the last.
     */
    private static float sample(float[] sounds, int start, int length, double at) {
      int t = (int) Math.floor(at);
      float between = (float) (at - t);
      if (t < -2 || t > length) {
        return 0;
      }
      float a = t < 1 || t > length ? 0 : sounds[start + t - 1];
      float b = t < 0 || t >= length ? 0 : sounds[start + t];
      float c = t < -1 || t >= length - 1 ? 0 : sounds[start + t + 1];
      float d = t < -2 || t >= length - 2 ? 0 : sounds[start + t + 2];
      float bend = 2 * a - 5 * b + 4 * c - d + between * (3 * (b - c) + d - a);
      return b + between * (c - a + between * bend) / 2;
    }
  }

  /**
   * To spectrograms, (batch, 1, mels, frames): SpecAugment without time warping (Park et al.,
   * 2019). Masked parts become 0, the mean.
   *
   * @param bands up to so many neighbouring mels are masked
   * @param frames up to so many neighbouring frames are masked
   * @param masks how often each
   */
  record SpecAugment(int bands, int frames, int masks) implements AudioAugmentation {
    @Override
    public Batch apply(Batch batch, Normalisation normalisation, int classes, Key key) {
      var shape = check(batch, 4);
      int height = shape.size(2);
      int width = shape.size(3);
      float[] out = batch.x().toArray();
      for (int i = 0; i < batch.size(); i++) {
        var random = new SplittableRandom(key.fold(i).value());
        for (int mask = 0; mask < masks; mask++) {
          int high = random.nextInt(Math.min(bands, height) + 1);
          int bottom = random.nextInt(height - high + 1);
          int wide = random.nextInt(Math.min(frames, width) + 1);
          int left = random.nextInt(width - wide + 1);
          for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
              boolean band = y >= bottom && y < bottom + high;
              boolean time = x >= left && x < left + wide;
              if (band || time) {
                out[(i * height + y) * width + x] = 0;
              }
            }
          }
        }
      }
      return new Batch(Tensor.of(out, shape.toArray()), batch.y());
    }
  }

  private static Shape check(Batch batch, int rank) {
    var shape = batch.x().shape();
    if (shape.rank() != rank) {
      throw new DataException(
          "augment: the samples " + shape + " are no sounds; leave `augment` out");
    }
    return shape;
  }
}
