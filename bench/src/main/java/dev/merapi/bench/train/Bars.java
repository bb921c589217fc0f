package dev.merapi.bench.train;

import dev.merapi.bench.train.Report.Row;
import java.awt.Color;
import java.awt.Font;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.BitmapEncoder.BitmapFormat;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.style.Styler.LegendLayout;
import org.knowm.xchart.style.Styler.LegendPosition;

/** The ratios as bars: a group for each workload, a bar for each peer; Merapi is the line at 1. */
final class Bars {
  /** Colours that people who see fewer colours can tell apart (Okabe and Ito, 2008). */
  private static final Color[] COLORS = {
    new Color(0xD55E00),
    new Color(0x009E73),
    new Color(0xCC79A7),
    new Color(0xE69F00),
    new Color(0x56B4E9),
    new Color(0x0072B2)
  };

  private Bars() {}

  static void write(Path png, List<Row> rows) throws IOException {
    BitmapEncoder.saveBitmapWithDPI(chart(rows), png.toString(), BitmapFormat.PNG, 144);
  }

  private static CategoryChart chart(List<Row> rows) {
    var workloads = new LinkedHashSet<String>();
    Map<String, Map<String, Double>> ratios = new LinkedHashMap<>();
    for (Row row : rows) {
      if (row.ratio().isPresent()) {
        workloads.add(row.workload());
        ratios
            .computeIfAbsent(row.engine() + " " + row.precision(), _ -> new LinkedHashMap<>())
            .put(row.workload(), row.ratio().getAsDouble());
      }
    }
    var chart =
        new CategoryChartBuilder()
            .width(960)
            .height(420)
            .title("Time of a training step, as a multiple of Merapi's")
            .yAxisTitle("above 1: Merapi is faster")
            .build();
    chart
        .getStyler()
        .setChartBackgroundColor(Color.WHITE)
        .setPlotBackgroundColor(Color.WHITE)
        .setPlotBorderVisible(false)
        .setChartTitleBoxVisible(false)
        .setChartTitleFont(new Font(Font.SANS_SERIF, Font.BOLD, 15))
        .setLegendPosition(LegendPosition.OutsideS)
        .setLegendLayout(LegendLayout.Horizontal)
        .setLegendBorderColor(Color.WHITE)
        .setSeriesColors(COLORS);
    chart.getStyler().setLocale(Locale.ROOT);
    chart.getStyler().setAvailableSpaceFill(0.7);
    chart.getStyler().setLabelsVisible(true);
    chart.getStyler().setDecimalPattern("0.0#");
    List<String> names = List.copyOf(workloads);
    ratios.forEach(
        (engine, byWorkload) ->
            chart.addSeries(
                engine,
                names,
                names.stream().map(name -> byWorkload.getOrDefault(name, 0.0)).toList()));
    return chart;
  }
}
