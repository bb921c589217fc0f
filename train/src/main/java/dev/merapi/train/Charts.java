package dev.merapi.train;

import dev.merapi.tensor.MerapiException;
import dev.merapi.train.Chart.Point;
import dev.merapi.train.Chart.Series;
import dev.merapi.train.Chart.Style;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.RenderingHints;
import java.awt.font.FontRenderContext;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.XYSeries.XYSeriesRenderStyle;
import org.knowm.xchart.style.Styler.LegendLayout;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.Marker;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Draws charts as PNG files, with XChart and without a screen. */
public final class Charts {
  /** The size of one chart in points, and the pixels of a point, for screens of today. */
  private static final int WIDTH = 640;

  private static final int HEIGHT = 420;
  private static final int SCALE = 2;
  private static final int IN_A_ROW = 4;

  /** Series with more points than this are drawn without a mark on each. */
  private static final int MARKED = 40;

  /** Labels below an axis, which run into one another where there are more. */
  private static final int MOST_LABELS = 8;

  /** Colours that people who see fewer colours can tell apart (Okabe and Ito, 2008). */
  private static final List<Color> COLORS =
      List.of(
          new Color(0x0072B2),
          new Color(0xD55E00),
          new Color(0x009E73),
          new Color(0xCC79A7),
          new Color(0xE69F00),
          new Color(0x56B4E9));

  private static final Color GRID = new Color(0xE6E6E6);
  private static final Color INK = new Color(0x333333);
  private static final Color PALE_INK = new Color(0x9A9A9A);

  /** The fields of a line of metrics that are drawn, and what they are measured on. */
  private static final Pattern FIELD = Pattern.compile("(?<on>train|val|test)_(?<what>.+)");

  private static final Map<String, String> ON =
      Map.of("train", "training", "val", "validation", "test", "test");

  private Charts() {}

  /**
   * Returns what there is to draw of a run: the loss, and up to two other metrics, each on the
   * training, validation and test data where they were measured; what was measured on the test data
   * alone is no curve. Fields are drawn that are called {@code train_…}, {@code val_…} or {@code
   * test_…}, over the {@code step} of their line.
   *
   * @param name what the title calls the run
   * @return the charts; none if nothing has been measured
   */
  public static List<Chart> learningCurves(String name, Metrics metrics) {
    var measures = new LinkedHashSet<String>();
    measures.add("loss");
    for (var line : metrics.lines()) {
      for (var field : line.fields().keySet()) {
        var match = FIELD.matcher(field);
        if (match.matches()) {
          measures.add(match.group("what"));
        }
      }
    }
    return measures.stream()
        .map(measure -> learningCurve(name, measure, metrics))
        .filter(Charts::hasCurve)
        .limit(3)
        .toList();
  }

  private static boolean hasCurve(Chart chart) {
    return chart.series().stream()
        .anyMatch(series -> !series.name().equals(ON.get("test")) && !series.points().isEmpty());
  }

  private static Chart learningCurve(String name, String measure, Metrics metrics) {
    var series = new ArrayList<Series>();
    for (var on : List.of("train", "val", "test")) {
      var points = new ArrayList<Point>();
      for (var line : metrics.lines()) {
        line.number(on + "_" + measure)
            .ifPresent(value -> points.add(new Point((double) line.step(), value)));
      }
      var style = points.size() > MARKED ? Style.LINE : Style.PATH;
      series.add(new Series(ON.get(on), points, style));
    }
    var label = measure.replace('_', ' ');
    return new Chart(name + ": " + label, "step", label, series);
  }

  /**
   * Draws charts side by side into one PNG file.
   *
   * @throws MerapiException if this Java cannot draw text, for want of fonts
   * @throws FileException if the file cannot be written
   */
  public static void write(Path png, List<Chart> charts) {
    if (charts.isEmpty()) {
      throw new IllegalArgumentException("there is no chart to draw");
    }
    requireFonts(png.toString());
    AtomicFiles.write(png, encode(charts));
  }

  /**
   * Draws charts side by side, four in a row, as the bytes of a PNG file.
   *
   * @throws MerapiException if this Java cannot draw text, for want of fonts
   */
  public static byte[] png(List<Chart> charts) {
    requireFonts("charts");
    return encode(charts);
  }

  /**
   * Slim containers lack fontconfig or every font, and each JDK says so by another error.
   *
   * @param what is to be drawn
   * @throws MerapiException if this Java cannot draw text
   */
  public static void requireFonts(String what) {
    try {
      var screenless = new FontRenderContext(null, true, true);
      new Font(Font.SANS_SERIF, Font.PLAIN, 12).getLineMetrics("text", screenless);
    } catch (RuntimeException | InternalError | LinkageError e) {
      throw new MerapiException(
          what
              + ": this machine has no fonts to draw with; install some, on Debian with"
              + " 'apt-get install fontconfig fonts-dejavu-core'",
          e);
    }
  }

