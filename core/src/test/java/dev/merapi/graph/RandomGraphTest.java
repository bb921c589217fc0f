package dev.merapi.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.merapi.backend.Backend;
import dev.merapi.cpu.CpuBackend;
import dev.merapi.reference.Reference;
import dev.merapi.tensor.Gradients;
import dev.merapi.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Graphs of random ops, with their gradients: each way of computing them against the reference, and
 * that against differences.
 */
final class RandomGraphTest {

  @ParameterizedTest
  @ValueSource(ints = {4, 12, 40})
  void loweringKeepsTheValues(int size) {
    compare(new PlainBackend(), size, 25);
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 12, 40})
  void theCpuBackendAgreesWithTheReference(int size) {
    compare(CpuBackend.shared(), size, 60);
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 6, 9})
  void gradientsAgreeWithFiniteDifferences(int size) {
    for (int seed = 0; seed < 30; seed++) {
      var graphs = new RandomGraphs(1000 * size + seed);
      Tensor loss = graphs.loss(size);
      double error = Gradients.check(loss, graphs.parameters);
      assertTrue(error < 1e-4, "size " + size + ", seed " + seed + ": " + error);
    }
  }

  private static void compare(Backend backend, int size, int graphs) {
    var engine = new Engine(backend);
    for (int seed = 0; seed < graphs; seed++) {
      var random = new RandomGraphs(100_000L * size + seed);
      Tensor loss = random.loss(size);
      List<Tensor> roots = new ArrayList<>(Gradients.of(loss, random.parameters));
      roots.add(loss);
      roots.addAll(
          random.values().subList(Math.max(3, random.values().size() - 4), random.values().size()));
      List<double[]> want = Reference.evaluate(roots);
      List<Tensor> got = engine.run(roots, List.of());
      for (int i = 0; i < roots.size(); i++) {
        float[] values = got.get(i).toArray();
        assertEquals(want.get(i).length, values.length);
        for (int j = 0; j < values.length; j++) {
          double expected = want.get(i)[j];
          assertEquals(
              expected,
              values[j],
              2e-4 * Math.max(1, Math.abs(expected)),
              "size " + size + ", seed " + seed + ", root " + i + " element " + j);
        }
      }
    }
  }
}
