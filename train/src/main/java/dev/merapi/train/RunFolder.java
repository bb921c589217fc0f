package dev.merapi.train;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Everything about one training, as files: {@code recipe.yaml}, {@code environment.json}, {@code
 * metrics.jsonl}, {@code checkpoints/}, and pictures. This is the side that reads, which anyone may
 * do at any time; a {@link RunWriter} writes.
 *
 * @param path the folder
 */
public record RunFolder(Path path) {
  /** The name of the recipe's file; a folder that has it is a run's. */
  static final String RECIPE = "recipe.yaml";

  /** What a run was made with: an {@link dev.merapi.train.Environment}. */
  public static final String ENVIRONMENT = "environment.json";

  /** What has come of a run that ended, or was stopped; a training that goes on removes it. */
  public static final String RESULT = "result.json";

  /**
   * Opens a run's folder for reading.
   *
   * @throws FileException if this is not a run's folder
   */
  public static RunFolder open(Path path) {
    if (!Files.isDirectory(path)) {
      throw new FileException(path, "there is no such folder", "give the folder of a run");
    }
    if (!Files.isReadable(path) || !Files.isExecutable(path)) {
      throw FileException.of(path, "read", new AccessDeniedException(path.toString()));
    }
    if (!Files.isRegularFile(path.resolve(RECIPE))) {
      throw new FileException(
          path, "this is not a run: it has no " + RECIPE, "give the folder of a run");
    }
    if (Files.exists(path.resolve(StudyWriter.STUDY))) {
      throw new FileException(
          path,
          "this is a study of several trainings, which keeps no network",
          "give the folder of a run that `train` has made");
    }
    return new RunFolder(path);
  }

  /** Returns the text of the recipe. */
  public String recipe() {
    var file = path.resolve(RECIPE);
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw FileException.of(file, "read", e);
    }
  }

  /**
   * Returns what {@link RunWriter#writeJson} has written.
   *
   * @throws FileException if there is no such file, or it does not hold such a record
   */
  public <R extends Record> R readJson(String name, Class<R> type) {
    return Json.read(path.resolve(name), type);
  }

  /** Returns what has been measured so far. */
  public Metrics metrics() {
    return Metrics.read(path.resolve(Metrics.FILE));
  }

  /** Returns the run's checkpoints. */
  public Checkpoints checkpoints() {
    return new Checkpoints(path.resolve("checkpoints"));
  }

  /** Returns the path of another file of the run, such as a picture. */
  public Path file(String name) {
    return path.resolve(name);
  }
}
