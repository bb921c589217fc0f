package dev.merapi.zoo;

import dev.merapi.nn.Conv;
import dev.merapi.nn.Layer;
import dev.merapi.nn.MaxPool;
import dev.merapi.nn.Mode;
import dev.merapi.tensor.Key;
import dev.merapi.tensor.MerapiException;
import dev.merapi.tensor.Shape;
import dev.merapi.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * A small network for pictures, in the manner of LeNet (LeCun et al., 1998): {@code (batch,
 * channels, height, width) → (batch, classes)}, logits.
 *
 * <p>Each convolution is 3x3 and keeps the size, a ReLU and a 2x2 max pool follow; then comes an
 * {@link Mlp}. With channels 32 and 64 and one hidden layer of 128 it is the network of many
 * tutorials on MNIST, with 421,642 parameters.
 */
public record Cnn(List<Conv> convolutions, Mlp head) implements Layer {
  private static final MaxPool HALVED = MaxPool.of(2);

  public Cnn {
    convolutions = List.copyOf(convolutions);
  }

  /**
   * A network for pictures of one size.
   *
   * @param picture (channels, height, width)
   * @param channels how many each convolution gives
   * @param hidden the sizes of the layers between the last pool and the logits
   * @throws MerapiException if the pictures are too small to be halved so often
   */
  public static Cnn of(
      Shape picture, List<Integer> channels, List<Integer> hidden, int classes, Key key) {
    int halvings = channels.size();
    if (picture.rank() != 3 || Math.min(picture.size(1), picture.size(2)) >> halvings == 0) {
      throw new MerapiException(
          "Cnn: %d times halved, nothing is left of pictures %s; give (channels, height, width), or fewer convolutions"
              .formatted(halvings, picture));
    }
    List<Conv> convolutions = new ArrayList<>();
    int in = picture.size(0);
    for (int out : channels) {
      convolutions.add(Conv.of2d(in, out, 3, key.fold(convolutions.size())).paddingSame());
      in = out;
    }
    List<Integer> sizes = new ArrayList<>();
    sizes.add(in * (picture.size(1) >> halvings) * (picture.size(2) >> halvings));
    sizes.addAll(hidden);
    sizes.add(classes);
    return new Cnn(convolutions, Mlp.of(sizes, key.fold(halvings)));
  }

  /** With dropout behind each hidden layer of the head. */
  public Cnn dropout(double p) {
    return new Cnn(convolutions, head.dropout(p));
  }

  @Override
  public Tensor apply(Tensor x, Mode mode) {
    Tensor h = x;
    for (Conv convolution : convolutions) {
      h =
          HALVED.apply(
              convolution.apply(h, mode).relu(), mode); // (batch, out, height / 2, width / 2)
    }
    return head.apply(h, mode);
  }
}
