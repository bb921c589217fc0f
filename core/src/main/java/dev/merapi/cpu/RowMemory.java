package dev.merapi.cpu;

import static java.lang.constant.ConstantDescs.CD_float;
import static java.lang.constant.ConstantDescs.CD_long;
import static java.lang.constant.ConstantDescs.CD_void;

import java.lang.classfile.CodeBuilder;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;

/**
 * Where a segment's own values stand. Its memory begins with the cells of row values, 8 bytes each,
 * and the partial results of reductions; then there is an address for each row of elements that
 * waits for a later loop.
 */
record RowMemory(RowSegment segment, RowGraph graph) {
  static final ClassDesc MEMORY = Memory.class.describeConstable().orElseThrow();
  private static final MethodTypeDesc GET = MethodTypeDesc.of(CD_float, CD_long);
  private static final MethodTypeDesc SET = MethodTypeDesc.of(CD_void, CD_long, CD_float);

  /** Bytes of what comes first, which no size of a tile changes. */
  static long fixedBytes(RowGraph graph) {
    return partials(graph, graph.reductions.size());
  }

  private static long partials(RowGraph graph, int number) {
    long cells = 8L * graph.cells + Memory.ALIGNMENT - 1 & -Memory.ALIGNMENT;
    return cells + (long) number * RowVectors.PARTIAL_BYTES;
  }

  /** Pushes an address of {@link Frame#at}. */
  void address(CodeBuilder code, int at) {
    code.aload(0).loadConstant(at).laload();
  }

  /** Pushes the address of a row of elements that wait. */
  void waiting(CodeBuilder code, RowGraph.Value value) {
    address(code, segment.memory() + 1 + value.place);
  }

  /** Pushes the address of a reduction's partial results. */
  void partials(CodeBuilder code, RowGraph.Value reduction) {
    int number = ((RowGraph.Reduced) reduction.source).number();
    address(code, segment.memory());
    code.loadConstant(partials(graph, number)).ladd();
  }

  /** Pushes the address of a row value; the row's number is the local 1. */
  void cell(CodeBuilder code, RowGraph.Value value) {
    if (value.source instanceof RowGraph.InMemory(int at)) {
      element(code, at, value.level);
    } else {
      address(code, segment.memory());
      code.loadConstant(8L * value.place).ladd();
    }
  }

  /** Pushes the address of a row value that others know. */
  void element(CodeBuilder code, int at, Frame.Level level) {
    address(code, at);
    if (level == Frame.Level.ROW) {
      code.iload(1).i2l().loadConstant(4L).lmul().ladd();
    }
  }

  /** Pushes a row value's number. */
  void number(CodeBuilder code, RowGraph.Value value) {
    cell(code, value);
    code.invokestatic(MEMORY, "getFloat", GET);
  }

  /** Pushes the number of this row that others know. */
  void value(CodeBuilder code, int at) {
    element(code, at, Frame.Level.ROW);
    code.invokestatic(MEMORY, "getFloat", GET);
  }

  /** Stores the number on the stack below which its address lies. */
  static void set(CodeBuilder code) {
    code.invokestatic(MEMORY, "setFloat", SET);
  }
}
