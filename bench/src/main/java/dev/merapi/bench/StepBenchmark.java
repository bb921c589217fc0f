package dev.merapi.bench;

import dev.merapi.graph.Engine;
import dev.merapi.graph.Program;
import dev.merapi.tensor.Gradients;
import dev.merapi.tensor.Key;
import dev.merapi.tensor.Parameter;
import dev.merapi.tensor.Shape;
import dev.merapi.tensor.Step;
import dev.merapi.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/**
 * What a training step of the perceptron 784-128-10 costs, batch 64, cross-entropy, gradient
 * descent: building its graph and finding its program; that and running it.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(
    value = 1,
    jvmArgsAppend = {"--add-modules=jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED"})
public class StepBenchmark {
  private final Tensor x = Tensor.of(Key.of(1).uniform(64, 784).toArray(), 64, 784);
  private final Tensor y = Tensor.of(new int[64]);
  private final List<Parameter> parameters =
      List.of(weight(2, 128, 784), weight(3, 128), weight(4, 10, 128), weight(5, 10));

  private static Parameter weight(long seed, int... shape) {
    return Parameter.of(Key.of(seed).uniform(-0.03, 0.03, Shape.of(shape)));
  }

  private Step step() {
    Tensor hidden = x.matmul(parameters.get(0).mT()).add(parameters.get(1)).relu();
    Tensor logits = hidden.matmul(parameters.get(2).mT()).add(parameters.get(3));
    Tensor right = y.unsqueeze(-1).eq(Tensor.arange(10));
    Tensor loss = right.where(logits.logSoftmax(-1), 0).sum(-1).mean().neg();
    List<Tensor> gradients = Gradients.of(loss, parameters);
    Tensor rate = Tensor.scalar(0.01f);
    List<Step.Assignment> updates = new ArrayList<>();
    for (int i = 0; i < parameters.size(); i++) {
      Tensor next = parameters.get(i).sub(gradients.get(i).mul(rate));
      updates.add(new Step.Assignment(parameters.get(i), next));
    }
    return new Step(List.of(loss), updates);
  }

  /** Forward, backward and update as a graph, and the lookup of its program. */
  @Benchmark
  public Program build() {
    Step step = step();
    return Engine.shared().program(step.outputs(), step.assignments());
  }

  /** The whole step. */
  @Benchmark
  public List<Tensor> run() {
    return step().run();
  }

  /** Runs it and prints JMH's table. */
  public static void main(String[] args) throws RunnerException {
    new Runner(new OptionsBuilder().include(StepBenchmark.class.getName()).build()).run();
  }
}
