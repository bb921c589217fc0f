package dev.merapi.graph;

import dev.merapi.backend.Backend;
import dev.merapi.graph.Kernel.Instruction;
import dev.merapi.reference.Reference;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Shape;
import dev.merapi.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Runs kernels one element at a time through the reference interpreter: it tells whether a lowering
 * is right, not a kernel.
 */
final class PlainBackend implements Backend {

  @Override
  public String name() {
    return "plain";
  }

  @Override
  public boolean supports(FusedOp op, List<Shape> shapes) {
    return true;
  }

  @Override
  public Task prepare(Kernel kernel) {
    return buffers -> run(kernel, buffers);
  }

  private static void run(Kernel kernel, long[] buffers) {
    switch (kernel) {
      case Kernel.Rows rows -> rows(rows, buffers);
      case Kernel.MatMul(var batch, int m, int n, int k, var a, var b, var c, var epilogue) -> {
        int[] sizes = new int[batch.size() + 2];
        Arrays.setAll(sizes, i -> i < batch.size() ? batch.get(i) : i == batch.size() ? m : k);
        int[] right = sizes.clone();
        right[batch.size()] = k;
        right[batch.size() + 1] = n;
        Tensor y =
            strided(a, buffers, Shape.of(sizes)).matmul(strided(b, buffers, Shape.of(right)));
        write(y, buffers[c.buffer()]);
        epilogue.ifPresent(rows -> rows(rows, buffers));
      }
      case Kernel.Convolve(
              var role,
              var g,
              var dtype,
              var x,
              var w,
              var y,
              int a,
              int b,
              int out,
              var epilogue) -> {
        Op op =
            switch (role) {
              case OUTPUT ->
                  new ContractionOp.Conv(at(buffers[a], dtype, x), at(buffers[b], dtype, w), g);
              case INPUT ->
                  new ContractionOp.ConvInput(
                      at(buffers[a], dtype, y), at(buffers[b], dtype, w), g, x);
              case WEIGHT ->
                  new ContractionOp.ConvWeight(
                      at(buffers[a], dtype, x), at(buffers[b], dtype, y), g, w);
            };
        write(new Tensor(op), buffers[out]);
        epilogue.ifPresent(rows -> rows(rows, buffers));
      }
      case Kernel.Iota(int out, int n) -> write(Tensor.arange(n), buffers[out]);
      case Kernel.Random(var d, int key, int out, long n) ->
          write(
              new Tensor(
                  new Op.Random(d, at(buffers[key], DType.I64, Shape.of(1)), Shape.of((int) n))),
              buffers[out]);
      case Kernel.ArgReduce(boolean greatest, var dtype, int x, int out, long rows, int columns) ->
          write(
              new Tensor(
                  new ReductionOp.ArgReduce(
                      greatest, at(buffers[x], dtype, Shape.of((int) rows, columns)))),
              buffers[out]);
      case Kernel.Cumsum(var dtype, int x, int out, long rows, int columns) ->
          write(
              new Tensor(
                  new ReductionOp.Cumsum(at(buffers[x], dtype, Shape.of((int) rows, columns)))),
              buffers[out]);
      case Kernel.ArgSort(var dtype, boolean descending, int x, int out, long rows, int columns) ->
          write(
              new Tensor(
                  new ReductionOp.ArgSort(
                      at(buffers[x], dtype, Shape.of((int) rows, columns)), descending)),
              buffers[out]);
      case Kernel.Gather(
              var dtype,
              int x,
              int index,
              int out,
              int batch,
              int rows,
              int count,
              int width) ->
          write(
              new Tensor(
                  new Op.Gather(
                      at(buffers[x], dtype, Shape.of(batch, rows, width)),
                      at(buffers[index], DType.I32, Shape.of(batch, count)))),
              buffers[out]);
      case Kernel.ScatterAdd(
              var dtype,
              int index,
              int updates,
              int out,
              int batch,
              int rows,
              int count,
              int width) ->
          write(
              new Tensor(
                  new Op.ScatterAdd(
                      at(buffers[index], DType.I32, Shape.of(batch, count)),
                      at(buffers[updates], dtype, Shape.of(batch, count, width)),
                      rows)),
              buffers[out]);
      case Kernel.ArgPool(int x, int out, int planes, var space, var windows) ->
          write(
              new Tensor(
                  new ContractionOp.ArgPool(
                      at(buffers[x], DType.F32, Shape.of(planes).concat(Shape.of(space.toArray()))),
                      windows)),
              buffers[out]);
      case Kernel.Fused(var op, var shapes, var inputs, int out) -> {
        List<Tensor> tensors = new ArrayList<>();
        for (int i = 0; i < inputs.size(); i++) {
          Kernel.View view = inputs.get(i);
          tensors.add(
              view.dtype() == DType.I64 // more than a double holds
                  ? at(buffers[view.buffer()] + 8 * view.offset(), DType.I64, shapes.get(i))
                  : strided(view, buffers, shapes.get(i)));
        }
        write(op.definition(tensors), buffers[out]);
      }
    }
  }

