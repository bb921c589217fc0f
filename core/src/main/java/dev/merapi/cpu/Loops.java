package dev.merapi.cpu;

import dev.merapi.graph.BinaryKind;
import dev.merapi.graph.Op;
import dev.merapi.graph.ReduceKind;
import dev.merapi.graph.UnaryKind;
import dev.merapi.tensor.DType;
import java.util.Optional;

/**
 * Loops over elements in memory: what {@link Step}s are made of. {@link ScalarLoops} is the
 * definition, {@link VectorLoops} the same bits faster.
 *
 * <p>Operands are addresses. A step is the distance of neighbours in bytes: the width of a lane, or
 * 0 for an operand that is the same everywhere; that one stands in a vector of {@link
 * #UNIFORM_LANES} equal lanes. An output may be one of the operands, but not overlap one otherwise.
 * Nothing outside of the elements named is read or written, except a uniform operand's vector.
 */
interface Loops {
  /** How many equal lanes a uniform operand has in memory. */
  int UNIFORM_LANES = 16;

  /** Bytes that {@link #reduce} wants to work in. */
  int REDUCE_BYTES = 256;

  /** The loops that this JVM can run best. */
  static Loops best() {
    return Kernels.vectorised()
        ? new VectorLoops(Optional.of(RowGenerator.inBackground()))
        : new ScalarLoops();
  }

  /** What makes code of whole row kernels with the same bits, where something does. */
  default Optional<RowGenerator> generator() {
    return Optional.empty();
  }

  void unary(UnaryKind kind, Lane lane, long x, int xStep, long out, int n);

  /** Comparisons write {@link Lane#I32}; the lane is that of the operands. */
  void binary(BinaryKind kind, Lane lane, long a, int aStep, long b, int bStep, long out, int n);

  /** {@code condition ? a : b} with an i32 condition. */
  void where(
      Lane lane, long condition, int cStep, long a, int aStep, long b, int bStep, long out, int n);

  /** {@link Op.Cast} from lanes to lanes. */
  void cast(DType from, DType to, long x, int xStep, long out, int n);

  /** Neighbours in memory to lanes. */
  void load(DType dtype, long x, long out, int n);

  /** Lanes to neighbours in memory. */
  void store(DType dtype, long x, long out, int n);

  /** Copies lanes of 4 or 8 bytes. */
  void copy(int bytes, long x, int xStep, long out, int n);

  /** {@code columns} copies of each of {@code rows} lanes of 4 or 8 bytes. */
  void spread(int bytes, long x, long out, int rows, int columns);

  /** Copies elements of 1, 2, 4 or 8 bytes from one grid to another. */
  void move(int bytes, long from, Grid source, long to, Grid target, int rows, int columns);

  /**
   * Each row of {@code columns} neighbours made one. Element {@code i} goes to partial result
   * {@code i mod 32}; these are combined in halves: 0 with 16, 1 with 17, …, then 0 with 8, ….
   */
  void reduce(ReduceKind kind, Lane lane, long x, int rows, int columns, long out, long workspace);

  /**
   * The places of the greatest elements of {@code n} windows, as i32: window {@code i} has the
   * places {@code place + i * stride + offset} of the floats at x, for all offsets (rising). The
   * first of equals; a NaN before all; -1 for a window of nothing.
   *
   * @param end where memory that may be read ends
   */
  void firstGreatest(int[] offsets, long x, int place, int stride, long end, long out, int n);

  /**
   * A chunk of {@link RandomNumbers#CHUNK} Philox blocks made {@code 4 * CHUNK} numbers.
   *
   * @param workspace {@link RandomNumbers#WORKSPACE} bytes to work in
   */
  void random(
      Op.Random.Distribution distribution, long key, long firstBlock, long out, long workspace);
}
