package dev.merapi.nn;

import dev.merapi.tensor.Parameter;
import dev.merapi.tensor.Shape;
import dev.merapi.tensor.ShapeException;
import dev.merapi.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * One layer of a network that reads a sequence time by time: {@code (batch, time, in) → (batch,
 * time, hidden)}. Its state is one or more tensors (batch, hidden), the first of which is what it
 * puts out; a sequence starts from zeros, or where an earlier one ended.
 */
public sealed interface RecurrentLayer extends Layer permits RnnLayer, GruLayer, LstmLayer {

  /**
   * What a layer, or several, made of a sequence.
   *
   * @param outputs (batch, time, hidden)
   * @param last the state behind the last time
   */
  record Result(Tensor outputs, List<Tensor> last) {
    public Result {
      last = List.copyOf(last);
    }
  }

  /** The weight of what is read, (gates · hidden, in). */
  Parameter inputWeight();

  /** The weight of what was put out, (gates · hidden, hidden). */
  Parameter hiddenWeight();

  /** How many tensors its state is made of. */
  int states();

  /**
   * The tensors of its state at each time, (batch, time, hidden), from a state; where that is
   * empty, from zeros.
   */
  List<Tensor> states(Tensor x, List<Tensor> before);

  /** Reads a sequence from a state; where that is empty, from zeros. */
  default Result run(Tensor x, List<Tensor> before) {
    return run(x, before, Optional.empty());
  }

  /**
   * Reads sequences, some of them shorter than others: then the outputs behind their ends are
   * zeros, and the last state is that of each one's end.
   */
  default Result run(Tensor x, List<Tensor> before, Optional<Lengths> lengths) {
    List<Tensor> states = states(x, before);
    Tensor outputs = states.getFirst();
    return lengths.isPresent()
        ? new Result(lengths.get().cut(outputs), states.stream().map(lengths.get()::last).toList())
        : new Result(outputs, states.stream().map(each -> each.select(1, -1)).toList());
  }

  /**
   * Reads a sequence from a state; where that is empty, from zeros. In a {@link Continuation} that
   * is how the first pass begins; those that follow go on from where the last one ended.
   */
  default Result run(Tensor x, List<Tensor> before, Mode mode) {
    Packing.refuse("a recurrent layer", mode);
    if (!(mode instanceof Continuation pass)) {
      return run(x, before);
    }
    Shape shape = Shape.of(x.shape().size(0), hidden());
    List<Parameter> cells = IntStream.range(0, states()).mapToObj(_ -> pass.cell(shape)).toList();
    Result result = run(x, pass.first() ? before : List.copyOf(cells));
    for (int i = 0; i < cells.size(); i++) {
      pass.keep(cells.get(i), result.last.get(i));
    }
    return result;
  }

  /** Reads a sequence from zeros, or in a {@link Continuation} from where the last one ended. */
  @Override
  default Tensor apply(Tensor x, Mode mode) {
    return run(x, List.of(), mode).outputs();
  }

  /** Numbers that it puts out for each time. */
  default int hidden() {
    return hiddenWeight().shape().size(1);
  }

  /** The state to begin with; refuses what does not fit. */
  default List<Tensor> begin(Tensor x, List<Tensor> before) {
    int in = inputWeight().shape().size(1);
    if (x.shape().rank() != 3 || x.shape().size(2) != in || x.shape().size(1) == 0) {
      throw new ShapeException(
          "%s: x %s must be (batch, time, %d) with a time of at least 1, as the weight %s has it"
              .formatted(getClass().getSimpleName(), x.shape(), in, inputWeight().shape()));
    }
    Shape shape = Shape.of(x.shape().size(0), hidden());
    if (before.isEmpty()) {
      Tensor zeros = Tensor.zeros(shape.toArray());
      return IntStream.range(0, states()).mapToObj(_ -> zeros).toList();
    }
    if (before.size() != states() || !before.stream().allMatch(s -> s.shape().equals(shape))) {
      throw new ShapeException(
          "%s: its state is %d tensors of %s, but it was given %s"
              .formatted(
                  getClass().getSimpleName(),
                  states(),
                  shape,
                  before.stream().map(Tensor::shape).toList()));
    }
    return before;
  }

  /**
   * Layers one after another, each over the outputs of the one before, with dropout between them;
   * in a {@link Continuation} each keeps its own state.
   *
   * @param before the states of all layers, the first one's first; empty for zeros
   */
  static Result run(
      List<? extends RecurrentLayer> layers,
      Dropout dropout,
      Tensor x,
      List<Tensor> before,
      Mode mode) {
    Tensor h = x;
    List<Tensor> last = new ArrayList<>();
    for (int i = 0; i < layers.size(); i++) {
      RecurrentLayer layer = layers.get(i);
      int n = layer.states();
      Tensor in = i == 0 ? h : dropout.apply(h, mode);
      Result result =
          layer.run(in, before.isEmpty() ? before : before.subList(i * n, (i + 1) * n), mode);
      h = result.outputs;
      last.addAll(result.last);
    }
    return new Result(h, last);
  }
}
