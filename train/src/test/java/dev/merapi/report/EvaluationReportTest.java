package dev.merapi.report;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.merapi.data.Normalisation;
import dev.merapi.evaluation.Classified;
import dev.merapi.evaluation.Measure;
import dev.merapi.evaluation.Regressed;
import dev.merapi.report.Evaluation.Example;
import dev.merapi.report.Finding.Kind;
import dev.merapi.tensor.Tensor;
import dev.merapi.train.Metrics;
import dev.merapi.train.Scores;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvaluationReportTest {
  private static final int SAMPLES = 400;

  @TempDir Path folder;

  @Test
  void namesFromFilesAreTextAndNeverHtml() {
    var evil = "<script>alert('x')</script>&\"><img src=x onerror=alert(1)>";
    var test = classification(0.8, List.of(evil, "b", "c"));
    var page =
        html(
            new Evaluation(
                evil,
                evil,
                List.of(evil),
                scores(),
                test,
                Optional.of(test),
                metrics(3, 2, 1),
                row -> new Example(evil, Optional.empty(), evil)));
    assertFalse(page.contains("<script"), "a script");
    assertFalse(page.contains("<img src=x"), "a picture of its own");
    assertTrue(
        page.contains("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;"), "the name as text");
  }

  @Test
  void thePageNeedsNoOtherFile() throws IOException {
    var page = Files.readString(report(0.8, 0.82).write(folder));
    assertFalse(page.matches("(?s).*(src|href)=\"(?!data:).*"), "a reference to another file");
    assertTrue(page.contains("data:image/png;base64,"));
    for (var picture : List.of("learning-curve", "confusion", "calibration", "curves")) {
      var image = ImageIO.read(folder.resolve(picture + ".png").toFile());
      assertTrue(image.getWidth() > 200, picture);
    }
  }

  @Test
  void aMeasureLiesInItsInterval() {
    for (var measure : report(0.8, 0.82).measures()) {
      var interval = measure.interval().orElseThrow();
      assertTrue(
          (interval.low() < measure.value() && measure.value() < interval.high())
              || measure.name().equals("ece"), // which is never negative, so resampling adds to it
          measure.toString());
    }
  }

  @Test
  void intervalsAreTheSameAtEachLook() {
    assertEquals(report(0.8, 0.82).measures(), report(0.8, 0.82).measures());
  }

  @Test
  void aClassWithoutSamplesLeavesTheAreasOut() {
    int[] actual = {0, 1, 0, 1};
    var said = Classified.of(actual, new float[] {1, 0, 0, 0, 1, 0, 1, 0, 0, 0, 1, 0}, 3);
    var test = new Assessment.Classification(said, List.of("a", "b", "c"));
    var report = EvaluationReport.of(evaluation(test, test, metrics()));
    assertFalse(names(report).contains("roc_auc"));
    assertTrue(titles(report).contains("Classes without test samples"));
  }

  @Test
  void aGapBetweenSeenAndUnseenIsOverfitting() {
    var report = report(0.7, 0.99);
    assertEquals("Strong over-fitting", titles(report).getFirst());
    assertEquals(Kind.WARNING, report.findings().getFirst().kind());
    assertTrue(titles(report(0.90, 0.99)).contains("Over-fitting"));
  }

  @Test
  void poorResultsOnWhatWasSeenAreUnderfitting() {
    assertTrue(titles(report(0.7, 0.71)).contains("Under-fitting"));
  }

  @Test
  void goodResultsOnBothAreSaidToBeGood() {
    assertTrue(titles(report(0.985, 0.99)).contains("It fits, and it generalises"));
  }

  @Test
  void guessingIsCalledGuessing() {
    int[] actual = IntStream.range(0, 100).map(i -> i < 60 ? 0 : 1).toArray();
    float[] always = new float[200];
    IntStream.range(0, 100).forEach(i -> always[2 * i] = 1);
    var test =
        new Assessment.Classification(Classified.of(actual, always, 2), List.of("no", "yes"));
    var report = EvaluationReport.of(evaluation(test, test, metrics()));
    assertTrue(titles(report).contains("No better than guessing"));
    assertTrue(titles(report).contains("Over-confident"));
  }

  @Test
  void lossesOfTheEpochsSayWhetherMoreWouldHelp() {
    assertTrue(titles(report(0.8, 0.82, metrics(3, 2, 1))).contains("It was still learning"));
    assertTrue(titles(report(0.8, 0.82, metrics(3, 1, 2))).contains("It trained past its best"));
    var level = titles(report(0.8, 0.82, metrics(3, 1, 1.01)));
    assertFalse(
        level.contains("It trained past its best") || level.contains("It was still learning"));
  }

  @Test
  void numbersAreMeasuredAndDrawn() throws IOException {
    double[] actual = new Random(1).doubles(200, 0, 10).toArray();
    double[] close =
        IntStream.range(0, 200).mapToDouble(i -> actual[i] + 1 + 0.1 * (i % 7)).toArray();
    var test = new Assessment.Regression(Regressed.of(actual, close), "price");
    var report = EvaluationReport.of(evaluation(test, test, metrics()));
    assertEquals(List.of("r2", "rmse", "mae", "mse", "mape"), names(report));
    assertTrue(titles(report).contains("It errs to one side"), titles(report).toString());
    var page = Files.readString(report.write(folder));
    assertTrue(Files.exists(folder.resolve("residuals.png")));
    assertTrue(page.contains("predicted " + Measure.number(close[6])), "the worst example");
  }

  @Test
  void distancesAreMeasured() {
    double[] seen = new double[50];
    Arrays.fill(seen, 1);
    double[] unseen = new double[50];
    Arrays.fill(unseen, 2);
    var report =
        EvaluationReport.of(
            evaluation(
                new Assessment.Distances(unseen), new Assessment.Distances(seen), metrics()));
    assertEquals(2, report.measures().getFirst().value());
    assertEquals(List.of("Over-fitting"), titles(report));
  }

  @Test
  void samplesBecomePictures() throws IOException {
    var red = Tensor.of(new float[] {1, 0, -1, -1, -1, -1}, 1, 3, 1, 2);
    var png = Thumbnail.of(red, Normalisation.of(0.5f, 0.5f)).orElseThrow();
    var image = ImageIO.read(new ByteArrayInputStream(png));
    assertEquals(0xFFFF0000, image.getRGB(0, 0));
    assertEquals(0xFF800000, image.getRGB(1, 0));
    assertEquals(Optional.empty(), Thumbnail.of(Tensor.of(new float[6], 1, 6), Normalisation.NONE));
    assertEquals(
        Optional.empty(), Thumbnail.of(Tensor.of(new float[8], 1, 2, 2, 2), Normalisation.NONE));
  }

  @Test
  void numbersAreReadInFourDigits() {
    assertEquals("0.08317", Measure.number(0.083167));
    assertEquals("1235", Measure.number(1234.56));
    assertEquals("-12.35", Measure.number(-12.345678));
    assertEquals("0", Measure.number(0));
    assertEquals("1.234e-07", Measure.number(1.234e-7));
    assertArrayEquals(new double[] {0}, new double[] {Double.parseDouble(Measure.number(0))});
  }

  // ---- makings

  private static EvaluationReport report(double test, double train) {
    return report(test, train, metrics(3, 2, 1));
  }

  private static EvaluationReport report(double test, double train, Metrics metrics) {
    var classes = List.of("a", "b", "c");
    return EvaluationReport.of(
        evaluation(classification(test, classes), classification(train, classes), metrics));
  }

  private static Evaluation evaluation(Assessment test, Assessment train, Metrics metrics) {
    return new Evaluation(
        "run",
        "what it does",
        List.of("step 3"),
        scores(),
        test,
        Optional.of(train),
        metrics,
        row -> new Example("sample " + row, Optional.empty(), ""));
  }

  /** Three classes, of whose samples a share is right. */
  private static Assessment.Classification classification(double right, List<String> classes) {
    int[] actual = new int[SAMPLES];
    float[] probabilities = new float[3 * SAMPLES];
    for (int i = 0; i < SAMPLES; i++) {
      actual[i] = i % 3;
      int said = i < right * SAMPLES ? actual[i] : (actual[i] + 1) % 3;
      float sure = 0.5f + 0.4f * (i * 37 % SAMPLES) / SAMPLES;
      Arrays.fill(probabilities, 3 * i, 3 * i + 3, (1 - sure) / 2);
      probabilities[3 * i + said] = sure;
    }
    return new Assessment.Classification(Classified.of(actual, probabilities, 3), classes);
  }

  private static Scores scores() {
    return new Scores(0.5, Map.of(), SAMPLES);
  }

  private static Metrics metrics(double... losses) {
    return new Metrics(
        IntStream.range(0, losses.length)
            .mapToObj(
                i -> new Metrics.Line(Map.of("step", i, "train_loss", 1.0, "val_loss", losses[i])))
            .toList(),
        0);
  }

  private static String html(Evaluation evaluation) {
    return Html.of(EvaluationReport.of(evaluation).page());
  }

  private static List<String> titles(EvaluationReport report) {
    return report.findings().stream().map(Finding::title).toList();
  }

  private static List<String> names(EvaluationReport report) {
    return report.measures().stream().map(Measure::name).collect(Collectors.toList());
  }
}
