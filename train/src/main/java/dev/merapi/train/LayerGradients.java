package dev.merapi.train;

import dev.merapi.tensor.Gradients;
import dev.merapi.tensor.Parameter;
import dev.merapi.tensor.Precision;
import dev.merapi.tensor.Step;
import dev.merapi.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;

/**
 * How large the gradients of each layer are.
 *
 * @param norms the norm of all gradients of a layer, by its name
 */
record LayerGradients(Map<String, Double> norms) {
  /** Computes them for a loss and the weights as they are now. */
  static LayerGradients of(
      Tensor loss, SequencedMap<String, Parameter> trained, Precision precision) {
    var squares =
        Gradients.of(loss, List.copyOf(trained.values())).stream()
            .map(gradient -> gradient.mul(gradient).sum())
            .toList();
    var sums = new Step(squares, List.of(), precision).run().iterator();
    var norms = new LinkedHashMap<String, Double>();
    trained.keySet().forEach(name -> norms.merge(layer(name), sums.next().item(), Double::sum));
    norms.replaceAll((_, sum) -> Math.sqrt(sum));
    return new LayerGradients(norms);
  }

  /** The layer of a parameter: its name without the last part. */
  static String layer(String parameter) {
    int dot = parameter.lastIndexOf('.');
    return dot < 0 ? parameter : parameter.substring(0, dot);
  }

  /** Names the layer with the largest gradient, and that. */
  String largest() {
    return norms.entrySet().stream()
        .max(Map.Entry.comparingByValue())
        .map(
            layer ->
                String.format(Locale.ROOT, "layer `%s` (%.4g)", layer.getKey(), layer.getValue()))
        .orElse("no layer");
  }

  /** The layers that get no gradient at all, as long as others do. */
  List<String> dead() {
    if (norms.values().stream().allMatch(norm -> norm == 0)) {
      return List.of();
    }
    return norms.entrySet().stream()
        .filter(layer -> layer.getValue() == 0)
        .map(layer -> "layer `" + layer.getKey() + "`")
        .toList();
  }
}
