package dev.merapi.data;

import dev.merapi.data.PictureSet.Published;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * MNIST: 60,000 handwritten digits to train on and 10,000 to test with, 28x28 grey pixels each.
 *
 * <p>Source: Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, "Gradient-based learning applied to
 * document recognition" (1998).
 */
public final class Mnist {
  private static final PictureSet SET =
      new PictureSet(
          "mnist",
          List.of("0", "1", "2", "3", "4", "5", "6", "7", "8", "9"),
          List.of(
              "https://ossci-datasets.s3.amazonaws.com/mnist",
              "https://storage.googleapis.com/cvdf-datasets/mnist"),
          List.of(
              new Published(
                  "train-images-idx3-ubyte.gz",
                  9_912_422,
                  "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609"),
              new Published(
                  "train-labels-idx1-ubyte.gz",
                  28_881,
                  "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c"),
              new Published(
                  "t10k-images-idx3-ubyte.gz",
                  1_648_877,
                  "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6"),
              new Published(
                  "t10k-labels-idx1-ubyte.gz",
                  4542,
                  "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6")));

  private Mnist() {}

  static NamedSet set() {
    return SET.named("70,000 handwritten digits, 28x28 (LeCun et al., 1998)");
  }

  /**
   * The set from a folder with its four files, gzipped or not.
   *
   * <p>A folder without the two test files will do: then the last 10,000 training pictures of an
   * order drawn with a fixed seed (a sixth, if there are fewer) are the test set, and a note says
   * so.
   *
   * @return training and test pictures {@code (1, 28, 28)}, from 0 to 1; no validation set
   * @throws DataException if files are missing, damaged, do not belong together or hold no such set
   */
  public static Splits load(Path folder) {
    return SET.load(folder);
  }

  /**
   * The set from the given folder, else from {@code $MERAPI_DATA/mnist}, else from the {@linkplain
   * Download#cache() cache}, into which it is downloaded once.
   *
   * @throws DataException as {@link #load(Path)}, and if the download fails
   */
  public static Splits load(Optional<Path> folder, Progress progress) {
    return SET.load(folder, System.getenv(), progress);
  }
}
