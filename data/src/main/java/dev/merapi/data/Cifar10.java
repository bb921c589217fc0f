package dev.merapi.data;

import dev.merapi.tensor.Shape;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * CIFAR-10 in the binary files in which it is published: {@code data_batch_1.bin} to {@code
 * data_batch_5.bin} and {@code test_batch.bin}, 10,000 records each of a class and 3,072 bytes
 * (32x32 pixels, all of red, then of green, then of blue); unpacked, or in their archive. Source:
 * Krizhevsky, "Learning multiple layers of features from tiny images" (2009).
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
  private static final String ARCHIVE = "cifar-10-binary.tar.gz";

  /** A block of a tar archive. */
  private static final int BLOCK = 512;

  private Cifar10() {}

  /** The set by its name. */
  static NamedSet set() {
    return new NamedSet(
        "cifar10",
        NamedSet.Kind.PICTURES,
        "60,000 colour pictures of ten things, 32x32 (Krizhevsky, 2009)",
        "cifar10",
        List.of(ARCHIVE),
        List.of(
            new Download(
                ARCHIVE,
                170_052_171,
                "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd",
                List.of(URI.create("https://www.cs.toronto.edu/~kriz/" + ARCHIVE)))),
        "www.cs.toronto.edu/~kriz/cifar.html");
  }

  /** A file and what is in it. */
  @SuppressWarnings("ArrayRecordComponent") // not compared
  private record Part(Path file, byte[] bytes) {}

  /**
   * The set from the given place, else from {@code $MERAPI_DATA/cifar10}, else from the {@linkplain
   * Download#cache() cache}, into which it is downloaded once (170 MB).
   *
   * @throws DataException as {@link #load(Path)}, and if the download fails
   */
  public static Splits load(Optional<Path> place, Progress progress) {
    return load(place.orElseGet(() -> set().locate(Optional.empty(), progress)));
  }

  /**
   * Reads the files of a folder, of the {@code cifar-10-batches-bin} in it, or of the archive
   * {@code cifar-10-binary.tar.gz}. Fewer than five training files make a smaller set.
   *
   * @throws DataException if there are none, or one is damaged
   */
  public static Splits load(Path place) {
    var archive = Files.isDirectory(place) ? place.resolve(ARCHIVE) : place;
    var parts = Files.isRegularFile(archive) ? unpacked(archive) : files(place);
    var train =
        IntStream.rangeClosed(1, 5)
            .mapToObj("data_batch_%d.bin"::formatted)
            .filter(parts::containsKey)
            .map(parts::get)
            .toList();
    if (train.isEmpty() || !parts.containsKey(TEST)) {
      throw DataException.of(
          place,
          "it has no data_batch_1.bin and test_batch.bin",
          "give the folder cifar-10-batches-bin of CIFAR-10's binary version, or " + ARCHIVE);
    }
    return Splits.of(read(train), read(List.of(parts.get(TEST))));
  }

  private static Map<String, Part> files(Path folder) {
    var inner = folder.resolve("cifar-10-batches-bin");
    var place = Files.isDirectory(inner) ? inner : folder;
    var parts = new HashMap<String, Part>();
    try (var files = Files.newDirectoryStream(place, "*.bin")) {
      for (var file : files) {
        parts.put(file.getFileName().toString(), new Part(file, Files.readAllBytes(file)));
      }
    } catch (IOException e) {
      throw DataException.of(place, "read", e);
    }
    return parts;
  }

  /** The batches of the archive, by their names. */
  private static Map<String, Part> unpacked(Path archive) {
    var parts = new HashMap<String, Part>();
    try (var in = new GZIPInputStream(new BufferedInputStream(Files.newInputStream(archive)))) {
      byte[] header = new byte[BLOCK];
      while (in.readNBytes(header, 0, BLOCK) == BLOCK && header[0] != 0) {
        var name = Path.of(field(header, 0, 100)).getFileName().toString();
        int size = Integer.parseInt(field(header, 124, 12), 8);
        if (name.endsWith(".bin")) {
          byte[] bytes = in.readNBytes(size);
          if (bytes.length < size) {
            throw new EOFException();
          }
          parts.put(name, new Part(archive.resolve(name), bytes));
        } else {
          in.skipNBytes(size);
        }
        in.skipNBytes(Math.floorMod(-size, BLOCK));
      }
    } catch (EOFException | ZipException | NumberFormatException | InvalidPathException e) {
      throw new DataException(
          archive + ": it is no whole archive of CIFAR-10; delete it, and it is downloaded again",
          e);
    } catch (IOException e) {
      throw DataException.of(archive, "read", e);
    }
    return parts;
  }

  /** A text of a header, up to its first zero or blank. */
  private static String field(byte[] header, int from, int length) {
    return new String(header, from, length, StandardCharsets.US_ASCII).split("[\0 ]", 2)[0];
  }

  private static Dataset read(List<Part> parts) {
    for (var part : parts) {
      int length = part.bytes.length;
      if (length == 0 || length % (1 + PIXELS) != 0) {
        throw DataException.of(
            part.file,
            "it has %d bytes, which are no whole records of %d".formatted(length, 1 + PIXELS),
            "it may be truncated; copy it again");
      }
    }
    int count = parts.stream().mapToInt(part -> part.bytes.length / (1 + PIXELS)).sum();
    byte[] pixels = new byte[Math.multiplyExact(count, PIXELS)];
    int[] labels = new int[count];
    int at = 0;
    for (var part : parts) {
      byte[] bytes = part.bytes;
      for (int from = 0; from < bytes.length; from += 1 + PIXELS, at++) {
        labels[at] = bytes[from] & 0xFF;
        if (labels[at] >= CLASSES.size()) {
          throw DataException.of(
              part.file,
              "record %d is of class %d".formatted(from / (1 + PIXELS) + 1, labels[at]),
              "give the binary version of CIFAR-10, with classes from 0 to 9");
        }
        System.arraycopy(bytes, from + 1, pixels, at * PIXELS, PIXELS);
      }
    }
    return MemoryDataset.pictures(pixels, PICTURE, labels, CLASSES);
  }
}
