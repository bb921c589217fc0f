package dev.merapi.report;

import dev.merapi.evaluation.Confusion;
import dev.merapi.evaluation.Measure;
import dev.merapi.evaluation.Measures;
import dev.merapi.report.Evaluation.Example;
import dev.merapi.report.Page.Card;
import dev.merapi.report.Page.Cell;
import dev.merapi.report.Page.Figure;
import dev.merapi.report.Page.Headline;
import dev.merapi.report.Page.Section;
import dev.merapi.report.Page.Table;
import dev.merapi.tensor.Key;
import dev.merapi.tensor.MerapiException;
import dev.merapi.train.AtomicFiles;
import dev.merapi.train.Chart;
import dev.merapi.train.Charts;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.function.IntToDoubleFunction;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The report on a trained network: measures with their intervals, what they mean in words, curves,
 * and the samples that it got most wrong.
 */
public final class EvaluationReport {
  /** The page's name in the folder. */
  public static final String FILE = "report.html";

  private static final int WORST = 24;
  private static final int CONFUSED = 12;
  private static final int EXAMPLES = 24;
  private static final int HEADLINES = 4;

  /** Intervals do not change from one look to the next. */
  public static final Key RESAMPLING = Key.of(20_261_124);

  private final Evaluation evaluation;
  private final List<Measure> measures;
  private final List<Finding> findings;
  private final Map<String, byte[]> pictures = new LinkedHashMap<>();
  private final List<Section> sections = new ArrayList<>();
  private Optional<String> undrawn = Optional.empty();

  private EvaluationReport(Evaluation evaluation) {
    this.evaluation = evaluation;
    this.measures = evaluation.test().measures(RESAMPLING);
    this.findings = Findings.of(evaluation, measures);
    sections.add(measuresTable());
    draw(
        "Learning curves",
        "Training and validation, epoch by epoch. Training is measured while the network learns,"
            + " with dropout and augmentation on, so it may lie below validation.",
        Map.of(
            "learning-curve.png", Charts.learningCurves(evaluation.title(), evaluation.metrics())));
    switch (evaluation.test()) {
      case Assessment.Classification test -> classification(test);
      case Assessment.Regression test -> regression(test);
      case Assessment.Texts test ->
          errors("log loss", "log loss, nats a token", test.losses().means());
      case Assessment.Translations test -> translations(test);
      case Assessment.Answers test -> answers(test.said());
      case Assessment.Preferences test -> margins(test.margins());
      case Assessment.Distances test -> errors("error", "mean squared error", test.errors());
    }
  }

  /** Measures all there is to measure; writes nothing. */
  public static EvaluationReport of(Evaluation evaluation) {
    return new EvaluationReport(evaluation);
  }

  /** All measures, the one that matters most first. */
  public List<Measure> measures() {
    return measures;
  }

  /** What they mean. */
  public List<Finding> findings() {
    return findings;
  }

  /** Why there are no pictures, if there are none. */
  public Optional<String> undrawn() {
    return undrawn;
  }

  /**
   * Writes the page and each of its pictures.
   *
   * @return the page's path
   */
  public Path write(Path folder) {
    pictures.forEach((name, png) -> AtomicFiles.write(folder.resolve(name), png));
    var page = folder.resolve(FILE);
    AtomicFiles.write(page, Html.of(page()));
    return page;
  }

  Page page() {
    var headlines =
        measures.stream()
            .limit(HEADLINES)
            .map(measure -> new Headline(measure.title(), measure.reading(), interval(measure)))
            .toList();
    return new Page(
        evaluation.title(),
        evaluation.subtitle(),
        evaluation.facts(),
        headlines,
        findings,
        sections);
  }

  private static String interval(Measure measure) {
    return measure.range().isEmpty() ? "" : measure.range() + " (95 %)";
  }

  private Section measuresTable() {
    var rows = new ArrayList<List<Cell>>();
    rows.add(
        List.of(
            Cell.text("Loss"),
            Cell.number(Measure.number(evaluation.scores().loss())),
            Cell.number(""),
            Cell.text("what the training minimises, on the test samples")));
    for (var measure : measures) {
      rows.add(
          List.of(
              Cell.text(measure.title()),
              Cell.number(measure.reading()),
              Cell.number(measure.range()),
              Cell.text(measure.meaning())));
    }
    return Section.of(
        "Measures",
        "On %,d test samples. The interval says where a measure would be on other samples of the same kind, in 95 of 100 cases (bootstrap)."
            .formatted(evaluation.test().samples()),
        new Table(List.of("Measure", "Value", "95 % interval", "What it is"), rows));
  }

