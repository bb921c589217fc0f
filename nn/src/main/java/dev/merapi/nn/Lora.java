package dev.merapi.nn;

import dev.merapi.tensor.Key;
import dev.merapi.tensor.MerapiException;
import dev.merapi.tensor.Parameter;
import dev.merapi.tensor.Shape;
import dev.merapi.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Low-rank adapters of a model (LoRA; Hu et al., 2021). A model is a record, so adapting it makes
 * another record, with the same weights and {@link LowRank}s beside those of some {@link Linear}s.
 * At first it computes what the model computes: A is drawn from U(-1/√in, 1/√in), B is zeros.
 *
 * {@snippet :
 * var adapted = Lora.of(8, 16).adapt(model, name -> name.endsWith("attention.projection"), key);
 * var training = Optimization.of(adapted, AdamW.of(2e-4), StepOptions.DEFAULT.group(Group.frozenBase()));
 * var merged = Lora.merged(adapted); // as fast as the model
 * var before = Lora.without(adapted); // the model itself
 * }
 *
 * @param rank of A and B
 * @param alpha the scale of B A is {@code alpha / rank}, or {@code alpha / √rank} where it is
 *     stabilised
 * @param dropout of what A reads, in training
 * @param stabilised rsLoRA (Kalajdzievski, 2023)
 * @param decomposed DoRA (Liu et al., 2024), with a magnitude for each row
 */
public record Lora(int rank, double alpha, double dropout, boolean stabilised, boolean decomposed) {
  /** What names of adapters' parameters have in them. */
  private static final String MARK = ".adapters.";

  public Lora {
    if (rank < 1 || !(alpha > 0 && Double.isFinite(alpha))) {
      throw new MerapiException(
          "Lora: rank %d and alpha %s; give a rank of at least 1 and an alpha above 0"
              .formatted(rank, alpha));
    }
    Dropout.of(dropout);
  }

  /** Some rows of a layer that get an adapter of their own. */
  public record Rows(int from, int to) {}

  /** No dropout, not stabilised, not decomposed. */
  public static Lora of(int rank, double alpha) {
    return new Lora(rank, alpha, 0, false, false);
  }

  public Lora dropout(double p) {
    return new Lora(rank, alpha, p, stabilised, decomposed);
  }

  /** With {@code alpha / √rank}. */
  public Lora stabilised(boolean yes) {
    return new Lora(rank, alpha, dropout, yes, decomposed);
  }

  /** With magnitudes. */
  public Lora decomposed(boolean yes) {
    return new Lora(rank, alpha, dropout, stabilised, yes);
  }

  /** s of {@link LowRank}. */
  public double scale() {
    return alpha / (stabilised ? Math.sqrt(rank) : rank);
  }

  /**
   * The model with adapters beside the layers of these names, each over all of its layer's rows.
   *
   * @param targets of {@link Linear}s, by their paths, such as {@code blocks.0.feedForward.up}
   * @throws MerapiException if there is no such layer
   */
  public <M> M adapt(M model, Predicate<String> targets, Key key) {
    return adaptRows(
        model,
        path -> targets.test(path) ? List.of(new Rows(0, Integer.MAX_VALUE)) : List.of(),
        key);
  }

  /**
   * The model with adapters beside some rows of some layers: where one layer of ours stands for
   * several of others, such as those of queries, keys and values.
   *
   * @param targets the rows of the {@link Linear} of a path
   * @throws MerapiException if there is none at all
   */
  public <M> M adaptRows(M model, Function<String, List<Rows>> targets, Key key) {
    int[] made = {0};
    M adapted =
        Rebuilding.linears(
            model,
            (path, linear) -> {
              List<LowRank> adapters = new ArrayList<>();
              for (Rows rows : targets.apply(path)) {
                adapters.add(drawn(linear, rows, key.fold(made[0]++)));
              }
              return linear.adapters(adapters);
            });
    if (made[0] == 0) {
      throw new MerapiException(
          "Lora: no layer of the model has such a name; its linear layers are "
              + paths(model).stream()
                  .map(path -> path.replaceAll("\\.\\d+\\.", ".*."))
                  .distinct()
                  .collect(Collectors.joining(", ")));
    }
    return adapted;
  }

  private LowRank drawn(Linear linear, Rows rows, Key key) {
    Shape shape = linear.weight().shape();
    int to = Math.min(rows.to, shape.size(0));
    int in = shape.size(1);
    Tensor part = linear.weight().slice(0, rows.from, to);
    return new LowRank(
        Parameter.of(Init.ofFanIn(in).draw(key, Shape.of(rank, in))),
        Parameter.of(Tensor.zeros(to - rows.from, rank)),
        decomposed ? Optional.of(Parameter.of(LowRank.norms(part))) : Optional.empty(),
        rows.from,
        scale(),
        Dropout.of(dropout));
  }

  /** The paths of a model's linear layers. */
  public static List<String> paths(Object model) {
    List<String> paths = new ArrayList<>();
    Rebuilding.linears(
        model,
        (path, linear) -> {
          paths.add(path);
          return linear;
        });
    return paths;
  }

  /** The same model with the adapters' changes in its weights, and no adapters. */
  public static <M> M merged(M model) {
    return Rebuilding.linears(
        model,
        (_, linear) -> {
          if (linear.adapters().isEmpty() && linear.compressed().isEmpty()) {
            return linear;
          }
          Tensor weight = linear.weight();
          for (LowRank adapter : linear.adapters()) {
            weight = adapter.merged(weight);
          }
          return new Linear(Parameter.of(weight), linear.bias());
        });
  }

  /** The model that was adapted, with the weights that it had, of which none is compressed. */
  public static <M> M without(M model) {
    return Rebuilding.linears(
        model,
        (_, linear) ->
            linear.adapters().isEmpty() && linear.compressed().isEmpty()
                ? linear
                : new Linear(linear.weight(), linear.bias()));
  }

  /**
   * The model with the weights of some layers in a few bits, which are then not trained: the base
   * of QLoRA (Dettmers et al., 2023).
   *
   * @param targets of {@link Linear}s, by their paths
   */
  public static <M> M compressed(M model, Compressed.Form form, Predicate<String> targets) {
    return Rebuilding.linears(
        model, (path, linear) -> targets.test(path) ? linear.compressed(form) : linear);
  }

  /** The adapters of each adapted layer, by its path. */
  public static SequencedMap<String, List<LowRank>> adapters(Object model) {
    SequencedMap<String, List<LowRank>> adapters = new LinkedHashMap<>();
    Rebuilding.linears(
        model,
        (path, linear) -> {
          if (!linear.adapters().isEmpty()) {
            adapters.put(path, linear.adapters());
          }
          return linear;
        });
    return adapters;
  }

  /** The adapters' parameters alone, by name. */
  public static SequencedMap<String, Parameter> parameters(Object model) {
    var all = new LinkedHashMap<>(Parameters.of(model));
    all.keySet().removeIf(name -> !isAdapter(name));
    return all;
  }

  /** Whether a parameter of that name belongs to an adapter. */
  public static boolean isAdapter(String name) {
    return name.contains(MARK);
  }
}
