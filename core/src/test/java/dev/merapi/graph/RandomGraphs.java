package dev.merapi.graph;

import dev.merapi.tensor.ConvOptions;
import dev.merapi.tensor.Parameter;
import dev.merapi.tensor.PoolOptions;
import dev.merapi.tensor.Shape;
import dev.merapi.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** Graphs of random ops over a few parameters, smooth enough for finite differences. */
final class RandomGraphs {
  private final RandomGenerator random;
  private final List<Tensor> pool = new ArrayList<>();
  final List<Parameter> parameters = new ArrayList<>();

  RandomGraphs(long seed) {
    random = new java.util.SplittableRandom(seed);
    for (int i = 0; i < 3; i++) {
      Shape shape = Shape.of(1 + random.nextInt(4), 1 + random.nextInt(5), 6);
      float[] values = new float[(int) shape.elements()];
      for (int j = 0; j < values.length; j++) {
        values[j] = random.nextFloat(0.3f, 1.2f);
      }
      var parameter = Parameter.of(Tensor.of(values, shape.toArray()));
      parameters.add(parameter);
      pool.add(parameter);
    }
  }

  /** A scalar loss over {@code size} random ops. */
  Tensor loss(int size) {
    for (int i = 0; i < size; i++) {
      Tensor next = grow();
      if (next.shape().elements() > 0 && next.shape().elements() < 3000) {
        pool.add(next);
      }
    }
    Tensor loss = Tensor.zeros();
    for (int i = 0; i < 4; i++) {
      loss = loss.add(pool.get(pool.size() - 1 - i).mean());
    }
    return loss;
  }

  List<Tensor> values() {
    return pool;
  }

  private Tensor any() {
    int recent = Math.min(pool.size(), 8);
    return random.nextInt(3) == 0
        ? pool.get(random.nextInt(pool.size()))
        : pool.get(pool.size() - 1 - random.nextInt(recent));
  }

  private int axis(Tensor x) {
    return x.shape().rank() == 0 ? 0 : random.nextInt(x.shape().rank());
  }

  private Tensor fit(Tensor x, Tensor like) {
    // A tensor of the same number of axes that broadcasts against the other.
    Tensor y = x;
    while (y.shape().rank() > like.shape().rank()) {
      y = y.mean(0);
    }
    for (int i = 1; i <= y.shape().rank(); i++) {
      int a = y.shape().size(-i);
      int b = like.shape().size(-i);
      if (a != b && a != 1 && b != 1) {
        y = y.mean(true, -i);
      }
    }
    return y;
  }

  private Tensor grow() {
    Tensor x = any();
    if (x.shape().rank() == 0) {
      return x.add(any());
    }
    int axis = axis(x);
    int size = x.shape().size(axis);
    return switch (random.nextInt(26)) {
      case 0 -> x.tanh();
      case 1 -> x.sigmoid().mul(1.5);
      case 2 -> x.mul(x).add(0.5).sqrt();
      case 3 -> x.sin().exp();
      case 4, 5 -> x.add(fit(any(), x));
      case 6, 7 -> x.mul(fit(any(), x)).sin();
      case 8 -> x.div(fit(any(), x).abs().add(1));
      case 9 -> x.softmax(axis);
      case 10 -> x.sub(x.mean(true, axis)).mul(x.variance(0, true, axis).add(0.1).rsqrt());
      case 11 -> x.sum(true, axis).mul(0.2).sin();
      case 12 -> x.mean(axis);
      case 13 -> x.transpose(axis, axis(x));
      case 14 -> x.reshape(-1, x.shape().size(-1));
      case 15 -> x.flip(axis);
      case 16 -> x.slice(axis, random.nextInt(size), size, 1 + random.nextInt(2));
      case 17 -> x.pad(axis, random.nextInt(3), random.nextInt(2), 0.5);
      case 18 -> Tensor.concat(axis, List.of(x, x.mul(2)));
      case 19 ->
          x.shape().rank() < 2 ? x.cumsum(axis).mul(0.3).sin() : x.matmul(x.mT()).mul(0.2).cos();
      case 20 -> x.gt(0.5137).where(x, x.mul(0.2));
      case 21 -> x.max(true, axis).add(x);
      case 22 -> x.flatten(0, -1).unsqueeze(0).mul(0.7);
      case 23 -> x.take(Tensor.of(new int[] {0, size - 1, size / 2}), axis);
      case 24 -> x.shape().rank() == 3 ? conv(x) : x.logSumExp(true, axis);
      default ->
          x.shape().rank() == 3 && x.shape().size(2) > 2
              ? x.maxPool(PoolOptions.kernel(2).stride(1))
              : x.sort(axis, true).values();
    };
  }

  private Tensor conv(Tensor x) {
    int channels = x.shape().size(1);
    int kernel = Math.min(3, x.shape().size(2));
    float[] values = new float[2 * channels * kernel];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat(-0.5f, 0.5f);
    }
    var weight = Tensor.of(values, 2, channels, kernel);
    return x.conv(weight, ConvOptions.DEFAULT.padding(1)).relu().add(0.1);
  }
}
