package dev.merapi.graph;

import dev.merapi.graph.Kernel.Instruction;
import dev.merapi.graph.Kernel.View;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a kernel does, and what that costs at least: a function of its description alone.
 *
 * @param op for people: {@code matmul + add relu}
 * @param shape for people; of a product {@code m×n×k}
 * @param flops arithmetic: 2 for a multiplication and addition, 1 for each other function, whatever
 *     it is, of each element
 * @param bytes that have to come from memory and go there once, if nothing is cached: distinct
 *     elements of operands and results
 */
public record Cost(String op, String shape, long flops, long bytes) {

  /** The cost of one run of a kernel. */
  public static Cost of(Kernel kernel) {
    return switch (kernel) {
      case Kernel.Rows rows -> rows(rows);
      case Kernel.MatMul product -> matMul(product);
      case Kernel.Convolve convolution -> convolve(convolution);
      case Kernel.Iota(_, int n) -> new Cost("iota", "" + n, 0, 4L * n);
      case Kernel.Random(var distribution, _, _, long n) ->
          new Cost("random " + lower(distribution), "" + n, 0, 4 * n);
      case Kernel.ArgReduce(boolean greatest, var dtype, _, _, long rows, int columns) ->
          new Cost(
              greatest ? "argmax" : "argmin",
              times(rows, columns),
              rows * columns,
              rows * columns * dtype.bytes() + 4 * rows);
      case Kernel.Cumsum(var dtype, _, _, long rows, int columns) ->
          new Cost(
              "cumsum", times(rows, columns), rows * columns, 2 * rows * columns * dtype.bytes());
      case Kernel.ArgSort(var dtype, _, _, _, long rows, int columns) ->
          new Cost("argsort", times(rows, columns), 0, rows * columns * (dtype.bytes() + 4L));
      case Kernel.Gather(var dtype, _, _, _, int batch, int rows, int count, int width) ->
          new Cost(
              "gather",
              "%s of %s".formatted(times(batch, count, width), times(batch, rows, width)),
              0,
              (long) batch * count * (2L * width * dtype.bytes() + 4));
      case Kernel.ScatterAdd(var dtype, _, _, _, int batch, int rows, int count, int width) ->
          new Cost(
              "scatter add",
              "%s into %s".formatted(times(batch, count, width), times(batch, rows, width)),
              (long) batch * count * width,
              (long) batch * (count * ((long) width * dtype.bytes() + 4))
                  + (long) batch * rows * width * dtype.bytes());
      case Kernel.ArgPool pool -> argPool(pool);
      case Kernel.Fused fused -> fused(fused);
    };
  }

  /** Billions of operations a second of a run that takes so many seconds. */
  public double gigaflops(double seconds) {
    return flops / seconds / 1e9;
  }

  /** Billions of bytes a second of a run that takes so many seconds. */
  public double gigabytes(double seconds) {
    return bytes / seconds / 1e9;
  }

  private static Cost matMul(Kernel.MatMul product) {
    List<Integer> batch = product.batch();
    int m = product.m();
    int n = product.n();
    int k = product.k();
    long bytes =
        bytes(product.a(), batch, m, k)
            + bytes(product.b(), batch, k, n)
            + bytes(product.c(), batch, m, n);
    long flops = 2L * count(batch) * m * n * k;
    String shape = batch.isEmpty() ? times(m, n, k) : times(batch) + " of " + times(m, n, k);
    return new Cost("matmul", shape, flops, bytes).with(product.epilogue(), product.c().buffer());
  }

  /** The three roles are one trilinear form and take equally many products. */
  private static Cost convolve(Kernel.Convolve convolution) {
    long outputs = convolution.w().size(0);
    long flops =
        2 * convolution.y().elements() * (convolution.w().elements() / Math.max(outputs, 1));
    long result =
        switch (convolution.role()) {
          case OUTPUT -> convolution.y().elements();
          case INPUT -> convolution.x().elements();
          case WEIGHT -> convolution.w().elements();
        };
    long all = convolution.x().elements() + convolution.w().elements() + convolution.y().elements();
    long bytes = convolution.dtype().bytes() * (all - result) + 4 * result;
    String op =
        switch (convolution.role()) {
          case OUTPUT -> "conv";
          case INPUT -> "conv input";
          case WEIGHT -> "conv weight";
        };
    String shape = "%s * %s".formatted(convolution.x(), convolution.w());
    return new Cost(op, shape, flops, bytes).with(convolution.epilogue(), convolution.out());
  }

  /** With work that rides on the store; the result itself is still in a register then. */
  private Cost with(Optional<Kernel.Rows> epilogue, int result) {
    if (epilogue.isEmpty()) {
      return this;
    }
    Kernel.Rows rows = epilogue.get();
    return new Cost(
        op + " + " + functions(rows),
        shape,
        flops + arithmetic(rows),
        bytes + traffic(rows, result));
  }

  private static Cost rows(Kernel.Rows rows) {
    List<Integer> space = new ArrayList<>(rows.outer());
    space.add(rows.inner());
    return new Cost(functions(rows), times(space), arithmetic(rows), traffic(rows, -1));
  }

