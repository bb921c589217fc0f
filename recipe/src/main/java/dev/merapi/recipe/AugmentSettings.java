package dev.merapi.recipe;

import dev.merapi.audio.AudioAugmentation;
import dev.merapi.audio.Spectrograms;
import dev.merapi.data.Augmented;
import dev.merapi.data.Dataset;
import dev.merapi.data.Mixup;
import dev.merapi.data.Normalisation;
import dev.merapi.data.PictureAugmentation;

/** What is done to the samples at random before a network in training sees them. */
public sealed interface AugmentSettings {
  /**
   * The same samples, seen otherwise in each epoch.
   *
   * @param normalisation what was done to their numbers
   */
  Dataset over(Dataset train, Normalisation normalisation);

  /** See {@link PictureAugmentation}. */
  record Pictures(
      @Default("false") boolean flip,
      @Default("0") @Range(from = 0, to = 1024) int crop,
      @Default("0") @Range(from = 0, to = 180) double rotate,
      @Default("0") @Range(from = 0, to = 0.9) double scale,
      @Default("0") @Range(from = 0, to = 60) double shear,
      @Default("0") @Range(from = 0, to = 1) double brightness,
      @Default("0") @Range(from = 0, to = 1) double contrast,
      @Default("0") @Range(from = 0, to = 1) double saturation,
      @Default("0") @Range(from = 0, to = 1) double noise,
      @Default("0") @Range(from = 0, to = 1024) int cutout,
      @Default("0") @Range(from = 0, to = 1) double mixup)
      implements AugmentSettings {
    @Override
    public Dataset over(Dataset train, Normalisation normalisation) {
      var augmentation =
          new PictureAugmentation(
              flip,
              crop,
              rotate,
              scale,
              shear,
              brightness,
              contrast,
              saturation,
              noise,
              cutout,
              mixup);
      return new Augmented(train, augmentation, normalisation);
    }
  }

  /**
   * See {@link AudioAugmentation}: sounds are changed first, and then their spectrograms.
   *
   * @param shift earlier or later by up to so many seconds
   * @param speed faster or slower by up to this share
   * @param gain louder or quieter by up to so many decibels
   * @param noise white noise with up to this share of the sound's own root mean square
   * @param bands up to so many neighbouring mels are masked
   * @param frames up to so many neighbouring frames are masked
   * @param masks how often each
   * @param mixup alpha of the mixture of two spectrograms and their classes; 0 for none
   */
  record Audio(
      @Default("0.1") @Range(from = 0, to = 10) double shift,
      @Default("0") @Range(from = 0, to = 0.5) double speed,
      @Default("6") @Range(from = 0, to = 60) double gain,
      @Default("0.1") @Range(from = 0, to = 1) double noise,
      @Default("6") @Range(from = 0) int bands,
      @Default("10") @Range(from = 0) int frames,
      @Default("1") @Range(from = 0, to = 8) int masks,
      @Default("0") @Range(from = 0, to = 1) double mixup)
      implements AugmentSettings {
    @Override
    public Dataset over(Dataset train, Normalisation normalisation) {
      if (!(train instanceof Spectrograms(var sounds, var mel))) {
        throw new RecipeException("`augment` of the kind `audio` is for sounds; leave it out");
      }
      var waves =
          new AudioAugmentation.OfWaves((int) Math.round(shift * mel.rate()), speed, gain, noise);
      var changed = new Spectrograms(new Augmented(sounds, waves, normalisation), mel);
      var masked =
          new Augmented(
              changed, new AudioAugmentation.SpecAugment(bands, frames, masks), normalisation);
      return mixup == 0 ? masked : new Augmented(masked, new Mixup(mixup), normalisation);
    }
  }
}
