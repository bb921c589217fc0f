package dev.merapi.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.merapi.tensor.MerapiException;
import dev.merapi.train.Chart.Series;
import dev.merapi.train.Chart.Style;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class ChartsTest {
  @TempDir Path folder;

  @Test
  void learningCurvesShowLossAndMetrics() throws IOException {
    var charts = Charts.learningCurves("digits", metrics(12));
    assertEquals(
        List.of("digits: loss", "digits: accuracy"), charts.stream().map(Chart::title).toList());
    assertEquals(
        List.of("training", "validation"),
        charts.getFirst().series().stream()
            .filter(series -> !series.points().isEmpty())
            .map(Series::name)
            .toList());
    var image = draw("learning-curve.png", charts);
    assertEquals(2 * 640 * 2, image.getWidth());
    assertHasColor(image, 0x0072B2);
    assertHasColor(image, 0xD55E00);
  }

  @Test
  void pathsAreDrawnOverTheirParabola() throws IOException {
    var x = IntStream.rangeClosed(-50, 50).mapToDouble(i -> i / 10.0).toArray();
    var series = new ArrayList<Series>();
    series.add(Series.of("x²", Style.BACKGROUND, x, square(x)));
    for (var rate : Map.of("gradient descent", 0.8, "SGD", 0.6, "Adam", 0.4).entrySet()) {
      var path = IntStream.range(0, 15).mapToDouble(i -> 4.5 * Math.pow(rate.getValue(), i));
      var points = path.toArray();
      series.add(Series.of(rate.getKey(), Style.PATH, points, square(points)));
    }
    var image = draw("paths.png", List.of(new Chart("Minimising x²", "x", "x²", series)));
    assertHasColor(image, 0x009E73);
    assertHasColor(image, 0x9A9A9A);
  }

  @Test
  void nanAndInfiniteValuesAreLeftOut() throws IOException {
    var values = new double[] {1, Double.NaN, Double.POSITIVE_INFINITY, 2};
    var series = Series.of("a", Style.LINE, new double[] {0, 1, 2, 3}, values);
    assertEquals(2, series.points().size());
    var none = Series.of("b", Style.POINTS, new double[1], new double[] {Double.NaN});
    draw("gaps.png", List.of(Chart.of("gaps", "x", "y", series, none)));
  }

  @Test
  void numbersBesideAnAxisAreShort() {
    assertEquals("0.6667", Charts.tick(2 / 3.0, 4));
    assertEquals("0.3", Charts.tick(0.1 + 0.2, 4));
    assertEquals("0", Charts.tick(0, 4));
    assertEquals("-12350", Charts.tick(-12_345.6, 4));
    assertEquals("0.00001234", Charts.tick(1.2341e-5, 4));
    assertEquals("168801", Charts.tick(168_801, 6));
  }

  @Test
  void whatIsMeasuredOnTestDataAloneIsNoCurve() {
    var line =
        new Metrics.Line(Map.of("step", 7L, "train_loss", 2.0, "test_loss", 2.5, "test_r2", 0.5));
    var charts = Charts.learningCurves("homes", new Metrics(List.of(line), 0));
    assertEquals(List.of("homes: loss"), charts.stream().map(Chart::title).toList());
  }

  @Test
  void onePointIsEnough() throws IOException {
    var image = draw("one.png", Charts.learningCurves("digits", metrics(1)));
    assertHasColor(image, 0x0072B2);
  }

  @Test
  void withoutMetricsThereIsNothingToDraw() {
    assertEquals(List.of(), Charts.learningCurves("digits", new Metrics(List.of(), 0)));
    var file = folder.resolve("none.png");
    assertThrows(IllegalArgumentException.class, () -> Charts.write(file, List.of()));
  }

  /** Draws a chart, and says what became of it. */
  static final class Child {
    public static void main(String[] arguments) {
      try {
        Charts.write(Path.of(arguments[0]), Charts.learningCurves("digits", metrics(2)));
        IO.println("drawn");
      } catch (MerapiException e) {
        IO.println(e.getMessage());
      }
    }
  }

  @Test
  @EnabledOnOs(value = OS.LINUX, disabledReason = "only there do fonts come from fontconfig")
  void machinesWithoutFontsAreToldToInstallSome() throws IOException, InterruptedException {
    var noFonts = folder.resolve("fonts.conf");
    Files.writeString(noFonts, "<fontconfig></fontconfig>");
    var file = folder.resolve("chart.png");
    var command = ChildJvm.command(Child.class, file.toString());
    // Java keeps what it knows of the fonts in the user's home.
    command.command().add(1, "-Duser.home=" + folder);
    command.environment().put("FONTCONFIG_FILE", noFonts.toString());
    var child = command.redirectErrorStream(true).start();
    try (var output = child.inputReader()) {
      var said = output.readAllAsString();
      assertTrue(said.startsWith(file + ": this machine has no fonts"), said);
    }
    assertEquals(0, child.waitFor());
    assertFalse(Files.exists(file));
  }

  private static Metrics metrics(int epochs) {
    var lines = new ArrayList<Metrics.Line>();
    for (int epoch = 1; epoch <= epochs; epoch++) {
      var fields = new LinkedHashMap<String, Object>();
      fields.put("step", epoch * 938L);
      fields.put("epoch", epoch);
      fields.put("train_loss", 1.4 / (epoch + 0.5));
      fields.put("val_loss", 1.1 / (epoch + 0.4) + 0.06 + 0.004 * epoch);
      fields.put("val_accuracy", 1 - 0.3 / (epoch + 1));
      fields.put("samples_per_second", 20_000 + epoch);
      lines.add(new Metrics.Line(fields));
    }
    return new Metrics(lines, 0);
  }

  private static double[] square(double[] x) {
    return IntStream.range(0, x.length).mapToDouble(i -> x[i] * x[i]).toArray();
  }

  private BufferedImage draw(String name, List<Chart> charts) throws IOException {
    var file = folder.resolve(name);
    Charts.write(file, charts);
    return ImageIO.read(file.toFile());
  }

  private static void assertHasColor(BufferedImage image, int rgb) {
    var pixels = image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
    long count = IntStream.of(pixels).filter(pixel -> (pixel & 0xFFFFFF) == rgb).count();
    assertTrue(count > 20, "only " + count + " pixels of colour " + Integer.toHexString(rgb));
  }
}
