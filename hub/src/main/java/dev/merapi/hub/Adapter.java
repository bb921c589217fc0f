package dev.merapi.hub;

import dev.merapi.hub.NameMap.Part;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Lora;
import dev.merapi.nn.LowRank;
import dev.merapi.nn.Parameters;
import dev.merapi.tensor.Key;
import dev.merapi.tensor.MerapiException;
import dev.merapi.tensor.Parameter;
import dev.merapi.train.AtomicFiles;
import dev.merapi.train.ElementType;
import dev.merapi.train.FileException;
import dev.merapi.train.Safetensors;
import dev.merapi.train.StoredArray;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;

/**
 * Low-rank adapters of a published model, in the format of PEFT: {@code adapter_config.json} and
 * {@code adapter_model.safetensors}.
 *
 * {@snippet :
 * var adapter = new Adapter(Lora.of(8, 16), List.of("q_proj", "v_proj"));
 * Pretrained adapted = adapter.adapt(Pretrained.open(base), Key.of(1));
 * adapter.save(adapted, Path.of("my-adapter"));
 * Pretrained again = Adapter.open(Pretrained.open(base), Path.of("my-adapter"));
 * }
 *
 * @param lora how large the adapters are, and of which kind
 * @param targets published names of the layers that get one, by their last parts: {@code q_proj},
 *     {@code mlp.c_fc}; {@value #ALL} for all linear layers but the head
 */
public record Adapter(Lora lora, List<String> targets) {
  /** Stands for all linear layers but the head. */
  public static final String ALL = "all-linear";

  private static final String CONFIG = "adapter_config.json";
  private static final String WEIGHTS = "adapter_model.safetensors";
  private static final String EXPLANATION = "README.md"; // PEFT writes one, too
  private static final String PREFIX = "base_model.model.";
  private static final String A = ".lora_A.weight";
  private static final String B = ".lora_B.weight";
  private static final String MAGNITUDE = ".lora_magnitude_vector";

  public Adapter {
    targets = List.copyOf(targets);
  }

  /** A published linear layer: some rows of one of ours. */
  private record Target(String name, int from, int to, boolean transposed) {}

  /**
   * A model with new adapters, which at first change nothing.
   *
   * @throws MerapiException if the model has no layer of a name
   */
  public Pretrained adapt(Pretrained base, Key key) {
    var all = targets(base.model());
    for (String target : targets) {
      if (all.values().stream().flatMap(List::stream).noneMatch(t -> matches(t.name, target))) {
        String known =
            all.values().stream()
                .flatMap(List::stream)
                .map(t -> t.name.substring(t.name.lastIndexOf('.') + 1))
                .distinct()
                .collect(Collectors.joining(", "));
        throw new MerapiException(
            "the model has no linear layer '%s' to adapt; it has %s".formatted(target, known));
      }
    }
    return base.model(
        lora.adaptRows(
            base.model(),
            path ->
                all.getOrDefault(path, List.of()).stream()
                    .filter(t -> targets.stream().anyMatch(target -> matches(t.name, target)))
                    .map(t -> new Lora.Rows(t.from, t.to))
                    .toList(),
            key));
  }

  private static boolean matches(String name, String target) {
    return target.equals(ALL)
        ? !name.equals("lm_head")
        : name.equals(target) || name.endsWith("." + target);
  }

  /** The published layers of each of a model's linear layers, by its path. */
  private static Map<String, List<Target>> targets(Layer model) {
    Layer plain = Lora.without(model);
    Map<Parameter, List<Part>> parts =
        Formats.of(plain, Optional.empty()).names(plain).parts(plain).stream()
            .collect(Collectors.groupingBy(Part::parameter));
    var parameters = Parameters.of(plain);
    Map<String, List<Target>> targets = new LinkedHashMap<>();
    for (String path : Lora.paths(plain)) {
      targets.put(
          path,
          parts.get(parameters.get(path + ".weight")).stream()
              .map(
                  part ->
                      new Target(
                          part.name().substring(0, part.name().length() - ".weight".length()),
                          part.from(),
                          part.to(),
                          part.layout() == NameMap.Layout.TRANSPOSED))
              .toList());
    }
    return targets;
  }