  // ---- by the kind of task

  private void classification(Assessment.Classification test) {
    var said = test.said();
    var confusion = said.confusion();
    confusion(test, confusion);
    sections.add(perClass(test, confusion));
    worst(
        "Worst examples",
        "Wrongly classified test samples, those first that it was surest of. Look for wrong labels"
            + " among them.",
        IntStream.range(0, said.samples())
            .filter(i -> said.predicted(i) != said.actual(i))
            .toArray(),
        i -> said.probability(i, said.predicted(i)),
        i ->
            List.of(
                "is " + test.classes().get(said.actual(i)),
                String.format(
                    Locale.ROOT,
                    "taken for %s, %.1f %%",
                    test.classes().get(said.predicted(i)),
                    100 * said.probability(i, said.predicted(i)))));
    draw(
        "Calibration",
        "Of the samples that it is 80 % sure of, 80 % should be right: points on the diagonal."
            + " Below it the network is over-confident.",
        Map.of("calibration.png", Curves.calibration(said.calibration(Measures.BINS))));
    if (measures.stream().anyMatch(measure -> measure.name().equals("roc_auc"))) {
      draw(
          "ROC and precision-recall",
          said.classes() == 2
              ? "What each threshold would give; the legend has the area under each curve."
              : "Each class against all others; the classes shown are those that are told apart"
                  + " worst, with the area under each curve.",
          Map.of("curves.png", Curves.rankings(said, test.classes())));
    }
  }

  private void confusion(Assessment.Classification test, Confusion confusion) {
    var pairs = new ArrayList<int[]>();
    for (int a = 0; a < confusion.classes(); a++) {
      for (int p = 0; p < confusion.classes(); p++) {
        if (a != p && confusion.count(a, p) > 0) {
          pairs.add(new int[] {a, p});
        }
      }
    }
    var rows =
        pairs.stream()
            .sorted(
                Comparator.comparingLong((int[] pair) -> confusion.count(pair[0], pair[1]))
                    .reversed())
            .limit(CONFUSED)
            .map(
                pair ->
                    List.of(
                        Cell.text(test.classes().get(pair[0])),
                        Cell.text(test.classes().get(pair[1])),
                        Cell.number(Long.toString(confusion.count(pair[0], pair[1]))),
                        Cell.share(
                            (double) confusion.count(pair[0], pair[1])
                                / confusion.support(pair[0]))))
            .toList();
    var figures =
        figures(
            "confusion.png",
            "confusion matrix",
            () -> Charts.png(ConfusionPicture.of(confusion, test.classes())));
    sections.add(
        new Section(
            "Confusion matrix",
            "A row for each true class, a column for each predicted one; the darker, the larger its"
                + " share of the row. The table has the pairs that are mixed up most often.",
            figures,
            Optional.of(new Table(List.of("True", "Taken for", "Samples", "Share"), rows)),
            List.of()));
  }

  private static Section perClass(Assessment.Classification test, Confusion confusion) {
    var rows =
        IntStream.range(0, confusion.classes())
            .mapToObj(
                c ->
                    List.of(
                        Cell.text(test.classes().get(c)),
                        Cell.number(Long.toString(confusion.support(c))),
                        Cell.share(confusion.precision(c)),
                        Cell.share(confusion.recall(c)),
                        Cell.share(confusion.f1(c))))
            .toList();
    return Section.of(
        "Class by class",
        "Precision: of what was taken for the class, the share that is of it. Recall: of what is of"
            + " the class, the share that was found. F1: their harmonic mean.",
        new Table(List.of("Class", "Samples", "Precision", "Recall", "F1"), rows));
  }

  private void regression(Assessment.Regression test) {
    var said = test.said();
    draw(
        "Predictions and residuals",
        "Points on the grey line are predicted perfectly. Residuals should look the same"
            + " everywhere; a bend or a funnel is something that the network has not learned.",
        Map.of("residuals.png", Curves.residuals(said, test.target())));
    double[] errors = IntStream.range(0, said.samples()).mapToDouble(said::error).toArray();
    draw(
        "Errors",
        "How often which error comes: one narrow peak about 0 is good.",
        Map.of("errors.png", List.of(Curves.histogram("Errors", "true - predicted", errors))));
    worst(
        "Worst examples",
        "The test samples that it is farthest off.",
        IntStream.range(0, said.samples()).toArray(),
        i -> Math.abs(said.error(i)),
        i ->
            List.of(
                "is " + Measure.number(said.actual(i)),
                "predicted " + Measure.number(said.predicted(i))));
  }

