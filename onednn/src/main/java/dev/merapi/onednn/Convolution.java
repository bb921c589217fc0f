package dev.merapi.onednn;

import static dev.merapi.onednn.Primitives.BF16;
import static dev.merapi.onednn.Primitives.DIFF_DST;
import static dev.merapi.onednn.Primitives.DIFF_SRC;
import static dev.merapi.onednn.Primitives.DIFF_WEIGHTS;
import static dev.merapi.onednn.Primitives.DST;
import static dev.merapi.onednn.Primitives.F32;
import static dev.merapi.onednn.Primitives.SRC;
import static dev.merapi.onednn.Primitives.WEIGHTS;

import dev.merapi.backend.Accelerator;
import dev.merapi.graph.Kernel;
import dev.merapi.onednn.Primitives.Argument;
import dev.merapi.onednn.Primitives.Primitive;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A convolution of bf16, in any of its roles, some pictures a task: their operands are brought to
 * the layouts that oneDNN likes, and the result back to ours, while they are in the cache. The
 * weights' gradient is the sum, in order, of those of the tasks. Pictures are shared out by the
 * size of the batch alone, so the result has the same bits on any number of threads.
 */
final class Convolution implements Accelerator.Work {
  private static final int TASKS = 8;

  @SuppressWarnings("restricted") // results of this run, by address
  private static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

  private final Primitives primitives;
  private final Kernel.Convolve kernel;
  private final int batch;
  private final int each;

  /** By the number of pictures in a task: a whole one, and what is left for the last. */
  private final Map<Integer, Part> parts = new HashMap<>();

  /**
   * What a task runs.
   *
   * @param first brings the first operand to its layout, and so on
   * @param scratchBytes what the convolution works in, in whole cache lines
   */
  private record Part(
      Primitive convolution, Piece first, Piece second, Piece result, long scratchBytes) {
    long taskBytes() {
      return scratchBytes + first.bytes + second.bytes + result.bytes;
    }
  }

  /** One of the three tensors: ours, oneDNN's, and the way from the one to the other. */
  private record Piece(int argument, long ours, long liked, Primitive reorder, long bytes) {}

  private Convolution(Primitives primitives, Kernel.Convolve kernel, Primitives.Space space) {
    this.primitives = primitives;
    this.kernel = kernel;
    batch = kernel.x().size(0);
    each = Math.ceilDiv(batch, TASKS);
    parts.put(each, part(each, space));
    if (batch % each != 0) {
      parts.put(batch % each, part(batch % each, space));
    }
  }

  /** Empty for groups, for nothing to sum, and for what oneDNN has no code for. */
  static Optional<Accelerator.Work> of(Primitives primitives, Kernel.Convolve kernel) {
    var g = kernel.geometry();
    var strides = new ArrayList<Integer>();
    var dilates = new ArrayList<Integer>();
    var before = new ArrayList<Integer>();
    var after = new ArrayList<Integer>();
    boolean fits = g.groups() == 1 && kernel.x().elements() > 0 && kernel.y().elements() > 0;
    for (int axis = 0; axis < g.axes(); axis++) {
      int stride = g.stride().get(axis);
      int span = (kernel.w().size(axis + 2) - 1) * g.dilation().get(axis) + 1;
      int in = kernel.x().size(axis + 2);
      int out = kernel.y().size(axis + 2);
      int low = g.before().get(axis);
      int high = Math.max(0, (out - 1) * stride + span - in - low);
      fits &= low >= 0 && (in - span + low + high) / stride + 1 == out;
      strides.add(stride);
      dilates.add(g.dilation().get(axis) - 1);
      before.add(low);
      after.add(high);
    }
    if (!fits) {
      return Optional.empty();
    }
    try {
      var space = new Primitives.Space(strides, dilates, before, after);
      return Optional.of(new Convolution(primitives, kernel, space));
    } catch (Calls.NotImplemented _) {
      return Optional.empty();
    }
  }

  private Part part(int pictures, Primitives.Space space) {
    var x = sizes(kernel.x(), pictures);
    var w = sizes(kernel.w(), kernel.w().size(0));
    var y = sizes(kernel.y(), pictures);
    long anyX = primitives.anyLayout(x, BF16);
    long anyW = primitives.anyLayout(w, BF16);
    long anyY = primitives.anyLayout(y, BF16);
    return switch (kernel.role()) {
      case OUTPUT -> {
        long d = primitives.forward(anyX, anyW, primitives.anyLayout(y, F32), space);
        yield part(
            d,
            in(SRC, x, primitives.memoryOf(d, Primitives.SRC_MD)),
            in(WEIGHTS, w, primitives.memoryOf(d, Primitives.WEIGHTS_MD)),
            out(DST, y, primitives.memoryOf(d, Primitives.DST_MD)));
      }
      case INPUT -> {
        long hint = primitives.forward(anyX, anyW, anyY, space);
        long d = primitives.backwardData(primitives.anyLayout(x, F32), anyW, anyY, space, hint);
        yield part(
            d,
            in(DIFF_DST, y, primitives.memoryOf(d, Primitives.DIFF_DST_MD)),
            in(WEIGHTS, w, primitives.memoryOf(d, Primitives.WEIGHTS_MD)),
            out(DIFF_SRC, x, primitives.memoryOf(d, Primitives.DIFF_SRC_MD)));
      }
      case WEIGHT -> {
        long hint = primitives.forward(anyX, anyW, anyY, space);
        long d = primitives.backwardWeights(anyX, primitives.anyLayout(w, F32), anyY, space, hint);
        yield part(
            d,
            in(SRC, x, primitives.memoryOf(d, Primitives.SRC_MD)),
            in(DIFF_DST, y, primitives.memoryOf(d, Primitives.DIFF_DST_MD)),
            out(DIFF_WEIGHTS, w, primitives.memoryOf(d, Primitives.DIFF_WEIGHTS_MD)));
      }
    };
  }

