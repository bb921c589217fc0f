package dev.merapi.recipe;

import dev.merapi.nn.Mode;
import dev.merapi.optim.Adam;
import dev.merapi.optim.Optimization;
import dev.merapi.optim.Optimizer;
import dev.merapi.optim.Sgd;
import dev.merapi.tensor.Gradients;
import dev.merapi.tensor.Key;
import dev.merapi.tensor.Parameter;
import dev.merapi.tensor.Shape;
import dev.merapi.tensor.Step;
import dev.merapi.tensor.Tensor;
import dev.merapi.train.Chart;
import dev.merapi.train.Chart.Point;
import dev.merapi.train.Chart.Series;
import dev.merapi.train.Chart.Style;
import dev.merapi.train.Charts;
import dev.merapi.train.Progress;
import dev.merapi.train.RunFolder;
import dev.merapi.train.RunWriter;
import dev.merapi.train.Weights;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Gradient descent, to look at: x² is made small, with the numerical gradient beside the analytic
 * one; then a line {@code y = a x + b} is fitted to points by gradient descent, stochastic gradient
 * descent and Adam, and the ways of (a, b) are drawn.
 */
public final class DescentRun {
  private static final double START_OF_X = 3;
  private static final double RATE_OF_X = 0.1;
  private static final int STEPS_OF_X = 10;
  private static final double STEP = 1e-2; // of the numerical gradient
  private static final int LEVELS = 5;

  private final Recipe.Descent recipe;
  private final DescentSettings settings;
  private final float[] x;
  private final float[] y;

  /** How one rule has done. */
  private record Way(
      String name, List<Point> points, List<Double> losses, long steps, List<Parameter> line) {
    String key() {
      return name.toLowerCase(Locale.ROOT).replace(' ', '_');
    }
  }

  /** What is kept in the checkpoint besides the line. */
  private record State(long epochs) {}

  private DescentRun(Recipe.Descent recipe) {
    this.recipe = recipe;
    this.settings = recipe.training();
    var key = Key.of(recipe.seed());
    this.x = key.fold(0).uniform(-1, 1, Shape.of(settings.points())).toArray();
    float[] noise = key.fold(1).normal(settings.points()).toArray();
    this.y = new float[x.length];
    for (int i = 0; i < x.length; i++) {
      y[i] = (float) (settings.slope() * x[i] + settings.intercept() + settings.noise() * noise[i]);
    }
  }

  /** Runs the demonstration, and writes it to the run's folder. */
  public static Report run(Recipe.Descent recipe, RunWriter run, Progress progress) {
    return new DescentRun(recipe).run(run, progress);
  }

  private Report run(RunWriter run, Progress progress) {
    long begin = System.nanoTime();
    minimiseSquare(progress);
    progress.print("a line through %d points".formatted(x.length));
    var ways = new ArrayList<Way>();
    ways.add(fit("gradient descent", Sgd.of(settings.descentRate()), x.length));
    ways.add(fit("SGD", Sgd.of(settings.sgdRate()), settings.batch()));
    ways.add(fit("Adam", Adam.of(settings.adamRate()), x.length));
    for (var way : ways) {
      var end = way.points().getLast();
      progress.print(
          String.format(
              Locale.ROOT,
              "%-17s y = %.4f x %+.4f  loss %.4f after %d steps",
              way.name(),
              end.x(),
              end.y(),
              way.losses().getLast(),
              way.steps()));
    }
    append(run, ways);
    save(run, ways);
    Charts.write(run.folder().file("paths.png"), List.of(paths(ways)));
    var adam = ways.getLast();
    var report =
        new Report(
            run.folder().path().toString(),
            recipe.name(),
            "complete",
            settings.epochs(),
            adam.steps(),
            2,
            Optional.of(adam.losses().getLast()),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Map.of(),
            Optional.empty(),
            (System.nanoTime() - begin) / 1e9,
            Optional.empty());
    run.writeJson(RunFolder.RESULT, report);
    return report;
  }

  private static void minimiseSquare(Progress progress) {
    progress.print("x² from x = 3, down the gradient");
    var at = Parameter.of(Tensor.scalar((float) START_OF_X));
    var square = at.mul(at);
    var gradient = Gradients.of(square, List.of(at)).getFirst();
    for (int step = 0; step <= STEPS_OF_X; step++) {
      var now = Step.compute(at, square, gradient);
      double x = now.getFirst().item();
      double above = (x + STEP) * (x + STEP);
      double below = (x - STEP) * (x - STEP);
      progress.print(
          String.format(
              Locale.ROOT,
              "step %2d  x %.4f  x² %.4f  gradient %.4f  numerical %.4f",
              step,
              x,
              now.get(1).item(),
              now.get(2).item(),
              (above - below) / (2 * STEP)));
      at.assign(at.sub(gradient.mul(RATE_OF_X)));
    }
  }

