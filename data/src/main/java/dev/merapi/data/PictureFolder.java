package dev.merapi.data;

import dev.merapi.tensor.Shape;
import dev.merapi.tensor.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;

/**
 * Pictures in files, all brought to one size: scaled until they cover it, and cut to its middle.
 * Where all of them fit, they are kept as bytes once they are decoded; else each is decoded when it
 * is wanted, some ahead, on virtual threads.
 */
public final class PictureFolder implements Dataset {
  /** The ends of names of files that are taken for pictures. */
  public static final Set<String> KINDS = Set.of("png", "jpg", "jpeg", "gif", "bmp", "webp");

  /** Decoded pictures of so many bytes together are kept. */
  static final long KEPT = 1L << 29;

  private final LabelledFiles files;
  private final Shape shape;
  private final List<String> digests; // of the files, as they were when they were opened
  private final Optional<byte[][]> kept;
  private final Normalisation normalisation;

  private PictureFolder(
      LabelledFiles files,
      Shape shape,
      List<String> digests,
      Optional<byte[][]> kept,
      Normalisation normalisation) {
    this.files = files;
    this.shape = shape;
    this.digests = List.copyOf(digests);
    this.kept = kept;
    this.normalisation = normalisation;
  }

  /** The pixels of a picture, and the SHA-256 of its file. */
  @SuppressWarnings("ArrayRecordComponent") // handed over, not compared
  private record Opened(byte[] pixels, String digest) {
    static Opened of(LabelledFiles.Item item, Shape shape) {
      byte[] file = item.read();
      return new Opened(
          PictureReader.pixels(item.place(), file, shape), new Sha256().add(file).hex());
    }
  }

  /** Pictures that are read, and the places of those that cannot be. */
  public record Read(PictureFolder pictures, LabelledFiles files, List<String> broken) {
    public Read {
      broken = List.copyOf(broken);
    }
  }

  /**
   * Pictures of these files. Each is looked at once, so that a broken one is told now and not after
   * an hour of training.
   *
   * @param shape (channels, height, width), with 1 channel for grey and 3 for red, green and blue
   * @param skipBroken whether pictures that cannot be read are left out, and told; else the first
   *     is an error
   */
  public static Read of(LabelledFiles files, Shape shape, boolean skipBroken) {
    return of(files, shape, skipBroken, KEPT);
  }

  static Read of(LabelledFiles files, Shape shape, boolean skipBroken, long keptBytes) {
    boolean keeps = files.items().size() * shape.elements() <= keptBytes;
    var good = new ArrayList<LabelledFiles.Item>();
    var digests = new ArrayList<String>();
    var pixels = new ArrayList<byte[]>();
    var broken = new ArrayList<String>();
    for (int from = 0; from < files.items().size(); from += 1024) {
      var items = files.items().subList(from, Math.min(from + 1024, files.items().size()));
      var opened = each(items, item -> Opened.of(item, shape));
      for (int i = 0; i < items.size(); i++) {
        try {
          var one = await(opened.get(i));
          good.add(items.get(i));
          digests.add(one.digest());
          if (keeps) {
            pixels.add(one.pixels());
          }
        } catch (DataException e) {
          if (!skipBroken) {
            throw new DataException(
                e.getMessage() + "; or leave such pictures out with data.on_bad_picture=skip", e);
          }
          broken.add(e.getMessage());
        }
      }
    }
    if (good.isEmpty()) {
      throw new DataException("none of the pictures can be read; the first: " + broken.getFirst());
    }
    var kept = new LabelledFiles(good, files.classes(), files.leftOut());
    return new Read(
        new PictureFolder(
            kept,
            shape,
            digests,
            keeps ? Optional.of(pixels.toArray(byte[][]::new)) : Optional.empty(),
            Normalisation.NONE),
        kept,
        broken);
  }

  /** Work on each item, on virtual threads. */
  private static <T> List<Future<T>> each(
      List<LabelledFiles.Item> items, Function<LabelledFiles.Item, T> work) {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      return items.stream().map(item -> threads.submit(() -> work.apply(item))).toList();
    }
  }

  private static <T> T await(Future<T> picture) {
    try {
      return picture.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof DataException data) {
        throw data;
      }
      throw new IllegalStateException("decoding failed", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DataException("reading pictures was interrupted", e);
    }
  }

  /**
   * One picture as the network sees it: (1, channels, height, width), from 0 to 1.
   *
   * @throws DataException if it cannot be read
   */
  public static Tensor read(Path file, Shape shape) {
    byte[] pixels = PictureReader.pixels(file, PictureReader.bytes(file), shape);
    return new Column.Pixels(pixels, 1, shape, Normalisation.NONE).gather(0);
  }

  @Override
  public int size() {
    return files.items().size();
  }

  /** What is kept of the pictures; a batch of them, where they are decoded as they are wanted. */
  @Override
  public long bytes() {
    return kept.isPresent() ? size() * shape.elements() : 0;
  }

  @Override
  public Shape features() {
    return shape;
  }

  @Override
  public Shape target() {
    return Shape.of();
  }

  @Override
  public List<String> classes() {
    return files.classes();
  }

  @Override
  public int[] labels() {
    return files.labels();
  }

  @Override
  public boolean isSlow() {
    return kept.isEmpty();
  }

  @Override
  public String name(int row) {
    return files.items().get(row).place().toString();
  }

  @Override
  public Batch gather(int... rows) {
    for (int row : rows) {
      Objects.checkIndex(row, size());
    }
    int width = (int) shape.elements();
    byte[] pixels = new byte[rows.length * width];
    var decoded =
        kept.isPresent()
            ? List.<Future<byte[]>>of()
            : each(items(rows), item -> PictureReader.pixels(item.place(), item.read(), shape));
    for (int i = 0; i < rows.length; i++) {
      byte[] one = kept.isPresent() ? kept.get()[rows[i]] : await(decoded.get(i));
      System.arraycopy(one, 0, pixels, i * width, width);
    }
    var x = new Column.Pixels(pixels, rows.length, shape, normalisation);
    int[] labels = Arrays.stream(rows).map(row -> files.items().get(row).label()).toArray();
    return new Batch(x.gather(Rows.range(0, rows.length)), Tensor.of(labels, rows.length));
  }

  private List<LabelledFiles.Item> items(int... rows) {
    return Arrays.stream(rows).mapToObj(files.items()::get).toList();
  }

  @Override
  public Dataset normalised(Normalisation other) {
    return new PictureFolder(files, shape, digests, kept, other);
  }

  @Override
  public String fingerprint() {
    var sha = new Sha256().add("pictures").add(shape.toArray());
    for (int i = 0; i < size(); i++) {
      var item = files.items().get(i);
      sha.add(item.place().getFileName().toString()).add(item.label()).add(digests.get(i));
    }
    sha.add(normalisation.mean()).add(normalisation.deviation());
    files.classes().forEach(sha::add);
    return sha.hex();
  }
}
