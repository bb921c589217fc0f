package dev.merapi.nn;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.MerapiException;
import dev.merapi.tensor.Parameter;
import dev.merapi.tensor.Shape;
import dev.merapi.tensor.Step;
import dev.merapi.tensor.Step.Assignment;
import dev.merapi.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

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

  /**
   * From now on, each row of the batch goes on from what another has read: row {@code i} from that
   * of row {@code rows[i]}. There may be more of them than before, or fewer. Where there are as
   * many, it is the same program for all rows.
   *
   * @throws MerapiException if there is none of such a number
   */
  public void take(int... rows) {
    if (cells.isEmpty()) {
      return;
    }
    int batch = cells.getFirst().shape().size(0);
    if (rows.length == 0 || Arrays.stream(rows).anyMatch(row -> row < 0 || row >= batch)) {
      throw new MerapiException(
          "Memory: rows %s of a batch of %d; give numbers from 0 to %d"
              .formatted(Arrays.toString(rows), batch, batch - 1));
    }
    if (rows.length == batch && IntStream.range(0, batch).allMatch(i -> rows[i] == i)) {
      return;
    }
    Tensor index = Tensor.of(rows);
    if (rows.length == batch) {
      new Step(
              List.of(),
              cells.stream().map(cell -> new Assignment(cell, cell.take(index, 0))).toList())
          .run();
      return;
    }
    Tensor[] taken = cells.stream().map(cell -> cell.take(index, 0)).toArray(Tensor[]::new);
    cells.clear();
    Step.compute(taken).stream().map(Parameter::state).forEach(cells::add);
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
