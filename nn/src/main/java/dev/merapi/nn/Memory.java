package dev.merapi.nn;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.MerapiException;
import dev.merapi.tensor.Parameter;
import dev.merapi.tensor.Shape;
import dev.merapi.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * What a model keeps of the times that it has read, so that those that follow cost no more than
 * themselves: keys and values of attention, states of recurrent layers.
 *
 * <p>Its size is settled by its capacity and never changes, and how many times were read is an
 * input of the graph: reading the tenth time and the hundredth is the same program.
 *
 * {@snippet :
 * var memory = Memory.of(128);
 * var pass = memory.next(prompt.shape().size(1));
 * Tensor logits = pass.run(model.apply(prompt, pass)).getFirst();
 * }
 */
public final class Memory {
  private final int capacity;
  private final List<Parameter> cells = new ArrayList<>();
  private int length;

  private Memory(int capacity) {
    this.capacity = capacity;
  }

  /** An empty memory. */
  public static Memory of(int capacity) {
    if (capacity < 1) {
      throw new MerapiException(
          "Memory: a capacity of %d times; give at least 1".formatted(capacity));
    }
    return new Memory(capacity);
  }

  /** How many times it can hold. */
  public int capacity() {
    return capacity;
  }

  /** How many times were read. */
  public int length() {
    return length;
  }

  /** Nothing was read. What is next read overwrites what is left. */
  public void clear() {
    length = 0;
  }

  /** A pass over the next times, as many as are told. */
  public Continuation next(int times) {
    if (times < 1 || times > capacity - length) {
      throw new MerapiException(
          "Memory: %d more times do not fit behind %d in a capacity of %d; make a larger memory, or clear it"
              .formatted(times, length, capacity));
    }
    return new Continuation(this, length, times);
  }

  /** The cell of that number, made of zeros where it is the first time. */
  Parameter cell(int number, Shape shape) {
    if (number == cells.size()) {
      Tensor zeros = Tensor.constant(DType.F32, 0).broadcastTo(shape);
      cells.add(Parameter.state(zeros));
    }
    Parameter cell = cells.get(number);
    if (!cell.shape().equals(shape)) {
      throw new MerapiException(
          "Memory: this pass wants to remember %s where earlier ones remembered %s; a memory serves one model and one batch size"
              .formatted(shape, cell.shape()));
    }
    return cell;
  }

  void advance(int from, int times) {
    if (from != length) {
      throw new MerapiException(
          "Memory: a pass from time %d was run when %d were read; run each pass once, in turn"
              .formatted(from, length));
    }
    length += times;
  }
}
