package dev.merapi.bench.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.merapi.bench.train.ScalingCommand.Point;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ScalingTest {
  private final List<Point> points =
      List.of(
          new Point("w6b", "layers", 3, 30),
          new Point("w6b", "layers", 6, 66),
          new Point("w6b", "threads", 1, 60));

  @Test
  void aCurveStandsBesideItsProportion() {
    var charts = ScalingCommand.charts(points);
    assertEquals(1, charts.size());
    var chart = charts.getFirst();
    assertEquals("layers", chart.xLabel());
    assertEquals(66, chart.series().get(0).points().get(1).y());
    assertEquals(60, chart.series().get(1).points().get(1).y());
  }

  @Test
  void theTableTellsTheCostOfEach() {
    String table = ScalingCommand.grid(points).markdown();
    assertTrue(table.contains("| w6b | layers | 6 | 66.000 | 11.000 |"), table);
    assertTrue(table.contains("| w6b | threads | 1 | 60.000 |  |"), table);
  }
}
