package dev.merapi.train;

import dev.merapi.tensor.Parameter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A moment of a training from which it can go on: a folder with {@code model.safetensors}, {@code
 * optimizer.safetensors}, {@code state.json} and {@code manifest.json}. A checkpoint is whole when
 * the manifest is there and the size and SHA-256 of every file are the manifest's.
 *
 * @param folder where it lies
 * @param step how many steps of training it holds
 */
public record Checkpoint(Path folder, long step) {
  private static final String MODEL = "model.safetensors";
  private static final String OPTIMIZER = "optimizer.safetensors";
  private static final String STATE = "state.json";

  /**
   * Opens a checkpoint, and reads all of it once to see that it is whole.
   *
   * @throws FileException if it is not
   */
  public static Checkpoint open(Path folder) {
    var manifest = CheckpointManifest.verify(folder, List.of(MODEL, OPTIMIZER, STATE));
    return new Checkpoint(folder, manifest.step());
  }

  /**
   * Writes a checkpoint: the whole of it, or nothing. An earlier one of that name is replaced.
   *
   * @param folder where it is to lie
   * @param step how many steps of training it holds
   * @param model the model's arrays by name
   * @param optimizer the optimizer's arrays by name
   * @param state everything else that is needed to go on; a record of plain values, that Jackson
   *     turns into JSON and back
   * @throws FileException if it cannot be written
   */
  public static Checkpoint write(
      Path folder,
      long step,
      Map<String, StoredArray> model,
      Map<String, StoredArray> optimizer,
      Record state) {
    AtomicFiles.writeFolder(
        folder,
        aside -> {
          var files = new ArrayList<CheckpointManifest.Entry>();
          files.add(writeArrays(aside, MODEL, model));
          files.add(writeArrays(aside, OPTIMIZER, optimizer));
          files.add(writeBytes(aside, STATE, Json.pretty(state)));
          writeBytes(aside, CheckpointManifest.NAME, CheckpointManifest.of(step, files).bytes());
        });
    return new Checkpoint(folder, step);
  }

  private static CheckpointManifest.Entry writeArrays(
      Path folder, String name, Map<String, StoredArray> arrays) throws IOException {
    long about = arrays.values().stream().mapToLong(array -> array.bytes().byteSize()).sum();
    try (var file = UncachedChannel.create(folder.resolve(name), about)) {
      // Not closed: the channel below it is.
      var channel = new DigestChannel(file);
      new Safetensors(arrays, Map.of("format", "merapi")).writeTo(channel);
      file.finish();
      return new CheckpointManifest.Entry(name, channel.size(), channel.hash());
    }
  }

  private static CheckpointManifest.Entry writeBytes(Path folder, String name, byte[] bytes)
      throws IOException {
    AtomicFiles.writeSynced(folder.resolve(name), file -> AtomicFiles.writeAll(file, bytes));
    return new CheckpointManifest.Entry(name, bytes.length, DigestChannel.hash(bytes));
  }

  /** Returns the file with the model's arrays. */
  public Path modelFile() {
    return folder.resolve(MODEL);
  }

  /** Returns the model's arrays by name, mapped from the file. */
  public Map<String, StoredArray> model() {
    return Safetensors.read(modelFile()).arrays();
  }

  /** Gives the model's parameters the values of the checkpoint; see {@link Weights#load}. */
  public void loadModel(Map<String, Parameter> parameters) {
    Weights.load(modelFile(), parameters);
  }

  /** Returns the file with the optimizer's arrays. */
  public Path optimizerFile() {
    return folder.resolve(OPTIMIZER);
  }

  /** Returns the optimizer's arrays by name, mapped from the file. */
  public Map<String, StoredArray> optimizer() {
    return Safetensors.read(optimizerFile()).arrays();
  }

  /** Gives the optimizer's parameters the values of the checkpoint; see {@link Weights#load}. */
  public void loadOptimizer(Map<String, Parameter> parameters) {
    Weights.load(optimizerFile(), parameters);
  }

  /**
   * Returns the rest of the state, as it was handed to {@link #write}.
   *
   * @throws FileException if the file does not hold such a record
   */
  public <S extends Record> S state(Class<S> type) {
    return Json.read(folder.resolve(STATE), type);
  }
}
