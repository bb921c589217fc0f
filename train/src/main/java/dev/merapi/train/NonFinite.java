package dev.merapi.train;

import dev.merapi.graph.MovementOp;
import dev.merapi.graph.Op;
import dev.merapi.graph.ReductionOp;
import dev.merapi.graph.Walk;
import dev.merapi.tensor.Gradients;
import dev.merapi.tensor.Parameter;
import dev.merapi.tensor.Step;
import dev.merapi.tensor.Tensor;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/** Finds where in a graph the first infinite number or NaN comes from. */
final class NonFinite {
  /** Values that are held at once; the graph is computed anew for each so many. */
  private static final int CHUNK = 64;

  private NonFinite() {}

  /** A node whose value is not finite although all that it reads is. */
  private record Culprit(Tensor node, float value) {}

  /** A message for a step that was not done, since its loss or its gradients were not finite. */
  static String explain(
      long step, Tensor loss, SequencedMap<String, Parameter> parameters, double learningRate) {
    var way =
        "; the weights are those before this step. Lower the learning rate (%s), clip the gradients, or look at the data"
            .formatted(Double.toString(learningRate));
    var forward = find(List.of(loss));
    if (forward.isPresent()) {
      return "step %d: %s%s".formatted(step, describe(forward.get(), parameters), way);
    }
    var trained = parameters.values().stream().filter(Parameter::trained).toList();
    var what = Double.isFinite(loss.item()) ? "the gradients are" : "the loss is";
    return find(Gradients.of(loss, trained))
        .map(
            culprit ->
                "step %d: %s not finite: %s%s"
                    .formatted(step, what, describe(culprit, parameters), way))
        .orElse("step %d: %s not finite%s".formatted(step, what, way));
  }

  private static Optional<Culprit> find(List<Tensor> roots) {
    Map<Tensor, Boolean> finite = new HashMap<>();
    var nodes =
        Walk.inOrder(roots).stream()
            .filter(node -> node.dtype().isFloat() && !meantToBe(node.op()))
            .toList();
    for (int from = 0; from < nodes.size(); from += CHUNK) {
      var chunk = nodes.subList(from, Math.min(from + CHUNK, nodes.size()));
      var values = new Step(chunk, List.of()).run();
      for (int i = 0; i < chunk.size(); i++) {
        var node = chunk.get(i);
        var odd = firstOdd(values.get(i).toArray());
        finite.put(node, odd.isEmpty());
        if (odd.isPresent() && readsFinite(node, finite)) {
          return Optional.of(new Culprit(node, odd.get()));
        }
      }
    }
    return Optional.empty();
  }

  /** An infinity that somebody wrote into the graph, such as a mask, is not what went wrong. */
  private static boolean meantToBe(Op op) {
    return switch (op) {
      case Op.Constant(_, var value) -> !Double.isFinite(value);
      case MovementOp.Pad pad -> !Double.isFinite(pad.value());
      default -> false;
    };
  }

  private static boolean readsFinite(Tensor node, Map<Tensor, Boolean> finite) {
    return node.op().inputs().stream()
        .filter(input -> input.dtype().isFloat())
        .allMatch(input -> finite.getOrDefault(input, false));
  }

  private static Optional<Float> firstOdd(float[] values) {
    for (float value : values) {
      if (!Float.isFinite(value)) {
        return Optional.of(value);
      }
    }
    return Optional.empty();
  }

  private static String describe(Culprit culprit, SequencedMap<String, Parameter> parameters) {
    var node = culprit.node();
    var value = Float.isNaN(culprit.value()) ? "NaN" : culprit.value() > 0 ? "inf" : "-inf";
    var shape = node.shape();
    return switch (node.op()) {
      case Op.Data _ -> "the data %s hold %s".formatted(shape, value);
      case Op.Read(var parameter) ->
          "the parameter `%s` holds %s".formatted(nameOf(parameter, parameters), value);
      default ->
          "%s gave %s%s, in the value %s"
              .formatted(nameOf(node.op()), value, layer(node, parameters), shape);
    };
  }

  private static String nameOf(Op op) {
    var name =
        switch (op) {
          case Op.Unary unary -> unary.kind().name();
          case Op.Binary binary -> binary.kind().name();
          case ReductionOp.Reduce reduce -> reduce.kind().name();
          case Op.Custom custom -> custom.op().getClass().getSimpleName();
          default -> op.getClass().getSimpleName();
        };
    return name.toLowerCase(Locale.ROOT);
  }

  /** The layer whose parameter is nearest upstream: that of the op, or the last before it. */
  private static String layer(Tensor node, SequencedMap<String, Parameter> parameters) {
    var queue = new ArrayDeque<>(List.of(node));
    var seen = new HashSet<Tensor>();
    while (!queue.isEmpty()) {
      var next = queue.poll();
      if (next.op() instanceof Op.Read(var parameter)) {
        return " in layer `%s`".formatted(LayerGradients.layer(nameOf(parameter, parameters)));
      }
      if (seen.add(next)) {
        queue.addAll(new ArrayList<>(next.op().inputs()));
      }
    }
    return "";
  }

  private static String nameOf(Parameter parameter, Map<String, Parameter> parameters) {
    return parameters.entrySet().stream()
        .filter(entry -> entry.getValue().equals(parameter))
        .map(Map.Entry::getKey)
        .findFirst()
        .orElse("of the optimizer");
  }
}
