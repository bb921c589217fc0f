package dev.merapi.graph;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.Shape;
import java.util.List;
import java.util.Optional;

/**
 * A piece of work in a {@link Program}: a description that a backend prepares once and runs often.
 * Memory is named by buffer numbers; outputs never overlap inputs unless they are the same elements
 * of the same buffer in a {@link Rows} kernel, or in a {@link Fused} one that allows it.
 */
public sealed interface Kernel {

  /**
   * Elements of a buffer seen over an iteration space: element {@code (i0, i1, …)} stands at {@code
   * offset + Σ i·stride}, all in elements of the dtype. A stride of 0 repeats.
   */
  record View(int buffer, DType dtype, long offset, List<Long> strides) {
    public View {
      strides = List.copyOf(strides);
    }
  }

  /**
   * A fused kernel: element-wise work, reductions over the inner axis, and their broadcasts, row by
   * row.
   *
   * <p>The iteration space is {@code outer… × inner}, row-major; a row is all {@code inner}
   * elements at one place of the outer axes. Each instruction makes the value with its own number
   * from values of lower numbers. A value is <em>full</em> (one element a column) or a <em>row
   * value</em> (one a row): constants, loads with inner stride 0, row reductions, and whatever is
   * computed of row values alone.
   *
   * @param summed how many of the last outer axes {@link Instruction.ReduceColumns} combines
   * @param wholeRows whether a full value depends on a row reduction, so that a row must be kept
   *     whole; else the columns may be walked in blocks
   */
  record Rows(
      List<Integer> outer, int inner, int summed, boolean wholeRows, List<Instruction> instructions)
      implements Kernel {
    /** The longest row that is kept whole. */
    public static final int LONGEST = 4096;

    public Rows {
      outer = List.copyOf(outer);
      instructions = List.copyOf(instructions);
    }
  }

  /** One step of a {@link Rows} kernel; operands are the numbers of earlier instructions. */
  sealed interface Instruction {
    /** Reads memory; strides over outer… and inner. Inner stride 0 gives a row value. */
    record Load(View view) implements Instruction {}

    /** A number; a row value. */
    record Constant(DType dtype, double value) implements Instruction {}

    record Unary(UnaryKind kind, int x) implements Instruction {}

    record Binary(BinaryKind kind, int a, int b) implements Instruction {}

    record Where(int condition, int a, int b) implements Instruction {}

    record Cast(int x, DType from, DType to) implements Instruction {}

    /** All columns of a full value made one: a row value. */
    record ReduceRow(ReduceKind kind, int x) implements Instruction {}

    /**
     * Writes a value: a full one with inner stride 1 or more, a row value with inner stride 0, once
     * a row.
     */
    record Store(int x, View view) implements Instruction {}

    /**
     * Combines a full value over the last {@code summed} outer axes; the view's strides for those
     * are 0.
     */
    record ReduceColumns(ReduceKind kind, int x, View view) implements Instruction {}
  }

  /**
   * C = A × B for each place of the batch: views over (batch…, m, k), (batch…, k, n) and (batch…,
   * m, n); f32, or A and B of bf16; C has column stride 1. The epilogue, a Rows kernel over
   * (batch…, m) × n without reductions, runs on each finished block of C.
   */
  record MatMul(
      List<Integer> batch, int m, int n, int k, View a, View b, View c, Optional<Rows> epilogue)
      implements Kernel {
    public MatMul {
      batch = List.copyOf(batch);
    }
  }

  /** Which tensor of a convolution is computed from the other two. */
  enum Role {
    /** y from x and w. */
    OUTPUT,
    /** x from dy and w. */
    INPUT,
    /** w from x and dy. */
    WEIGHT
  }

  /**
   * A convolution in one of its roles over contiguous buffers: operands of one dtype, f32 or bf16,
   * and a result of f32; x, w, y are the shapes of its three tensors whatever the role, the first
   * two buffers its operands in the order of the role. An epilogue (OUTPUT only) is a Rows kernel
   * over (batch, channel) × space.
   */
  record Convolve(
      Role role,
      ConvGeometry geometry,
      DType dtype,
      Shape x,
      Shape w,
      Shape y,
      int a,
      int b,
      int out,
      Optional<Rows> epilogue)
      implements Kernel {}

  /** The numbers 0 … n-1, i32. */
  record Iota(int out, int n) implements Kernel {}

  /** {@link Op.Random}: n f32 numbers from the i64 key in a buffer. */
  record Random(Op.Random.Distribution distribution, int key, int out, long n) implements Kernel {}

  /** {@link ReductionOp.ArgReduce} over contiguous rows. */
  record ArgReduce(boolean greatest, DType dtype, int x, int out, long rows, int columns)
      implements Kernel {}

  /** {@link ReductionOp.Cumsum} over contiguous rows. */
  record Cumsum(DType dtype, int x, int out, long rows, int columns) implements Kernel {}

  /** {@link ReductionOp.ArgSort} over contiguous rows. */
  record ArgSort(DType dtype, boolean descending, int x, int out, long rows, int columns)
      implements Kernel {}

  /**
   * {@link Op.Gather}: x (batch, rows, width), index (batch, count) → out (batch, count, width),
   * all contiguous.
   */
  record Gather(DType dtype, int x, int index, int out, int batch, int rows, int count, int width)
      implements Kernel {}

  /**
   * {@link Op.ScatterAdd}: index (batch, count), updates (batch, count, width) → out (batch, rows,
   * width), zeroed first.
   */
  record ScatterAdd(
      DType dtype, int index, int updates, int out, int batch, int rows, int count, int width)
      implements Kernel {}

  /** {@link ContractionOp.ArgPool}: x (planes, space…) f32 → out i32 (planes, windows…). */
  record ArgPool(int x, int out, int planes, Ints space, List<Windows> windows) implements Kernel {
    public ArgPool {
      windows = List.copyOf(windows);
    }
  }

  /**
   * A {@link FusedOp}: f32 results, contiguous, of inputs whose last axis is contiguous. The result
   * may be one of the inputs where the op allows that.
   *
   * @param shapes of the inputs, over whose axes the views have their strides
   */
  record Fused(FusedOp op, List<Shape> shapes, List<View> inputs, int out) implements Kernel {
    public Fused {
      shapes = List.copyOf(shapes);
      inputs = List.copyOf(inputs);
    }

    /** The shape of the result. */
    public Shape shape() {
      return op.shape(shapes);
    }
  }
}
