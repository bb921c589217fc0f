package dev.merapi.cpu;

import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_long;
import static java.lang.constant.ConstantDescs.CD_void;

import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.classfile.TypeKind;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.MethodHandles;
import java.util.List;

/**
 * Writes the class of a {@link RowSegment}: a static method for each loop over the columns of a
 * row, one for what is left of a row behind its whole vectors, one for each stage's work on row
 * values, and {@code run}, which calls them row by row.
 */
final class RowWriter {
  private static final ClassDesc SELF = ClassDesc.of("dev.merapi.cpu.GeneratedRows");
  private static final ClassDesc CODE = RowCode.class.describeConstable().orElseThrow();
  static final ClassDesc LONGS = CD_long.arrayType();
  private static final MethodTypeDesc RUN = MethodTypeDesc.of(CD_void, LONGS, CD_int, CD_int);
  private static final MethodTypeDesc LOOP = RUN; // addresses, row, columns
  private static final MethodTypeDesc REST =
      MethodTypeDesc.of(CD_void, LONGS, CD_int, CD_int, CD_int);
  private static final MethodTypeDesc ROW = MethodTypeDesc.of(CD_void, LONGS, CD_int);

  private final RowGraph graph;
  private final RowMemory memory;

  private RowWriter(RowSegment segment) {
    graph = new RowGraph(segment);
    memory = new RowMemory(segment, graph);
  }

  /** The code of a segment. */
  static RowCode write(RowSegment segment) {
    byte[] bytes = new RowWriter(segment).bytes();
    try {
      var lookup = MethodHandles.lookup().defineHiddenClass(bytes, /* initialize= */ true);
      return (RowCode) lookup.lookupClass().getDeclaredConstructor().newInstance();
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("generated code does not load: " + segment, e);
    }
  }

  private byte[] bytes() {
    return ClassFile.of()
        .build(
            SELF,
            builder -> {
              builder.withFlags(ClassFile.ACC_FINAL | ClassFile.ACC_SUPER);
              builder.withInterfaceSymbols(CODE);
              builder.withMethodBody(
                  ConstantDescs.INIT_NAME,
                  ConstantDescs.MTD_void,
                  0,
                  code ->
                      code.aload(0)
                          .invokespecial(
                              ConstantDescs.CD_Object,
                              ConstantDescs.INIT_NAME,
                              ConstantDescs.MTD_void)
                          .return_());
              builder.withMethodBody("run", RUN, ClassFile.ACC_PUBLIC, this::run);
              methods(builder);
            });
  }

  private void methods(ClassBuilder builder) {
    int number = 0;
    for (int stage = 0; stage < graph.stages(); stage++) {
      var actions = graph.rows.get(stage);
      var ended = graph.reductionsOf(stage);
      if (!actions.isEmpty() || !ended.isEmpty()) {
        builder.withMethodBody(
            "rows" + stage,
            ROW,
            ClassFile.ACC_STATIC,
            code -> new RowNumbers(code, memory).write(ended, actions));
      }
      for (var loop : graph.loops.get(stage)) {
        var reductions = graph.reductionsIn(number);
        for (boolean rest : new boolean[] {false, true}) {
          builder.withMethodBody(
              (rest ? "rest" : "loop") + number,
              rest ? REST : LOOP,
              ClassFile.ACC_STATIC,
              code -> new RowLoop(code, memory, rest).write(loop, reductions));
        }
        number++;
      }
    }
  }

  /** {@code for (row …) { rows0; loop0; rest0; rows1; … }}. */
  private void run(CodeBuilder code) {
    int row = code.allocateLocal(TypeKind.INT);
    Label next = code.newLabel();
    Label end = code.newLabel();
    code.iconst_0().istore(row);
    code.labelBinding(next);
    code.iload(row).iload(2).if_icmpge(end);
    int number = 0;
    for (int stage = 0; stage < graph.stages(); stage++) {
      if (!graph.rows.get(stage).isEmpty() || !graph.reductionsOf(stage).isEmpty()) {
        code.aload(1).iload(row).invokestatic(SELF, "rows" + stage, ROW);
      }
      for (int i = 0; i < graph.loops.get(stage).size(); i++) {
        code.aload(1).iload(row).iload(3).invokestatic(SELF, "loop" + number, LOOP);
        rest(code, row, number, graph.reductionsIn(number));
        number++;
      }
    }
    code.iinc(row, 1).goto_(next);
    code.labelBinding(end);
    code.return_();
  }

  private static void rest(CodeBuilder code, int row, int number, List<RowGraph.Value> reductions) {
    int index = code.allocateLocal(TypeKind.INT);
    Label next = code.newLabel();
    Label end = code.newLabel();
    code.iload(3).loadConstant(-RowLoop.turn(reductions)).iand().istore(index);
    code.labelBinding(next);
    code.iload(index).iload(3).if_icmpge(end);
    code.aload(1).iload(row).iload(3).iload(index).invokestatic(SELF, "rest" + number, REST);
    code.iinc(index, RowVectors.LANES).goto_(next);
    code.labelBinding(end);
  }
}
