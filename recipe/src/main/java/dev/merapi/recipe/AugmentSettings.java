package dev.merapi.recipe;

import dev.merapi.data.Augmentation;
import dev.merapi.data.PictureAugmentation;

/** What is done to the samples at random before a network in training sees them. */
public sealed interface AugmentSettings {
  /** What does it. */
  Augmentation build();

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
    public Augmentation build() {
      return new PictureAugmentation(
          flip, crop, rotate, scale, shear, brightness, contrast, saturation, noise, cutout, mixup);
    }
  }
}
