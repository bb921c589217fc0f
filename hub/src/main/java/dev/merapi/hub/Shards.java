package dev.merapi.hub;

import dev.merapi.train.AtomicFiles;
import dev.merapi.train.FileException;
import dev.merapi.train.Safetensors;
import dev.merapi.train.StoredArray;
import dev.merapi.train.TorchFile;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;

/**
 * The tensors of a folder: in {@code model.safetensors}, or in several files that {@code
 * model.safetensors.index.json} lists; where there is neither, in {@code pytorch_model.bin} or
 * those of its index.
 */
final class Shards {
  private static final String SINGLE = "model.safetensors";
  private static final String PICKLED = "pytorch_model.bin";
  private static final String INDEX = ".index.json";

  private Shards() {}

  /**
   * Opens the files; the tensors' bytes are mapped, not read.
   *
   * @throws FileException if one is missing or damaged, or does not hold what the index says
   */
  static Map<String, StoredArray> read(Path folder) {
    return read(folder, Arena.ofAuto());
  }

  /** The same with mappings that end with an arena. */
  static Map<String, StoredArray> read(Path folder, Arena arena) {
    for (String name : List.of(SINGLE, PICKLED)) {
      if (Files.exists(folder.resolve(name))) {
        return tensors(folder.resolve(name), arena);
      }
      if (Files.exists(folder.resolve(name + INDEX))) {
        return listed(folder, folder.resolve(name + INDEX), arena);
      }
    }
    throw new FileException(
        folder,
        "there is neither model.safetensors nor model.safetensors.index.json in it",
        "download the weights as safetensors");
  }

  private static Map<String, StoredArray> tensors(Path file, Arena arena) {
    return file.toString().endsWith(".bin")
        ? TorchFile.read(file).arrays()
        : Safetensors.read(file, arena).arrays();
  }

  private static Map<String, StoredArray> listed(Path folder, Path index, Arena arena) {
    JsonNode names = Config.object(index).path("weight_map");
    if (!names.isObject() || names.isEmpty()) {
      throw new FileException(index, "it has no weight_map", "download it again");
    }
    SortedSet<String> files = new TreeSet<>();
    names.forEachEntry((name, file) -> files.add(file.asString("")));
    for (String file : files) {
      boolean here = file.matches("[^/\\\\]+\\.(safetensors|bin)");
      if (!here) {
        throw new FileException(
            index, "'%s' is no name of a file beside it".formatted(file), "download it again");
      }
    }
    List<String> missing =
        files.stream().filter(file -> !Files.exists(folder.resolve(file))).toList();
    if (!missing.isEmpty()) {
      throw new FileException(
          folder,
          "%d of the %d files that its index lists are missing: %s"
              .formatted(missing.size(), files.size(), String.join(", ", missing)),
          "download them, too");
    }
    Map<String, StoredArray> all = new LinkedHashMap<>();
    for (String file : files) {
      all.putAll(tensors(folder.resolve(file), arena));
    }
    names.forEachEntry(
        (name, file) -> {
          if (!all.containsKey(name)) {
            throw new FileException(
                folder.resolve(file.asString("")),
                "it does not hold %s, which the index says it does".formatted(name),
                "download it again, and the index with it");
          }
        });
    return all;
  }

  /** Whether a file of that name is one of those that {@link #write} writes. */
  static boolean isWritten(String name) {
    return name.equals(SINGLE + INDEX) || name.matches("model(-\\d{5}-of-\\d{5})?\\.safetensors");
  }

  /** Writes the tensors in files of at most so many bytes of them, or one tensor, each. */
  static void write(Path folder, Map<String, StoredArray> arrays, long most) {
    List<Map<String, StoredArray>> files = new ArrayList<>();
    long size = Long.MAX_VALUE;
    long total = 0;
    for (var entry : arrays.entrySet()) {
      long bytes = entry.getValue().bytes().byteSize();
      if (files.isEmpty() || size + bytes > most) {
        files.add(new LinkedHashMap<>());
        size = 0;
      }
      files.getLast().put(entry.getKey(), entry.getValue());
      size += bytes;
      total += bytes;
    }
    if (files.size() <= 1) {
      write(folder.resolve(SINGLE), arrays);
      return;
    }
    Map<String, String> places = new LinkedHashMap<>();
    for (int i = 0; i < files.size(); i++) {
      String name = "model-%05d-of-%05d.safetensors".formatted(i + 1, files.size());
      write(folder.resolve(name), files.get(i));
      files.get(i).keySet().forEach(tensor -> places.put(tensor, name));
    }
    var index = Map.of("metadata", Map.of("total_size", total), "weight_map", places);
    AtomicFiles.write(folder.resolve(SINGLE + INDEX), Config.JSON.writeValueAsString(index) + "\n");
  }

  private static void write(Path file, Map<String, StoredArray> arrays) {
    new Safetensors(arrays, Map.of("format", "pt")).write(file);
  }
}
