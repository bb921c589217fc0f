package dev.merapi.train;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;

/**
 * The right to write to a folder, which one process has at a time: until it closes this, or ends.
 *
 * @param folder that is written to
 */
public record FolderLock(Path folder, FileLock lock) implements AutoCloseable {
  private static final DateTimeFormatter STAMP = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss");
  private static final String LOCK = ".lock";

  /**
   * Makes the folder {@code <runs>/<name>-<yyyyMMdd-HHmmss>}, with {@code -2}, {@code -3} and so on
   * behind it where that name is taken.
   *
   * @throws FileException if it cannot be written to
   */
  static FolderLock create(Path runs, String name, LocalDateTime now) {
    if (!name.matches("[A-Za-z0-9][A-Za-z0-9._-]*")) {
      throw new IllegalArgumentException(
          "a run cannot be called '" + name + "'; use letters, digits, dots and hyphens");
    }
    return of(createFolder(runs, name + "-" + now.format(STAMP)));
  }

  /** Two processes that try the same name at once cannot both be told that they made it. */
  private static Path createFolder(Path runs, String name) {
    try {
      Files.createDirectories(runs);
      for (int n = 1; ; n++) {
        try {
          return Files.createDirectory(runs.resolve(n == 1 ? name : name + "-" + n));
        } catch (FileAlreadyExistsException _) {
          // Another run has it: try the next.
        }
      }
    } catch (IOException e) {
      throw FileException.of(runs, "write", e);
    }
  }

  /**
   * Takes the lock of a folder.
   *
   * @throws FileException if another process has it, or the folder cannot be written to
   */
  public static FolderLock of(Path folder) {
    var file = folder.resolve(LOCK);
    try {
      var channel =
          FileChannel.open(
              file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
      var lock = tryLock(channel);
      if (lock.isEmpty()) {
        var owner = owner(channel);
        channel.close();
        throw new FileException(
            folder,
            "another training is writing to this run" + owner,
            "wait for its end, or start a new run");
      }
      channel.truncate(0);
      channel.write(
          ByteBuffer.wrap(
              Long.toString(ProcessHandle.current().pid()).getBytes(StandardCharsets.UTF_8)));
      return new FolderLock(folder, lock.get());
    } catch (IOException e) {
      throw FileException.of(file, "lock", e);
    }
  }

  /**
   * The process on this machine that writes to a folder, found without touching the lock: asking
   * for it could keep a training from taking it. A process on another machine is not seen.
   */
  public static Optional<ProcessHandle> writer(Path folder) {
    try {
      var text = Files.readString(folder.resolve(LOCK)).strip();
      var written = Files.getLastModifiedTime(folder.resolve(LOCK)).toInstant();
      return text.matches("[1-9][0-9]{0,17}")
          ? ProcessHandle.of(Long.parseLong(text))
              .filter(ProcessHandle::isAlive)
              // Numbers of processes come again: one that began later is another.
              .filter(process -> !begin(process).isAfter(written.plusSeconds(1)))
          : Optional.empty();
    } catch (IOException _) {
      return Optional.empty(); // nobody has ever written there, or nobody may know
    }
  }

  private static Instant begin(ProcessHandle process) {
    return process.info().startInstant().orElse(Instant.MIN);
  }

  private static Optional<FileLock> tryLock(FileChannel channel) throws IOException {
    try {
      return Optional.ofNullable(channel.tryLock());
    } catch (OverlappingFileLockException _) {
      // The other training is in this process.
      return Optional.empty();
    }
  }

  private static String owner(FileChannel channel) throws IOException {
    var text = ByteBuffer.allocate(20);
    channel.read(text, 0);
    var pid = StandardCharsets.UTF_8.decode(text.flip()).toString();
    return pid.isEmpty() ? "" : " (process " + pid + ")";
  }

  /** Gives the lock back where what it was taken for has failed. */
  void release(Exception failure) {
    try {
      close();
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }

  @Override
  public void close() throws IOException {
    try (var channel = (FileChannel) lock.acquiredBy()) {
      channel.truncate(0); // nobody writes here any more
    }
  }
}
