package dev.merapi.nn;

import dev.merapi.tensor.MerapiException;
import dev.merapi.tensor.Parameter;
import dev.merapi.tensor.Shape;
import dev.merapi.tensor.Step;
import dev.merapi.tensor.Step.Assignment;
import dev.merapi.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A pass in evaluation over times that follow those that a {@link Memory} holds. Layers ask it for
 * their cells of the memory, in the order in which they are applied, and tell it their next values.
 */
public final class Continuation implements Mode.Evaluation {
  private final Memory memory;
  private final int from;
  private final int times;
  private final Tensor start;
  private final List<Assignment> updates = new ArrayList<>();
  private int asked;

  Continuation(Memory memory, int from, int times) {
    this.memory = memory;
    this.from = from;
    this.times = times;
    this.start = Tensor.of(new int[] {from});
  }

  /** Whether nothing was read before: cells then hold nothing of use. */
  public boolean first() {
    return from == 0;
  }

  /** How many times this pass reads. */
  public int times() {
    return times;
  }

  /** How many times will have been read with this pass. */
  public int end() {
    return from + times;
  }

  /** How many times the memory can hold. */
  public int capacity() {
    return memory.capacity();
  }

  /** The places of this pass's times among all: i32 (times), an input of the graph. */
  public Tensor places() {
    return Tensor.arange(times).add(start);
  }

  /** The place of this pass's first time: i32 (1), an input of the graph. */
  Tensor start() {
    return start;
  }

  /** What the asking layer last kept, f32: at first zeros. */
  public Parameter cell(Shape shape) {
    return memory.cell(asked++, shape);
  }

  /** What the cell shall hold behind this pass. */
  public void keep(Parameter cell, Tensor next) {
    updates.add(new Assignment(cell, next));
  }

  @Override
  public Optional<Packing> packing() {
    return Optional.empty();
  }

  @Override
  public Mode packed(Packing packing) {
    throw new MerapiException(
        "Packed: several texts in a row cannot be written on; give one text a row");
  }

  @Override
  public List<Assignment> updates() {
    return List.copyOf(updates);
  }

  /** Computes what the pass made, and remembers, in one program. */
  public List<Tensor> run(Tensor... outputs) {
    List<Tensor> values = new Step(List.of(outputs), updates).run();
    memory.advance(from, times);
    return values;
  }
}
