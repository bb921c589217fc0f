package dev.merapi.data;

import dev.merapi.data.FolderSummary.Extent;
import dev.merapi.tensor.Shape;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What pictures in files look like.
 *
 * @param width in pixels, as they are stored
 * @param height in pixels
 * @param grey whether none has colours
 * @param mean of the pixels, from 0 to 1: red, green and blue
 * @param deviation of the pixels, likewise
 */
public record PictureSummary(
    FolderSummary folder,
    Extent width,
    Extent height,
    boolean grey,
    List<Double> mean,
    List<Double> deviation) {
  private static final Shape LOOK = Shape.of(3, 32, 32);
  private static final int PLANE = 32 * 32;
  private static final int SIDE = 64; // of a picture on a sheet
  private static final int BYTES = 128; // that a look takes

  public PictureSummary {
    mean = List.copyOf(mean);
    deviation = List.copyOf(deviation);
  }

  /** Looks at each file once. */
  public static PictureSummary of(LabelledFiles files) {
    var kind =
        new DecodedFiles.Kind<>("pictures", "data.on_bad_picture", BYTES, PictureSummary::look);
    var opened = DecodedFiles.of(files, kind, true, Long.MAX_VALUE);
    var looks = opened.get(IntStream.range(0, opened.size()).toArray());
    return new PictureSummary(
        FolderSummary.of(opened),
        Extent.of(looks.stream().mapToDouble(Look::width).toArray()),
        Extent.of(looks.stream().mapToDouble(Look::height).toArray()),
        looks.stream().allMatch(Look::grey),
        channels(c -> mean(looks, c)),
        channels(c -> Math.sqrt(Math.max(0, square(looks, c) - mean(looks, c) * mean(looks, c)))));
  }

  private static List<Double> channels(java.util.function.IntToDoubleFunction of) {
    return IntStream.range(0, 3).mapToObj(of::applyAsDouble).toList();
  }

  private static double mean(List<Look> looks, int channel) {
    return looks.stream().mapToDouble(look -> look.mean[channel]).average().orElse(0);
  }

  private static double square(List<Look> looks, int channel) {
    return looks.stream().mapToDouble(look -> look.square[channel]).average().orElse(0);
  }

  /** What is kept of one picture. */
  @SuppressWarnings("ArrayRecordComponent") // not compared
  private record Look(int width, int height, boolean grey, double[] mean, double[] square) {}

  private static Look look(Path place, byte[] file) {
    var size = PictureReader.size(place, file);
    byte[] pixels = PictureReader.pixels(place, file, LOOK);
    double[] mean = new double[3];
    double[] square = new double[3];
    boolean grey = true;
    for (int i = 0; i < pixels.length; i++) {
      double value = (pixels[i] & 0xFF) / 255.0;
      mean[i / PLANE] += value / PLANE;
      square[i / PLANE] += value * value / PLANE;
      grey &= pixels[i] == pixels[i % PLANE];
    }
    return new Look(size.width, size.height, grey, mean, square);
  }

  /** Some pictures of each class, one class a row. */
  public static ContactSheet sheet(LabelledFiles files) {
    return ContactSheet.of(files, PictureSummary::thumbnail);
  }

  private static ContactSheet.Tile thumbnail(Path place, byte[] file) {
    byte[] pixels = PictureReader.pixels(place, file, Shape.of(3, SIDE, SIDE));
    int plane = SIDE * SIDE;
    int[] rgb = new int[plane];
    for (int i = 0; i < 3 * plane; i++) {
      rgb[i % plane] = rgb[i % plane] << 8 | (pixels[i] & 0xFF);
    }
    return new ContactSheet.Tile(SIDE, SIDE, rgb);
  }
}
