package dev.merapi.bench;

import org.bytedeco.dnnl.IntMemoryMap;
import org.bytedeco.dnnl.engine;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.matmul;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.primitive;
import org.bytedeco.dnnl.stream;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/**
 * oneDNN's primitives over memory that Merapi holds; made once and run often, as its documentation
 * asks.
 */
final class OneDnn {
  private final engine cpu = new engine(org.bytedeco.dnnl.engine.kind.cpu, 0);
  private final stream stream = new stream(cpu);

  /** One primitive with its arguments. */
  record Call(primitive primitive, IntMemoryMap arguments, stream stream, Object[] held) {
    void run() {
      primitive.execute(stream, arguments);
      stream._wait();
    }
  }

  /** A batched product, with strides in elements for (batch, row, column). */
  Call matmul(Matrices m) {
    long[] ca = {m.batch(), m.m(), m.k()};
    long[] cb = {m.batch(), m.k(), m.n()};
    long[] cc = {m.batch(), m.m(), m.n()};
    var a = strided(ca, strides(m.m(), m.k(), m.transposedA()), m.a());
    var b = strided(cb, strides(m.k(), m.n(), m.transposedB()), m.b());
    var c = strided(cc, strides(m.m(), m.n(), false), m.c());
    var description = new matmul.primitive_desc(cpu, a.get_desc(), b.get_desc(), c.get_desc());
    var arguments = new IntMemoryMap();
    arguments.put(dnnl.DNNL_ARG_SRC, a);
    arguments.put(dnnl.DNNL_ARG_WEIGHTS, b);
    arguments.put(dnnl.DNNL_ARG_DST, c);
    return new Call(
        new matmul(description), arguments, stream, new Object[] {a, b, c, description});
  }

  /**
   * A product's sizes and addresses.
   *
   * @param transposedA A lies as (k, m)
   * @param transposedB B lies as (n, k)
   */
  record Matrices(
      int batch,
      int m,
      int n,
      int k,
      boolean transposedA,
      boolean transposedB,
      long a,
      long b,
      long c) {}

  private static long[] strides(int rows, int columns, boolean transposed) {
    long size = (long) rows * columns;
    return transposed ? new long[] {size, 1, rows} : new long[] {size, columns, 1};
  }

  private memory strided(long[] sizes, long[] strides, long address) {
    var description = new memory.desc(sizes, memory.data_type.f32, strides);
    return new memory(description, cpu, at(address));
  }

  static FloatPointer at(long address) {
    return new FloatPointer(new Address(address));
  }

  /** A pointer to memory that someone else owns. */
  private static final class Address extends Pointer {
    Address(long at) {
      address = at;
    }
  }
}
