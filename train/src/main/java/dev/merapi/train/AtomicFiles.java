package dev.merapi.train;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;

/**
 * Writes files and folders so that a reader, a crash or a power cut never finds half of one: they
 * are written under another name in the same folder, flushed to the disk, and renamed.
 *
 * <p>A process that dies in between leaves a hidden {@code .name.0123456789abcdef.aside} behind,
 * which no reader looks at and {@link #sweep} removes.
 */
public final class AtomicFiles {
  private static final Pattern LEFTOVER =
      Pattern.compile("\\.(?<name>.+)\\.[0-9a-f]{16}\\.(?<kind>aside|old)");

  private AtomicFiles() {}

  /** Writes what is in a file. */
  @FunctionalInterface
  public interface FileContent {
    /** Writes to the channel, from its start; the caller closes it. */
    void writeTo(FileChannel channel) throws IOException;
  }

  /** Writes what is in a folder. */
  @FunctionalInterface
  public interface FolderContent {
    /** Writes files into the folder, which exists and is empty. */
    void writeTo(Path folder) throws IOException;
  }

  /**
   * Writes a file, or replaces the one that is there.
   *
   * @throws FileException if it cannot be written; what was there before is then untouched
   */
  public static void write(Path target, FileContent content) {
    var aside = beside(target, "aside");
    try {
      try {
        writeSynced(aside, content);
        Files.move(aside, target, StandardCopyOption.ATOMIC_MOVE);
      } catch (IOException | RuntimeException e) {
        deleteTree(aside, e);
        throw e;
      }
      sync(parent(target));
    } catch (IOException e) {
      throw FileException.of(target, "write", e);
    }
  }

  /** As {@link #write(Path, FileContent)}, with a text, in UTF-8. */
  public static void write(Path target, String text) {
    write(target, text.getBytes(StandardCharsets.UTF_8));
  }

  /** As {@link #write(Path, FileContent)}, with these bytes. */
  public static void write(Path target, byte[] bytes) {
    write(target, channel -> writeAll(channel, bytes));
  }

  /**
   * Writes a folder of files, or replaces the one that is there. Each file in it must be written by
   * {@link #writeSynced}, so that it is on the disk before the folder has its name.
   *
   * @throws FileException if it cannot be written; what was there before is then untouched
   */
  public static void writeFolder(Path target, FolderContent content) {
    var aside = beside(target, "aside");
    try {
      try {
        Files.createDirectory(aside);
        content.writeTo(aside);
        sync(aside);
        replaceFolder(aside, target);
      } catch (IOException | RuntimeException e) {
        deleteTree(aside, e);
        throw e;
      }
      sync(parent(target));
    } catch (IOException e) {
      throw FileException.of(target, "write", e);
    }
  }

  /**
   * Writes a file that must not exist yet under its own name, and flushes it to the disk. It is not
   * atomic: it is for the files of a folder that is itself written aside.
   */
  static void writeSynced(Path file, FileContent content) throws IOException {
    try (var channel =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      content.writeTo(channel);
      channel.force(true);
    }
  }

  static void writeAll(FileChannel channel, byte[] bytes) throws IOException {
    var buffer = ByteBuffer.wrap(bytes);
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
  }

  /**
   * Deletes a folder with all that is in it, so that it is never seen without some of its files.
   *
   * @throws FileException if it cannot be deleted
   */
  public static void deleteFolder(Path folder) {
    try {
      var aside = beside(folder, "aside");
      Files.move(folder, aside, StandardCopyOption.ATOMIC_MOVE);
      deleteTree(aside);
    } catch (IOException e) {
      throw FileException.of(folder, "delete", e);
    }
  }

  /**
   * Gives a folder another name beside it; one of that name is replaced.
   *
   * @throws FileException if it cannot be renamed
   */
  static void moveFolder(Path folder, Path target) {
    try {
      replaceFolder(folder, target);
      sync(parent(target));
    } catch (IOException e) {
      throw FileException.of(folder, "rename", e);
    }
  }

  /**
   * Removes from a folder what writers that died have left in it. Nobody else may be writing there
   * at the same time; for a run's folder, its lock sees to that.
   *
   * @return what was removed
   * @throws FileException if something cannot be removed
   */
  public static List<Path> sweep(Path folder) {
    var removed = new ArrayList<Path>();
    try (var entries = Files.list(folder)) {
      for (var entry : entries.sorted().toList()) {
        var leftover = LEFTOVER.matcher(entry.getFileName().toString());
        if (!leftover.matches()) {
          continue;
        }
        var target = folder.resolve(leftover.group("name"));
        if (leftover.group("kind").equals("old") && !Files.exists(target)) {
          Files.move(entry, target, StandardCopyOption.ATOMIC_MOVE);
        } else {
          deleteTree(entry);
          removed.add(entry);
        }
      }
    } catch (IOException e) {
      throw FileException.of(folder, "clean", e);
    }
    return removed;
  }

  /** A folder cannot be renamed onto a full one, so the old one steps back, and can be found. */
  private static void replaceFolder(Path aside, Path target) throws IOException {
    if (!Files.exists(target)) {
      Files.move(aside, target, StandardCopyOption.ATOMIC_MOVE);
      return;
    }
    var old = beside(target, "old");
    Files.move(target, old, StandardCopyOption.ATOMIC_MOVE);
    try {
      Files.move(aside, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      Files.move(old, target, StandardCopyOption.ATOMIC_MOVE);
      throw e;
    }
    deleteTree(old);
  }

  private static Path beside(Path target, String kind) {
    var unique = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
    return target.resolveSibling("." + target.getFileName() + "." + unique + "." + kind);
  }

  private static Path parent(Path target) {
    return target.toAbsolutePath().getParent();
  }

  /** Flushes the names in a folder. Windows has no such call and needs none. */
  private static void sync(Path folder) throws IOException {
    if (folder.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      try (var channel = FileChannel.open(folder, StandardOpenOption.READ)) {
        channel.force(true);
      }
    }
  }

  /** Cleans up after a failure, whose error is the one to be told. */
  private static void deleteTree(Path root, Exception failure) {
    try {
      deleteTree(root);
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }

  private static void deleteTree(Path root) throws IOException {
    if (!Files.exists(root, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path folder, IOException failure)
              throws IOException {
            if (failure != null) {
              throw failure;
            }
            Files.delete(folder);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