  private static byte[] encode(List<Chart> charts) {
    var image =
        new BufferedImage(
            Math.min(charts.size(), IN_A_ROW) * WIDTH * SCALE,
            Math.ceilDiv(charts.size(), IN_A_ROW) * HEIGHT * SCALE,
            BufferedImage.TYPE_INT_RGB);
    var graphics = image.createGraphics();
    graphics.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
    graphics.setColor(Color.WHITE);
    graphics.fillRect(0, 0, image.getWidth(), image.getHeight());
    graphics.scale(SCALE, SCALE);
    for (int i = 0; i < charts.size(); i++) {
      layOut(charts.get(i)).paint(graphics, WIDTH, HEIGHT);
      boolean rowEnds = (i + 1) % IN_A_ROW == 0;
      graphics.translate(rowEnds ? -(IN_A_ROW - 1) * WIDTH : WIDTH, rowEnds ? HEIGHT : 0);
    }
    graphics.dispose();
    return png(image);
  }

  /** A picture as the bytes of a PNG file. */
  public static byte[] png(BufferedImage image) {
    var bytes = new ByteArrayOutputStream();
    try {
      if (!ImageIO.write(image, "png", bytes)) {
        throw new IllegalStateException("this Java has no writer of PNG files");
      }
    } catch (IOException e) {
      throw new IllegalStateException("writing to memory failed", e);
    }
    return bytes.toByteArray();
  }

  private static XYChart layOut(Chart chart) {
    var drawn =
        new XYChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .title(chart.title())
            .xAxisTitle(chart.xLabel())
            .yAxisTitle(chart.yLabel())
            .build();
    style(drawn);
    int colored = 0;
    boolean explained = false;
    for (var series : chart.series()) {
      boolean background = series.style() == Style.BACKGROUND;
      // A series without points has a colour too, so that "validation" looks the same everywhere.
      var color = background ? PALE_INK : COLORS.get(colored++ % COLORS.size());
      if (series.points().isEmpty()) {
        continue;
      }
      var one =
          drawn.addSeries(
              series.name(),
              series.points().stream().mapToDouble(Point::x).toArray(),
              series.points().stream().mapToDouble(Point::y).toArray());
      style(one, series.style(), color);
      // Background lines look alike: the legend needs the first only.
      one.setShowInLegend(!background || !explained);
      explained |= background;
    }
    return drawn;
  }

  private static void style(XYChart chart) {
    chart
        .getStyler()
        .setChartBackgroundColor(Color.WHITE)
        .setPlotBackgroundColor(Color.WHITE)
        .setPlotBorderVisible(false)
        .setChartPadding(14)
        .setChartTitleBoxVisible(false)
        .setChartTitleFont(new Font(Font.SANS_SERIF, Font.BOLD, 15))
        .setChartTitlePadding(8)
        .setChartFontColor(INK)
        .setLegendPosition(LegendPosition.OutsideS)
        .setLegendLayout(LegendLayout.Horizontal)
        .setLegendBorderColor(Color.WHITE)
        .setLegendFont(new Font(Font.SANS_SERIF, Font.PLAIN, 12))
        .setLegendSeriesLineLength(22)
        .setMarkerSize(6)
        .setAntiAlias(true);
    chart
        .getStyler()
        .setAxisTitleFont(new Font(Font.SANS_SERIF, Font.PLAIN, 12))
        .setAxisTickLabelsFont(new Font(Font.SANS_SERIF, Font.PLAIN, 11))
        .setAxisTickLabelsColor(INK)
        .setAxisTickMarksColor(GRID)
        .setPlotGridLinesColor(GRID)
        .setPlotGridLinesStroke(new BasicStroke(0.8f))
        .setPlotMargin(0)
        .setxAxisTickLabelsFormattingFunction(x -> tick(x, 6)) // a step is told to the last digit
        .setyAxisTickLabelsFormattingFunction(y -> tick(y, 4))
        .setXAxisMaxLabelCount(MOST_LABELS)
        .setLocale(Locale.ROOT);
  }

  /** A number beside an axis, in a few digits: thirds would fill the chart otherwise. */
  static String tick(double value, int digits) {
    return new BigDecimal(value)
        .round(new MathContext(digits))
        .stripTrailingZeros()
        .toPlainString();
  }

  private static void style(XYSeries series, Style style, Color color) {
    float width = style == Style.BACKGROUND ? 1.2f : 1.8f;
    Marker marker =
        style == Style.POINTS || style == Style.PATH ? SeriesMarkers.CIRCLE : SeriesMarkers.NONE;
    series.setXYSeriesRenderStyle(
        style == Style.POINTS ? XYSeriesRenderStyle.Scatter : XYSeriesRenderStyle.Line);
    series.setLineColor(color);
    series.setLineStyle(new BasicStroke(width, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
    series.setMarker(marker);
    series.setMarkerColor(color);
  }
}
