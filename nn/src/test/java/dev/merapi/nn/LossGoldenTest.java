package dev.merapi.nn;

import dev.merapi.golden.Conformance;
import dev.merapi.golden.Golden;
import dev.merapi.golden.Golden.Attributes;
import dev.merapi.golden.Golden.Case;
import dev.merapi.tensor.Tensor;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every loss with its options, values and gradients, against PyTorch's numbers. */
class LossGoldenTest {
  @TestFactory
  Stream<DynamicTest> losses() {
    return Conformance.of(
        Golden.read(getClass().getResourceAsStream("/golden/losses.json")),
        (c, inputs) ->
            Map.of("y", loss(c, inputs).apply(inputs.get("input"), inputs.get("target"))));
  }

  private static Loss loss(Case c, Map<String, Tensor> inputs) {
    Attributes o = c.attributes();
    Optional<Tensor> weight = Optional.ofNullable(inputs.get("weight"));
    OptionalLong ignored =
        OptionalLong.of(o.has("ignore_index") ? o.integer("ignore_index") : -100);
    Reduction reduction =
        switch (o.text("reduction")) {
          case "mean" -> Reduction.MEAN;
          case "sum" -> Reduction.SUM;
          case "none" -> Reduction.NONE;
          case "batchmean" -> Reduction.BATCH_MEAN;
          default -> throw new IllegalArgumentException(o.text("reduction"));
        };
    return switch (c.op()) {
      case "mse" -> Loss.mse(reduction);
      case "l1" -> Loss.mae(reduction);
      case "huber" -> Loss.huber(o.number("delta"), reduction);
      case "smooth_l1" -> Loss.smoothL1(o.number("beta"), reduction);
      case "hinge" -> Loss.hinge(reduction);
      case "hinge_embedding" -> Loss.hingeEmbedding(o.number("margin"), reduction);
      case "cross_entropy", "cross_entropy_probabilities" ->
          new CrossEntropy(o.number("label_smoothing"), weight, ignored, reduction);
      case "nll" -> new NegativeLogLikelihood(weight, ignored, reduction);
      case "bce_with_logits" ->
          new BinaryCrossEntropy(weight, Optional.ofNullable(inputs.get("pos_weight")), reduction);
      case "kl_div" -> new KullbackLeibler(o.flag("log_target"), reduction);
      case "multi_margin" -> new MultiMargin(o.number("margin"), o.integer("p"), weight, reduction);
      default -> throw new IllegalArgumentException(c.op());
    };
  }
}
