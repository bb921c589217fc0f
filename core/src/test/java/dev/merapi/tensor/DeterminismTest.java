package dev.merapi.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.merapi.cpu.ComputePool;
import dev.merapi.cpu.CpuBackend;
import dev.merapi.graph.Engine;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Training gives the same bits on any number of threads, and in every run. */
final class DeterminismTest {
  private static final int STEPS = 10;
  private static final int BATCH = 32;
  private static final int CLASSES = 10;

  /** The networks, written with tensors alone. */
  enum Network {
    PERCEPTRON {
      @Override
      Map<String, Parameter> parameters(Key key) {
        Map<String, Parameter> parameters = new LinkedHashMap<>();
        parameters.put("hidden.weight", weight(key.fold(0), 28 * 28, 96));
        parameters.put("hidden.bias", Parameter.of(Tensor.zeros(96)));
        parameters.put("output.weight", weight(key.fold(1), 96, CLASSES));
        parameters.put("output.bias", Parameter.of(Tensor.zeros(CLASSES)));
        return parameters;
      }

      @Override
      Tensor logits(Map<String, Parameter> p, Tensor image, Key key) {
        Tensor x = image.flatten(1, -1); // (batch, 784)
        Tensor hidden = x.matmul(p.get("hidden.weight")).add(p.get("hidden.bias")).relu();
        return hidden.matmul(p.get("output.weight")).add(p.get("output.bias"));
      }
    },

    CONVOLUTIONS {
      @Override
      Map<String, Parameter> parameters(Key key) {
        Map<String, Parameter> parameters = new LinkedHashMap<>();
        parameters.put("conv.weight", Parameter.of(key.fold(0).normal(12, 1, 3, 3).mul(0.3)));
        parameters.put("norm.weight", Parameter.of(Tensor.ones(12, 1, 1)));
        parameters.put("norm.bias", Parameter.of(Tensor.zeros(12, 1, 1)));
        parameters.put("output.weight", weight(key.fold(1), 12 * 14 * 14, CLASSES));
        return parameters;
      }

      @Override
      Tensor logits(Map<String, Parameter> p, Tensor image, Key key) {
        Tensor x = image.conv(p.get("conv.weight"), ConvOptions.DEFAULT.padding(1));
        Tensor centred = x.sub(x.mean(true, 0, 2, 3)); // (batch, 12, 28, 28)
        Tensor variance = x.variance(0, true, 0, 2, 3);
        Tensor normed = centred.mul(variance.add(1e-5).rsqrt());
        Tensor active = normed.mul(p.get("norm.weight")).add(p.get("norm.bias")).relu();
        Tensor pooled = active.maxPool(PoolOptions.kernel(2)).flatten(1, -1); // (batch, 2352)
        Tensor kept = key.bernoulli(0.75, pooled.shape().toArray());
        Tensor dropped = kept.where(pooled.div(0.75), 0);
        return dropped.matmul(p.get("output.weight"));
      }
    };

    abstract Map<String, Parameter> parameters(Key key);

    /** (batch, 1, 28, 28) → (batch, 10). */
    abstract Tensor logits(Map<String, Parameter> parameters, Tensor image, Key key);

    private static Parameter weight(Key key, int in, int out) {
      return Parameter.of(key.normal(in, out).mul(Math.sqrt(2.0 / in)));
    }
  }

  /** Adam (Kingma and Ba, 2015) with its usual settings: the assignments of one step. */
  private static final class Adam {
    private static final double BETA1 = 0.9;
    private static final double BETA2 = 0.999;
    private final List<Parameter> parameters;
    private final List<Parameter> first = new ArrayList<>();
    private final List<Parameter> second = new ArrayList<>();

    Adam(List<Parameter> parameters) {
      this.parameters = parameters;
      for (Parameter parameter : parameters) {
        first.add(Parameter.state(Tensor.zeros(parameter.shape().toArray())));
        second.add(Parameter.state(Tensor.zeros(parameter.shape().toArray())));
      }
    }

    List<Step.Assignment> step(Tensor loss, int t) {
      Tensor rate = Tensor.scalar((float) (1e-3 / (1 - Math.pow(BETA1, t))));
      Tensor correction = Tensor.scalar((float) (1 / (1 - Math.pow(BETA2, t))));
      List<Tensor> gradients = Gradients.of(loss, parameters);
      List<Step.Assignment> assignments = new ArrayList<>();
      for (int i = 0; i < parameters.size(); i++) {
        Tensor g = gradients.get(i);
        Tensor m = first.get(i).mul(BETA1).add(g.mul(1 - BETA1));
        Tensor v = second.get(i).mul(BETA2).add(g.mul(g).mul(1 - BETA2));
        Tensor change = m.mul(rate).div(v.mul(correction).sqrt().add(1e-8));
        assignments.add(new Step.Assignment(first.get(i), m));
        assignments.add(new Step.Assignment(second.get(i), v));
        assignments.add(new Step.Assignment(parameters.get(i), parameters.get(i).sub(change)));
      }
      return assignments;
    }
  }

  /** The losses of the steps, and then every parameter. */
  private static Map<String, float[]> train(Network network, int threads) {
    try (var pool = new ComputePool(threads)) {
      var engine = new Engine(new CpuBackend(pool));
      Key key = Key.of(42);
      Map<String, Parameter> parameters = network.parameters(key.fold(0));
      var adam = new Adam(List.copyOf(parameters.values()));
      float[] losses = new float[STEPS];
      for (int t = 1; t <= STEPS; t++) {
        Tensor image = Tensor.of(key.fold(t).normal(BATCH, 1, 28, 28).toArray(), BATCH, 1, 28, 28);
        Tensor rows =
            image.slice(2, 0, CLASSES).mean(1, 3); // (batch, 10); the brightest one is the class
        Tensor target = Tensor.of(rows.argmax(-1).toIntArray()).oneHot(CLASSES);
        Tensor logits = network.logits(parameters, image, key.fold(100 + t));
        Tensor loss = logits.logSoftmax(-1).mul(target).sum(-1).mean().neg();
        losses[t - 1] = (float) engine.run(List.of(loss), adam.step(loss, t)).getFirst().item();
      }
      Map<String, float[]> result = new LinkedHashMap<>();
      result.put("losses", losses);
      parameters.forEach((name, parameter) -> result.put(name, parameter.toArray()));
      return result;
    }
  }

  @ParameterizedTest
  @EnumSource
  void trainingGivesTheSameBitsOnAnyNumberOfThreads(Network network) {
    Map<String, float[]> once = train(network, 1);
    for (float[] values : once.values()) {
      for (float value : values) {
        assertTrue(Float.isFinite(value));
      }
    }
    for (int threads : new int[] {1, 2, 4}) {
      Map<String, float[]> again = train(network, threads);
      once.forEach(
          (name, values) ->
              assertArrayEquals(values, again.get(name), name + " on " + threads + " threads"));
    }
  }
}
