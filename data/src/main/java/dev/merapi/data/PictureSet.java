package dev.merapi.data;

import dev.merapi.tensor.Key;
import dev.merapi.tensor.Shape;
import java.net.URI;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A published set of 28x28 pictures in the four files of MNIST, which may be gzipped or not.
 *
 * @param name its folder's name below {@code MERAPI_DATA} and the cache
 * @param classes the names of its ten classes
 * @param mirrors addresses of folders that hold the files
 * @param published the four gzipped files
 */
record PictureSet(
    String name, List<String> classes, List<String> mirrors, List<Published> published) {
  private static final String TRAIN = "train";
  private static final String TEST = "t10k";
  private static final int HELD_OUT = 10_000;

  /** Name, length and SHA-256 of one gzipped file. */
  record Published(String file, long bytes, String sha256) {}

  /** The set from the folder that a user named, else from {@code MERAPI_DATA}, else downloaded. */
  Splits load(Optional<Path> folder, Map<String, String> environment, Progress progress) {
    if (folder.isPresent()) {
      return load(folder.get());
    }
    var shared = environment.getOrDefault("MERAPI_DATA", "");
    if (!shared.isEmpty() && images(Path.of(shared, name), TRAIN).isPresent()) {
      return load(Path.of(shared, name));
    }
    var cache = Download.cache(environment, Path.of(System.getProperty("user.home")));
    return load(download(cache.resolve(name), progress));
  }

  /** Brings the files that a folder lacks. */
  Path download(Path folder, Progress progress) {
    downloads().forEach(download -> download.into(folder, progress));
    return folder;
  }

  private List<Download> downloads() {
    return published.stream()
        .map(
            one ->
                new Download(
                    one.file,
                    one.bytes,
                    one.sha256,
                    mirrors.stream().map(mirror -> URI.create(mirror + "/" + one.file)).toList()))
        .toList();
  }

  /** As one of those that are known by name. */
  NamedSet named(String summary) {
    return new NamedSet(
        name,
        NamedSet.Kind.PICTURES,
        summary,
        name,
        published.stream().map(one -> one.file.replace(".gz", "")).toList(),
        downloads(),
        URI.create(mirrors.getFirst()).getHost());
  }

  Splits load(Path folder) {
    var train =
        read(folder, TRAIN)
            .orElseThrow(
                () ->
                    new DataException(
                        folder
                            + ": there is no "
                            + file(TRAIN, "images-idx3")
                            + " (or "
                            + file(TRAIN, "images-idx3")
                            + ".gz) in it; give the folder that holds the files of "
                            + name
                            + ", or give none and they are downloaded"));
    var test = read(folder, TEST);
    if (test.isPresent()) {
      return Splits.of(train, test.get());
    }
    int held = Math.min(HELD_OUT, train.size() / 6);
    int[] order = Key.of(0).permutation(train.size());
    var kept = train.select(Arrays.copyOf(order, order.length - held));
    var tested = train.select(Arrays.copyOfRange(order, order.length - held, order.length));
    return Splits.of(kept, tested)
        .noting(
            folder
                + " has no test files: "
                + held
                + " of the "
                + train.size()
                + " training pictures, drawn with a fixed seed, are held out as the test set");
  }

  /** One of the two halves; empty if neither of its files is there. */
  private Optional<Dataset> read(Path folder, String part) {
    if (!Files.isDirectory(folder)) {
      throw DataException.of(
          folder, "there is no such folder", "give the folder that holds the files of " + name);
    }
    if (!Files.isReadable(folder) || !Files.isExecutable(folder)) {
      throw DataException.of(folder, "read", new AccessDeniedException(folder.toString()));
    }
    var images = images(folder, part);
    var labels = find(folder, file(part, "labels-idx1"));
    if (images.isEmpty() && labels.isEmpty()) {
      return Optional.empty();
    }
    var x = images.orElseThrow(() -> missing(folder, part, "images-idx3", "labels"));
    var y = labels.orElseThrow(() -> missing(folder, part, "labels-idx1", "images"));
    return Optional.of(read(x, y));
  }

  private Dataset read(Path imageFile, Path labelFile) {
    var images = Idx.read(imageFile);
    var labels = Idx.read(labelFile);
    if (images.type() != Idx.Type.U8
        || images.shape().rank() != 3
        || !images.shape().slice(1, 3).equals(Shape.of(28, 28))) {
      throw DataException.of(
          imageFile,
          "it holds " + images.type() + " values of the shape " + images.shape(),
          "give pictures of 28x28 bytes: (count, 28, 28)");
    }
    if (labels.type() != Idx.Type.U8 || labels.shape().rank() != 1) {
      throw DataException.of(
          labelFile,
          "it holds " + labels.type() + " values of the shape " + labels.shape(),
          "give one byte for each picture");
    }
    int count = images.shape().size(0);
    if (count != labels.shape().size(0)) {
      throw DataException.of(
          labelFile,
          "it has "
              + labels.shape().size(0)
              + " labels, but "
              + imageFile
              + " has "
              + count
              + " pictures",
          "give two files that belong together");
    }
    if (count == 0) {
      throw DataException.of(imageFile, "it holds no pictures", "give the files of " + name);
    }
    int[] numbers = labels.toInts();
    for (int i = 0; i < count; i++) {
      if (numbers[i] >= classes.size()) {
        throw DataException.of(
            labelFile,
            "label "
                + i
                + " is "
                + numbers[i]
                + ", but "
                + name
                + " has the classes 0 to "
                + (classes.size() - 1),
            "give the labels of " + name);
      }
    }
    return MemoryDataset.pictures(images.bytes(), Shape.of(1, 28, 28), numbers, classes);
  }

  private static DataException missing(Path folder, String part, String kind, String other) {
    return DataException.of(
        folder,
        "it has the " + part + " " + other + " but no " + file(part, kind),
        "put that file (or its .gz) there");
  }

  private static Optional<Path> images(Path folder, String part) {
    return find(folder, file(part, "images-idx3"));
  }

  private static String file(String part, String kind) {
    return part + "-" + kind + "-ubyte";
  }

  private static Optional<Path> find(Path folder, String file) {
    return List.of(file, file + ".gz").stream()
        .map(folder::resolve)
        .filter(Files::isRegularFile)
        .findFirst();
  }
}
