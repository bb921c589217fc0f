package dev.merapi.graph;

import dev.merapi.graph.Kernel.Instruction;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToIntFunction;

/**
 * Writes a fused unit as a {@link Kernel.Rows}: axes collapsed, values numbered, loads before their
 * first use, stores last.
 */
final class RowsBuilder {
  private final Unit unit;
  private final Legal legal;
  private final ToIntFunction<Tensor> buffers;
  private final List<Long> cuts;
  private final List<Instruction> code = new ArrayList<>();
  private final Map<Object, Integer> numbers = new HashMap<>();
  private final Set<Integer> ofReductions = new HashSet<>();
  private boolean wholeRows;

  private RowsBuilder(Unit unit, Legal legal, ToIntFunction<Tensor> buffers) {
    this.unit = unit;
    this.legal = legal;
    this.buffers = buffers;
    this.cuts = unit.cuts();
  }

  static Kernel.Rows of(
      Unit unit, Legal legal, List<Tensor> stores, ToIntFunction<Tensor> buffers) {
    var builder = new RowsBuilder(unit, legal, buffers);
    for (Tensor member : unit.members.reversed()) {
      builder.emit(member);
    }
    for (Tensor member : stores.reversed()) {
      if (unit.levels.get(member) != Unit.Level.COLUMNS) {
        builder.store(member);
      }
    }
    return builder.collapsed();
  }

  /**
   * A kernel that copies one view into another over the same shape, or fills it with a constant.
   */
  static Kernel.Rows copy(Strided from, ToIntFunction<Tensor> buffers, Strided to, int target) {
    var cuts = new java.util.TreeSet<>(Walked.cuts(from, 1));
    List<Long> axes = List.copyOf(cuts);
    DType dtype = from.base().dtype();
    List<Instruction> code = new ArrayList<>();
    code.add(
        from.base().op() instanceof Op.Constant(_, double value)
            ? new Instruction.Constant(dtype, value)
            : new Instruction.Load(
                new Kernel.View(
                    buffers.applyAsInt(from.base()),
                    dtype,
                    from.offset(),
                    Walked.strides(from, axes, 1))));
    code.add(
        new Instruction.Store(
            0, new Kernel.View(target, dtype, to.offset(), Walked.strides(to, axes, 1))));
    return Collapse.of(axes, 0, 0, false, code);
  }

  private void emit(Tensor member) {
    List<Tensor> inputs = member.op().inputs();
    Unit.Level level = unit.reads(member);
    int[] in = inputs.stream().mapToInt(input -> operand(input, level)).toArray();
    if (member.op() instanceof Op.Detach) {
      numbers.put(member, in[0]);
      return;
    }
    Instruction instruction =
        switch (member.op()) {
          case Op.Unary(var kind, _) -> new Instruction.Unary(kind, in[0]);
          case Op.Binary(var kind, _, _) -> new Instruction.Binary(kind, in[0], in[1]);
          case Op.Where _ -> new Instruction.Where(in[0], in[1], in[2]);
          case Op.Cast(var x, var dtype) -> new Instruction.Cast(in[0], x.dtype(), dtype);
          case ReductionOp.Reduce(var kind, _, _) ->
              unit.levels.get(member) == Unit.Level.COLUMNS
                  ? new Instruction.ReduceColumns(kind, in[0], columns(member))
                  : new Instruction.ReduceRow(kind, in[0]);
          default -> throw new IllegalStateException("no fused op: " + member.op());
        };
    int number = add(instruction);
    numbers.put(member, number);
    boolean depends = instruction instanceof Instruction.ReduceRow;
    for (int operand : in) {
      depends |= ofReductions.contains(operand);
    }
    if (depends) {
      ofReductions.add(number);
      wholeRows |= unit.levels.get(member) == Unit.Level.FULL;
    }
    wholeRows |= member.op() instanceof ReductionOp.Reduce && ofReductions.contains(in[0]);
  }

  private int add(Instruction instruction) {
    code.add(instruction);
    return code.size() - 1;
  }

  private int operand(Tensor input, Unit.Level level) {
    Strided view = legal.view(input);
    Tensor base = view.base();
    if (unit.levels.containsKey(base)) {
      return numbers.get(base);
    }
    if (base.op() instanceof Op.Constant constant) {
      return numbers.computeIfAbsent(
          constant, _ -> add(new Instruction.Constant(constant.dtype(), constant.value())));
    }
    long columns = level == Unit.Level.ROW ? unit.columns : 1;
    List<Long> strides =
        view.inOrder() ? ordered(columns, view) : Walked.strides(view, cuts, columns);
    var load =
        new Instruction.Load(
            new Kernel.View(buffers.applyAsInt(base), base.dtype(), view.offset(), strides));
    return numbers.computeIfAbsent(load, _ -> add(load));
  }

  /** The strides of elements in order over this space, each repeated along {@code columns}. */
  private List<Long> ordered(long columns, Strided view) {
    List<Long> strides = new ArrayList<>();
    for (int i = cuts.size() - 2; i >= 0; i--) {
      strides.add(
          view.shape().elements() == 1 || cuts.get(i) < columns ? 0 : cuts.get(i) / columns);
    }
    return strides;
  }

  private void store(Tensor member) {
    long columns = unit.levels.get(member) == Unit.Level.ROW ? unit.columns : 1;
    List<Long> strides = new ArrayList<>();
    for (int i = cuts.size() - 2; i >= 0; i--) {
      strides.add(cuts.get(i) < columns ? 0 : cuts.get(i) / columns);
    }
    add(
        new Instruction.Store(
            numbers.get(member),
            new Kernel.View(buffers.applyAsInt(member), member.dtype(), 0, strides)));
  }

  /** Where sums over rows go: in order over the kept axes and the columns, 0 along the summed. */
  private Kernel.View columns(Tensor member) {
    long block = unit.columns * unit.summed;
    List<Long> strides = new ArrayList<>();
    for (int i = cuts.size() - 2; i >= 0; i--) {
      long cut = cuts.get(i);
      strides.add(cut >= block ? cut / unit.summed : cut >= unit.columns ? 0 : cut);
    }
    return new Kernel.View(buffers.applyAsInt(member), member.dtype(), 0, strides);
  }

  private Kernel.Rows collapsed() {
    return Collapse.of(cuts, unit.columns, unit.summed, wholeRows, code);
  }
}
