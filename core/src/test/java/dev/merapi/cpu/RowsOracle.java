package dev.merapi.cpu;

import dev.merapi.graph.Kernel;
import dev.merapi.graph.Kernel.Instruction;
import dev.merapi.graph.ReduceKind;
import dev.merapi.tensor.DType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What a {@link Kernel.Rows} means, in double precision: every instruction over the whole space in
 * turn; stores take effect at the end.
 */
final class RowsOracle {
  private RowsOracle() {}

  /** The buffers after the kernel. */
  static Map<Integer, double[]> run(Kernel.Rows k, Buffers buffers) {
    int rows = k.outer().stream().reduce(1, (a, b) -> a * b);
    int inner = k.inner();
    int n = k.instructions().size();
    double[][] values = new double[n][];
    Map<Integer, double[]> result = new HashMap<>();
    for (int i = 0; i < n; i++) {
      double[] y = new double[rows * inner];
      values[i] = y;
      switch (k.instructions().get(i)) {
        case Instruction.Load(var view) -> {
          double[] from = buffers.values(view.buffer());
          each(k, view, (e, at) -> y[e] = from[at]);
        }
        case Instruction.Constant(var dtype, double value) ->
            Arrays.fill(y, dtype == DType.F32 ? (float) value : value);
        case Instruction.Unary(var kind, int x) -> {
          for (int e = 0; e < y.length; e++) {
            double v = values[x][e];
            y[e] =
                switch (kind) {
                  case NEG -> -v;
                  case EXP -> Math.exp(v);
                  case SQRT -> Math.sqrt(v);
                  case TANH -> Math.tanh(v);
                  default -> throw new IllegalArgumentException(kind.name());
                };
          }
        }
        case Instruction.Binary(var kind, int a, int b) -> {
          for (int e = 0; e < y.length; e++) {
            double p = values[a][e];
            double q = values[b][e];
            y[e] =
                switch (kind) {
                  case ADD -> p + q;
                  case SUB -> p - q;
                  case MUL -> p * q;
                  case DIV -> p / q;
                  case MAX -> Math.max(p, q);
                  case LT -> p < q ? 1 : 0;
                  default -> throw new IllegalArgumentException(kind.name());
                };
          }
        }
        case Instruction.Where(int c, int a, int b) -> {
          for (int e = 0; e < y.length; e++) {
            y[e] = values[c][e] != 0 ? values[a][e] : values[b][e];
          }
        }
        case Instruction.Cast(int x, _, var to) -> {
          for (int e = 0; e < y.length; e++) {
            y[e] = to.isFloat() ? (float) values[x][e] : (double) (long) values[x][e];
          }
        }
        case Instruction.ReduceRow(var kind, int x) -> {
          for (int row = 0; row < rows; row++) {
            double sum = identity(kind);
            for (int c = 0; c < inner; c++) {
              sum = combine(kind, sum, values[x][row * inner + c]);
            }
            for (int c = 0; c < inner; c++) {
              y[row * inner + c] = sum;
            }
          }
        }
        case Instruction.Store(int x, var view) -> {
          double[] to = result.computeIfAbsent(view.buffer(), buffers::values);
          each(k, view, (e, at) -> to[at] = values[x][e]);
        }
        case Instruction.ReduceColumns(var kind, int x, var view) -> {
          double[] to = result.computeIfAbsent(view.buffer(), buffers::values);
          // one row of each place that is kept, though there be none to combine
          List<Integer> kept = new ArrayList<>(k.outer());
          for (int axis = 0; axis < k.summed(); axis++) {
            kept.set(kept.size() - 1 - axis, 1);
          }
          var places = new Kernel.Rows(kept, inner, 0, false, List.of());
          each(places, view, (_, at) -> to[at] = identity(kind));
          each(k, view, (e, at) -> to[at] = combine(kind, to[at], values[x][e]));
        }
      }
    }
    return result;
  }

  private interface Element {
    void at(int element, int address);
  }

  private static void each(Kernel.Rows k, Kernel.View view, Element body) {
    List<Long> strides = view.strides();
    int rows = k.outer().stream().reduce(1, (a, b) -> a * b);
    for (int e = 0; e < rows * k.inner(); e++) {
      long at = view.offset() + e % k.inner() * strides.getLast();
      int rest = e / k.inner();
      for (int axis = k.outer().size() - 1; axis >= 0; axis--) {
        at += rest % k.outer().get(axis) * strides.get(axis);
        rest /= k.outer().get(axis);
      }
      body.at(e, Math.toIntExact(at));
    }
  }

  private static double identity(ReduceKind kind) {
    return switch (kind) {
      case SUM -> 0;
      case PROD -> 1;
      case MAX -> Double.NEGATIVE_INFINITY;
      case MIN -> Double.POSITIVE_INFINITY;
    };
  }

  private static double combine(ReduceKind kind, double a, double b) {
    return switch (kind) {
      case SUM -> a + b;
      case PROD -> a * b;
      case MAX -> Math.max(a, b);
      case MIN -> Math.min(a, b);
    };
  }
}
