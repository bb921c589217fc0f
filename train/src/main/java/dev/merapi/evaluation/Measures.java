package dev.merapi.evaluation;

import dev.merapi.evaluation.Measure.Scale;
import dev.merapi.tensor.Key;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * All measures of some predictions, each with its interval by {@link Bootstrap}.
 *
 * @param <P> the kind of predictions
 */
public final class Measures<P extends Predictions<P>> {
  /** Bins of the calibration error. */
  public static final int BINS = 15;

  private static final double LN_2 = Math.log(2);

  private static final String EXACT =
      "answers that are right as a whole, but for articles and punctuation";

  private static final String F1 = "how far the words of an answer are those of the right one";

  /** From so many classes on, it is worth knowing whether the right one is among the best five. */
  private static final int MANY = 10;

  private final P said;
  private final Bootstrap bootstrap;
  private final Key key;
  private final List<Measure> found = new ArrayList<>();

  private Measures(P said, Bootstrap bootstrap, Key key) {
    this.said = said;
    this.bootstrap = bootstrap;
    this.key = key;
  }

  /**
   * The measures of a classifier, accuracy first. Areas under curves are left out where a class has
   * no samples.
   *
   * @param key the same key gives the same intervals
   */
  public static List<Measure> of(Classified said, Bootstrap bootstrap, Key key) {
    var all = new Measures<>(said, bootstrap, key);
    all.share("accuracy", "Accuracy", "samples taken for what they are", Classified::accuracy);
    all.share(
        "balanced_accuracy",
        "Balanced accuracy",
        "the mean recall of the classes: rare ones count as much as common ones",
        each -> each.confusion().balancedAccuracy());
    if (said.classes() >= MANY) {
      all.share(
          "top_5_accuracy",
          "Top-5 accuracy",
          "samples whose class is among the five most probable ones",
          each -> each.topK(5));
    }
    all.share(
        "f1_macro",
        "F1, macro",
        "the harmonic mean of precision and recall, averaged over the classes",
        each -> each.confusion().f1(Average.MACRO));
    all.number(
        "log_loss",
        "Log loss",
        "the mean of -ln p of the right class, in nats: 0 is perfect",
        Classified::logLoss);
    all.number(
        "brier",
        "Brier score",
        "the mean squared distance of the probabilities from the truth: 0 is perfect",
        Classified::brier);
    all.share(
        "ece",
        "Calibration error",
        "how far confidence is from how often it is right (ECE, %d bins)".formatted(BINS),
        each -> each.calibration(BINS).expectedError());
    all.found.addAll(Areas.of(said, bootstrap, key));
    return List.copyOf(all.found);
  }

  /**
   * The measures of predicted numbers, R² first. The percentage error is left out where a true
   * number is 0.
   *
   * @param key the same key gives the same intervals
   */
  public static List<Measure> of(Regressed said, Bootstrap bootstrap, Key key) {
    var all = new Measures<>(said, bootstrap, key);
    all.number(
        "r2",
        "R²",
        "the share of the spread that is explained: 1 is perfect, 0 as good as the mean",
        Regressed::rSquared);
    all.number(
        "rmse",
        "RMSE",
        "the root of the mean squared error, in the target's unit",
        Regressed::rootMeanSquaredError);
    all.number(
        "mae",
        "MAE",
        "the mean size of the errors, in the target's unit",
        Regressed::meanAbsoluteError);
    all.number("mse", "MSE", "the mean squared error", Regressed::meanSquaredError);
    if (IntStream.range(0, said.samples()).allMatch(i -> said.actual(i) != 0)) {
      all.share(
          "mape",
          "MAPE",
          "the mean size of the errors, each as a share of the true number",
          Regressed::meanAbsolutePercentageError);
    }
    return List.copyOf(all.found);
  }

  /**
   * How close translations are to their references: BLEU, and how long they are beside them.
   *
   * @param matches of each sentence
   * @param key the same key gives the same intervals
   */
  public static List<Measure> ofTranslations(
      List<Bleu.Matches> matches, Bootstrap bootstrap, Key key) {
    var interval =
        bootstrap.of(matches.size(), rows -> sum(matches, rows).bleu().score(), key.fold(0));
    var all = sum(matches, IntStream.range(0, matches.size()).toArray());
    double lengths = (double) all.length() / Math.max(1, all.referenceLength());
    var ratio =
        bootstrap.of(
            matches.size(),
            rows -> {
              var some = sum(matches, rows);
              return (double) some.length() / Math.max(1, some.referenceLength());
            },
            key.fold(1));
    return List.of(
        new Measure(
            "bleu",
            "BLEU",
            all.bleu().score(),
            Optional.of(interval),
            Scale.NUMBER,
            "how many runs of one to four words it shares with the references, from 0 to 100;"
                + " sacreBLEU's definition (13a, case counts)"),
        new Measure(
            "length_ratio",
            "Length",
            lengths,
            Optional.of(ratio),
            Scale.NUMBER,
            "its words for each word of the references: 1 is as long as they are"));
  }