  private void translations(Assessment.Translations test) {
    int count = Math.min(EXAMPLES, test.samples());
    var rows =
        IntStream.range(0, count)
            .mapToObj(i -> test.texts().get((int) ((long) i * test.samples() / count)))
            .map(
                text ->
                    List.of(
                        Cell.text(text.source()),
                        Cell.text(text.reference()),
                        Cell.text(text.written())))
            .toList();
    sections.add(
        Section.of(
            "Translations",
            "Test samples from begin to end, evenly spaced: they are not chosen.",
            new Table(List.of("Source", "Reference", "Written"), rows)));
    double[] losses = test.losses().means();
    worst(
        "Worst examples",
        "The test samples whose references it thinks the least likely.",
        IntStream.range(0, test.samples()).toArray(),
        i -> losses[i],
        i ->
            List.of(
                "reference: " + test.texts().get(i).reference(),
                "written: " + test.texts().get(i).written()));
  }

  private void answers(List<Assessment.Answer> said) {
    worst(
        "Worst examples",
        "The test questions whose answers have the fewest words in common with the right ones.",
        IntStream.range(0, said.size()).filter(i -> said.get(i).score().exact() < 1).toArray(),
        i -> -said.get(i).score().f1(),
        i ->
            List.of(
                "says " + quoted(said.get(i).said()),
                "right is " + quoted(said.get(i).references().stream().findFirst().orElse(""))));
  }

  private static String quoted(String answer) {
    return answer.isEmpty() ? "that there is no answer" : "“" + answer + "”";
  }

  private void margins(double[] margins) {
    draw(
        "Margins",
        "How often which margin comes: right of 0 the chosen answer is preferred.",
        Map.of("margins.png", List.of(Curves.histogram("Margins", "reward margin", margins))));
    worst(
        "Worst examples",
        "The test pairs whose rejected answer is preferred most.",
        IntStream.range(0, margins.length).filter(i -> margins[i] <= 0).toArray(),
        i -> -margins[i],
        i -> List.of("margin " + Measure.number(margins[i])));
  }

  private void errors(String what, String axis, double[] errors) {
    draw(
        "Errors",
        "How often which error comes.",
        Map.of("errors.png", List.of(Curves.histogram("Errors", axis, errors))));
    worst(
        "Worst examples",
        "The test samples that it is farthest off.",
        IntStream.range(0, errors.length).toArray(),
        i -> errors[i],
        i -> List.of(what + " " + Measure.number(errors[i])));
  }

  // ---- pictures and examples

  private void worst(
      String title,
      String lead,
      int[] candidates,
      IntToDoubleFunction badness,
      IntFunction<List<String>> lines) {
    var cards =
        IntStream.of(candidates)
            .boxed()
            .sorted(Comparator.comparingDouble((Integer i) -> -badness.applyAsDouble(i)))
            .limit(WORST)
            .map(i -> card(evaluation.examples().apply(i), lines.apply(i)))
            .toList();
    if (!cards.isEmpty()) {
      sections.add(new Section(title, lead, List.of(), Optional.empty(), cards));
    }
  }

  private static Card card(Example example, List<String> lines) {
    var all = new ArrayList<>(lines);
    if (!example.text().isEmpty()) {
      all.add(example.text());
    }
    return new Card(example.picture().map(Figure::source), example.name(), all);
  }

  private void draw(String title, String lead, Map<String, List<Chart>> files) {
    var figures = new ArrayList<Figure>();
    files.forEach(
        (name, charts) -> {
          if (!charts.isEmpty()) {
            var alt = charts.stream().map(Chart::title).collect(Collectors.joining(", "));
            figures.addAll(figures(name, alt, () -> Charts.png(charts)));
          }
        });
    if (!figures.isEmpty()) {
      sections.add(Section.of(title, lead, figures));
    }
  }

  /** A machine without fonts still gets its numbers. */
  private List<Figure> figures(String name, String alt, Supplier<byte[]> drawing) {
    try {
      byte[] png = drawing.get();
      pictures.put(name, png);
      return List.of(Figure.of(name, alt, png));
    } catch (MerapiException e) {
      undrawn = Optional.of(e.getMessage());
      return List.of();
    }
  }
}