  /**
   * Puts the adapter of a folder on the model that it was made for.
   *
   * @throws FileException if a file is missing or damaged, the adapter is of a kind that is not
   *     known, or it does not fit the model
   */
  public static Pretrained open(Pretrained base, Path folder) {
    Path file = folder.resolve(CONFIG);
    if (!Files.isRegularFile(file)) {
      throw new FileException(
          folder,
          "there is no " + CONFIG + " in it",
          "give the folder of an adapter, as PEFT saves it");
    }
    Lora lora = lora(new Config(file, Config.object(file)));
    Path weights = folder.resolve(WEIGHTS);
    Map<String, StoredArray> arrays = new LinkedHashMap<>(Safetensors.read(weights).arrays());
    var published = targets(base.model());
    Pretrained adapted;
    try {
      adapted =
          base.model(
              lora.adaptRows(
                  base.model(),
                  path ->
                      published.getOrDefault(path, List.of()).stream()
                          .filter(t -> arrays.containsKey(PREFIX + t.name + A))
                          .map(t -> new Lora.Rows(t.from, t.to))
                          .toList(),
                  Key.of(0)));
    } catch (MerapiException _) {
      throw new FileException(
          weights, "it adapts no layer of the model", "give the model that it was made for");
    }
    Map<Parameter, StoredArray> values = new LinkedHashMap<>();
    tensors(adapted.model())
        .forEach(
            (name, parameter) -> {
              StoredArray array = arrays.remove(name);
              var shape = shape(parameter);
              if (array == null
                  || !array.shape().equals(shape)
                  || !Elements.READABLE.contains(array.type())) {
                throw new FileException(
                    weights,
                    "%s is %s in it, and %s for this model"
                        .formatted(
                            name,
                            array == null ? "missing" : array.type() + " " + array.shape(),
                            shape),
                    "give the model that it was made for");
              }
              values.put(parameter, array);
            });
    if (!arrays.isEmpty()) {
      throw new FileException(
          weights,
          "it has %s, which is no adapter of a layer of the model"
              .formatted(arrays.keySet().iterator().next()),
          "give the model that it was made for, and an adapter of linear layers alone");
    }
    values.forEach((parameter, array) -> parameter.write(all -> Elements.widen(array, all)));
    return adapted;
  }

  private static Lora lora(Config config) {
    config.refuse(
        "peft_type", config.has("peft_type") && !config.text("peft_type").equals("LORA"), "LORA");
    for (String pattern :
        List.of("rank_pattern", "alpha_pattern", "modules_to_save", "target_parameters")) {
      JsonNode value = config.values().path(pattern);
      config.refuse(pattern, !value.isNull() && !value.isEmpty(), "adapters that are all alike");
    }
    config.refuse(
        "bias", config.has("bias") && !config.text("bias").equals("none"), "biases as they were");
    return new Lora(
        config.integer("r"),
        config.number("lora_alpha"),
        config.number("lora_dropout", 0),
        config.flag("use_rslora", false),
        config.flag("use_dora", false));
  }

  /** The parameters of a model's adapters by the names that PEFT gives them. */
  private static Map<String, Parameter> tensors(Layer model) {
    Map<String, Parameter> tensors = new LinkedHashMap<>();
    var published = targets(model);
    for (var layer : Lora.adapters(model).entrySet()) {
      for (LowRank adapter : layer.getValue()) {
        String name =
            PREFIX
                + published.get(layer.getKey()).stream()
                    .filter(t -> t.from == adapter.from())
                    .findFirst()
                    .orElseThrow()
                    .name;
        tensors.put(name + A, adapter.a());
        tensors.put(name + B, adapter.b());
        adapter.magnitude().ifPresent(m -> tensors.put(name + MAGNITUDE, m));
      }
    }
    return tensors;
  }

  private static List<Long> shape(Parameter parameter) {
    return IntStream.of(parameter.shape().toArray()).asLongStream().boxed().toList();
  }

  /**
   * Writes the adapters of a model, and nothing of the model: all of the folder, or nothing.
   *
   * @param adapted a model that {@link #adapt} has made
   * @throws FileException if it cannot be written
   */
  public void save(Pretrained adapted, Path folder) {
    Pretrained.refuseOthers(folder, List.of(CONFIG, WEIGHTS, EXPLANATION)::contains);
    Map<String, StoredArray> arrays = new LinkedHashMap<>();
    tensors(adapted.model())
        .forEach(
            (name, p) ->
                arrays.put(
                    name, new StoredArray(ElementType.F32, shape(p), p.storage().segment())));
    if (arrays.isEmpty()) {
      throw new MerapiException("the model has no adapters to save; adapt it first");
    }
    boolean transposed =
        targets(adapted.model()).values().stream()
            .flatMap(List::stream)
            .anyMatch(Target::transposed);
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("peft_type", "LORA");
    config.put("task_type", "CAUSAL_LM");
    config.put("base_model_name_or_path", adapted.folder().map(Path::toString).orElse(""));
    config.put("r", lora.rank());
    config.put("lora_alpha", lora.alpha());
    config.put("lora_dropout", lora.dropout());
    config.put("use_rslora", lora.stabilised());
    config.put("use_dora", lora.decomposed());
    config.put("target_modules", targets.contains(ALL) ? ALL : targets);
    config.put("fan_in_fan_out", transposed);
    config.put("bias", "none");
    config.put("inference_mode", true);
    String text = Config.JSON.writeValueAsString(config) + "\n";
    AtomicFiles.writeFolder(
        folder,
        aside -> {
          AtomicFiles.write(aside.resolve(CONFIG), text);
          new Safetensors(arrays, Map.of("format", "pt")).write(aside.resolve(WEIGHTS));
        });
  }
}
