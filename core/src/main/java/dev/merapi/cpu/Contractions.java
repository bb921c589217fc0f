package dev.merapi.cpu;

import dev.merapi.backend.Accelerator;
import dev.merapi.backend.Backend;
import dev.merapi.graph.ConvGeometry;
import dev.merapi.graph.Kernel;
import dev.merapi.tensor.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * Hands {@link Kernel.MatMul} and {@link Kernel.Convolve} to {@link Gemm} and {@link Convolution};
 * those of bf16 to the accelerator, where there is one.
 */
final class Contractions {
  private final ComputePool pool;
  private final Loops loops;
  private final Supplier<Optional<Accelerator>> accelerator;

  Contractions(ComputePool pool, Loops loops, Supplier<Optional<Accelerator>> accelerator) {
    this.pool = pool;
    this.loops = loops;
    this.accelerator = accelerator;
  }

  Backend.Task matMul(Kernel.MatMul k) {
    boolean half = k.a().dtype() == DType.BF16 && k.b().dtype() == DType.BF16;
    if (isHalfRow(k)) {
      return halfRow(k);
    }
    return half
        ? accelerator
            .get()
            .flatMap(library -> library.matMul(k))
            .map(work -> accelerated(work, k.epilogue()))
            .orElseGet(() -> floats(k))
        : floats(k);
  }

  private Backend.Task accelerated(Accelerator.Work work, Optional<Kernel.Rows> finish) {
    Optional<RowsTask> epilogue = epilogue(finish);
    return buffers ->
        work.run(
            buffers,
            pool::parallelFor,
            (first, rows, column, columns) ->
                epilogue.ifPresent(task -> task.tile(buffers, first, rows, column, columns)));
  }

  /** A row of f32 times a matrix of bf16 whose columns are contiguous: a weight, transposed. */
  private static boolean isHalfRow(Kernel.MatMul k) {
    int last = k.a().strides().size() - 1;
    return k.m() == 1
        && k.k() > 0
        && k.a().dtype() == DType.F32
        && k.b().dtype() == DType.BF16
        && (k.k() == 1 || (k.a().strides().get(last) == 1 && k.b().strides().get(last - 1) == 1));
  }

  private Backend.Task halfRow(Kernel.MatMul k) {
    var product =
        product(k, DType.BF16, (shape, a, b, c) -> RowProduct.runHalf(pool, shape, a, b, c));
    return buffers -> product.run(buffers, buffers[k.a().buffer()], buffers[k.b().buffer()]);
  }

  private Backend.Task floats(Kernel.MatMul k) {
    var left = FloatView.of(pool, loops, k.a(), sizes(k, k.m(), k.k()));
    var right = FloatView.of(pool, loops, k.b(), sizes(k, k.k(), k.n()));
    var product = product(k, DType.F32, (shape, a, b, c) -> Gemm.multiply(pool, shape, a, b, c));
    return buffers -> {
      try (var heldA = left.hold(buffers);
          var heldB = right.hold(buffers)) {
        product.run(buffers, heldA.base(), heldB.base());
      }
    };
  }

  /** Multiplies a batch of one stride. */
  private interface Multiply {
    void of(Gemm.Shape shape, Matrix a, Matrix b, Gemm.Output c);
  }

  /** Multiplies a whole batch, whose factors' elements with number 0 are at these addresses. */
  private interface Product {
    void run(long[] buffers, long baseA, long baseB);
  }

  /**
   * One call for each place of the batch axes that no single stride walks over.
   *
   * @param dtype of b as it is read
   */
  private Product product(Kernel.MatMul k, DType dtype, Multiply multiply) {
    var batch = Batch.of(k);
    var shape = new Gemm.Shape(batch.inner, k.m(), k.n(), k.k());
    Optional<RowsTask> epilogue = epilogue(k.epilogue());
    return (buffers, baseA, baseB) -> {
      for (int place = 0; place < batch.places(); place++) {
        Matrix a = batch.matrix(k.a(), baseA, DType.F32, place);
        Matrix b = batch.matrix(k.b(), baseB, dtype, place);
        Matrix c = batch.matrix(k.c(), buffers[k.c().buffer()], DType.F32, place);
        long firstRow = (long) place * batch.inner * k.m();
        var out =
            new Gemm.Output(
                c.address(),
                c.batchStride(),
                c.rowStride(),
                /* accumulate= */ false,
                onRows(epilogue, buffers, firstRow, k.m()));
        multiply.of(shape, a, b, out);
      }
    };
  }