  private static Bleu.Matches sum(List<Bleu.Matches> matches, int... rows) {
    var sum = Bleu.Matches.NONE;
    for (int row : rows) {
      sum = sum.plus(matches.get(row));
    }
    return sum;
  }

  /**
   * The measures of a language model, perplexity first.
   *
   * @param losses of each piece of text
   * @param key the same key gives the same intervals
   */
  public static List<Measure> ofTexts(TextLosses losses, Bootstrap bootstrap, Key key) {
    var loss =
        new Measure(
            "log_loss",
            "Log loss",
            losses.mean(),
            Optional.of(bootstrap.of(losses.size(), rows -> losses.select(rows).mean(), key)),
            Scale.NUMBER,
            "the mean of -ln p of the right token, in nats: 0 is perfect");
    var interval =
        loss.interval()
            .map(both -> new Bootstrap.Interval(Math.exp(both.low()), Math.exp(both.high())));
    return List.of(
        new Measure(
            "perplexity",
            "Perplexity",
            Math.exp(loss.value()),
            interval,
            Scale.NUMBER,
            "among how many equally likely tokens it is as unsure: 1 is perfect"),
        loss,
        new Measure(
            "bits_per_token",
            "Bits a token",
            loss.value() / LN_2,
            loss.interval()
                .map(both -> new Bootstrap.Interval(both.low() / LN_2, both.high() / LN_2)),
            Scale.NUMBER,
            "what a token would take when compressed by it"));
  }

  /**
   * The measures of answers, exact match and F1; where some questions have no answer, those of the
   * ones that have one and of the others, too.
   *
   * @param scores one a question
   * @param answered of each, whether there is an answer
   * @param key the same key gives the same intervals
   */
  public static List<Measure> ofAnswers(
      List<AnswerScore> scores, List<Boolean> answered, Bootstrap bootstrap, Key key) {
    List<Measure> all = new ArrayList<>();
    double[] exact = scores.stream().mapToDouble(AnswerScore::exact).toArray();
    double[] f1 = scores.stream().mapToDouble(AnswerScore::f1).toArray();
    all.add(share("exact_match", "Exact match", EXACT, exact, bootstrap, key));
    all.add(share("f1", "F1", F1, f1, bootstrap, key));
    if (answered.contains(false) && answered.contains(true)) {
      int[] with = IntStream.range(0, f1.length).filter(answered::get).toArray();
      int[] without = IntStream.range(0, f1.length).filter(i -> !answered.get(i)).toArray();
      all.add(
          share(
              "has_answer_f1",
              "F1 where there is an answer",
              F1,
              IntStream.of(with).mapToDouble(i -> f1[i]).toArray(),
              bootstrap,
              key));
      all.add(
          share(
              "no_answer_exact",
              "Exact match where there is none",
              "questions without an answer of which that is said",
              IntStream.of(without).mapToDouble(i -> exact[i]).toArray(),
              bootstrap,
              key));
    }
    return List.copyOf(all);
  }

  /**
   * The measures of preferences, accuracy first.
   *
   * @param margins by how much the chosen answer of each pair is found better than the other
   * @param key the same key gives the same intervals
   */
  public static List<Measure> ofPreferences(double[] margins, Bootstrap bootstrap, Key key) {
    double[] right = Arrays.stream(margins).map(margin -> margin > 0 ? 1 : 0).toArray();
    return List.of(
        share(
            "accuracy",
            "Accuracy",
            "pairs whose chosen answer has become more probable, beside the rejected one",
            right,
            bootstrap,
            key),
        ofErrors(
            "margin",
            "Reward margin",
            "by how much chosen answers are worth more than rejected ones, in nats times beta",
            margins,
            bootstrap,
            key));
  }

  private static Measure share(
      String name, String title, String meaning, double[] values, Bootstrap bootstrap, Key key) {
    return new Measure(
        name,
        title,
        Arrays.stream(values).sum() / values.length,
        Optional.of(bootstrap.ofMean(values, key)),
        Scale.SHARE,
        meaning);
  }

  /** The mean of one error a sample. */
  public static Measure ofErrors(
      String name, String title, String meaning, double[] errors, Bootstrap bootstrap, Key key) {
    return new Measure(
        name,
        title,
        Arrays.stream(errors).sum() / errors.length,
        Optional.of(bootstrap.ofMean(errors, key)),
        Scale.NUMBER,
        meaning);
  }

  private void share(String name, String title, String meaning, ToDoubleFunction<P> measure) {
    add(name, title, Scale.SHARE, meaning, measure);
  }

  private void number(String name, String title, String meaning, ToDoubleFunction<P> measure) {
    add(name, title, Scale.NUMBER, meaning, measure);
  }

  private void add(
      String name, String title, Scale scale, String meaning, ToDoubleFunction<P> measure) {
    var interval =
        bootstrap.of(said.samples(), rows -> measure.applyAsDouble(said.select(rows)), key);
    found.add(
        new Measure(
            name, title, measure.applyAsDouble(said), Optional.of(interval), scale, meaning));
  }
}
