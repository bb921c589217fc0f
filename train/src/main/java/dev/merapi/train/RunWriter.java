package dev.merapi.train;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The one writer of a run's folder. It holds the run's lock until it is closed or its process dies,
 * so that two trainings never write to the same run.
 */
public final class RunWriter implements AutoCloseable {
  private final RunFolder folder;
  private final FolderLock lock;
  private final FileChannel metrics;
  private final List<MetricSink> sinks = new ArrayList<>();

  private RunWriter(RunFolder folder, FolderLock lock) throws IOException {
    this.folder = folder;
    this.lock = lock;
    this.metrics =
        FileChannel.open(
            folder.file(Metrics.FILE),
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.APPEND);
  }

  /**
   * Makes the folder {@code <runs>/<name>-<yyyyMMdd-HHmmss>} for a new run, with {@code -2}, {@code
   * -3} and so on behind it where that name is taken.
   *
   * @param runs the folder of all runs, which is made where it is missing
   * @param name the recipe's name: letters, digits, dots, hyphens and underscores
   * @param recipe the recipe's text
   * @param environment what the run is made with
   * @throws FileException if the folder cannot be written to
   */
  public static RunWriter create(Path runs, String name, String recipe, Environment environment) {
    return create(runs, name, recipe, environment, LocalDateTime.now(ZoneId.systemDefault()));
  }

  static RunWriter create(
      Path runs, String name, String recipe, Environment environment, LocalDateTime now) {
    var lock = FolderLock.create(runs, name, now);
    var path = lock.folder();
    var folder = new RunFolder(path);
    try {
      Files.createDirectory(folder.checkpoints().folder());
      AtomicFiles.write(folder.file(RunFolder.ENVIRONMENT), Json.pretty(environment));
      AtomicFiles.write(folder.file(RunFolder.RECIPE), recipe);
      return new RunWriter(folder, lock);
    } catch (IOException e) {
      lock.release(e);
      throw FileException.of(path, "write", e);
    } catch (RuntimeException e) {
      lock.release(e);
      throw e;
    }
  }

  /** What {@link #resume} did before the run could go on. */
  public record Resumed(RunWriter writer, Checkpoints.Found found) {}

  /**
   * Takes up a run where its newest whole checkpoint has left it. What a crash has left half
   * written is removed, and so are the metrics of later steps, which the run will go through again;
   * checkpoints that are not whole are set aside as {@code damaged-step-00001234}. Without any
   * whole checkpoint the run begins again at step 0.
   *
   * @throws FileException if this is not a run's folder, or another training writes to it
   */
  public static Resumed resume(Path path) {
    var folder = RunFolder.open(path);
    var lock = FolderLock.of(path);
    try {
      Files.createDirectories(folder.checkpoints().folder());
      AtomicFiles.sweep(path);
      AtomicFiles.sweep(folder.checkpoints().folder());
      var found = folder.checkpoints().repair();
      long step = found.checkpoint().map(Checkpoint::step).orElse(0L);
      AtomicFiles.write(folder.file(Metrics.FILE), folder.metrics().until(step).format());
      var histograms = folder.file(Histograms.FILE);
      if (Files.exists(histograms)) {
        AtomicFiles.write(histograms, Metrics.read(histograms).until(step).format());
      }
      Files.deleteIfExists(folder.file(RunFolder.RESULT)); // of an end that was none
      return new Resumed(new RunWriter(folder, lock), found);
    } catch (IOException e) {
      lock.release(e);
      throw FileException.of(path, "write", e);
    } catch (RuntimeException e) {
      lock.release(e);
      throw e;
    }
  }

  /** Returns the folder that is written to. */
  public RunFolder folder() {
    return folder;
  }

  /**
   * Adds a line to {@code metrics.jsonl}. It is with the operating system when this returns, and
   * survives the end of the process, though not a power cut.
   *
   * @param step how many steps of training lie behind it
   * @param fields numbers and texts by name
   */
  public void append(long step, Map<String, ?> fields) {
    try {
      AtomicFiles.writeAll(metrics, line(step, fields));
    } catch (IOException e) {
      throw FileException.of(folder.file(Metrics.FILE), "write", e);
    }
    sinks.forEach(sink -> sink.append(step, fields));
  }

  /** Tells every line of metrics to someone else, too, when it is written. */
  public void tell(MetricSink sink) {
    sinks.add(sink);
  }

  /** Adds lines to another file of lines, as {@link #append(long, Map)} does to the metrics. */
  void append(String name, long step, List<Map<String, Object>> lines) {
    try (var file =
        FileChannel.open(
            folder.file(name),
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.APPEND)) {
      for (var fields : lines) {
        AtomicFiles.writeAll(file, line(step, fields));
      }
    } catch (IOException e) {
      throw FileException.of(folder.file(name), "write", e);
    }
  }

  private static byte[] line(long step, Map<String, ?> fields) {
    var line = new LinkedHashMap<String, Object>();
    line.put("step", step);
    line.putAll(fields);
    return Metrics.format(line).getBytes(StandardCharsets.UTF_8);
  }

  /** Writes the recipe anew, as a training that is to go on for longer asks for. */
  public void replaceRecipe(String recipe) {
    AtomicFiles.write(folder.file(RunFolder.RECIPE), recipe);
  }

  /** Writes a text to a file of the run. */
  public void writeText(String name, String text) {
    AtomicFiles.write(folder.file(name), text);
  }

  /** Writes a record of plain values to a file of the run, as JSON. */
  public void writeJson(String name, Record value) {
    AtomicFiles.write(folder.file(name), Json.pretty(value));
  }

  /**
   * Writes a checkpoint. The metrics so far are flushed to the disk first, so that a power cut
   * cannot leave a checkpoint without them. Which is the best, and which may go, is said to {@link
   * Checkpoints#markBest} and then {@link Checkpoints#prune}.
   *
   * @throws FileException if it cannot be written; earlier checkpoints are untouched
   */
  public Checkpoint save(
      long step, Map<String, StoredArray> model, Map<String, StoredArray> optimizer, Record state) {
    try {
      metrics.force(true);
    } catch (IOException e) {
      throw FileException.of(folder.file(Metrics.FILE), "write", e);
    }
    return folder.checkpoints().save(step, model, optimizer, state);
  }

  /** Closes the files and gives the lock back. */
  @Override
  public void close() {
    try {
      try {
        metrics.close();
      } finally {
        lock.close();
      }
    } catch (IOException e) {
      throw FileException.of(folder.path(), "write", e);
    }
  }
}
