package dev.merapi.tensor;

import static dev.merapi.tensor.FusedOps.numbers;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.merapi.graph.FusedGru;
import dev.merapi.graph.FusedGruGradient;
import dev.merapi.graph.FusedLstm;
import dev.merapi.graph.FusedLstmGradient;
import dev.merapi.graph.FusedOp;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Recurrent layers over whole sequences in one kernel, against their definitions. */
final class FusedSequenceTest {

  /** A recurrent cell with its inputs: the projections, the weight, and two more of its own. */
  enum Cell {
    /** With the first h and c; its outputs are h and c. */
    LSTM(4, FusedLstm.class, FusedLstmGradient.class) {
      @Override
      Tensor third(int batch, int hidden) {
        return numbers(3, 0.5, batch, hidden);
      }

      @Override
      List<Tensor> outputs(List<Tensor> in) {
        var states = Fused.lstm(in.get(0), in.get(1), in.get(2), in.get(3));
        return List.of(states.h(), states.c());
      }
    },

    /** With a bias and the first h; its output is h. */
    GRU(3, FusedGru.class, FusedGruGradient.class) {
      @Override
      Tensor third(int batch, int hidden) {
        return numbers(3, 0.5, hidden);
      }

      @Override
      List<Tensor> outputs(List<Tensor> in) {
        return List.of(Fused.gru(in.get(0), in.get(1), in.get(2), in.get(3)));
      }
    };

    final int gates;
    final Class<? extends FusedOp> forward;
    final Class<? extends FusedOp> backward;

    Cell(int gates, Class<? extends FusedOp> forward, Class<? extends FusedOp> backward) {
      this.gates = gates;
      this.forward = forward;
      this.backward = backward;
    }

    abstract Tensor third(int batch, int hidden);

    /** All of them (batch, time, hidden). */
    abstract List<Tensor> outputs(List<Tensor> in);

    List<Tensor> inputs(int batch, int time, int hidden) {
      return List.of(
          numbers(1, batch, time, gates * hidden),
          numbers(2, 1 / Math.sqrt(Math.max(1, hidden)), gates * hidden, hidden),
          third(batch, hidden),
          numbers(4, 0.5, batch, hidden));
    }

    /** Outputs, and the gradients for all inputs. */
    List<Tensor> all(int batch, int time, int hidden) {
      List<Tensor> in = inputs(batch, time, hidden);
      List<Tensor> outputs = outputs(in);
      List<Tensor> losses = new ArrayList<>();
      for (Tensor y : outputs) {
        assertEquals(Shape.of(batch, time, hidden), y.shape());
        losses.add(y.mul(numbers(5 + losses.size(), batch, time, hidden)).sum());
      }
      List<Tensor> all = new ArrayList<>(outputs);
      all.addAll(Gradients.of(losses.stream().reduce(Tensor::add).get(), in));
      return all;
    }
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1, 1",
    "2, 3, 4",
    "7, 5, 7",
    "16, 2, 16",
    "17, 3, 17",
    "33, 2, 33",
    "40, 4, 20",
    "3, 17, 8",
    "1, 2, 400",
    "9, 1, 100",
    "0, 3, 4",
    "2, 0, 4",
    "64, 1, 5"
  })
  void valuesAndGradients(int batch, int time, int hidden) {
    for (Cell cell : Cell.values()) {
      String what = "%s %d, %d, %d".formatted(cell, batch, time, hidden);
      Agreement.check(what, cell.all(batch, time, hidden));
    }
  }

  @ParameterizedTest
  @EnumSource
  void onlyTheLastOutputsAreWanted(Cell cell) {
    List<Tensor> in = cell.inputs(4, 6, 5);
    List<Tensor> last = cell.outputs(in).stream().map(y -> y.slice(1, 5, 6).squeeze(1)).toList();
    for (Tensor y : last) {
      Agreement.check("last", Gradients.of(y.mul(y).sum(), in));
    }
    Agreement.check("all", Gradients.of(last.stream().reduce(Tensor::mul).get().sum(), in));
  }

  @ParameterizedTest
  @EnumSource
  void inputsMayBeViews(Cell cell) {
    int n = 4 * cell.gates;
    Tensor x = numbers(1, 5, 3, n).permute(1, 0, 2); // (batch 3, time 5, n)
    Tensor w = numbers(2, 0.5, n + 2, 4).slice(0, 1, n + 1);
    Tensor states = numbers(3, 0.5, 3, 8);
    Tensor third =
        switch (cell) {
          case LSTM -> states.slice(1, 0, 4);
          case GRU -> numbers(4, 0.5, 8, 1).flatten(0, 1).slice(0, 3, 7);
        };
    List<Tensor> in = List.of(x, w, third, states.slice(1, 4, 8));
    Tensor h = cell.outputs(in).getFirst();
    List<Tensor> results = new ArrayList<>(List.of(h));
    results.addAll(Gradients.of(h.mul(h).sum(), in));
    Agreement.check("views", results);
  }

  @ParameterizedTest
  @EnumSource
  void gradientsAgreeWithFiniteDifferences(Cell cell) {
    List<Tensor> in = cell.inputs(2, 3, 2);
    List<Tensor> outputs = cell.outputs(in);
    Tensor h = outputs.getFirst();
    Tensor loss = h.mul(h).sum().add(outputs.getLast().slice(1, 2, 3).sum());
    assertTrue(Gradients.check(loss, in) < 1e-7);
    Tensor slopes =
        Gradients.of(loss, in).stream().map(x -> x.mul(x).sum()).reduce(Tensor::add).get();
    assertTrue(Gradients.check(slopes, in) < 1e-6);
    Agreement.check("second derivatives", Gradients.of(slopes, in));
  }

  @ParameterizedTest
  @EnumSource
  void theSameBitsOnAnyNumberOfThreads(Cell cell) {
    FusedOps.sameBits(cell.all(70, 4, 48), List.of(cell.forward, cell.backward));
  }

  @Test
  void wrongCallsAreRefused() {
    List<Tensor> lstm = Cell.LSTM.inputs(2, 3, 4);
    refuses("(16, 4)", Cell.LSTM, lstm.get(0).slice(2, 0, 15), lstm.get(1), lstm.get(2));
    refuses("(12, 4)", Cell.LSTM, lstm.get(0), lstm.get(1).slice(0, 0, 12), lstm.get(2));
    refuses("(2, 4)", Cell.LSTM, lstm.get(0), lstm.get(1), lstm.get(2).slice(1, 0, 3));
    List<Tensor> gru = Cell.GRU.inputs(2, 3, 4);
    refuses("(12, 4)", Cell.GRU, gru.get(0).slice(2, 0, 11), gru.get(1), gru.get(2));
    refuses("(9, 4)", Cell.GRU, gru.get(0), gru.get(1).slice(0, 0, 9), gru.get(2));
    refuses("(2, 4)", Cell.GRU, gru.get(0), gru.get(1), gru.get(2).slice(0, 0, 3));
  }

  private static void refuses(String words, Cell cell, Tensor x, Tensor w, Tensor third) {
    Tensor h = numbers(4, 2, 4);
    FusedOps.refuses(words, () -> cell.outputs(List.of(x, w, third, h)));
  }
}
