package dev.merapi.reference;

import dev.merapi.graph.Windows;
import dev.merapi.tensor.MerapiException;
import dev.merapi.tensor.Shape;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** Ops along rows: orders, running sums, lookups, windows. */
final class RowReference {
  private RowReference() {}

  static double[] argReduce(boolean greatest, double[] x, int columns) {
    double[] out = new double[x.length / columns];
    for (int row = 0; row < out.length; row++) {
      int best = 0;
      for (int i = 1; i < columns; i++) {
        double a = x[row * columns + i];
        double b = x[row * columns + best];
        boolean better = greatest ? a > b : a < b;
        best = better || (Double.isNaN(a) && !Double.isNaN(b)) ? i : best;
      }
      out[row] = best;
    }
    return out;
  }

  static double[] cumsum(double[] x, int columns) {
    double[] out = x.clone();
    for (int i = 0; i < out.length; i++) {
      out[i] += i % columns == 0 ? 0 : out[i - 1];
    }
    return out;
  }

  static double[] argSort(double[] x, int columns, boolean descending) {
    double[] out = new double[x.length];
    for (int row = 0; row < x.length; row += columns) {
      int start = row;
      Comparator<Integer> order =
          Comparator.comparingDouble(i -> x[start + i] + 0.0); // -0 equals 0
      int[] places =
          IntStream.range(0, columns)
              .boxed()
              .sorted(descending ? order.reversed() : order)
              .mapToInt(i -> i)
              .toArray();
      for (int i = 0; i < columns; i++) {
        out[row + i] = places[i];
      }
    }
    return out;
  }

  static double[] gather(double[] x, Shape from, double[] index, Shape shape) {
    int width = from.size(2);
    return Reference.fill(
        Math.toIntExact(shape.elements()),
        i -> {
          int entry = i / width;
          int batch = entry / shape.size(1);
          return x[
              (batch * from.size(1) + inside("gather", index[entry], from.size(1))) * width
                  + i % width];
        });
  }

  static double[] scatterAdd(double[] index, double[] updates, Shape from, Shape shape) {
    double[] out = new double[Math.toIntExact(shape.elements())];
    int width = shape.size(2);
    for (int i = 0; i < updates.length; i++) {
      int entry = i / width;
      int batch = entry / from.size(1);
      out[
              (batch * shape.size(1) + inside("scatterAdd", index[entry], shape.size(1))) * width
                  + i % width] +=
          updates[i];
    }
    return out;
  }

  private static int inside(String op, double index, int rows) {
    if (index < 0 || index >= rows) {
      throw new MerapiException(
          op + ": index " + (long) index + " is out of range 0 … " + (rows - 1));
    }
    return (int) index;
  }

  static double[] argPool(double[] x, Shape from, List<Windows> windows, Shape shape) {
    double[] out = new double[Math.toIntExact(shape.elements())];
    Shape space = from.slice(1, from.rank());
    int cells = Math.toIntExact(space.elements());
    int[] sizes = space.toArray();
    int[] to = shape.toArray();
    int[] window = new int[to.length];
    int[] place = new int[sizes.length];
    int[] lengths = new int[sizes.length];
    for (int i = 0; i < out.length; i++) {
      MovementReference.unravel(i, to, window);
      for (int axis = 0; axis < place.length; axis++) {
        lengths[axis] = windows.get(axis).lengths().get(window[axis + 1]);
      }
      long elements = Shape.of(lengths).elements();
      int best = -1;
      for (int j = 0; j < elements; j++) {
        MovementReference.unravel(j, lengths, place);
        boolean inside = true;
        for (int axis = 0; axis < place.length; axis++) {
          Windows along = windows.get(axis);
          place[axis] = along.starts().get(window[axis + 1]) + place[axis] * along.step();
          inside &= place[axis] >= 0 && place[axis] < sizes[axis];
        }
        if (inside) {
          int cell = MovementReference.ravel(place, sizes);
          double a = x[window[0] * cells + cell];
          double b = best < 0 ? Double.NEGATIVE_INFINITY : x[window[0] * cells + best];
          best = best < 0 || a > b || (Double.isNaN(a) && !Double.isNaN(b)) ? cell : best;
        }
      }
      out[i] = best;
    }
    return out;
  }
}