  private Part part(long descriptor, Piece first, Piece second, Piece result) {
    var convolution = primitives.primitive(descriptor);
    long scratch = convolution.scratchBytes();
    for (Piece piece : List.of(first, second, result)) {
      scratch = Math.max(scratch, piece.reorder.scratchBytes());
    }
    return new Part(convolution, first, second, result, Scratch.lines(scratch));
  }

  /** An operand: from our layout to oneDNN's. */
  private Piece in(int argument, List<Integer> sizes, long liked) {
    long ours = primitives.inOrder(sizes, BF16);
    return piece(argument, ours, liked, primitives.reorder(ours, liked));
  }

  /** The result: from oneDNN's layout to ours. */
  private Piece out(int argument, List<Integer> sizes, long liked) {
    long ours = primitives.inOrder(sizes, F32);
    return piece(argument, ours, liked, primitives.reorder(liked, ours));
  }

  private Piece piece(int argument, long ours, long liked, Primitive reorder) {
    return new Piece(argument, ours, liked, reorder, Scratch.lines(primitives.bytes(liked)));
  }

  private static List<Integer> sizes(dev.merapi.tensor.Shape shape, int first) {
    var sizes = new ArrayList<Integer>();
    sizes.add(first);
    for (int axis = 1; axis < shape.rank(); axis++) {
      sizes.add(shape.size(axis));
    }
    return sizes;
  }

  @Override
  public void run(long[] buffers, Accelerator.Threads threads, Accelerator.Finish finish) {
    int tasks = Math.ceilDiv(batch, each);
    if (kernel.role() == Kernel.Role.WEIGHT) {
      long size = Scratch.lines(4 * kernel.w().elements());
      long sums = Scratch.run(size * tasks);
      threads.parallelFor(tasks, task -> pictures(buffers, task, sums + task * size, finish));
      add(sums, size, tasks, buffers[kernel.out()]);
      return;
    }
    threads.parallelFor(tasks, task -> pictures(buffers, task, buffers[kernel.out()], finish));
  }

  private void pictures(long[] buffers, int task, long out, Accelerator.Finish finish) {
    int from = task * each;
    int count = Math.min(each, batch - from);
    Part part = parts.get(count);
    long scratch = Scratch.task(part.taskBytes());
    long first = scratch + part.scratchBytes;
    long second = first + part.first.bytes;
    long result = second + part.second.bytes;
    long x = kernel.x().elements() / batch * from;
    long y = kernel.y().elements() / batch * from;
    boolean ofWeight = kernel.role() == Kernel.Role.WEIGHT;
    boolean ofInput = kernel.role() == Kernel.Role.INPUT;
    bring(part.first, scratch, buffers[kernel.a()] + 2 * (ofInput ? y : x), first);
    bring(part.second, scratch, buffers[kernel.b()] + 2 * (ofWeight ? y : 0), second);
    primitives.run(
        part.convolution,
        scratch,
        new Argument(part.first.argument, part.first.liked, first),
        new Argument(part.second.argument, part.second.liked, second),
        new Argument(part.result.argument, part.result.liked, result));
    long to = out + 4 * (ofWeight ? 0 : ofInput ? x : y);
    primitives.run(
        part.result.reorder,
        scratch,
        new Argument(SRC, part.result.liked, result),
        new Argument(DST, part.result.ours, to));
    if (kernel.role() == Kernel.Role.OUTPUT) {
      int channels = kernel.y().size(1);
      int space = Math.toIntExact(kernel.y().slice(2, kernel.y().rank()).elements());
      finish.rows((long) from * channels, count * channels, 0, space);
    }
  }

  private void bring(Piece piece, long scratch, long from, long to) {
    primitives.run(
        piece.reorder,
        scratch,
        new Argument(SRC, piece.ours, from),
        new Argument(DST, piece.liked, to));
  }

  private void add(long sums, long stride, int tasks, long out) {
    for (long at = 0; at < 4 * kernel.w().elements(); at += 4) {
      float sum = 0;
      for (int task = 0; task < tasks; task++) {
        sum += ALL.get(ValueLayout.JAVA_FLOAT, sums + task * stride + at);
      }
      ALL.set(ValueLayout.JAVA_FLOAT, out + at, sum);
    }
  }
}
