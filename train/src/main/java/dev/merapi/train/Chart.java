package dev.merapi.train;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A chart of one or more series over numbers; {@link Charts#write} draws it.
 *
 * @param title what stands above it
 * @param xLabel what stands below the horizontal axis
 * @param yLabel what stands beside the vertical axis
 * @param series what is drawn, in this order
 */
public record Chart(String title, String xLabel, String yLabel, List<Series> series) {
  /** Keeps an unmodifiable copy of the series. */
  public Chart {
    series = List.copyOf(series);
  }

  /** A chart of these series. */
  public static Chart of(String title, String xLabel, String yLabel, Series... series) {
    return new Chart(title, xLabel, yLabel, Arrays.asList(series));
  }

  /** How a series is drawn. */
  public enum Style {
    /** A line. */
    LINE,
    /** A thin line in grey, for what the others are compared with. */
    BACKGROUND,
    /** Points, without a line between them. */
    POINTS,
    /** Points in their order, with a line from each to the next. */
    PATH
  }

  /**
   * Points with a name. Those that are not finite are left out.
   *
   * @param name what the legend calls it
   * @param points the points in the order in which they are joined
   * @param style how they are drawn
   */
  public record Series(String name, List<Point> points, Style style) {
    /** Keeps an unmodifiable copy of the points that can be drawn. */
    public Series {
      points = points.stream().filter(Point::isFinite).toList();
    }

    /**
     * A series of the points {@code (x[i], y[i])}.
     *
     * @throws IllegalArgumentException if there are not as many x as y
     */
    public static Series of(String name, Style style, double[] x, double[] y) {
      if (x.length != y.length) {
        throw new IllegalArgumentException(
            "%s: %d x and %d y do not make points".formatted(name, x.length, y.length));
      }
      return new Series(
          name, IntStream.range(0, x.length).mapToObj(i -> new Point(x[i], y[i])).toList(), style);
    }
  }

  /** A point of a series. */
  public record Point(double x, double y) {
    boolean isFinite() {
      return Double.isFinite(x) && Double.isFinite(y);
    }
  }
}
