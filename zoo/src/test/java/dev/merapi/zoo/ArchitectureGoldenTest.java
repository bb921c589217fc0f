package dev.merapi.zoo;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.merapi.golden.Conformance;
import dev.merapi.golden.Golden;
import dev.merapi.golden.Golden.Attributes;
import dev.merapi.nn.Gelu;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Mode;
import dev.merapi.nn.Parameters;
import dev.merapi.tensor.Key;
import dev.merapi.tensor.Parameter;
import dev.merapi.tensor.Tensor;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Whole models with given weights, logits and gradients, against transformers and PyTorch. */
class ArchitectureGoldenTest {
  private static final Key KEY = Key.of(1);
  private static final Set<String> DATA = Set.of("x", "segments", "mask");

  @TestFactory
  Stream<DynamicTest> architectures() {
    return Conformance.of(
        Golden.read(getClass().getResourceAsStream("/golden/architectures.json")),
        (c, inputs) -> {
          Layer model = model(c.op(), c.attributes(), inputs);
          Map<String, Parameter> parameters = Parameters.trained(model);
          Set<String> weights = new HashSet<>(inputs.keySet());
          weights.removeAll(DATA);
          assertEquals(weights, parameters.keySet(), "the weights' names");
          parameters.forEach((name, parameter) -> parameter.assign(inputs.get(name)));
          inputs.putAll(parameters);
          Mode mode = c.op().equals("resnet") ? Mode.training(KEY) : Mode.evaluation();
          Tensor x = inputs.get("x");
          return Map.of(
              "y",
              model instanceof TransformerClassifier encoder
                  ? encoder.apply(
                      x,
                      Optional.ofNullable(inputs.get("segments")),
                      Optional.ofNullable(inputs.get("mask")),
                      mode)
                  : model.apply(x, mode));
        });
  }

  private static Layer model(String op, Attributes o, Map<String, Tensor> inputs) {
    return switch (op) {
      case "gpt" -> gpt(o, inputs);
      case "encoder" -> encoder(o, inputs);
      case "seq2seq" -> seq2seq(o, inputs);
      case "lstm-seq2seq" ->
          LstmSeq2Seq.of(
              new LstmSeq2Seq.Size(
                  rows(inputs, "tokens.weight"),
                  0,
                  inputs.get("tokens.weight").shape().size(1),
                  o.integer("hidden"),
                  o.integer("layers")),
              KEY);
      case "lstm" -> LstmClassifier.of(3, 4, 2, 2, KEY);
      case "resnet" ->
          new ResNet(
              ResNet.Convolved.of(3, 2, 3, 1, KEY),
              List.of(ResNet.Block.of(2, 2, 1, KEY), ResNet.Block.of(2, 3, 2, KEY)),
              Linear.of(3, 4, KEY));
      default -> throw new IllegalArgumentException(op);
    };
  }

  private static int rows(Map<String, Tensor> inputs, String name) {
    return inputs.get(name).shape().size(0);
  }

  private static Gpt gpt(Attributes o, Map<String, Tensor> inputs) {
    var size =
        new Gpt.Size(
            rows(inputs, "tokens.weight"),
            rows(inputs, "positions.weight"),
            rows(inputs, "norm.weight"),
            o.integer("layers"),
            o.integer("heads"));
    Gpt model = Gpt.of(size, KEY);
    model = o.text("activation").equals("exact") ? model.activation(Gelu.of()) : model;
    return o.flag("bias") ? model : model.withoutBias();
  }

  private static TransformerClassifier encoder(Attributes o, Map<String, Tensor> inputs) {
    var size =
        new TransformerClassifier.Size(
            rows(inputs, "tokens.weight"),
            rows(inputs, "positions.weight"),
            rows(inputs, "norm.weight"),
            o.integer("hidden"),
            o.integer("layers"),
            o.integer("heads"));
    var model = TransformerClassifier.of(size, o.integer("classes"), KEY);
    return inputs.containsKey("segments.weight") ? model.segments(2, KEY) : model;
  }

  private static Seq2Seq seq2seq(Attributes o, Map<String, Tensor> inputs) {
    var size =
        new Seq2Seq.Size(
            rows(inputs, "tokens.weight"),
            0,
            rows(inputs, "encoderNorm.weight"),
            o.integer("hidden"),
            o.integer("layers"),
            o.integer("heads"));
    Seq2Seq model = Seq2Seq.of(size, KEY);
    return o.flag("preNorm") ? model : model.postNorm();
  }
}
