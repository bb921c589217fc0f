package dev.merapi.data;

import dev.merapi.tensor.Shape;
import dev.merapi.tensor.Tensor;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Pictures in files, all brought to one size: scaled until they cover it, and cut to its middle.
 * Where all of them fit, they are kept as bytes once they are decoded; see {@link DecodedFiles}.
 */
public final class PictureFolder implements Dataset {
  /** The ends of names of files that are taken for pictures. */
  public static final Set<String> KINDS = Set.of("png", "jpg", "jpeg", "gif", "bmp", "webp");

  private final DecodedFiles<byte[]> pictures;
  private final Shape shape;
  private final Normalisation normalisation;

  private PictureFolder(DecodedFiles<byte[]> pictures, Shape shape, Normalisation normalisation) {
    this.pictures = pictures;
    this.shape = shape;
    this.normalisation = normalisation;
  }

  /**
   * Pictures of these files.
   *
   * @param shape (channels, height, width), with 1 channel for grey and 3 for red, green and blue
   * @param skipBroken whether pictures that cannot be read are left out, and told; else the first
   *     is an error
   */
  public static PictureFolder of(LabelledFiles files, Shape shape, boolean skipBroken) {
    return of(files, shape, skipBroken, DecodedFiles.KEPT);
  }

  static PictureFolder of(LabelledFiles files, Shape shape, boolean skipBroken, long kept) {
    var kind =
        new DecodedFiles.Kind<>(
            "pictures",
            "data.on_bad_picture",
            shape.elements(),
            (place, file) -> PictureReader.pixels(place, file, shape));
    return new PictureFolder(
        DecodedFiles.of(files, kind, skipBroken, kept), shape, Normalisation.NONE);
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

  /** The files of the pictures. */
  public LabelledFiles files() {
    return pictures.files();
  }

  /** Why other pictures are left out. */
  public List<String> broken() {
    return pictures.broken();
  }

  /** See {@link DecodedFiles#leaks}. */
  public Optional<String> leaks(Splits parts) {
    return pictures.leaks(parts);
  }

  @Override
  public int size() {
    return pictures.size();
  }

  /** What is kept of the pictures; nothing, where they are decoded as they are wanted. */
  @Override
  public long bytes() {
    return pictures.bytes();
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
    return files().classes();
  }

  @Override
  public int[] labels() {
    return files().labels();
  }

  @Override
  public boolean isSlow() {
    return pictures.isSlow();
  }

  @Override
  public String name(int row) {
    return pictures.name(row);
  }

  @Override
  public Batch gather(int... rows) {
    var decoded = pictures.get(rows);
    int width = (int) shape.elements();
    byte[] pixels = new byte[rows.length * width];
    for (int i = 0; i < rows.length; i++) {
      System.arraycopy(decoded.get(i), 0, pixels, i * width, width);
    }
    var x = new Column.Pixels(pixels, rows.length, shape, normalisation);
    return new Batch(
        x.gather(Rows.range(0, rows.length)), Tensor.of(pictures.labels(rows), rows.length));
  }

  @Override
  public Dataset normalised(Normalisation other) {
    return new PictureFolder(pictures, shape, other);
  }

  @Override
  public String fingerprint() {
    return pictures
        .addTo(new Sha256().add("pictures").add(shape.toArray()))
        .add(normalisation.mean())
        .add(normalisation.deviation())
        .hex();
  }
}
