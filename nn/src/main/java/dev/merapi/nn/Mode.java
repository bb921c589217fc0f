package dev.merapi.nn;

import dev.merapi.tensor.Key;
import dev.merapi.tensor.Parameter;
import dev.merapi.tensor.Step.Assignment;
import dev.merapi.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;

/**
 * Whether a layer is applied to learn or to be used; said in each call, never kept in a layer.
 *
 * {@snippet :
 * return switch (mode) {
 *   case Mode.Evaluation _ -> x;
 *   case Mode.Training pass -> x.mul(pass.nextKey().normal(x.shape().toArray()));
 * };
 * }
 */
public sealed interface Mode permits Mode.Evaluation, Mode.Training {

  /** Nothing random, and no state changes. */
  static Evaluation evaluation() {
    return Plain.INSTANCE;
  }

  /** A training pass: make one for each step, with a key of the step's own. */
  static Training training(Key key) {
    return new Training(key);
  }

  /** What the layers want to change in their state besides training: empty in evaluation. */
  List<Assignment> updates();

  /** Where rows are several texts, how; empty where a row is one. */
  Optional<Packing> packing();

  /**
   * The same pass over rows of several texts; it hands out the same keys, and collects the same
   * updates.
   */
  Mode packed(Packing packing);

  /** The modes in which a model is used. */
  sealed interface Evaluation extends Mode permits Plain, Apart, Continuation, Observation {}

  /** A pass that knows of no other. */
  enum Plain implements Evaluation {
    INSTANCE;

    @Override
    public List<Assignment> updates() {
      return List.of();
    }

    @Override
    public Optional<Packing> packing() {
      return Optional.empty();
    }

    @Override
    public Apart packed(Packing packing) {
      return new Apart(packing);
    }
  }

  /** Likewise, over rows of several texts. */
  record Apart(Packing texts) implements Evaluation {
    @Override
    public List<Assignment> updates() {
      return List.of();
    }

    @Override
    public Optional<Packing> packing() {
      return Optional.of(texts);
    }

    @Override
    public Apart packed(Packing packing) {
      return new Apart(packing);
    }
  }

  /**
   * One forward pass that learns. It hands out random keys in the order in which the layers ask,
   * and collects the updates of their state, which the optimizer's step carries out with its own.
   */
  final class Training implements Mode {
    private final Key key;
    private final Optional<Packing> packing;
    private final Map<Parameter, Tensor> latest;
    private final AtomicLong keys;

    private Training(Key key) {
      this(key, Optional.empty(), new LinkedHashMap<>(), new AtomicLong());
    }

    private Training(
        Key key, Optional<Packing> packing, Map<Parameter, Tensor> latest, AtomicLong keys) {
      this.key = key;
      this.packing = packing;
      this.latest = latest;
      this.keys = keys;
    }

    @Override
    public Optional<Packing> packing() {
      return packing;
    }

    @Override
    public Training packed(Packing packing) {
      return new Training(key, Optional.of(packing), latest, keys);
    }

    /** A random key that no other call gets. */
    public Key nextKey() {
      return key.fold(keys.getAndIncrement());
    }

    /** The state's next value as a function of its latest: that of earlier updates in this pass. */
    public void update(Parameter state, UnaryOperator<Tensor> next) {
      latest.put(state, next.apply(latest.getOrDefault(state, state)));
    }

    @Override
    public List<Assignment> updates() {
      return latest.entrySet().stream().map(e -> new Assignment(e.getKey(), e.getValue())).toList();
    }
  }
}
