package dev.merapi.watch;

import dev.merapi.train.FileException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32C;

/**
 * The curves of runs, each read again only when its file has another size or time. Those of large
 * files are kept beside the runs as well, in the hidden folder {@value #FOLDER}, for the next
 * process; it may be deleted at any time, and is done without where it cannot be written. Who
 * cannot wait gets what is seen at a glance, while the rest is read.
 */
final class CurveStore {
  static final String FOLDER = ".curves";

  /** A smaller file is read faster than it is found in the store. */
  private static final long LARGE = 64 << 10;

  private static final int FORMAT = 0x4d43_0001;

  /** Reads on when who was shown a glance has seen it; one core is left to them. */
  private static final Executor READERS =
      CompletableFuture.delayedExecutor(
          2,
          TimeUnit.SECONDS,
          Executors.newFixedThreadPool(
              Math.max(1, Runtime.getRuntime().availableProcessors() - 1),
              Thread.ofPlatform().daemon().name("curves-", 0).factory()));

  private record Known(long size, long modified, Curves curves) {
    /** Whether it may be shown; a glance may until the file is read, though it has grown since. */
    boolean serves(long size, long modified, boolean whole) {
      return curves.whole() ? this.size == size && this.modified == modified : !whole;
    }
  }

  private final Path folder;
  private final Map<Path, Known> known = new ConcurrentHashMap<>();

  CurveStore(Path runs) {
    this.folder = runs.resolve(FOLDER);
  }

  /**
   * The curves of {@code metrics.jsonl} in a run's folder.
   *
   * @throws FileException if it cannot be read
   */
  Curves of(Path run) {
    return of(run, true);
  }

  /**
   * The same, or what is seen at a glance of a large file that was not read before; it is then
   * being read.
   */
  Curves glance(Path run) {
    return of(run, false);
  }

  private Curves of(Path run, boolean whole) {
    var file = run.resolve("metrics.jsonl");
    try {
      if (!Files.exists(file)) {
        return Curves.NONE;
      }
      var now = Files.readAttributes(file, BasicFileAttributes.class);
      long size = now.size();
      long modified = now.lastModifiedTime().toMillis();
      var found = known.get(run);
      if (found != null && found.serves(size, modified, whole)) {
        return found.curves;
      }
      var stored = size < LARGE ? Optional.<Curves>empty() : load(run, size, modified);
      if (!whole && found == null && size >= LARGE && stored.isEmpty()) {
        var curves = Curves.glance(file);
        if (known.putIfAbsent(run, new Known(size, modified, curves)) == null) {
          READERS.execute(() -> readOn(run));
        }
        return curves;
      }
      var curves = stored.isPresent() ? stored.get() : Curves.read(file);
      known.put(run, new Known(size, modified, curves));
      // A file that is still growing would be stored again and again.
      boolean quiet = System.currentTimeMillis() - modified > 10_000;
      if (size >= LARGE && quiet && stored.isEmpty()) {
        save(run, size, modified, curves);
      }
      return curves;
    } catch (IOException e) {
      throw new FileException(
          file, "cannot be read (" + e.getMessage() + ")", "see that it may be read");
    }
  }

  private void readOn(Path run) {
    try {
      of(run);
    } catch (FileException _) {
      known.remove(run); // tried again when it is asked for again
    }
  }

  private Path stored(Path run) {
    return folder.resolve(run.getFileName() + ".curves");
  }

  private Optional<Curves> load(Path run, long size, long modified) {
    try {
      byte[] bytes = Files.readAllBytes(stored(run));
      int end = bytes.length - Integer.BYTES;
      if (end < 0 || checksum(bytes, end) != ByteBuffer.wrap(bytes).getInt(end)) {
        return Optional.empty();
      }
      var in = new DataInputStream(new ByteArrayInputStream(bytes, 0, end));
      if (in.readInt() != FORMAT || in.readLong() != size || in.readLong() != modified) {
        return Optional.empty();
      }
      long lastStep = in.readLong();
      int count = in.readInt();
      var curves = new LinkedHashMap<String, Curve>();
      for (int i = 0; i < count; i++) {
        curves.put(in.readUTF(), curve(in));
      }
      return Optional.of(new Curves(curves, lastStep, true));
    } catch (IOException _) {
      return Optional.empty(); // not there, or not what we wrote: the file itself is
    }
  }

  private static Curve curve(DataInputStream in) throws IOException {
    long count = in.readLong();
    double last = in.readDouble();
    double least = in.readDouble();
    double most = in.readDouble();
    int size = in.readInt();
    var places = ByteBuffer.wrap(in.readNBytes(size * (Double.BYTES + Float.BYTES)));
    double[] steps = new double[size];
    float[] means = new float[size];
    places.asDoubleBuffer().get(steps);
    places.position(size * Double.BYTES).slice().asFloatBuffer().get(means);
    return new Curve(steps, means, count, last, least, most);
  }

  private void save(Path run, long size, long modified, Curves curves) {
    var bytes = new ByteArrayOutputStream();
    try {
      var out = new DataOutputStream(bytes);
      out.writeInt(FORMAT);
      out.writeLong(size);
      out.writeLong(modified);
      out.writeLong(curves.lastStep());
      out.writeInt(curves.byName().size());
      for (var entry : curves.byName().entrySet()) {
        out.writeUTF(entry.getKey());
        write(entry.getValue(), out);
      }
      out.writeInt(checksum(bytes.toByteArray(), bytes.size()));
      Files.createDirectories(folder);
      // Aside, for another process may be doing the same; not flushed, for nothing is lost with it.
      var aside = Files.createTempFile(folder, ".", ".aside");
      Files.write(aside, bytes.toByteArray());
      Files.move(aside, stored(run), StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException _) {
      // A folder that cannot be written to: the next process reads the runs anew.
    }
  }

  private static void write(Curve curve, DataOutputStream out) throws IOException {
    out.writeLong(curve.count());
    out.writeDouble(curve.last());
    out.writeDouble(curve.least());
    out.writeDouble(curve.most());
    out.writeInt(curve.size());
    for (int i = 0; i < curve.size(); i++) {
      out.writeDouble(curve.step(i));
    }
    for (int i = 0; i < curve.size(); i++) {
      out.writeFloat(curve.mean(i));
    }
  }

  private static int checksum(byte[] bytes, int end) {
    var crc = new CRC32C();
    crc.update(bytes, 0, end);
    return (int) crc.getValue();
  }
}
