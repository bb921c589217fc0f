package dev.merapi.nn;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.Parameter;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A model whose large weights are kept in bf16: those of {@link Linear}s and {@link Embedding}s.
 * They take half the memory, and a single text, whose every token reads all weights, is written in
 * less time. For several texts at once, and for prompts, they are widened first, which takes time.
 * All else is computed in f32. It is not for training: small steps are lost in 8 bits of precision.
 *
 * {@snippet :
 * var small = Bf16Weights.of(model);
 * int[][] written = Generation.of(small, 128).extend(prompts, 64);
 * }
 */
public final class Bf16Weights {
  private final Map<Parameter, Parameter> made = new HashMap<>(); // tied ones stay tied

  private Bf16Weights() {}

  /** The model with rounded weights; it shares all others, and those below adapters. */
  public static <M> M of(M model) {
    var rounding = new Bf16Weights();
    return Rebuilding.layers(model, (_, layer) -> rounding.layer(layer));
  }

  private Optional<Layer> layer(Layer layer) {
    return switch (layer) {
      case Linear l when l.compressed().isEmpty() && l.adapters().isEmpty() ->
          Optional.of(new Linear(rounded(l.weight()), l.bias()));
      case Embedding e -> Optional.of(new Embedding(rounded(e.weight()), e.padding()));
      default -> Optional.empty();
    };
  }

  private Parameter rounded(Parameter weight) {
    return made.computeIfAbsent(weight, w -> Parameter.state(w.cast(DType.BF16)));
  }
}
