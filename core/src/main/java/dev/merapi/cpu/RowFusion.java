package dev.merapi.cpu;

import dev.merapi.cpu.Frame.Level;
import dev.merapi.cpu.Step.Ref;
import dev.merapi.graph.ReduceKind;
import dev.merapi.graph.UnaryKind;
import dev.merapi.tensor.DType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Finds the {@link RowSegment}s among the steps of a {@link RowPlan}'s tile. */
final class RowFusion {
  /** Rows shorter than this are not walked one by one, unless they are alone in their tile. */
  private static final int SHORT = 32;

  /** Steps in order; those that follow one another become a segment, the others stay alone. */
  sealed interface Piece {}

  record Alone(Step step) implements Piece {}

  record Together(RowSegment segment) implements Piece {}

  private final RowPlan plan;
  private final Step[] steps;
  private final boolean byRows;

  /** Spread values that some step wants in memory. */
  private final Set<Integer> needed = new HashSet<>();

  private RowFusion(RowPlan plan) {
    this.plan = plan;
    steps = plan.body();
    boolean values = false;
    for (int i = 0; i < steps.length; i++) {
      values |= steps[i] instanceof Step.Spread || level(i) == Level.ROW;
    }
    byRows = values && (plan.shape().rows() == 1 || plan.shape().columns() >= SHORT);
  }

  static List<Piece> of(RowPlan plan) {
    var fusion = new RowFusion(plan);
    List<Piece> pieces;
    int before;
    do {
      before = fusion.needed.size();
      pieces = fusion.pieces();
    } while (fusion.needed.size() > before);
    return pieces;
  }

  private List<Piece> pieces() {
    List<Piece> pieces = new ArrayList<>();
    int start = 0;
    while (start < steps.length) {
      int end = start;
      while (end < steps.length && fuses(end) && (byRows || level(end) == level(start))) {
        end++;
      }
      if (end > start) {
        pieces.add(new Together(segment(start, end)));
        start = end;
      } else {
        pieces.add(new Alone(steps[start++]));
      }
    }
    return pieces;
  }

  private RowSegment segment(int start, int end) {
    Set<Integer> kept = new HashSet<>();
    for (int i = start; i < end; i++) {
      int out = steps[i].out();
      if (out >= plan.firstBlock() && readLater(out, end)) {
        kept.add(out);
        if (steps[i] instanceof Step.Spread) {
          needed.add(i);
        }
      }
    }
    return new RowSegment(
        List.of(steps).subList(start, end),
        kept,
        byRows,
        byRows ? Level.FULL : level(start),
        plan.views().size(),
        plan.firstBlock(),
        plan.firstBlock() + plan.blocks().length + plan.views().size());
  }

  private boolean readLater(int at, int from) {
    for (int i = from; i < steps.length; i++) {
      if (reads(steps[i]).contains(at)) {
        return true;
      }
      if (steps[i].out() == at) {
        return false;
      }
    }
    for (Step step : plan.ending()) {
      if (reads(step).contains(at)) {
        return true;
      }
    }
    return false;
  }

  private Level level(int i) {
    return switch (steps[i]) {
      case Step.Unary step -> step.level();
      case Step.Binary step -> step.level();
      case Step.Where step -> step.level();
      case Step.Cast step -> step.level();
      case Step.Load step -> step.level();
      case Step.Store step -> step.level();
      case Step.Copy step -> step.level();
      case Step.Gather step -> step.level();
      case Step.Scatter step -> step.level();
      case Step.Repeat _ -> Level.UNIFORM;
      case Step.Spread _ -> Level.FULL;
      case Step.ReduceRows _, Step.AccumulateRow _ -> Level.ROW;
      case Step.Generated _ -> throw new IllegalStateException("generated already");
    };
  }

  /** The numbers of the addresses that a step reads. */
  private static List<Integer> reads(Step step) {
    return switch (step) {
      case Step.Unary(_, _, _, Ref x, _) -> List.of(x.at());
      case Step.Binary(_, _, _, Ref a, Ref b, _) -> List.of(a.at(), b.at());
      case Step.Where(_, _, Ref c, Ref a, Ref b, _) -> List.of(c.at(), a.at(), b.at());
      case Step.Cast(_, _, _, Ref x, _) -> List.of(x.at());
      case Step.Load(_, _, int x, _) -> List.of(x);
      case Step.Store(_, _, int x, _) -> List.of(x);
      case Step.Copy(_, _, Ref x, _) -> List.of(x.at());
      case Step.Gather(_, _, _, int x, _) -> List.of(x);
      case Step.Scatter(_, _, _, int x, _) -> List.of(x);
      case Step.Repeat(_, int x, _) -> List.of(x);
      case Step.Spread(_, _, int x, _) -> List.of(x);
      case Step.ReduceRows(_, _, int x, _) -> List.of(x);
      case Step.AccumulateRow(_, _, int x, int sum) -> List.of(x, sum);
      case Step.Generated _ -> throw new IllegalStateException("generated already");
    };
  }

  /** Whether there is code for a step. */
  private boolean fuses(int i) {
    boolean number = byRows && level(i) == Level.ROW; // plain arithmetic, not vectors
    return switch (steps[i]) {
      case Step.Unary(var kind, var lane, _, _, _) ->
          switch (lane) {
            case F32 -> kind != UnaryKind.NOT;
            case I32 -> !number && (kind == UnaryKind.NOT || kind == UnaryKind.NEG);
            case I64 -> false;
          };
      case Step.Binary(var kind, var lane, _, _, _, _) ->
          switch (kind) {
            case ADD, SUB, MUL -> lane == Lane.F32 || (lane == Lane.I32 && !number);
            case DIV, MAX, MIN -> lane == Lane.F32;
            case EQ, NE, LT, LE -> lane != Lane.I64 && !number;
            case AND, OR, XOR -> lane == Lane.I32 && !number;
            case REM, POW -> false;
          };
      case Step.Where(var lane, _, _, _, _, _) -> lane != Lane.I64 && !number;
      case Step.Cast(var from, var to, _, _, _) -> !number && casts(from, to);
      case Step.Load(var dtype, _, _, _) -> !number && inMemory(dtype);
      case Step.Store(var dtype, _, _, _) -> !number && inMemory(dtype);
      case Step.Copy(var lane, _, _, _) -> lane == Lane.F32 || (lane == Lane.I32 && !number);
      case Step.Spread(var lane, _, _, _) -> byRows && lane == Lane.F32 && !needed.contains(i);
      case Step.ReduceRows(var kind, var lane, _, _) -> reduces(kind, lane);
      case Step.AccumulateRow(var kind, var lane, _, _) -> reduces(kind, lane);
      case Step.Gather _, Step.Scatter _, Step.Repeat _, Step.Generated _ -> false;
    };
  }

  private boolean reduces(ReduceKind kind, Lane lane) {
    return byRows && lane == Lane.F32 && kind != ReduceKind.PROD;
  }

  private static boolean casts(DType from, DType to) {
    return switch (Lane.of(from)) {
      case F32 -> to == DType.BF16 || to == DType.I32 || to == DType.BOOL;
      case I32 -> to == DType.F32 || to == DType.BOOL;
      case I64 -> false;
    };
  }

  private static boolean inMemory(DType dtype) {
    return switch (dtype) {
      case F32, I32 -> true;
      case BF16 -> true;
      case BOOL, U8 -> RowVectors.LANES >= 8;
      case I8, F16, I64 -> false;
    };
  }
}
