package dev.merapi.report;

import dev.merapi.evaluation.Measure;
import dev.merapi.evaluation.Measures;
import dev.merapi.train.Metrics;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Says in words what measures mean: whether a network over-fits or under-fits, and what to try. */
final class Findings {
  /** A gap between seen and unseen samples that is no accident of the sample: 2 points. */
  private static final double GAP = 0.02;

  /** What a network that fits its own training data reaches on them. */
  private static final double FITS = 0.95;

  /** A confidence that is off by more than this misleads. */
  private static final double MISLEADING = 0.05;

  /** A half-interval above this leaves much open. */
  private static final double VAGUE = 0.03;

  /** A loss that has grown by more than this since its best is no noise. */
  private static final double GROWN = 1.1;

  /** Translations that are off by more than this share of their length say too little, or twice. */
  private static final double OFF_LENGTH = 0.1;

  /** The largest class has so many times the samples of the smallest. */
  private static final double UNEVEN = 5;

  private final List<Finding> found = new ArrayList<>();

  private Findings() {}

  /** What there is to be said, what matters most first. */
  static List<Finding> of(Evaluation evaluation, List<Measure> measures) {
    var findings = new Findings();
    switch (evaluation.test()) {
      case Assessment.Classification test -> {
        double width = halfWidth(measures.getFirst());
        findings.fit(
            "accuracy",
            test.said().accuracy(),
            evaluation.train().map(train -> ((Assessment.Classification) train).said().accuracy()),
            width);
        findings.chance(test);
        findings.curves(evaluation.metrics());
        findings.classes(test);
        findings.calibration(test);
        findings.certainty(test, width);
      }
      case Assessment.Regression test -> {
        findings.fit(
            "R²",
            test.said().rSquared(),
            evaluation.train().map(train -> ((Assessment.Regression) train).said().rSquared()),
            halfWidth(measures.getFirst()));
        findings.curves(evaluation.metrics());
        findings.bias(test);
      }
      case Assessment.Texts test -> {
        evaluation
            .train()
            .ifPresent(
                train ->
                    findings.errors(
                        "log loss",
                        test.losses().means(),
                        ((Assessment.Texts) train).losses().means()));
        findings.curves(evaluation.metrics());
      }
      case Assessment.Translations test -> {
        findings.curves(evaluation.metrics());
        findings.lengths(test);
      }
      case Assessment.Answers test -> {
        findings.fit(
            "F1",
            test.f1(),
            evaluation.train().map(train -> ((Assessment.Answers) train).f1()),
            halfWidth(measures.getFirst()));
        findings.curves(evaluation.metrics());
      }
      case Assessment.Preferences test -> {
        findings.fit(
            "accuracy",
            test.accuracy(),
            evaluation.train().map(train -> ((Assessment.Preferences) train).accuracy()),
            halfWidth(measures.getFirst()));
        findings.curves(evaluation.metrics());
      }
      case Assessment.Distances test -> {
        evaluation
            .train()
            .ifPresent(
                train ->
                    findings.errors(
                        "squared error", test.errors(), ((Assessment.Distances) train).errors()));
        findings.curves(evaluation.metrics());
      }
    }
    return findings.found.stream().sorted((a, b) -> b.kind().compareTo(a.kind())).toList();
  }

  /** Whether translations are about as long as what was wanted. */
  private void lengths(Assessment.Translations test) {
    var bleu = test.bleu();
    double ratio = (double) bleu.length() / Math.max(1, bleu.referenceLength());
    if (Math.abs(ratio - 1) > OFF_LENGTH) {
      found.add(
          Finding.warning(
              ratio < 1 ? "Too short" : "Too long",
              "what it writes has %.2f words for each word of the references.".formatted(ratio),
              ratio < 1
                  ? "It leaves out what the texts say: train longer, or on longer texts."
                  : "It says things twice: train longer, or follow more beginnings"
                      + " (model.beams)."));
    }
  }

  private static double halfWidth(Measure measure) {
    return measure.interval().map(both -> (both.high() - both.low()) / 2).orElse(0.0);
  }

