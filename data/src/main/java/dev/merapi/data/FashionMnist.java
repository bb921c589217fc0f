package dev.merapi.data;

import dev.merapi.data.PictureSet.Published;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Fashion-MNIST: pictures of clothes in the form of {@link Mnist}, ten classes, 28x28 grey pixels
 * each.
 *
 * <p>Source: H. Xiao, K. Rasul, R. Vollgraf, "Fashion-MNIST: a novel image dataset for benchmarking
 * machine learning algorithms" (2017).
 */
public final class FashionMnist {
  private static final PictureSet SET =
      new PictureSet(
          "fashion-mnist",
          List.of(
              "T-shirt/top",
              "Trouser",
              "Pullover",
              "Dress",
              "Coat",
              "Sandal",
              "Shirt",
              "Sneaker",
              "Bag",
              "Ankle boot"),
          List.of(
              "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com",
              "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion"),
          List.of(
              new Published(
                  "train-images-idx3-ubyte.gz",
                  26_421_880,
                  "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84"),
              new Published(
                  "train-labels-idx1-ubyte.gz",
                  29_515,
                  "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845"),
              new Published(
                  "t10k-images-idx3-ubyte.gz",
                  4_422_102,
                  "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073"),
              new Published(
                  "t10k-labels-idx1-ubyte.gz",
                  5148,
                  "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5")));

  private FashionMnist() {}

  static NamedSet set() {
    return SET.named("70,000 pictures of clothes, 28x28 (Xiao et al., 2017)");
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
   * The set from the given folder, else from {@code $MERAPI_DATA/fashion-mnist}, else from the
   * {@linkplain Download#cache() cache}, into which it is downloaded once.
   *
   * @throws DataException as {@link #load(Path)}, and if the download fails
   */
  public static Splits load(Optional<Path> folder, Progress progress) {
    return SET.load(folder, System.getenv(), progress);
  }
}
