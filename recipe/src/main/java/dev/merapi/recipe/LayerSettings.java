package dev.merapi.recipe;

import dev.merapi.nn.AvgPool;
import dev.merapi.nn.Conv;
import dev.merapi.nn.LastStep;
import dev.merapi.nn.Layer;
import dev.merapi.nn.MaxPool;
import dev.merapi.recipe.ModelSettings.Activation;
import dev.merapi.tensor.Key;
import dev.merapi.tensor.MerapiException;
import dev.merapi.tensor.Shape;
import java.util.Optional;

/**
 * A layer of a network that a recipe builds of layers. What goes into it follows from those before.
 */
public sealed interface LayerSettings {
  /**
   * Builds the layer.
   *
   * @param in the shape of one sample before it
   * @param outputs how many numbers the whole network is to give
   */
  Layer build(Shape in, int outputs, Key key);

  /**
   * See {@link dev.merapi.nn.Linear}.
   *
   * @param out how many numbers it gives; null for as many as are wanted of the network
   */
  record Linear(@Default("null") @Range(from = 1) Optional<Integer> out) implements LayerSettings {
    @Override
    public Layer build(Shape in, int outputs, Key key) {
      return dev.merapi.nn.Linear.of(in.size(-1), out.orElse(outputs), key);
    }
  }

  /** A function of each number. */
  record Function(@Default("relu") Activation activation) implements LayerSettings {
    @Override
    public Layer build(Shape in, int outputs, Key key) {
      return activation.layer();
    }
  }

  /** See {@link dev.merapi.nn.Dropout}. */
  record Dropout(@Default("0.5") @Range(from = 0, to = 0.99) double p) implements LayerSettings {
    @Override
    public Layer build(Shape in, int outputs, Key key) {
      return dev.merapi.nn.Dropout.of(p);
    }
  }

  /** See {@link dev.merapi.nn.Flatten}. */
  record Flatten() implements LayerSettings {
    @Override
    public Layer build(Shape in, int outputs, Key key) {
      return dev.merapi.nn.Flatten.of();
    }
  }

  /**
   * A convolution of pictures (channels, height, width), or of sequences (channels, length), that
   * keeps their size; see {@link Conv}.
   */
  record Convolution(@Range(from = 1) int channels, @Default("3") @Range(from = 1) int kernel)
      implements LayerSettings {
    @Override
    public Layer build(Shape in, int outputs, Key key) {
      return switch (in.rank()) {
        case 2 -> Conv.of1d(in.size(0), channels, kernel, key).paddingSame();
        case 3 -> Conv.of2d(in.size(0), channels, kernel, key).paddingSame();
        default ->
            throw new MerapiException(
                "a convolution wants samples (channels, length) or (channels, height, width), not "
                    + in);
      };
    }
  }

  /** See {@link dev.merapi.nn.MaxPool}. */
  record MaxPooling(@Default("2") @Range(from = 1) int size) implements LayerSettings {
    @Override
    public Layer build(Shape in, int outputs, Key key) {
      return MaxPool.of(size);
    }
  }

  /** See {@link dev.merapi.nn.AvgPool}. */
  record AvgPooling(@Default("2") @Range(from = 1) int size) implements LayerSettings {
    @Override
    public Layer build(Shape in, int outputs, Key key) {
      return AvgPool.of(size);
    }
  }

  /** See {@link dev.merapi.nn.BatchNorm}. */
  record BatchNorm() implements LayerSettings {
    @Override
    public Layer build(Shape in, int outputs, Key key) {
      return dev.merapi.nn.BatchNorm.of(in.size(0));
    }
  }

  /** Over the last axis; see {@link dev.merapi.nn.LayerNorm}. */
  record LayerNorm() implements LayerSettings {
    @Override
    public Layer build(Shape in, int outputs, Key key) {
      return dev.merapi.nn.LayerNorm.of(in.size(-1));
    }
  }

  /** Reads a sequence (time, numbers); see {@link dev.merapi.nn.Lstm}. */
  record Lstm(@Range(from = 1) int hidden, @Default("1") @Range(from = 1) int layers)
      implements LayerSettings {
    @Override
    public Layer build(Shape in, int outputs, Key key) {
      return dev.merapi.nn.Lstm.of(in.size(-1), hidden, layers, key);
    }
  }

  /** Reads a sequence (time, numbers); see {@link dev.merapi.nn.Gru}. */
  record Gru(@Range(from = 1) int hidden, @Default("1") @Range(from = 1) int layers)
      implements LayerSettings {
    @Override
    public Layer build(Shape in, int outputs, Key key) {
      return dev.merapi.nn.Gru.of(in.size(-1), hidden, layers, key);
    }
  }

  /** The last of a sequence. */
  record Last() implements LayerSettings {
    @Override
    public Layer build(Shape in, int outputs, Key key) {
      return LastStep.of();
    }
  }
}
