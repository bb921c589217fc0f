package dev.merapi.cpu;

import dev.merapi.graph.FusedCrossEntropy;
import dev.merapi.graph.Kernel;
import java.util.function.LongConsumer;

/** {@link FusedCrossEntropy} and its gradient, row by row. */
final class CrossEntropy {
  /** Time of an element, in additions. */
  private static final long COST = 6;

  private final ComputePool pool;
  private final SoftmaxLoops loops;
  private final FusedCrossEntropy op;
  private final Kernel.Fused kernel;
  private final int rows;
  private final int classes;

  CrossEntropy(ComputePool pool, SoftmaxLoops loops, FusedCrossEntropy op, Kernel.Fused kernel) {
    this.pool = pool;
    this.loops = loops;
    this.op = op;
    this.kernel = kernel;
    this.rows = kernel.shapes().getFirst().size(0);
    this.classes = kernel.shapes().getFirst().size(1);
  }

  void losses(long[] buffers) {
    long losses = buffers[kernel.out()];
    eachRow(
        row -> {
          long x = row(0, buffers, row);
          float most = loops.most(x, classes);
          float shift = Float.isFinite(most) ? most : 0;
          float sum = loops.sumOfExponentials(x, classes, shift);
          int number = number(buffers, row);
          float loss =
              known(number)
                  ? ScalarMath.log(sum) - (Memory.getFloat(x + 4L * number) - shift)
                  : Float.NaN;
          Memory.setFloat(losses + 4 * row, ignored(number) ? 0 : loss);
          Memory.setFloat(losses + 4 * (rows + row), shift);
          Memory.setFloat(losses + 4 * (2L * rows + row), sum);
        });
  }

  /** May write over the logits. */
  void gradient(long[] buffers) {
    eachRow(
        row -> {
          long out = buffers[kernel.out()] + 4 * row * classes;
          int number = number(buffers, row);
          if (ignored(number) || !known(number)) {
            Memory.zero(out, 4L * classes);
            return;
          }
          float dy = Memory.getFloat(row(3, buffers, row));
          long kept = row(2, buffers, 0) + 4 * (rows + row);
          float shift = Memory.getFloat(kept);
          float sum = Memory.getFloat(kept + 4L * rows);
          loops.exponentials(row(0, buffers, row), classes, shift, dy / sum, out);
          long at = out + 4L * number;
          Memory.setFloat(at, Memory.getFloat(at) - dy);
        });
  }

  private void eachRow(LongConsumer work) {
    Ranges.run(
        pool,
        rows,
        COST * classes,
        (from, to) -> {
          for (long row = from; row < to; row++) {
            work.accept(row);
          }
        });
  }

  private long row(int input, long[] buffers, long row) {
    Kernel.View view = kernel.inputs().get(input);
    return buffers[view.buffer()] + 4 * (view.offset() + row * view.strides().getFirst());
  }

  private int number(long[] buffers, long row) {
    return Memory.getInt(row(1, buffers, row));
  }

  private boolean known(int number) {
    return number >= 0 && number < classes;
  }

  private boolean ignored(int number) {
    return op.ignored().isPresent() && number == op.ignored().getAsLong();
  }
}
