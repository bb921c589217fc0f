package dev.merapi.graph;

import dev.merapi.tensor.Shape;
import dev.merapi.tensor.ShapeException;
import dev.merapi.tensor.Tensor;
import java.util.List;
import java.util.OptionalInt;

/**
 * A cache with some times of it replaced: where the cache is assigned the result, only those are
 * written. Times outside the cache are left out.
 *
 * <p>Inputs: the cache (batch, capacity, heads, dim), what comes into it (batch, times, heads,
 * dim), and the place of its first time, i32 (1). The result has the shape of the cache.
 */
public record FusedWrite() implements FusedOp {

  @Override
  public String label() {
    return "write";
  }

  @Override
  public Shape shape(List<Shape> shapes) {
    Shape cache = shapes.get(0);
    Shape rows = shapes.get(1);
    boolean fit =
        cache.rank() == 4
            && rows.rank() == 4
            && cache.size(0) == rows.size(0)
            && cache.slice(2, 4).equals(rows.slice(2, 4))
            && shapes.get(2).equals(Shape.of(1));
    if (!fit) {
      throw new ShapeException(
          "write: the cache must be (batch, capacity, heads, dim), what comes into it (batch, times, heads, dim) and its place (1), but they are %s, %s and %s"
              .formatted(cache, rows, shapes.get(2)));
    }
    return cache;
  }

  @Override
  public long flops(List<Shape> shapes) {
    return 0;
  }

  @Override
  public OptionalInt overwritten() {
    return OptionalInt.of(0);
  }

  @Override
  public Tensor definition(List<Tensor> inputs) {
    Tensor cache = inputs.get(0);
    Tensor rows = inputs.get(1);
    int capacity = cache.shape().size(1);
    int times = rows.shape().size(1);
    if (times == 0) {
      return cache;
    }
    Tensor number = Tensor.arange(capacity).sub(inputs.get(2)); // 0 is the first new time
    Tensor fresh = number.ge(0).and(number.lt(times));
    Tensor spread = times == 1 ? rows : rows.take(fresh.where(number, 0), 1);
    return fresh.reshape(1, capacity, 1, 1).where(spread, cache);
  }
}