  private static List<Integer> sizes(Kernel.MatMul k, int rows, int columns) {
    List<Integer> sizes = new ArrayList<>(k.batch());
    sizes.add(rows);
    sizes.add(columns);
    return sizes;
  }

  Backend.Task convolve(Kernel.Convolve k) {
    return k.dtype() == DType.BF16
        ? accelerator
            .get()
            .flatMap(library -> library.convolve(k))
            .map(work -> accelerated(work, k.epilogue()))
            .orElseGet(() -> floats(k))
        : floats(k);
  }

  private Backend.Task floats(Kernel.Convolve k) {
    long first = (k.role() == Kernel.Role.INPUT ? k.y() : k.x()).elements();
    long second = (k.role() == Kernel.Role.WEIGHT ? k.y() : k.w()).elements();
    var left = FloatView.of(pool, loops, k.a(), k.dtype(), first);
    var right = FloatView.of(pool, loops, k.b(), k.dtype(), second);
    var convolution = new Convolution(pool, shape(k));
    Optional<RowsTask> epilogue = epilogue(k.epilogue());
    int channels = k.y().size(1);
    return buffers -> {
      try (var heldA = left.hold(buffers);
          var heldB = right.hold(buffers)) {
        long a = heldA.base();
        long b = heldB.base();
        long out = buffers[k.out()];
        switch (k.role()) {
          case OUTPUT -> convolution.forward(a, b, out, onRows(epilogue, buffers, 0, channels));
          case INPUT -> convolution.inputGradient(a, b, out);
          case WEIGHT -> convolution.weightGradient(a, b, out);
        }
      }
    };
  }

  private static ConvShape shape(Kernel.Convolve k) {
    ConvGeometry g = k.geometry();
    List<ConvShape.Axis> axes =
        IntStream.range(0, g.axes())
            .mapToObj(
                i ->
                    new ConvShape.Axis(
                        k.x().size(i + 2),
                        k.w().size(i + 2),
                        k.y().size(i + 2),
                        g.stride().get(i),
                        g.before().get(i),
                        g.dilation().get(i)))
            .toList();
    return new ConvShape(k.x().size(0), g.groups(), k.x().size(1), k.w().size(0), axes);
  }

  private Optional<RowsTask> epilogue(Optional<Kernel.Rows> rows) {
    return rows.map(kernel -> new RowsTask(pool, loops, kernel, /* merge= */ false));
  }

  /** The epilogue over rows that are numbered from {@code firstRow}, so many for each problem. */
  private static Epilogue onRows(
      Optional<RowsTask> task, long[] buffers, long firstRow, int rowsOfOne) {
    if (task.isEmpty()) {
      return Epilogue.NONE;
    }
    RowsTask rows = task.get();
    return block ->
        rows.tile(
            buffers,
            firstRow + (long) block.batch() * rowsOfOne + block.row(),
            block.rows(),
            block.column(),
            block.columns());
  }

  /**
   * The axes of a batch: the last ones, over which all three views have one stride, as one; those
   * before it one by one.
   */
  private record Batch(List<Integer> outer, int inner, int innerAxes) {
    static Batch of(Kernel.MatMul k) {
      List<Integer> axes = k.batch();
      int last = axes.size() - 1;
      if (last < 0) {
        return new Batch(List.of(), 1, 0);
      }
      int inner = axes.get(last);
      int first = last;
      while (first > 0 && nested(k, first - 1, axes.get(first))) {
        first--;
        inner *= axes.get(first);
      }
      return new Batch(axes.subList(0, first), inner, axes.size() - first);
    }

    private static boolean nested(Kernel.MatMul k, int axis, int nextSize) {
      for (Kernel.View view : List.of(k.a(), k.b(), k.c())) {
        if (view.strides().get(axis) != nextSize * view.strides().get(axis + 1)) {
          return false;
        }
      }
      return true;
    }

    int places() {
      return outer.stream().reduce(1, (a, b) -> a * b);
    }

    Matrix matrix(Kernel.View view, long base, DType dtype, int place) {
      List<Long> strides = new ArrayList<>(view.strides());
      int axes = strides.size();
      long at = view.offset();
      int rest = place;
      for (int axis = outer.size() - 1; axis >= 0; axis--) {
        at += rest % outer.get(axis) * strides.get(axis);
        rest /= outer.get(axis);
      }
      long batchStride = innerAxes == 0 ? 0 : strides.get(axes - 3);
      long address = base + dtype.bytes() * at;
      return new Matrix(address, batchStride, strides.get(axes - 2), strides.get(axes - 1));
    }
  }
}