  /** Fits the line by one rule, from (0, 0), in batches of the points in a new order each epoch. */
  private Way fit(String name, Optimizer rule, int batch) {
    var slope = Parameter.of(Tensor.scalar(0));
    var intercept = Parameter.of(Tensor.scalar(0));
    var optimization = Optimization.of(List.of(slope, intercept), rule);
    var points = new ArrayList<>(List.of(new Point(0, 0)));
    var losses = new ArrayList<Double>();
    for (int epoch = 0; epoch < settings.epochs(); epoch++) {
      int[] order = Key.of(recipe.seed()).fold(2).fold(epoch).permutation(x.length);
      for (int from = 0; from < order.length; from += batch) {
        int[] rows = Arrays.copyOfRange(order, from, Math.min(order.length, from + batch));
        optimization.step(loss(slope, intercept, rows), Mode.evaluation());
        points.add(new Point(slope.item(), intercept.item()));
      }
      losses.add(meanSquare(slope.item(), intercept.item()));
    }
    return new Way(name, points, losses, optimization.steps(), List.of(slope, intercept));
  }

  private Tensor loss(Parameter slope, Parameter intercept, int[] rows) {
    var difference = slope.mul(pick(x, rows)).add(intercept).sub(pick(y, rows));
    return difference.mul(difference).mean();
  }

  private static Tensor pick(float[] values, int[] rows) {
    float[] picked = new float[rows.length];
    for (int i = 0; i < rows.length; i++) {
      picked[i] = values[rows[i]];
    }
    return Tensor.of(picked);
  }

  private double meanSquare(double slope, double intercept) {
    double sum = 0;
    for (int i = 0; i < x.length; i++) {
      double difference = slope * x[i] + intercept - y[i];
      sum += difference * difference;
    }
    return sum / x.length;
  }

  private static void append(RunWriter run, List<Way> ways) {
    for (int epoch = 0; epoch < ways.getFirst().losses().size(); epoch++) {
      var fields = new LinkedHashMap<String, Object>();
      for (var way : ways) {
        fields.put("train_loss_" + way.key(), way.losses().get(epoch));
      }
      run.append(epoch + 1, fields);
    }
  }

  /** The three lines. */
  private void save(RunWriter run, List<Way> ways) {
    Map<String, Parameter> lines = new LinkedHashMap<>();
    for (var way : ways) {
      lines.put(way.key() + ".slope", way.line().getFirst());
      lines.put(way.key() + ".intercept", way.line().getLast());
    }
    run.save(settings.epochs(), Weights.of(lines), Map.of(), new State(settings.epochs()));
  }

  /** The ways of (slope, intercept), over lines of equal loss. */
  private Chart paths(List<Way> ways) {
    var series = new ArrayList<Series>();
    for (int level = LEVELS; level >= 1; level--) {
      series.add(
          new Series(
              level == LEVELS ? "equal loss" : "equal loss " + level,
              contour(level),
              Style.BACKGROUND));
    }
    ways.forEach(way -> series.add(new Series(way.name(), way.points(), Style.PATH)));
    return new Chart(recipe.name() + ": three ways to the line", "slope", "intercept", series);
  }

  /**
   * Where the loss exceeds its least by the squared share {@code (level / 5)²} of what it does at
   * the start: an ellipse about the least squares solution.
   */
  private List<Point> contour(int level) {
    double n = x.length;
    double sx = 0;
    double sy = 0;
    double sxx = 0;
    double sxy = 0;
    for (int i = 0; i < x.length; i++) {
      sx += x[i];
      sy += y[i];
      sxx += x[i] * x[i];
      sxy += x[i] * y[i];
    }
    double a = (n * sxy - sx * sy) / (n * sxx - sx * sx);
    double b = (sy - a * sx) / n;
    double excess = (meanSquare(0, 0) - meanSquare(a, b)) * level * level / (LEVELS * LEVELS);
    var points = new ArrayList<Point>();
    for (int i = 0; i <= 90; i++) {
      double u = Math.cos(2 * Math.PI * i / 90);
      double v = Math.sin(2 * Math.PI * i / 90);
      double curvature = (sxx * u * u + 2 * sx * u * v + n * v * v) / n;
      double r = Math.sqrt(excess / curvature);
      points.add(new Point(a + r * u, b + r * v));
    }
    return points;
  }
}
