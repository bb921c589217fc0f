package dev.merapi.watch;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.IntStream;
import tools.jackson.databind.json.JsonMapper;

/**
 * One quantity of many runs over a common grid, as a browser draws it fast. As bytes, little
 * endian: the length of a header (4 bytes); the header, JSON with the runs' names, filled with
 * spaces to a multiple of 8; the grid, f64; and for each run a value at each place of the grid,
 * f32, NaN where it has none.
 */
final class CurveTable {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final List<String> names;
  private final double[] grid;
  private final float[][] values;

  /**
   * A table.
   *
   * @param names the runs that have the quantity
   * @param grid the places, which rise
   * @param values of each run at each place
   */
  CurveTable(List<String> names, double[] grid, float[][] values) {
    this.names = names;
    this.grid = grid;
    this.values = values;
  }

  List<String> names() {
    return names;
  }

  double[] grid() {
    return grid;
  }

  float[][] values() {
    return values;
  }

  /** What is looked at; NaN at an end means as far as there are values. */
  record Range(double from, double to) {}

  static CurveTable of(
      List<String> names,
      List<Curves> runs,
      String metric,
      boolean epochs,
      Range range,
      int points,
      boolean log) {
    var having =
        IntStream.range(0, names.size())
            .filter(i -> runs.get(i).byName().containsKey(metric))
            .toArray();
    var curves = Arrays.stream(having).mapToObj(i -> runs.get(i).byName().get(metric)).toList();
    var places =
        IntStream.range(0, having.length)
            .mapToObj(i -> places(curves.get(i), runs.get(having[i]), epochs))
            .toList();
    double[] grid = grid(places, range, points, log);
    float[][] values = new float[having.length][];
    IntStream.range(0, having.length)
        .parallel()
        .forEach(i -> values[i] = onto(grid, places.get(i), curves.get(i)));
    return new CurveTable(Arrays.stream(having).mapToObj(names::get).toList(), grid, values);
  }

  /** The steps of a curve, or the epochs that they are in, as the run tells. */
  private static double[] places(Curve curve, Curves run, boolean epochs) {
    var epoch = run.byName().get("epoch");
    double[] places = new double[curve.size()];
    int at = 0;
    for (int i = 0; i < places.length; i++) {
      places[i] = curve.step(i);
      if (epochs && epoch != null && epoch.size() > 0) {
        while (at < epoch.size() - 1 && epoch.step(at + 1) <= places[i]) {
          at++;
        }
        places[i] = interpolated(epoch, at, places[i]);
      }
    }
    return places;
  }

  private static double interpolated(Curve epoch, int at, double step) {
    if (at + 1 == epoch.size() || step <= epoch.step(at)) {
      return epoch.mean(at);
    }
    double part = (step - epoch.step(at)) / (epoch.step(at + 1) - epoch.step(at));
    return epoch.mean(at) + part * (epoch.mean(at + 1) - epoch.mean(at));
  }

  /** The places themselves where they are few; else as many as wanted, evenly. */
  private static double[] grid(List<double[]> places, Range range, int points, boolean log) {
    var distinct = new TreeSet<Double>();
    double first = Double.POSITIVE_INFINITY;
    double last = Double.NEGATIVE_INFINITY;
    for (double[] each : places) {
      for (double x : each) {
        if (x < range.from() || x > range.to() || (log && !(x > 0))) {
          continue;
        }
        first = Math.min(first, x);
        last = Math.max(last, x);
        if (distinct.size() <= points) {
          distinct.add(x);
        }
      }
    }
    if (distinct.size() <= points) {
      return distinct.stream().mapToDouble(Double::doubleValue).toArray();
    }
    double[] grid = new double[points];
    for (int i = 0; i < points; i++) {
      double part = (double) i / (points - 1);
      grid[i] = log ? first * Math.pow(last / first, part) : first + part * (last - first);
    }
    return grid;
  }

  /** Each value at the nearest place; the mean where several meet. */
  private static float[] onto(double[] grid, double[] places, Curve curve) {
    float[] values = new float[grid.length];
    int[] counts = new int[grid.length];
    int at = 0;
    for (int i = 0; i < places.length; i++) {
      double x = places[i];
      if (grid.length == 0 || outside(grid, x)) {
        continue;
      }
      at = at > 0 && grid[at] > x ? 0 : at; // a run that went back
      while (at + 1 < grid.length && Math.abs(grid[at + 1] - x) <= Math.abs(grid[at] - x)) {
        at++;
      }
      values[at] += curve.mean(i);
      counts[at]++;
    }
    for (int i = 0; i < values.length; i++) {
      values[i] = counts[i] == 0 ? Float.NaN : values[i] / counts[i];
    }
    return values;
  }

  private static boolean outside(double[] grid, double x) {
    double slack = grid.length > 1 ? (grid[grid.length - 1] - grid[0]) / grid.length / 2 : 0;
    return x < grid[0] - slack || x > grid[grid.length - 1] + slack;
  }

  byte[] bytes() {
    var text = JSON.writeValueAsString(Map.of("runs", names, "points", grid.length));
    byte[] header = text.getBytes(StandardCharsets.UTF_8);
    int padded = (header.length + Integer.BYTES + 7) / 8 * 8 - Integer.BYTES;
    var bytes =
        ByteBuffer.allocate(
                Integer.BYTES
                    + padded
                    + grid.length * Double.BYTES
                    + names.size() * grid.length * Float.BYTES)
            .order(ByteOrder.LITTLE_ENDIAN);
    bytes.putInt(padded).put(header);
    while (bytes.position() < Integer.BYTES + padded) {
      bytes.put((byte) ' ');
    }
    for (double x : grid) {
      bytes.putDouble(x);
    }
    for (float[] run : values) {
      for (float value : run) {
        bytes.putFloat(value);
      }
    }
    return bytes.array();
  }
}
