package dev.merapi.nn;

import dev.merapi.tensor.Key;
import dev.merapi.tensor.Shape;
import dev.merapi.tensor.ShapeException;
import dev.merapi.tensor.Tensor;

/** Random orthogonal matrices, uniform over all of them: normal numbers made orthonormal. */
final class Orthogonal {
  private Orthogonal() {}

  static Tensor draw(Key key, Shape shape) {
    if (shape.rank() < 2) {
      throw new ShapeException("an orthogonal weight has two axes or more, not " + shape);
    }
    int rows = shape.size(0);
    int columns = Math.toIntExact(shape.slice(1, shape.rank()).elements());
    int count = Math.min(rows, columns);
    int length = Math.max(rows, columns);
    double[][] vectors = vectors(key.normal(count, length).toArray(), count, length);
    orthonormalise(vectors);
    float[] values = new float[rows * columns];
    for (int i = 0; i < count; i++) {
      for (int j = 0; j < length; j++) {
        values[rows <= columns ? i * columns + j : j * columns + i] = (float) vectors[i][j];
      }
    }
    return Tensor.of(values, shape.toArray());
  }

  private static double[][] vectors(float[] values, int count, int length) {
    double[][] vectors = new double[count][length];
    for (int i = 0; i < count; i++) {
      for (int j = 0; j < length; j++) {
        vectors[i][j] = values[i * length + j];
      }
    }
    return vectors;
  }

  /** Gram and Schmidt, twice: once leaves rounding errors, twice is enough. */
  private static void orthonormalise(double[][] vectors) {
    for (int i = 0; i < vectors.length; i++) {
      for (int pass = 0; pass < 2; pass++) {
        for (int k = 0; k < i; k++) {
          subtract(vectors[i], vectors[k], dot(vectors[i], vectors[k]));
        }
        double norm = Math.sqrt(dot(vectors[i], vectors[i]));
        for (int j = 0; j < vectors[i].length; j++) {
          vectors[i][j] /= norm;
        }
      }
    }
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int j = 0; j < a.length; j++) {
      sum += a[j] * b[j];
    }
    return sum;
  }

  private static void subtract(double[] a, double[] b, double factor) {
    for (int j = 0; j < a.length; j++) {
      a[j] -= factor * b[j];
    }
  }
}