  /**
   * Element by element over all rows: every value of a row is made before any store, so that
   * writing in place is seen to work.
   */
  private static void rows(Kernel.Rows rows, long[] buffers) {
    int n = rows.inner();
    int count = rows.outer().stream().reduce(1, (a, b) -> a * b);
    int[] place = new int[rows.outer().size()];
    Shape outer = Shape.of(rows.outer().stream().mapToInt(i -> i).toArray());
    for (int row = 0; row < count; row++) {
      unravel(row, outer, place);
      double[][] values = new double[rows.instructions().size()][];
      DType[] types = new DType[values.length];
      for (int i = 0; i < values.length; i++) {
        int number = i;
        int[] at = place.clone();
        switch (rows.instructions().get(i)) {
          case Instruction.Load(var view) -> {
            types[i] = view.dtype();
            values[i] =
                fill(
                    last(view) == 0 ? 1 : n,
                    j -> get(buffers[view.buffer()], view.dtype(), index(view, at, j)));
          }
          case Instruction.Constant(var dtype, double value) -> {
            types[i] = dtype;
            values[i] = new double[] {value};
          }
          case Instruction.Store(int x, var view) -> {
            for (int j = 0; j < (last(view) == 0 ? 1 : n); j++) {
              set(buffers[view.buffer()], view.dtype(), index(view, at, j), pick(values[x], j));
            }
          }
          case Instruction.ReduceRow(var kind, int x) -> {
            types[i] = types[x];
            values[i] = new double[] {reduce(kind, values[x], n)};
          }
          case Instruction.ReduceColumns(var kind, int x, var view) -> {
            boolean first = true;
            for (int d = 0; d < rows.summed(); d++) {
              first &= place[place.length - 1 - d] == 0;
            }
            for (int j = 0; j < n; j++) {
              long to = index(view, at, j);
              double v = pick(values[x], j);
              double before = first ? 0 : get(buffers[view.buffer()], view.dtype(), to);
              set(buffers[view.buffer()], view.dtype(), to, first ? v : combine(kind, before, v));
            }
          }
          case Instruction.Unary _, Instruction.Binary _, Instruction.Where _, Instruction.Cast _ ->
              compute(rows.instructions().get(i), number, values, types);
        }
      }
    }
  }

