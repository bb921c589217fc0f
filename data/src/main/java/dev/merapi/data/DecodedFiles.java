package dev.merapi.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;

/**
 * What is made of files, such as the pixels of pictures or the waves of sounds. Each file is looked
 * at once when they are opened, so that a broken one is told now and not after an hour of training.
 * Where all that is made of them fits, it is kept; else each is made anew when it is wanted, by as
 * many threads as there are processors.
 */
public final class DecodedFiles<T> {
  /** What takes so many bytes together is kept. */
  public static final long KEPT = 1L << 29;

  private static final int AT_A_TIME = 1024;

  private final LabelledFiles files;
  private final Kind<T> kind;
  private final List<String> digests; // of the files, as they were when they were opened
  private final Optional<List<T>> kept;
  private final List<String> broken;

  private DecodedFiles(
      LabelledFiles files,
      Kind<T> kind,
      List<String> digests,
      Optional<List<T>> kept,
      List<String> broken) {
    this.files = files;
    this.kind = kind;
    this.digests = List.copyOf(digests);
    this.kept = kept.map(List::copyOf);
    this.broken = List.copyOf(broken);
  }

  /** Makes something of a file's bytes, or throws a {@link DataException}. */
  @FunctionalInterface
  public interface Decoder<T> {
    /**
     * What the file holds.
     *
     * @param place what to call it in messages
     */
    T decode(Path place, byte[] file);
  }

  /**
   * What the files are.
   *
   * @param plural what to call them in messages: {@code pictures}
   * @param setting that says what becomes of those that cannot be read
   * @param bytes that one takes once it is decoded
   */
  public record Kind<T>(String plural, String setting, long bytes, Decoder<T> decoder) {}

  private record Opened<T>(T value, String digest) {}

  /**
   * Opens these files.
   *
   * @param skipBroken whether those that cannot be read are left out, and told; else the first is
   *     an error
   * @param most what takes so many bytes together is kept
   */
  public static <T> DecodedFiles<T> of(
      LabelledFiles files, Kind<T> kind, boolean skipBroken, long most) {
    boolean keeps = files.items().size() * kind.bytes <= most;
    var good = new ArrayList<LabelledFiles.Item>();
    var digests = new ArrayList<String>();
    var values = new ArrayList<T>();
    var broken = new ArrayList<String>();
    for (int from = 0; from < files.items().size(); from += AT_A_TIME) {
      int to = Math.min(from + AT_A_TIME, files.items().size());
      var items = files.items().subList(from, to);
      var opened = each(items, item -> open(item, kind.decoder));
      for (int i = 0; i < items.size(); i++) {
        try {
          var one = await(opened.get(i));
          good.add(items.get(i));
          digests.add(one.digest);
          if (keeps) {
            values.add(one.value);
          }
        } catch (DataException e) {
          if (!skipBroken) {
            throw new DataException(
                "%s; or leave such %s out with %s=skip"
                    .formatted(e.getMessage(), kind.plural, kind.setting),
                e);
          }
          broken.add(e.getMessage());
        }
      }
    }
    if (good.isEmpty()) {
      throw new DataException(
          "none of the %s can be read; the first: %s".formatted(kind.plural, broken.getFirst()));
    }
    return new DecodedFiles<>(
        new LabelledFiles(good, files.classes(), files.leftOut()),
        kind,
        digests,
        keeps ? Optional.of(values) : Optional.empty(),
        broken);
  }

  private static <T> Opened<T> open(LabelledFiles.Item item, Decoder<T> decoder) {
    byte[] file = item.read();
    return new Opened<>(decoder.decode(item.place(), file), new Sha256().add(file).hex());
  }

  /**
   * Work on each item. Not on virtual threads: the JDK's pictures take locks in native code, where
   * a virtual thread keeps its carrier, and once all carriers wait for a lock whose owner wants
   * one, nothing goes on.
   */
  private static <T> List<Future<T>> each(
      List<LabelledFiles.Item> items, Function<LabelledFiles.Item, T> work) {
    int count = Math.min(items.size(), Runtime.getRuntime().availableProcessors());
    var factory = Thread.ofPlatform().daemon().name("merapi-decode-", 1).factory();
    try (var threads = Executors.newFixedThreadPool(Math.max(1, count), factory)) {
      return items.stream().map(item -> threads.submit(() -> work.apply(item))).toList();
    }
  }

  private static <T> T await(Future<T> made) {
    try {
      return made.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof DataException data) {
        throw data;
      }
      throw new IllegalStateException("decoding failed", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DataException("reading files was interrupted", e);
    }
  }

  /** Those that can be read. */
  public LabelledFiles files() {
    return files;
  }

  /** Why the others are left out. */
  public List<String> broken() {
    return broken;
  }

  /** Whether files are read anew. */
  public boolean isSlow() {
    return kept.isEmpty();
  }

  /** Bytes that are kept. */
  public long bytes() {
    return kept.isPresent() ? size() * kind.bytes : 0;
  }

  public int size() {
    return files.items().size();
  }

  /** What people call one of them: its path. */
  public String name(int row) {
    return files.items().get(row).place().toString();
  }

  /** SHA-256 of a file's bytes. */
  String digest(int row) {
    return digests.get(row);
  }

  /** What is in these files. */
  public List<T> get(int... rows) {
    for (int row : rows) {
      Objects.checkIndex(row, size());
    }
    if (kept.isPresent()) {
      return Arrays.stream(rows).mapToObj(kept.get()::get).toList();
    }
    var items = Arrays.stream(rows).mapToObj(files.items()::get).toList();
    return each(items, item -> kind.decoder.decode(item.place(), item.read())).stream()
        .map(DecodedFiles::await)
        .toList();
  }

  /** The classes of these files, by their numbers. */
  public int[] labels(int... rows) {
    return Arrays.stream(rows).map(row -> files.items().get(row).label()).toArray();
  }

  /**
   * What whoever reads results has to know: how many files for testing or validation are to the
   * byte those that are learned from; empty if there are none.
   *
   * @param parts of a data set of these files
   */
  public Optional<String> leaks(Splits parts) {
    Map<String, String> digestOf = new HashMap<>();
    for (int i = 0; i < size(); i++) {
      digestOf.put(name(i), digests.get(i));
    }
    Map<String, String> learned = new HashMap<>();
    for (int i = 0; i < parts.train().size(); i++) {
      var name = parts.train().name(i);
      learned.put(digestOf.get(name), name);
    }
    int count = 0;
    var example = "";
    for (var part : List.of(parts.validation(), parts.test())) {
      for (int i = 0; i < part.size(); i++) {
        var twin = learned.get(digestOf.get(part.name(i)));
        if (twin != null) {
          count++;
          example = count == 1 ? "%s is %s".formatted(part.name(i), twin) : example;
        }
      }
    }
    return count == 0
        ? Optional.empty()
        : Optional.of(
            "leakage: %d of the %s for validation and testing are also learned from, to the byte (%s); take the copies out"
                .formatted(count, kind.plural, example));
  }

  /** Adds names, classes and contents. */
  public Sha256 addTo(Sha256 sha) {
    for (int i = 0; i < size(); i++) {
      var item = files.items().get(i);
      sha.add(item.place().getFileName().toString()).add(item.label()).add(digests.get(i));
    }
    files.classes().forEach(sha::add);
    return sha;
  }
}
