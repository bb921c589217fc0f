package dev.merapi.recipe;

import dev.merapi.data.Dataset;
import dev.merapi.evaluation.Classified;
import dev.merapi.evaluation.Measure;
import dev.merapi.evaluation.Regressed;
import dev.merapi.recipe.TrainingSettings.LossName;
import dev.merapi.report.Assessment;
import dev.merapi.report.Evaluation.Example;
import dev.merapi.report.Thumbnail;
import dev.merapi.table.Prepared;
import dev.merapi.tensor.Step;
import dev.merapi.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Makes of a network's outputs what can be measured, as its recipe's loss means them. */
final class Assessing {
  /** A sample of so many numbers can be read. */
  private static final int READABLE = 8;

  private final Recipe.Training recipe;
  private final Signature signature;
  private final Optional<Prepared> table;
  private final Dataset data;

  Assessing(Recipe.Training recipe, Signature signature, Optional<Prepared> table, Dataset data) {
    this.recipe = recipe;
    this.signature = signature;
    this.table = table;
    this.data = data;
  }

  /**
   * What the outputs say.
   *
   * @param outputs of all samples in their order, (batch, …) each
   */
  Assessment of(List<Tensor> outputs) {
    boolean binary = recipe.training().loss() == LossName.BINARY_CROSS_ENTROPY;
    if (!signature.classes().isEmpty()) {
      return new Assessment.Classification(
          Classified.of(
              data.labels(),
              numbers(outputs, logits -> logits.softmax(-1)),
              signature.classes().size()),
          signature.classes());
    }
    float[] given = numbers(outputs, binary ? Tensor::sigmoid : Function.identity());
    float[] wanted = targets();
    if (signature.outputs() > 1) {
      return new Assessment.Distances(distances(given, wanted));
    }
    return binary
        ? new Assessment.Classification(yesOrNo(given, wanted), List.of("0", "1"))
        : new Assessment.Regression(
            Regressed.of(inUnit(wanted), inUnit(given)),
            table.map(Prepared::target).orElse("target"));
  }

  private static float[] numbers(List<Tensor> outputs, Function<Tensor, Tensor> last) {
    var parts =
        outputs.stream()
            .map(output -> Step.compute(last.apply(output)).getFirst().toArray())
            .toList();
    return joined(parts);
  }

  private float[] targets() {
    return joined(
        IntStream.iterate(0, from -> from < data.size(), from -> from + recipe.evaluation().batch())
            .mapToObj(
                from ->
                    data.gather(
                            IntStream.range(
                                    from, Math.min(data.size(), from + recipe.evaluation().batch()))
                                .toArray())
                        .y()
                        .toArray())
            .toList());
  }

  private static float[] joined(List<float[]> parts) {
    float[] all = new float[parts.stream().mapToInt(part -> part.length).sum()];
    int at = 0;
    for (float[] part : parts) {
      System.arraycopy(part, 0, all, at, part.length);
      at += part.length;
    }
    return all;
  }

  private static Classified yesOrNo(float[] yes, float[] wanted) {
    int[] actual = new int[wanted.length];
    float[] probabilities = new float[2 * wanted.length];
    for (int i = 0; i < actual.length; i++) {
      actual[i] = wanted[i] > 0.5f ? 1 : 0;
      probabilities[2 * i] = 1 - yes[i];
      probabilities[2 * i + 1] = yes[i];
    }
    return Classified.of(actual, probabilities, 2);
  }

  private double[] distances(float[] given, float[] wanted) {
    int width = signature.outputs();
    return IntStream.range(0, given.length / width)
        .mapToDouble(
            row ->
                IntStream.range(row * width, (row + 1) * width)
                        .mapToDouble(i -> (double) given[i] - wanted[i])
                        .map(difference -> difference * difference)
                        .sum()
                    / width)
        .toArray();
  }

  /** As the column has them, before it was scaled. */
  private double[] inUnit(float[] values) {
    return table
        .map(each -> Arrays.stream(doubles(values)).map(each::invert).toArray())
        .orElse(doubles(values));
  }

  private static double[] doubles(float[] values) {
    return IntStream.range(0, values.length).mapToDouble(i -> values[i]).toArray();
  }

  /** A sample, to be looked at. */
  Example example(int row) {
    var x = data.gather(row).x();
    var numbers =
        x.shape().rank() == 2 && x.shape().size(1) <= READABLE
            ? Arrays.stream(doubles(x.toArray()))
                .mapToObj(Measure::number)
                .collect(Collectors.joining(", "))
            : "";
    return new Example(data.name(row), Thumbnail.of(x, recipe.data().normalisation()), numbers);
  }
}
