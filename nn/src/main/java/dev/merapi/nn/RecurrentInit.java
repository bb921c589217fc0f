package dev.merapi.nn;

import dev.merapi.tensor.Key;
import dev.merapi.tensor.MerapiException;
import dev.merapi.tensor.Parameter;
import dev.merapi.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/** How recurrent layers begin: all their numbers from U(-1/√hidden, 1/√hidden), as PyTorch does. */
final class RecurrentInit {
  private RecurrentInit() {}

  /** A layer of two weights and their biases. */
  interface Cell<L> {
    L of(Parameter inputWeight, Parameter hiddenWeight, Parameter inputBias, Parameter hiddenBias);
  }

  /** A layer of so many gates. */
  static <L> L layer(int gates, int in, int hidden, Key key, Cell<L> cell) {
    Init init = Init.ofFanIn(hidden);
    int rows = gates * hidden;
    return cell.of(
        Parameter.of(init.draw(key.fold(0), Shape.of(rows, in))),
        Parameter.of(init.draw(key.fold(1), Shape.of(rows, hidden))),
        Parameter.of(init.draw(key.fold(2), Shape.of(rows))),
        Parameter.of(init.draw(key.fold(3), Shape.of(rows))));
  }

  /** A layer, by what it reads and puts out. */
  interface Maker<L> {
    L of(int in, int hidden, Key key);
  }

  /** Layers one after another. */
  static <L> List<L> layers(String name, int in, int hidden, int layers, Key key, Maker<L> maker) {
    if (layers < 1) {
      throw new MerapiException("%s: %d layers; give at least 1".formatted(name, layers));
    }
    List<L> all = new ArrayList<>();
    for (int i = 0; i < layers; i++) {
      all.add(maker.of(i == 0 ? in : hidden, hidden, key.fold(i)));
    }
    return all;
  }
}
