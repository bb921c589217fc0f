package dev.merapi.data;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/** Writes files so that no reader ever sees half of one: aside first, then renamed. */
public final class Aside {
  private Aside() {}

  /** Writes the bytes of a file. */
  @FunctionalInterface
  public interface Writer {
    void write(OutputStream out) throws IOException;
  }

  /**
   * Writes {@code file}, whose folder is made where it is missing.
   *
   * @throws DataException if it cannot be written; what stood there before is then untouched
   */
  public static void write(Path file, Writer writer) {
    var absolute = file.toAbsolutePath();
    try {
      Files.createDirectories(absolute.getParent());
      // Not createTempFile, whose files only their owner may read: a picture is often passed on.
      var aside =
          absolute.resolveSibling("." + absolute.getFileName() + "." + UUID.randomUUID() + ".part");
      try {
        try (var out =
            new BufferedOutputStream(Files.newOutputStream(aside, StandardOpenOption.CREATE_NEW))) {
          writer.write(out);
        }
        move(aside, absolute);
      } finally {
        Files.deleteIfExists(aside);
      }
    } catch (IOException e) {
      throw DataException.of(file, "write", e);
    }
  }

  /** Renames, at once where the file system can. */
  static void move(Path from, Path to) throws IOException {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException _) {
      Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
    }
  }
}