  /** Samples that the network has seen beside samples that it has not. */
  private void fit(String what, double test, Optional<Double> seen, double halfWidth) {
    if (seen.isEmpty()) {
      return;
    }
    double train = seen.get();
    double gap = train - test;
    var numbers =
        "%s is %s on samples that it was trained on and %s on new ones"
            .formatted(what, share(train), share(test));
    if (gap > Math.max(GAP, halfWidth)) {
      boolean strong = gap > 5 * GAP;
      found.add(
          Finding.warning(
              strong ? "Strong over-fitting" : "Over-fitting",
              numbers
                  + (strong
                      ? ": it knows many of its training samples by heart."
                      : ": a gap of " + points(gap) + ", more than chance leaves open."),
              "More data help most; augmentation makes more of those there are. Else dropout,"
                  + " weight decay, a smaller network, or fewer epochs."));
    } else if (train < FITS) {
      found.add(
          Finding.warning(
              "Under-fitting",
              numbers
                  + ": it does no better on what it has seen, so it is not the data's number that"
                  + " holds it back.",
              "Train longer, try a higher learning rate or a larger network, regularise less; and"
                  + " ask whether the features say more than this at all."));
    } else {
      found.add(
          Finding.good(
              "It fits, and it generalises",
              numbers
                  + ": a gap of "
                  + points(gap)
                  + ", within what the number of samples leaves open or too small to matter."));
    }
  }

  private void errors(String what, double[] test, double[] train) {
    double unseen = Arrays.stream(test).average().orElse(0);
    double seen = Arrays.stream(train).average().orElse(0);
    var numbers =
        "the %s is %s on samples that it was trained on and %s on new ones"
            .formatted(what, Measure.number(seen), Measure.number(unseen));
    if (unseen > GROWN * seen) {
      found.add(
          Finding.warning(
              "Over-fitting",
              numbers + ".",
              "More data help most; else dropout, a smaller network, or fewer epochs."));
    } else {
      found.add(Finding.good("It generalises", numbers + "."));
    }
  }

  /** Better than always naming the most common class? */
  private void chance(Assessment.Classification test) {
    var confusion = test.said().confusion();
    int common =
        IntStream.range(0, confusion.classes())
            .reduce((a, b) -> confusion.support(b) > confusion.support(a) ? b : a)
            .orElse(0);
    double share = (double) confusion.support(common) / test.samples();
    if (confusion.accuracy() <= share) {
      found.add(
          Finding.warning(
              "No better than guessing",
              "always saying `%s` would be right in %s of the samples, too."
                  .formatted(test.classes().get(common), share(share)),
              "See whether the loss falls at all: a learning rate that is far too high or too low,"
                  + " or features that say nothing, look like this."));
    }
  }

  /** What the curves of the training say. */
  private void curves(Metrics metrics) {
    double[] losses =
        metrics.lines().stream()
            .map(line -> line.number("val_loss"))
            .filter(OptionalDouble::isPresent)
            .mapToDouble(OptionalDouble::getAsDouble)
            .toArray();
    if (losses.length < 3) {
      return;
    }
    int best =
        IntStream.range(0, losses.length).reduce((a, b) -> losses[b] < losses[a] ? b : a).orElse(0);
    double last = losses[losses.length - 1];
    if (best == losses.length - 1) {
      found.add(
          Finding.note(
              "It was still learning",
              "the validation loss was lowest, at %s, in the last of %d epochs."
                  .formatted(Measure.number(last), losses.length),
              "More epochs may bring more: ./merapi train --resume, with a larger --epochs."));
    } else if (last > GROWN * losses[best]) {
      found.add(
          Finding.note(
              "It trained past its best",
              "the validation loss was lowest, at %s, in epoch %d, and %s in epoch %d."
                  .formatted(
                      Measure.number(losses[best]), best + 1, Measure.number(last), losses.length),
              "The best epoch's weights count by default, so nothing is lost; early stopping would"
                  + " save the time."));
    }
  }

