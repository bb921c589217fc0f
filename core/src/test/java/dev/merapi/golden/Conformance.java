package dev.merapi.golden;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import dev.merapi.golden.Golden.Case;
import dev.merapi.golden.Golden.Numbers;
import dev.merapi.reference.Reference;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Gradients;
import dev.merapi.tensor.Step;
import dev.merapi.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/** Holds what Merapi computes, values and gradients, to golden cases. */
public final class Conformance {
  private Conformance() {}

  /** Builds the outputs of a case, by name, from its inputs. */
  @FunctionalInterface
  public interface Builder {
    Map<String, Tensor> build(Case c, Map<String, Tensor> inputs);
  }

  /** What computes: |actual - expected| may be {@code absolute + relative · |expected|}. */
  enum Through {
    /** The interpreter, in double precision: the files' nine digits bound it. */
    REFERENCE(1e-6, 1e-7) {
      @Override
      List<double[]> evaluate(List<Tensor> tensors) {
        return Reference.evaluate(tensors);
      }
    },
    /** The program that a step compiles for the default backend. */
    ENGINE(1e-4, 1e-5) {
      @Override
      List<double[]> evaluate(List<Tensor> tensors) {
        return new Step(tensors, List.of()).run().stream().map(Conformance::numbers).toList();
      }
    };

    final double relative;
    final double absolute;

    Through(double relative, double absolute) {
      this.relative = relative;
      this.absolute = absolute;
    }

    abstract List<double[]> evaluate(List<Tensor> tensors);
  }

  /** A test for each case and each way of computing. */
  public static Stream<DynamicTest> of(List<Case> cases, Builder builder) {
    return Stream.of(Through.values())
        .flatMap(
            through ->
                cases.stream()
                    .map(
                        c ->
                            DynamicTest.dynamicTest(
                                through.name().toLowerCase(Locale.ROOT) + ": " + c.name(),
                                () -> check(c, builder, through))));
  }

  private static void check(Case c, Builder builder, Through through) {
    Map<String, Tensor> inputs = new LinkedHashMap<>();
    c.inputs().forEach((name, numbers) -> inputs.put(name, tensor(numbers)));
    Map<String, Tensor> outputs = builder.build(c, inputs);
    assertEquals(c.outputs().keySet(), outputs.keySet(), c.name() + ": the outputs' names");

    List<Tensor> actual = new ArrayList<>();
    List<Numbers> expected = new ArrayList<>();
    List<String> names = new ArrayList<>();
    c.outputs()
        .forEach(
            (name, numbers) -> {
              names.add(name);
              expected.add(numbers);
              actual.add(outputs.get(name));
            });
    if (!c.gradients().isEmpty()) {
      List<Tensor> wrt = c.gradients().keySet().stream().map(inputs::get).toList();
      actual.addAll(Gradients.of(loss(c, outputs), wrt));
      expected.addAll(c.gradients().values());
      c.gradients().keySet().forEach(name -> names.add("gradient of " + name));
    }
    List<double[]> values = through.evaluate(actual);
    double largest =
        c.inputs().values().stream()
            .flatMapToDouble(numbers -> DoubleStream.of(numbers.array()))
            .filter(Double::isFinite)
            .map(Math::abs)
            .max()
            .orElse(0);
    double absolute = through.absolute * Math.clamp(largest / 100, 1, 10); // f32 far from zero
    for (int i = 0; i < values.size(); i++) {
      assertArrayEquals(
          expected.get(i).sizes(),
          actual.get(i).shape().toArray(),
          c.name() + ": the shape of " + names.get(i));
      near(
          expected.get(i).array(),
          values.get(i),
          through.relative,
          absolute,
          c.name() + ": " + names.get(i));
    }
  }

  /** Σ outputs · dy, whose gradients the files hold. */
  private static Tensor loss(Case c, Map<String, Tensor> outputs) {
    return c.dy().entrySet().stream()
        .map(dy -> outputs.get(dy.getKey()).mul(tensor(dy.getValue())).sum())
        .reduce(Tensor::add)
        .orElseThrow();
  }

  private static void near(
      double[] expected, double[] actual, double relative, double absolute, String name) {
    assertEquals(expected.length, actual.length, name + ": the number of elements");
    for (int i = 0; i < expected.length; i++) {
      double e = expected[i];
      double a = actual[i];
      boolean same = Double.compare(e, a) == 0 || e == a;
      double allowed = absolute + relative * Math.abs(e);
      if (!same && !(Math.abs(a - e) <= allowed)) {
        fail("%s[%d]: PyTorch has %.9g, we have %.9g".formatted(name, i, e, a));
      }
    }
  }

  /** A leaf of the graph with the given numbers. */
  public static Tensor tensor(Numbers numbers) {
    double[] values = numbers.array();
    Tensor flat =
        switch (numbers.dtype()) {
          case "f32" -> {
            float[] floats = new float[values.length];
            IntStream.range(0, values.length).forEach(i -> floats[i] = (float) values[i]);
            yield Tensor.of(floats);
          }
          case "i64" -> Tensor.of(DoubleStream.of(values).mapToLong(v -> (long) v).toArray());
          case "bool" -> {
            boolean[] flags = new boolean[values.length];
            IntStream.range(0, values.length).forEach(i -> flags[i] = values[i] != 0);
            yield Tensor.of(flags);
          }
          default -> throw new IllegalArgumentException("no dtype " + numbers.dtype());
        };
    return flat.reshape(numbers.sizes());
  }

  /** The elements of a tensor, whatever its dtype. */
  private static double[] numbers(Tensor x) {
    if (x.dtype() == DType.I64 || x.dtype() == DType.I32) {
      return LongStream.of(x.toLongArray()).asDoubleStream().toArray();
    }
    float[] floats = x.toArray();
    return IntStream.range(0, floats.length).mapToDouble(i -> floats[i]).toArray();
  }
}
