package dev.merapi.hub;

import dev.merapi.nn.Layer;
import dev.merapi.nn.Lora;
import dev.merapi.tensor.MerapiException;
import dev.merapi.train.AtomicFiles;
import dev.merapi.train.FileException;
import dev.merapi.train.StoredArray;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import tools.jackson.databind.node.ObjectNode;

/**
 * A model in the folder of a hub: {@code config.json}, and {@code model.safetensors} or the shards
 * that {@code model.safetensors.index.json} lists (or {@code pytorch_model.bin}, of which only the
 * tensors are read), under published names. Known are GPT-2; Llama 2 and 3, Mistral, Qwen 2 and 3
 * (dense) and SmolLM, for causal language models; BERT, alone and with each of its heads.
 *
 * {@snippet :
 * var opened = Pretrained.open(Path.of("SmolLM2-135M"));
 * Tensor logits = opened.model().apply(tokens);
 * opened.save(Path.of("copy"));
 * }
 *
 * @param model a {@link dev.merapi.zoo.Gpt}, {@link dev.merapi.zoo.Llama}, {@link
 *     dev.merapi.zoo.Bert} or {@link dev.merapi.zoo.BertTask}, without dropout
 * @param config what config.json said, keys that the model has no use for included, and null where
 *     it says null
 * @param folder where it was opened, with the tokenizer's files; empty for a model of one's own
 */
public record Pretrained(Layer model, Map<String, Object> config, Optional<Path> folder) {
  /** As many bytes of tensors as one file gets: 5 GB, as on the hub. */
  private static final long SHARD = 5_000_000_000L;

  /** What else belongs to a model: its tokenizer, and how it likes to generate. */
  private static final List<String> COMPANIONS =
      List.of(
          "tokenizer.json",
          "tokenizer_config.json",
          "tokenizer.model",
          "special_tokens_map.json",
          "added_tokens.json",
          "vocab.json",
          "vocab.txt",
          "merges.txt",
          "chat_template.jinja",
          "generation_config.json");

  public Pretrained {
    config = Collections.unmodifiableMap(new LinkedHashMap<>(config));
  }

  /** A model of one's own, to be saved. */
  public static Pretrained of(Layer model) {
    return new Pretrained(model, Map.of(), Optional.empty());
  }

  /**
   * Opens a folder. Weights of f16, bf16 and f64 become f32.
   *
   * @throws FileException if a file is missing or damaged, the architecture is unknown, or config
   *     and weights contradict each other
   */
  public static Pretrained open(Path folder) {
    if (!Files.isDirectory(folder)) {
      throw new FileException(
          folder, "there is no such folder", "give the folder of a model, with config.json in it");
    }
    Config config = Config.read(folder);
    try (var arena = Arena.ofShared()) { // what was read of the files takes no memory any more
      Map<String, StoredArray> arrays = Shards.read(folder, arena);
      Pretrained drawn = of(folder, config, arrays.keySet());
      var names = Formats.of(config).names(drawn.model);
      PublishedWeights.read(folder, arrays, names, drawn.model);
      return drawn;
    }
  }

  /** What a config describes, with weights that are drawn; no weights need to be there. */
  public static Pretrained openUntrained(Path folder) {
    return of(folder, Config.read(folder), Set.of());
  }

  private static Pretrained of(Path folder, Config config, Set<String> names) {
    Layer model;
    try {
      model = Formats.of(config).model(config, names);
    } catch (FileException e) {
      throw e;
    } catch (MerapiException e) { // sizes that do not go together
      throw config.problem("its sizes do not fit (" + e.getMessage() + ")", "correct them");
    }
    @SuppressWarnings("unchecked") // a JSON object is a map of texts
    Map<String, Object> said = Config.JSON.treeToValue(config.values(), Map.class);
    return new Pretrained(model, said, Optional.of(folder));
  }

  /** The same config with another model, such as one that was trained on. */
  public Pretrained model(Layer other) {
    return new Pretrained(other, config, folder);
  }

  /**
   * Writes the folder: all of it, or nothing. What the config says beside the model's sizes is
   * kept, and the tokenizer's files are copied from where the model was opened.
   *
   * @throws FileException if it cannot be written, or if there is a folder that holds something
   *     else than a model
   */
  public void save(Path target) {
    save(target, SHARD);
  }

  /**
   * As {@link #save(Path)}, in files of another size.
   *
   * @param shard how many bytes of tensors a file gets, at most
   */
  public void save(Path target, long shard) {
    save(target, shard, this::writeRest);
  }

  /**
   * As {@link #save(Path)}, with other files beside the weights.
   *
   * @param rest writes them
   */
  void save(Path target, AtomicFiles.FolderContent rest) {
    save(target, SHARD, rest);
  }

  private void save(Path target, long shard, AtomicFiles.FolderContent rest) {
    if (!Lora.adapters(model).isEmpty()) {
      throw new MerapiException(
          "the model has adapters, which are no part of a published model; save it with"
              + " Lora.merged, or its adapter alone with Adapter.save");
    }
    refuseOthers(target, Pretrained::isWritten);
    var arrays = PublishedWeights.write(format(model).names(model), model);
    AtomicFiles.writeFolder(
        target,
        aside -> {
          rest.writeTo(aside);
          Shards.write(aside, arrays, shard);
        });
  }

  /**
   * Writes the folder without weights: config and companions, all or nothing.
   *
   * @throws FileException if it cannot be written
   */
  public void saveUntrained(Path target) {
    AtomicFiles.writeFolder(target, this::writeRest);
  }

  /** Everything but the weights, into a folder that is there: config and companions. */
  void writeRest(Path target) throws IOException {
    Layer plain = Lora.without(model);
    ObjectNode said = Config.JSON.valueToTree(config);
    Format format = format(plain);
    Config.JSON.<ObjectNode>valueToTree(format.config(plain)).forEachEntry(said::set);
    Config.JSON.<ObjectNode>valueToTree(Formats.named(format)).forEachEntry(said::set);
    said.put("dtype", "float32");
    said.remove("torch_dtype");
    AtomicFiles.write(target.resolve(Config.NAME), Config.JSON.writeValueAsString(said) + "\n");
    for (String name : COMPANIONS) {
      Path file = folder.orElse(target).resolve(name);
      if (folder.isPresent() && Files.isRegularFile(file)) {
        AtomicFiles.write(target.resolve(name), Files.readAllBytes(file));
      }
    }
  }

  private Format format(Layer plain) {
    ObjectNode said = Config.JSON.valueToTree(config);
    return Formats.of(
        plain, folder.map(at -> Formats.of(new Config(at.resolve(Config.NAME), said))));
  }

  /** The folder is replaced, so it must hold nothing that would be lost. */
  static void refuseOthers(Path target, Predicate<String> isWritten) {
    if (!Files.exists(target)) {
      return;
    }
    try (Stream<Path> inside = Files.list(target)) {
      var other =
          inside
              .map(file -> file.getFileName().toString())
              .filter(isWritten.negate())
              .sorted()
              .findFirst();
      if (other.isPresent()) {
        throw new FileException(
            target,
            "this folder holds more than a model (%s), which would be lost".formatted(other.get()),
            "give a new folder's name, or move what is not the model's");
      }
    } catch (IOException e) {
      throw new FileException(
          target, "cannot look into it (" + e.getMessage() + ")", "give a folder");
    }
  }

  private static boolean isWritten(String name) {
    return name.equals(Config.NAME) || COMPANIONS.contains(name) || Shards.isWritten(name);
  }
}
