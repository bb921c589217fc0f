package dev.merapi.data;

import dev.merapi.tensor.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * CIFAR-10 in the binary files in which it is published: {@code data_batch_1.bin} to {@code
 * data_batch_5.bin} and {@code test_batch.bin}, 10,000 records each of a class and 3,072 bytes
 * (32x32 pixels, all of red, then of green, then of blue). Source: Krizhevsky, "Learning multiple
 * layers of features from tiny images" (2009).
 */
public final class Cifar10 {
  /** The names of the classes. */
  public static final List<String> CLASSES =
      List.of(
          "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck");

  /** The shape of a picture: (channels, height, width). */
  public static final Shape PICTURE = Shape.of(3, 32, 32);

  private static final int PIXELS = 3072;
  private static final String TEST = "test_batch.bin";

  private Cifar10() {}

  /**
   * Reads the files of a folder, or of the {@code cifar-10-batches-bin} in it. Fewer than five
   * training files make a smaller set.
   *
   * @throws DataException if there are none, or one is damaged
   */
  public static Splits load(Path folder) {
    var place = inner(folder);
    var train =
        IntStream.rangeClosed(1, 5)
            .mapToObj(i -> place.resolve("data_batch_%d.bin".formatted(i)))
            .filter(Files::isRegularFile)
            .toList();
    if (train.isEmpty() || !Files.isRegularFile(place.resolve(TEST))) {
      throw DataException.of(
          folder,
          "it has no data_batch_1.bin and test_batch.bin",
          "give the folder cifar-10-batches-bin of CIFAR-10's binary version");
    }
    return Splits.of(read(train), read(List.of(place.resolve(TEST))));
  }

  private static Path inner(Path folder) {
    var inner = folder.resolve("cifar-10-batches-bin");
    return Files.isDirectory(inner) ? inner : folder;
  }

  private static Dataset read(List<Path> files) {
    var parts = new ArrayList<byte[]>();
    for (var file : files) {
      try {
        byte[] bytes = Files.readAllBytes(file);
        if (bytes.length == 0 || bytes.length % (1 + PIXELS) != 0) {
          throw DataException.of(
              file,
              "it has %d bytes, which are no whole records of %d"
                  .formatted(bytes.length, 1 + PIXELS),
              "it may be truncated; copy it again");
        }
        parts.add(bytes);
      } catch (IOException e) {
        throw DataException.of(file, "read", e);
      }
    }
    int count = parts.stream().mapToInt(part -> part.length / (1 + PIXELS)).sum();
    byte[] pixels = new byte[Math.multiplyExact(count, PIXELS)];
    int[] labels = new int[count];
    int at = 0;
    for (int f = 0; f < files.size(); f++) {
      byte[] bytes = parts.get(f);
      for (int from = 0; from < bytes.length; from += 1 + PIXELS, at++) {
        labels[at] = bytes[from] & 0xFF;
        if (labels[at] >= CLASSES.size()) {
          throw DataException.of(
              files.get(f),
              "record %d is of class %d".formatted(from / (1 + PIXELS) + 1, labels[at]),
              "give the binary version of CIFAR-10, with classes from 0 to 9");
        }
        System.arraycopy(bytes, from + 1, pixels, at * PIXELS, PIXELS);
      }
    }
    return MemoryDataset.pictures(pixels, PICTURE, labels, CLASSES);
  }
}
