package dev.merapi.zoo;

import dev.merapi.nn.BatchNorm;
import dev.merapi.nn.Conv;
import dev.merapi.nn.Init;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Mode;
import dev.merapi.tensor.Key;
import dev.merapi.tensor.MerapiException;
import dev.merapi.tensor.Parameter;
import dev.merapi.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The residual network for small pictures of He et al. (2016), section 4.2: {@code (batch,
 * channels, height, width) → (batch, classes)}, logits.
 *
 * <p>A 3x3 convolution, then three stages of {@code n} blocks with 16, 32 and 64 channels, the
 * second and third at half the size of the one before, then the mean of each channel and a dense
 * layer: 6 n + 2 layers, so ResNet-20 has n = 3 and 272,474 parameters for ten classes. Where a
 * block changes the shape, its shortcut is a 1x1 convolution with batch norm (option B).
 */
public record ResNet(Convolved stem, List<Block> blocks, Linear head) implements Layer {
  public ResNet {
    blocks = List.copyOf(blocks);
  }

  /** A convolution without bias, and its batch norm. */
  public record Convolved(Conv conv, BatchNorm norm) implements Layer {
    static Convolved of(int in, int out, int kernel, int stride, Key key) {
      Conv conv = Conv.of2d(in, out, kernel, key).withoutBias();
      var weight = Init.kaimingNormal(Math.sqrt(2), Init.Fan.OUT).draw(key, conv.weight().shape());
      return new Convolved(
          new Conv(Parameter.of(weight), Optional.empty(), conv.options())
              .stride(stride)
              .padding(kernel / 2),
          BatchNorm.of(out));
    }

    @Override
    public Tensor apply(Tensor x, Mode mode) {
      return norm.apply(conv.apply(x, mode), mode);
    }
  }

  /** {@code relu(shortcut(x) + second(relu(first(x))))}. */
  public record Block(Convolved first, Convolved second, Optional<Convolved> shortcut)
      implements Layer {
    static Block of(int in, int out, int stride, Key key) {
      return new Block(
          Convolved.of(in, out, 3, stride, key.fold(0)),
          Convolved.of(out, out, 3, 1, key.fold(1)),
          in == out && stride == 1
              ? Optional.empty()
              : Optional.of(Convolved.of(in, out, 1, stride, key.fold(2))));
    }

    @Override
    public Tensor apply(Tensor x, Mode mode) {
      Tensor kept = shortcut.isPresent() ? shortcut.get().apply(x, mode) : x;
      return second.apply(first.apply(x, mode).relu(), mode).add(kept).relu();
    }
  }

  /**
   * A network of this many layers.
   *
   * @param layers 20, 32, 44, 56, 110: six times the blocks of a stage, and 2
   */
  public static ResNet of(int layers, int channels, int classes, Key key) {
    if (layers < 8 || (layers - 2) % 6 != 0) {
      throw new MerapiException(
          "ResNet: %d layers; give six times the blocks of a stage and 2, such as 20"
              .formatted(layers));
    }
    List<Block> blocks = new ArrayList<>();
    int in = 16;
    for (int out = 16; out <= 64; out *= 2) {
      for (int i = 0; i < (layers - 2) / 6; i++) {
        blocks.add(Block.of(in, out, in == out ? 1 : 2, key.fold(blocks.size())));
        in = out;
      }
    }
    return new ResNet(
        Convolved.of(channels, 16, 3, 1, key.fold(blocks.size())),
        blocks,
        Linear.of(in, classes, key.fold(blocks.size() + 1)));
  }

  @Override
  public Tensor apply(Tensor x, Mode mode) {
    Tensor h = stem.apply(x, mode).relu();
    for (Block block : blocks) {
      h = block.apply(h, mode); // (batch, out, height / stride, width / stride)
    }
    return head.apply(h.mean(2, 3), mode);
  }
}
