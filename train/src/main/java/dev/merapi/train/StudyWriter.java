package dev.merapi.train;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.Map;

/**
 * The one writer of a study's folder: of trainings that are told together, as the folds of a
 * cross-validation are. It holds {@code recipe.yaml}, {@code environment.json}, {@code study.json}
 * with what the study is, and what the trainings have come to. It is no {@linkplain RunFolder run}.
 */
public final class StudyWriter implements AutoCloseable {
  /** What the study is; a folder that has it is a study's. */
  static final String STUDY = "study.json";

  private final FolderLock lock;

  private StudyWriter(FolderLock lock) {
    this.lock = lock;
  }

  /**
   * Makes the folder {@code <runs>/<name>-<yyyyMMdd-HHmmss>}; see {@link RunWriter#create}.
   *
   * @param study plain values that say what is done
   * @throws FileException if the folder cannot be written to
   */
  public static StudyWriter create(
      Path runs, String name, String recipe, Environment environment, Record study) {
    var lock = FolderLock.create(runs, name, LocalDateTime.now(ZoneId.systemDefault()));
    try {
      var writer = new StudyWriter(lock);
      writer.writeJson(RunFolder.ENVIRONMENT, environment);
      writer.writeText(RunFolder.RECIPE, recipe);
      writer.writeJson(STUDY, study);
      return writer;
    } catch (RuntimeException e) {
      lock.release(e);
      throw e;
    }
  }

  /**
   * Takes up a study that was interrupted; what a crash has left half written is removed.
   *
   * @throws FileException if this is not a study's folder, or another process writes to it
   */
  public static StudyWriter resume(Path folder) {
    if (!Files.isRegularFile(folder.resolve(STUDY))) {
      throw new FileException(
          folder, "this is no study: it has no " + STUDY, "give the folder of an interrupted one");
    }
    var lock = FolderLock.of(folder);
    try {
      AtomicFiles.sweep(folder);
      return new StudyWriter(lock);
    } catch (RuntimeException e) {
      lock.release(e);
      throw e;
    }
  }

  /** The folder. */
  public Path folder() {
    return lock.folder();
  }

  /** The path of a file in it. */
  public Path file(String name) {
    return folder().resolve(name);
  }

  /** The text of the recipe. */
  public String recipe() {
    return new RunFolder(folder()).recipe();
  }

  /** What {@link #create} was told of the study. */
  public <R extends Record> R study(Class<R> type) {
    return Json.read(file(STUDY), type);
  }

  /** Writes a text to a file, whole or not at all. */
  public void writeText(String name, String text) {
    AtomicFiles.write(file(name), text);
  }

  /** Writes a record of plain values to a file as JSON, whole or not at all. */
  public void writeJson(String name, Record value) {
    AtomicFiles.write(file(name), Json.pretty(value));
  }

  /**
   * Adds a line of JSON to a file, and flushes it to the disk. A line that was torn by the end of a
   * process is ended first, so that it spoils no other.
   */
  public synchronized void append(String name, Map<String, ?> fields) {
    var file = file(name);
    try (var channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.READ)) {
      long end = channel.size();
      var last = ByteBuffer.allocate(1);
      if (end > 0 && channel.read(last, end - 1) == 1 && last.get(0) != '\n') {
        channel.position(end);
        AtomicFiles.writeAll(channel, new byte[] {'\n'});
      } else {
        channel.position(end);
      }
      AtomicFiles.writeAll(channel, Metrics.format(fields).getBytes(StandardCharsets.UTF_8));
      channel.force(true);
    } catch (IOException e) {
      throw FileException.of(file, "write", e);
    }
  }

  /** The lines that {@link #append} has added, without those that were torn. */
  public Metrics lines(String name) {
    return Metrics.read(file(name));
  }

  /** Gives the folder back. */
  @Override
  public void close() {
    try {
      lock.close();
    } catch (IOException e) {
      throw FileException.of(folder(), "write", e);
    }
  }
}