  private static void compute(
      Instruction instruction, int number, double[][] values, DType[] types) {
    switch (instruction) {
      case Instruction.Unary(var kind, int x) -> {
        Tensor y = new Tensor(new Op.Unary(kind, tensor(values[x], types[x])));
        types[number] = y.dtype();
        values[number] = Reference.evaluate(y);
      }
      case Instruction.Binary(var kind, int a, int b) -> {
        int m = Math.max(values[a].length, values[b].length);
        Tensor y =
            new Tensor(
                new Op.Binary(
                    kind,
                    tensor(wide(values[a], m), types[a]),
                    tensor(wide(values[b], m), types[b])));
        types[number] = y.dtype();
        values[number] = Reference.evaluate(y);
      }
      case Instruction.Where(int c, int a, int b) -> {
        int m = Math.max(values[c].length, Math.max(values[a].length, values[b].length));
        types[number] = types[a];
        values[number] =
            fill(m, j -> pick(values[c], j) != 0 ? pick(values[a], j) : pick(values[b], j));
      }
      case Instruction.Cast(int x, var from, var to) -> {
        types[number] = to;
        values[number] = Reference.evaluate(tensor(values[x], from).cast(to));
      }
      default -> throw new IllegalStateException();
    }
  }

  private static double[] wide(double[] values, int n) {
    return values.length == n ? values : fill(n, _ -> values[0]);
  }

  private static double pick(double[] values, int j) {
    return values.length == 1 ? values[0] : values[j];
  }

  private static double reduce(ReduceKind kind, double[] values, int n) {
    double result = pick(values, 0);
    for (int j = 1; j < n; j++) {
      result = combine(kind, result, pick(values, j));
    }
    return result;
  }

  private static double combine(ReduceKind kind, double a, double b) {
    return switch (kind) {
      case SUM -> a + b;
      case PROD -> a * b;
      case MAX -> Math.max(a, b);
      case MIN -> Math.min(a, b);
    };
  }

  private static long last(Kernel.View view) {
    return view.strides().getLast();
  }

  private static long index(Kernel.View view, int[] place, int column) {
    long index = view.offset() + column * last(view);
    for (int i = 0; i < place.length; i++) {
      index += place[i] * view.strides().get(i);
    }
    return index;
  }

  private static void unravel(int row, Shape outer, int[] place) {
    int rest = row;
    for (int i = place.length - 1; i >= 0; i--) {
      place[i] = rest % outer.size(i);
      rest /= outer.size(i);
    }
  }

  private static double[] fill(int n, java.util.function.IntToDoubleFunction f) {
    double[] values = new double[n];
    Arrays.setAll(values, f);
    return values;
  }

  private static Tensor tensor(double[] values, DType dtype) {
    return new Tensor(new Op.Data(Reference.write(values, dtype), Shape.of(values.length)));
  }

  private static Tensor at(long address, DType dtype, Shape shape) {
    return Tensor.wrap(dtype, memory(address, shape.elements() * dtype.bytes()), shape);
  }

  private static Tensor strided(Kernel.View view, long[] buffers, Shape shape) {
    int[] place = new int[shape.rank()];
    double[] values =
        fill(
            (int) shape.elements(),
            i -> {
              unravel(i, shape, place);
              long index = view.offset();
              for (int axis = 0; axis < place.length; axis++) {
                index += place[axis] * view.strides().get(axis);
              }
              return get(buffers[view.buffer()], view.dtype(), index);
            });
    return tensor(values, view.dtype()).reshape(shape);
  }

  private static void write(Tensor y, long address) {
    Storage storage = Reference.write(Reference.evaluate(y), y.dtype());
    memory(address, storage.bytes()).copyFrom(storage.segment());
  }

  private static double get(long address, DType dtype, long index) {
    return Reference.read(
        new Storage(dtype, 1, memory(address + index * dtype.bytes(), dtype.bytes())))[0];
  }

  private static void set(long address, DType dtype, long index, double value) {
    memory(address + index * dtype.bytes(), dtype.bytes())
        .copyFrom(Reference.write(new double[] {value}, dtype).segment());
  }

  @SuppressWarnings("restricted")
  private static MemorySegment memory(long address, long bytes) {
    return MemorySegment.ofAddress(address).reinterpret(bytes);
  }
}
