package dev.merapi.graph;

import dev.merapi.tensor.CustomOp;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Parameter;
import dev.merapi.tensor.Shape;
import dev.merapi.tensor.Tensor;
import java.util.List;

/**
 * What a tensor is computed by: the primitives of Merapi. Everything else is composed of them.
 *
 * <p>Primitives are strict: element-wise inputs have equal shapes and dtypes, axes count from 0,
 * reductions keep their axes with size 1. The methods of {@link Tensor} insert the broadcasts,
 * casts and reshapes that get there. The shape and dtype of each op is checked by {@link Typing}
 * when its tensor is built; its gradient stands in {@link GradientRules}.
 */
public sealed interface Op
    permits Op.OfOne,
        Op.Constant,
        Op.Data,
        Op.Read,
        Op.Input,
        Op.Iota,
        Op.Random,
        Op.Binary,
        Op.Where,
        Op.Again,
        Op.Recomputed,
        MovementOp,
        ReductionOp,
        Op.Gather,
        Op.ScatterAdd,
        ContractionOp,
        Op.Custom,
        Op.Fused {

  /** The tensors this op reads. */
  default List<Tensor> inputs() {
    return List.of();
  }

  /** The same op over other inputs of the same shapes. */
  default Op with(List<Tensor> inputs) {
    return this;
  }

  /**
   * Everything that tells this op from another of its class, its inputs excepted; compared by
   * equals. By default nothing does.
   */
  default Object attributes() {
    return getClass();
  }

  /** An op that reads one tensor. */
  sealed interface OfOne extends Op
      permits Unary,
          Cast,
          Detach,
          MovementOp.Reshape,
          MovementOp.Permute,
          MovementOp.Broadcast,
          MovementOp.Slice,
          MovementOp.Flip,
          MovementOp.Pad,
          ReductionOp.Reduce,
          ReductionOp.ArgReduce,
          ReductionOp.Cumsum,
          ReductionOp.ArgSort,
          ContractionOp.ArgPool {
    Tensor x();

    @Override
    default List<Tensor> inputs() {
      return List.of(x());
    }
  }

  // ---- leaves

  /** A scalar that is part of the graph's structure. */
  record Constant(DType dtype, double value) implements Op {
    @Override
    public Object attributes() {
      return this;
    }
  }

  /** A value from the host, bound when the graph runs: its numbers are no part of the structure. */
  record Data(Storage storage, Shape shape) implements Op {}

  /** The value that a parameter has when the graph runs. */
  record Read(Parameter parameter) implements Op {}

  /** The place of a {@link Data} or {@link Read} in a compiled program. */
  record Input(int slot, DType dtype, Shape shape) implements Op {
    @Override
    public Object attributes() {
      return this;
    }
  }

  /** The i32 numbers 0 … size-1. */
  record Iota(int size) implements Op {
    @Override
    public Object attributes() {
      return this;
    }
  }

  /**
   * Random f32 numbers from a key, an i64 tensor of shape (1,). Element {@code i} comes from word
   * {@code i mod 4} of the Philox block with counter {@code (i / 4, 0)}: uniform = (word >>> 8) ·
   * 2⁻²⁴; normal by Box-Muller from words (0, 1) and (2, 3).
   */
  record Random(Distribution distribution, Tensor key, Shape shape) implements Op {
    /** The distribution drawn from. */
    public enum Distribution {
      UNIFORM,
      NORMAL
    }

    @Override
    public List<Tensor> inputs() {
      return List.of(key);
    }

    @Override
    public Op with(List<Tensor> inputs) {
      return new Random(distribution, inputs.get(0), shape);
    }

    @Override
    public Object attributes() {
      return distribution;
    }
  }

  // ---- element by element

  /** A function of one element. */
  record Unary(UnaryKind kind, Tensor x) implements OfOne {
    @Override
    public Op with(List<Tensor> inputs) {
      return new Unary(kind, inputs.get(0));
    }

    @Override
    public Object attributes() {
      return kind;
    }
  }

  /**
   * A function of two elements. Comparisons give bool; NaN is unequal to everything; MAX and MIN
   * hand NaN on.
   */
  record Binary(BinaryKind kind, Tensor a, Tensor b) implements Op {
    @Override
    public List<Tensor> inputs() {
      return List.of(a, b);
    }

    @Override
    public Op with(List<Tensor> inputs) {
      return new Binary(kind, inputs.get(0), inputs.get(1));
    }

    @Override
    public Object attributes() {
      return kind;
    }
  }

  /** {@code condition ? a : b}; the condition is bool. */
  record Where(Tensor condition, Tensor a, Tensor b) implements Op {
    @Override
    public List<Tensor> inputs() {
      return List.of(condition, a, b);
    }

    @Override
    public Op with(List<Tensor> inputs) {
      return new Where(inputs.get(0), inputs.get(1), inputs.get(2));
    }
  }

  /** Another dtype. Float to integer cuts towards zero and saturates; to bool is {@code x != 0}. */
  record Cast(Tensor x, DType dtype) implements OfOne {
    @Override
    public Op with(List<Tensor> inputs) {
      return new Cast(inputs.get(0), dtype);
    }

    @Override
    public Object attributes() {
      return dtype;
    }
  }

  /** The same value, but no gradient flows back. */
  record Detach(Tensor x) implements OfOne {
    @Override
    public Op with(List<Tensor> inputs) {
      return new Detach(inputs.get(0));
    }
  }

  /**
   * The same value, read only once {@code after} has been computed: what is computed of it stays
   * apart from what is computed of x, and waits. A look at x, without a kernel.
   */
  record Again(Tensor x, Tensor after) implements Op {
    @Override
    public List<Tensor> inputs() {
      return List.of(x, after);
    }

    @Override
    public Op with(List<Tensor> inputs) {
      return new Again(inputs.get(0), inputs.get(1));
    }

    @Override
    public Object attributes() {
      return Again.class;
    }
  }

  /**
   * The last input, whose gradient computes what lies between it and the inputs before it again,
   * rather than have it kept; see {@link Recomputation}.
   */
  record Recomputed(List<Tensor> inputs) implements Op {
    public Recomputed {
      inputs = List.copyOf(inputs);
    }

    /** What it is computed from. */
    public List<Tensor> sources() {
      return inputs.subList(0, inputs.size() - 1);
    }

    /** What it is. */
    public Tensor value() {
      return inputs.getLast();
    }

    @Override
    public Op with(List<Tensor> other) {
      return new Recomputed(other);
    }

    @Override
    public Object attributes() {
      return Recomputed.class;
    }
  }

  // ---- indexing

  /**
   * {@code out[b, i, :] = x[b, index[b, i], :]}: x (B, N, R), index i32 (B, I) → (B, I, R). An
   * index outside 0 … N-1 is an error when the graph runs.
   */
  record Gather(Tensor x, Tensor index) implements Op {
    @Override
    public List<Tensor> inputs() {
      return List.of(x, index);
    }

    @Override
    public Op with(List<Tensor> inputs) {
      return new Gather(inputs.get(0), inputs.get(1));
    }
  }

  /**
   * The transpose of {@link Gather}: {@code out[b, index[b, i], :] += updates[b, i, :]} over zeros,
   * in the order of i: index i32 (B, I), updates (B, I, R) → (B, rows, R).
   */
  record ScatterAdd(Tensor index, Tensor updates, int rows) implements Op {
    @Override
    public List<Tensor> inputs() {
      return List.of(index, updates);
    }

    @Override
    public Op with(List<Tensor> inputs) {
      return new ScatterAdd(inputs.get(0), inputs.get(1), rows);
    }

    @Override
    public Object attributes() {
      return rows;
    }
  }

  // ---- the open door

  /** A {@link CustomOp}; its definition in plain ops is the last input. */
  record Custom(CustomOp op, List<Tensor> inputs) implements Op {
    public Custom {
      inputs = List.copyOf(inputs);
    }

    /** The tensors that the user handed in. */
    public List<Tensor> arguments() {
      return inputs.subList(0, inputs.size() - 1);
    }

    /** The same value in plain ops. */
    public Tensor definition() {
      return inputs.getLast();
    }

    @Override
    public Op with(List<Tensor> other) {
      return new Custom(op, other);
    }

    @Override
    public Object attributes() {
      return op;
    }
  }

  /**
   * A {@link FusedOp} over some tensors: kept whole where the backend has a kernel for it, else
   * replaced by its definition.
   */
  record Fused(FusedOp op, List<Tensor> inputs) implements Op {
    public Fused {
      inputs = List.copyOf(inputs);
    }

    @Override
    public Op with(List<Tensor> other) {
      return new Fused(op, other);
    }

    @Override
    public Object attributes() {
      return op;
    }
  }
}