  private static Cost argPool(Kernel.ArgPool pool) {
    long inputs = pool.planes();
    for (int size : pool.space().toArray()) {
      inputs *= size;
    }
    long outputs = pool.planes();
    long compared = pool.planes();
    for (Windows windows : pool.windows()) {
      outputs *= windows.count();
      long lengths = 0;
      for (int length : windows.lengths().toArray()) {
        lengths += length;
      }
      compared *= lengths;
    }
    String space = pool.space().toArray().length + "d";
    return new Cost(
        "argpool " + space,
        "%d of %s".formatted(pool.planes(), pool.space()),
        compared,
        4 * (inputs + outputs));
  }

  private static Cost fused(Kernel.Fused fused) {
    long bytes = 4 * fused.shape().elements();
    for (int i = 0; i < fused.inputs().size(); i++) {
      List<Integer> sizes = Arrays.stream(fused.shapes().get(i).toArray()).boxed().toList();
      bytes += bytes(fused.inputs().get(i), sizes);
    }
    String shape = fused.shapes().getFirst().toString();
    return new Cost(fused.op().label(), shape, fused.op().flops(fused.shapes()), bytes);
  }

  // ---- row kernels

  /** What a row kernel computes, each function once, in order; {@code copy} where it is nothing. */
  private static String functions(Kernel.Rows rows) {
    Set<String> names = new LinkedHashSet<>();
    for (Instruction instruction : rows.instructions()) {
      switch (instruction) {
        case Instruction.Unary(var kind, _) -> names.add(lower(kind));
        case Instruction.Binary(var kind, _, _) -> names.add(lower(kind));
        case Instruction.Where _ -> names.add("where");
        case Instruction.Cast(_, _, var to) -> names.add(lower(to));
        case Instruction.ReduceRow(var kind, _) -> names.add("row " + lower(kind));
        case Instruction.ReduceColumns(var kind, _, _) -> names.add("column " + lower(kind));
        case Instruction.Load _, Instruction.Store _, Instruction.Constant _ -> {}
      }
    }
    return names.isEmpty() ? "copy" : String.join(" ", names);
  }

  private static long arithmetic(Kernel.Rows rows) {
    long perRow = 0; // of a whole row, over all instructions
    long inner = rows.inner();
    List<Boolean> full = new ArrayList<>();
    for (Instruction instruction : rows.instructions()) {
      boolean wide =
          switch (instruction) {
            case Instruction.Load(var view) -> view.strides().getLast() != 0;
            case Instruction.Constant _, Instruction.ReduceRow _ -> false;
            case Instruction.Unary(_, int x) -> full.get(x);
            case Instruction.Binary(_, int a, int b) -> full.get(a) || full.get(b);
            case Instruction.Where(int condition, int a, int b) ->
                full.get(condition) || full.get(a) || full.get(b);
            case Instruction.Cast(int x, _, _) -> full.get(x);
            case Instruction.Store(int x, _) -> full.get(x);
            case Instruction.ReduceColumns(_, int x, _) -> full.get(x);
          };
      full.add(wide);
      perRow +=
          switch (instruction) {
            case Instruction.Load _, Instruction.Store _, Instruction.Constant _ -> 0;
            case Instruction.Cast _ -> 0;
            case Instruction.ReduceRow _ -> inner;
            case Instruction.Unary _, Instruction.Binary _, Instruction.Where _ -> wide ? inner : 1;
            case Instruction.ReduceColumns _ -> wide ? inner : 1;
          };
    }
    return perRow * count(rows.outer());
  }

  /** Each view that is read, and each that is written, but for a result that is at hand. */
  private static long traffic(Kernel.Rows rows, int atHand) {
    Set<View> read = new HashSet<>();
    Set<View> written = new HashSet<>();
    for (Instruction instruction : rows.instructions()) {
      switch (instruction) {
        case Instruction.Load(var view) -> read.add(view);
        case Instruction.Store(_, var view) -> written.add(view);
        case Instruction.ReduceColumns(_, _, var view) -> written.add(view);
        case Instruction.Constant _, Instruction.Unary _, Instruction.Binary _ -> {}
        case Instruction.Where _, Instruction.Cast _, Instruction.ReduceRow _ -> {}
      }
    }
    long bytes = 0;
    for (Set<View> views : List.of(read, written)) {
      for (View view : views) {
        if (view.buffer() != atHand) {
          bytes += bytes(view, rows.outer(), rows.inner());
        }
      }
    }
    return bytes;
  }

  // ---- sizes

  /** Distinct elements of a view: axes of stride 0 repeat the same ones. */
  private static long bytes(View view, List<Integer> outer, int... inner) {
    long elements = 1;
    for (int i = 0; i < view.strides().size(); i++) {
      int size = i < outer.size() ? outer.get(i) : inner[i - outer.size()];
      elements *= view.strides().get(i) == 0 ? 1 : size;
    }
    return elements * view.dtype().bytes();
  }

  private static long count(List<Integer> sizes) {
    return sizes.stream().mapToLong(size -> size).reduce(1, (a, b) -> a * b);
  }

  private static String times(long... sizes) {
    return Arrays.stream(sizes).mapToObj(Long::toString).collect(Collectors.joining("×"));
  }

  private static String times(List<Integer> sizes) {
    return sizes.stream().map(String::valueOf).collect(Collectors.joining("×"));
  }

  private static String lower(Enum<?> name) {
    return name.name().toLowerCase(Locale.ROOT);
  }
}