  /** Classes that are rare, missing, or far harder than the others. */
  private void classes(Assessment.Classification test) {
    var confusion = test.said().confusion();
    var missing =
        IntStream.range(0, confusion.classes())
            .filter(c -> confusion.support(c) == 0)
            .mapToObj(test.classes()::get)
            .toList();
    if (!missing.isEmpty()) {
      found.add(
          Finding.warning(
              "Classes without test samples",
              missing.stream().limit(8).collect(Collectors.joining("`, `", "`", "`"))
                  + (missing.size() == 1 ? " does" : " do")
                  + " not occur in the test data: nothing is known of "
                  + (missing.size() == 1 ? "it." : "them."),
              "Split by class (stratified), or hold out more."));
    }
    var present =
        IntStream.range(0, confusion.classes())
            .filter(c -> confusion.support(c) > 0)
            .boxed()
            .toList();
    long most = present.stream().mapToLong(confusion::support).max().orElse(0);
    long least = present.stream().mapToLong(confusion::support).min().orElse(1);
    if (most > UNEVEN * least) {
      found.add(
          Finding.note(
              "Uneven classes",
              "the largest class has %d test samples and the smallest %d: accuracy says little of the rare ones."
                  .formatted(most, least),
              "Judge by balanced accuracy and macro F1."));
    }
    present.stream()
        .min((a, b) -> Double.compare(confusion.recall(a), confusion.recall(b)))
        .filter(c -> confusion.recall(c) < confusion.balancedAccuracy() - 5 * GAP)
        .ifPresent(
            c -> {
              int other = mistakenFor(test, c);
              found.add(
                  Finding.note(
                      "One class is much harder",
                      "of `%s`, %s are found; it is taken for `%s` most often."
                          .formatted(
                              test.classes().get(c),
                              share(confusion.recall(c)),
                              test.classes().get(other)),
                      "Look at its worst examples below: mislabelled samples, or too few of its"
                          + " kind in the training data?"));
            });
  }

  private static int mistakenFor(Assessment.Classification test, int c) {
    var confusion = test.said().confusion();
    return IntStream.range(0, confusion.classes())
        .filter(other -> other != c)
        .reduce((a, b) -> confusion.count(c, b) > confusion.count(c, a) ? b : a)
        .orElse(c);
  }

  private void calibration(Assessment.Classification test) {
    var calibration = test.said().calibration(Measures.BINS);
    double error = calibration.expectedError();
    double confidence =
        calibration.bins().stream().mapToDouble(bin -> bin.confidence() * bin.samples()).sum()
            / test.samples();
    double accuracy = test.said().accuracy();
    var numbers =
        "it is %s sure of itself on average, and right in %s"
            .formatted(share(confidence), share(accuracy));
    if (error <= MISLEADING) {
      found.add(Finding.good("Its confidence can be believed", numbers + "."));
    } else if (confidence > accuracy) {
      found.add(
          Finding.warning(
              "Over-confident",
              numbers + ".",
              "Do not act on its probabilities as they are; less over-fitting, mixup or fewer"
                  + " epochs make them more modest."));
    } else {
      found.add(
          Finding.note(
              "Under-confident",
              numbers + ".",
              "It knows more than it says: train longer, or with less dropout and augmentation."));
    }
  }

  private void certainty(Assessment.Classification test, double halfWidth) {
    if (halfWidth > VAGUE) {
      found.add(
          Finding.note(
              "Few test samples",
              "with %d of them, the accuracy is only known to ± %s."
                  .formatted(test.samples(), points(halfWidth)),
              "Compare by cross-validation, or test on more."));
    }
  }

  /** Whether it errs more to one side. */
  private void bias(Assessment.Regression test) {
    var said = test.said();
    double mean =
        IntStream.range(0, said.samples()).mapToDouble(said::error).sum() / said.samples();
    double rmse = said.rootMeanSquaredError();
    if (said.samples() > 2 && Math.abs(mean) > 0.2 * rmse && rmse > 0) {
      found.add(
          Finding.note(
              "It errs to one side",
              "on average it says %s too %s, with an RMSE of %s."
                  .formatted(
                      Measure.number(Math.abs(mean)),
                      mean > 0 ? "little" : "much",
                      Measure.number(rmse)),
              "Look for a drift between training and test data, or a target that wants a"
                  + " logarithm."));
    }
    if (said.rSquared() < 0) {
      found.add(
          Finding.warning(
              "Worse than the mean",
              "always saying the mean of the targets would be closer.",
              "See whether the loss falls at all, and whether features and targets are scaled."));
    }
  }

  private static String share(double value) {
    return String.format(Locale.ROOT, "%.1f %%", 100 * value);
  }

  private static String points(double value) {
    return String.format(Locale.ROOT, "%.1f points", 100 * Math.max(0, value));
  }
}
