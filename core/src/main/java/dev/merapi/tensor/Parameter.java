package dev.merapi.tensor;

import dev.merapi.graph.Op;
import dev.merapi.graph.Storage;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.function.Consumer;

/**
 * A tensor whose value can be replaced: a weight, or state such as a running mean. The one mutable
 * cell of the system, and {@link #assign} its one mutation. A graph reads the value that the
 * parameter has when the graph runs.
 */
public final class Parameter extends Tensor {
  private final boolean trained;
  private Tensor initial;
  private volatile Storage storage;

  private Parameter(Tensor initial, boolean trained) {
    super(initial.shape(), initial.dtype());
    if (initial.shape().elements() > Integer.MAX_VALUE) {
      throw new MerapiException(
          "a parameter of %s would have %d elements, and %d are the most; split it"
              .formatted(initial.shape(), initial.shape().elements(), Integer.MAX_VALUE));
    }
    this.initial = initial;
    this.trained = trained;
  }

  /**
   * A parameter that is trained, with its first value; that is computed when it is first needed.
   */
  public static Parameter of(Tensor initial) {
    return new Parameter(initial, true);
  }

  /** State that is saved with the rest but not trained: running statistics, counters. */
  public static Parameter state(Tensor initial) {
    return new Parameter(initial, false);
  }

  public boolean trained() {
    return trained;
  }

  /**
   * Replaces the value by that of a tensor of the same shape and dtype, computed now; it may read
   * this parameter.
   */
  public void assign(Tensor value) {
    new Step(List.of(), List.of(new Step.Assignment(this, value))).run();
  }

  /**
   * Replaces the value by a copy of these elements, of the same number and dtype. A first value
   * that was not needed yet never is, so a model that is read from a file draws no random numbers.
   */
  public synchronized void assign(Storage elements) {
    if (elements.dtype() != dtype() || elements.elements() != shape().elements()) {
      throw new MerapiException(
          "a parameter %s %s cannot take %d elements of %s"
              .formatted(dtype(), shape(), elements.elements(), elements.dtype()));
    }
    write(memory -> memory.copyFrom(elements.segment()));
  }

  /**
   * Replaces the value by what somebody writes into its memory, all of it: elements row by row, in
   * the machine's byte order. As with {@link #assign(Storage)} a first value that was not needed
   * yet never is.
   */
  public synchronized void write(Consumer<MemorySegment> writer) {
    Storage memory = storage;
    if (memory == null) {
      memory = Storage.allocate(dtype(), shape().elements());
    }
    writer.accept(memory.segment());
    storage = memory;
    initial = this;
  }

  /** The memory that holds the value; programs read and write it in place. */
  public Storage storage() {
    Storage current = storage;
    return current != null ? current : initialise();
  }

  private synchronized Storage initialise() {
    if (storage == null) {
      storage = initial.op() instanceof Op.Data(var value, _) ? value.offHeap() : computed();
      initial = this;
    }
    return storage;
  }

  /** The first value, computed where it is to lie. */
  private Storage computed() {
    var first = new Parameter(initial, trained);
    first.storage = Storage.allocate(dtype(), shape().elements());
    first.assign(initial);
    return first.storage;
  }
}
