package dev.merapi.nn;

import dev.merapi.tensor.MerapiException;
import dev.merapi.tensor.Step.Assignment;
import dev.merapi.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A pass in evaluation that tells where attention looks. Each layer of attention notes its
 * probabilities, in the order in which the layers are applied; what the model computes has the same
 * bits as without it.
 *
 * {@snippet :
 * var pass = Observation.of(64);
 * Tensor logits = model.apply(tokens, pass);
 * Tensor first = pass.attention().getFirst(); // (batch, heads, 64, time)
 * }
 */
public final class Observation implements Mode.Evaluation {
  private final int queries;
  private final Optional<Packing> packing;
  private final List<Tensor> attention;

  private Observation(int queries, Optional<Packing> packing, List<Tensor> attention) {
    this.queries = queries;
    this.packing = packing;
    this.attention = attention;
  }

  /**
   * A new pass.
   *
   * @param queries of how many times it tells, at most: the last ones of each row
   */
  public static Observation of(int queries) {
    if (queries < 1) {
      throw new MerapiException(
          "Observation: of %d times; give 1 or more to be told of".formatted(queries));
    }
    return new Observation(queries, Optional.empty(), new ArrayList<>());
  }

  /**
   * How much each query looks at each key, one tensor for each layer of attention: (batch, heads,
   * queries, timeK), whose rows sum to 1, or to 0 where a query sees no key.
   */
  public List<Tensor> attention() {
    return List.copyOf(attention);
  }

  /** The last queries of all: (batch, heads, time, dim) → (batch, heads, queries, dim). */
  Tensor last(Tensor q) {
    int time = q.shape().size(2);
    return q.slice(2, Math.max(0, time - queries), time);
  }

  void note(Tensor probabilities) {
    attention.add(probabilities);
  }

  @Override
  public List<Assignment> updates() {
    return List.of();
  }

  @Override
  public Optional<Packing> packing() {
    return packing;
  }

  @Override
  public Observation packed(Packing texts) {
    return new Observation(queries, Optional.of(texts), attention);
  }
}
