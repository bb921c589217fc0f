package dev.merapi.cpu;

import static java.lang.constant.ConstantDescs.CD_float;
import static java.lang.constant.ConstantDescs.CD_long;

import dev.merapi.cpu.RowGraph.Accumulate;
import dev.merapi.cpu.RowGraph.Action;
import dev.merapi.cpu.RowGraph.Made;
import dev.merapi.cpu.RowGraph.Make;
import dev.merapi.cpu.RowGraph.Reduced;
import dev.merapi.cpu.RowGraph.Value;
import dev.merapi.cpu.RowGraph.Write;
import dev.merapi.graph.BinaryKind;
import dev.merapi.graph.ReduceKind;
import dev.merapi.graph.UnaryKind;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.TypeKind;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Writes a stage's work on row values: plain numbers, as in {@link ScalarLoops}. */
final class RowNumbers {
  private static final ClassDesc SCALARS = ScalarLoops.class.describeConstable().orElseThrow();
  private static final ClassDesc VECTORS = RowVectors.class.describeConstable().orElseThrow();
  private static final ClassDesc UNARY_KIND = UnaryKind.class.describeConstable().orElseThrow();
  private static final ClassDesc BINARY_KIND = BinaryKind.class.describeConstable().orElseThrow();
  private static final MethodTypeDesc UNARY = MethodTypeDesc.of(CD_float, UNARY_KIND, CD_float);
  private static final MethodTypeDesc BINARY =
      MethodTypeDesc.of(CD_float, BINARY_KIND, CD_float, CD_float);
  private static final MethodTypeDesc END = MethodTypeDesc.of(CD_float, CD_long);

  private final CodeBuilder code;
  private final RowMemory memory;
  private final Map<Value, Integer> locals = new HashMap<>();

  RowNumbers(CodeBuilder code, RowMemory memory) {
    this.code = code;
    this.memory = memory;
  }

  /**
   * @param ended reductions of the loops before
   */
  void write(List<Value> ended, List<Action> actions) {
    for (Value reduction : ended) {
      memory.partials(code, reduction);
      code.invokestatic(VECTORS, name(((Reduced) reduction.source).kind()), END);
      keep(reduction);
    }
    for (Action action : actions) {
      switch (action) {
        case Make(var value) -> {
          make((Made) value.source);
          keep(value);
        }
        case Write(var value, _, _, int to, _) -> {
          memory.element(code, to, Frame.Level.ROW);
          push(value);
          RowMemory.set(code);
        }
        case Accumulate(var value, var kind, int to) -> {
          memory.element(code, to, Frame.Level.ROW);
          binary(ScalarLoops.combine(kind), () -> memory.value(code, to), () -> push(value));
          RowMemory.set(code);
        }
      }
    }
    code.return_();
  }

  private static String name(ReduceKind kind) {
    return kind.name().toLowerCase(Locale.ROOT);
  }

  private void make(Made made) {
    switch (made.step()) {
      case Step.Unary(var kind, _, _, _, _) -> {
        code.getstatic(UNARY_KIND, kind.name(), UNARY_KIND);
        push(made.operands().getFirst());
        code.invokestatic(SCALARS, "unary", UNARY);
      }
      case Step.Binary(var kind, _, _, _, _, _) ->
          binary(kind, () -> push(made.operands().get(0)), () -> push(made.operands().get(1)));
      case Step.Copy _ -> push(made.operands().getFirst());
      default -> throw new IllegalArgumentException("no number: " + made.step());
    }
  }

  private void binary(BinaryKind kind, Runnable a, Runnable b) {
    code.getstatic(BINARY_KIND, kind.name(), BINARY_KIND);
    a.run();
    b.run();
    code.invokestatic(SCALARS, "binary", BINARY);
  }

  private void push(Value value) {
    Integer local = locals.get(value);
    if (local == null) {
      memory.number(code, value);
    } else {
      code.fload(local);
    }
  }

  private void keep(Value value) {
    int local = code.allocateLocal(TypeKind.FLOAT);
    code.fstore(local);
    locals.put(value, local);
    memory.cell(code, value);
    code.fload(local);
    RowMemory.set(code);
  }
}
