package dev.merapi.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.merapi.golden.Conformance;
import dev.merapi.golden.Golden;
import dev.merapi.tensor.Key;
import dev.merapi.tensor.Parameter;
import dev.merapi.tensor.Shape;
import dev.merapi.tensor.ShapeException;
import dev.merapi.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Recurrent layers from given states, outputs, last states and gradients, against PyTorch's. */
class RecurrentGoldenTest {
  @TestFactory
  Stream<DynamicTest> recurrent() {
    return Conformance.of(
        Golden.read(getClass().getResourceAsStream("/golden/recurrent.json")),
        (c, inputs) -> {
          inputs.replaceAll((name, value) -> name.matches("[xhc]0?") ? value : Parameter.of(value));
          int layers = c.attributes().integer("layers");
          List<String> states = c.op().equals("lstm") ? List.of("h", "c") : List.of("h");
          if (c.attributes().has("lengths")) {
            return bothWays(c.op(), layers, c.attributes().integers("lengths"), inputs);
          }
          List<RecurrentLayer> all = new ArrayList<>();
          List<Tensor> before = new ArrayList<>();
          for (int i = 0; i < layers; i++) {
            all.add(layer(c.op(), c.attributes().has("activation"), inputs, "l" + i));
            for (String state : states) {
              before.add(inputs.get(state + "0").get(i));
            }
          }
          var result =
              RecurrentLayer.run(
                  all, Dropout.of(0), inputs.get("x"), before, Mode.training(Key.of(1)));
          Map<String, Tensor> outputs = new LinkedHashMap<>();
          outputs.put("y", result.outputs());
          for (int s = 0; s < states.size(); s++) {
            List<Tensor> last = new ArrayList<>();
            for (int i = 0; i < layers; i++) {
              last.add(result.last().get(i * states.size() + s));
            }
            outputs.put(states.get(s), Tensor.stack(0, last)); // (layers, batch, hidden)
          }
          return outputs;
        });
  }

  private static Map<String, Tensor> bothWays(
      String op, int layers, int[] lengths, Map<String, Tensor> inputs) {
    List<Bidirectional.Pair> pairs = new ArrayList<>();
    for (int i = 0; i < layers; i++) {
      pairs.add(
          new Bidirectional.Pair(
              layer(op, false, inputs, "l" + i), layer(op, false, inputs, "l" + i + "_reverse")));
    }
    var result =
        new Bidirectional(pairs, Dropout.of(0))
            .run(
                inputs.get("x"),
                Optional.of(new Lengths(Tensor.of(lengths, lengths.length))),
                Mode.training(Key.of(1)));
    return Map.of("y", result.outputs(), "last", result.last());
  }

  private static RecurrentLayer layer(
      String op, boolean relu, Map<String, Tensor> inputs, String name) {
    Parameter w = (Parameter) inputs.get("weight_ih_" + name);
    Parameter u = (Parameter) inputs.get("weight_hh_" + name);
    Parameter b = (Parameter) inputs.get("bias_ih_" + name);
    Parameter c = (Parameter) inputs.get("bias_hh_" + name);
    return switch (op) {
      case "rnn" -> new RnnLayer(w, u, b, c, relu ? Relu.of() : Tanh.of());
      case "gru" -> new GruLayer(w, u, b, c);
      case "lstm" -> new LstmLayer(w, u, b, c);
      default -> throw new IllegalArgumentException(op);
    };
  }

  @Test
  void aMemoryGoesOnWhereASequenceEnded() {
    Tensor x = Key.of(3).normal(2, 7, 3);
    List<Layer> models =
        List.of(
            Rnn.of(3, 4, 2, Key.of(1)).activation(Relu.of()),
            Gru.of(3, 4, 2, Key.of(2)).dropout(0.5),
            Lstm.of(3, 4, 2, Key.of(3)).dropout(0.5));
    for (Layer model : models) {
      float[] whole = model.apply(x).slice(1, 3, 7).flatten(0, -1).toArray();
      var memory = Memory.of(7);
      var first = memory.next(3);
      first.run(model.apply(x.slice(1, 0, 3), first));
      var rest = memory.next(4);
      Tensor y = rest.run(model.apply(x.slice(1, 3, 7), rest)).getFirst();
      assertArrayEquals(whole, y.flatten(0, -1).toArray(), 1e-5f);
    }
  }

  @Test
  void aMemoryBeginsFromAState() {
    Tensor x = Key.of(3).normal(2, 7, 3);
    Lstm lstm = Lstm.of(3, 4, 2, Key.of(1));
    var state = IntStream.range(0, 4).mapToObj(i -> Key.of(4).fold(i).normal(2, 4)).toList();
    var whole = lstm.run(x, state, Mode.evaluation()).outputs().flatten(0, -1).toArray();
    var memory = Memory.of(7);
    for (int time = 0; time < 7; time++) {
      var pass = memory.next(1);
      Tensor y = lstm.run(x.slice(1, time, time + 1), state, pass).outputs();
      float[] next = pass.run(y).getFirst().flatten(0, -1).toArray();
      for (int row = 0; row < 2; row++) {
        int from = (row * 7 + time) * 4;
        assertArrayEquals(
            Arrays.copyOfRange(whole, from, from + 4),
            Arrays.copyOfRange(next, row * 4, row * 4 + 4),
            1e-6f);
      }
    }
  }

  @Test
  void refuseWhatDoesNotFit() {
    var layer = GruLayer.of(3, 4, Key.of(1));
    var e = assertThrows(ShapeException.class, () -> layer.apply(Tensor.zeros(2, 5, 4)));
    assertEquals(
        "GruLayer: x (2, 5, 4) must be (batch, time, 3) with a time of at least 1, as the weight"
            + " (12, 3) has it",
        e.getMessage());
    List<Tensor> two = List.of(Tensor.zeros(2, 4), Tensor.zeros(2, 4));
    assertThrows(ShapeException.class, () -> layer.run(Tensor.zeros(2, 5, 3), two));
    var last = Lstm.of(3, 4, 2, Key.of(1)).run(Tensor.zeros(2, 5, 3), List.of(), Mode.evaluation());
    assertEquals(4, last.last().size());
    assertEquals(Shape.of(2, 4), last.last().getFirst().shape());
  }
}
