package dev.merapi.cpu;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeModel;
import java.lang.classfile.Instruction;
import java.lang.classfile.Label;
import java.lang.classfile.MethodModel;
import java.lang.classfile.Opcode;
import java.lang.classfile.TypeKind;
import java.lang.classfile.instruction.BranchInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.LabelTarget;
import java.lang.classfile.instruction.LoadInstruction;
import java.lang.classfile.instruction.ReturnInstruction;
import java.lang.classfile.instruction.StoreInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.util.HashMap;
import java.util.Map;

/**
 * Calls of our static vector methods, written out as their bodies.
 *
 * <p>C2 stops inlining in a method that has become large, in the middle of a loop, whose vectors
 * then live on the heap. Only what the JDK marks with {@code @ForceInline} is inlined ever after:
 * the Vector API's own methods are, ours cannot be.
 */
final class RowInliner {
  private record Key(ClassDesc owner, String name, MethodTypeDesc type) {}

  private static final Map<Key, CodeModel> BODIES = bodies();

  private RowInliner() {}

  private static Map<Key, CodeModel> bodies() {
    var bodies = new HashMap<Key, CodeModel>();
    for (Class<?> type :
        new Class<?>[] {RowVectors.class, VectorMath.class, VectorLoops.class, CopyLoops.class}) {
      String file = type.getSimpleName() + ".class";
      try (InputStream in = type.getResourceAsStream(file)) {
        for (MethodModel method : ClassFile.of().parse(in.readAllBytes()).methods()) {
          var key =
              new Key(
                  type.describeConstable().orElseThrow(),
                  method.methodName().stringValue(),
                  method.methodTypeSymbol());
          if (method.flags().has(java.lang.reflect.AccessFlag.STATIC)) {
            method.code().ifPresent(code -> bodies.put(key, code));
          }
        }
      } catch (IOException e) {
        throw new UncheckedIOException("cannot read " + file + " of " + type.getModule(), e);
      }
    }
    // loops, and what must stay a call
    bodies.keySet().removeIf(key -> key.name.equals("oneByOne") || key.name.equals("<clinit>"));
    return bodies;
  }

  /** Writes a call, or what it would do; the arguments are on the stack. */
  static void call(CodeBuilder code, ClassDesc owner, String name, MethodTypeDesc type) {
    CodeModel body = BODIES.get(new Key(owner, name, type));
    if (body == null) {
      code.invokestatic(owner, name, type);
    } else {
      code.block(inner -> write(inner, type, body));
    }
  }

  private static void write(CodeBuilder code, MethodTypeDesc type, CodeModel body) {
    Map<Integer, Integer> locals = new HashMap<>();
    int[] slots = new int[type.parameterCount()];
    int next = 0;
    for (int i = 0; i < slots.length; i++) {
      slots[i] = next;
      next += TypeKind.from(type.parameterType(i)).slotSize();
    }
    for (int i = slots.length - 1; i >= 0; i--) {
      var kind = TypeKind.from(type.parameterType(i));
      code.storeLocal(kind, locals.computeIfAbsent(slots[i], _ -> code.allocateLocal(kind)));
    }
    Map<Label, Label> labels = new HashMap<>();
    Label end = code.newLabel();
    for (CodeElement element : body) {
      switch (element) {
        case LoadInstruction load ->
            code.loadLocal(load.typeKind(), local(code, locals, load.slot(), load.typeKind()));
        case StoreInstruction store ->
            code.storeLocal(store.typeKind(), local(code, locals, store.slot(), store.typeKind()));
        case ReturnInstruction _ -> code.goto_(end);
        case InvokeInstruction call when call.opcode() == Opcode.INVOKESTATIC ->
            call(code, call.owner().asSymbol(), call.name().stringValue(), call.typeSymbol());
        case BranchInstruction branch ->
            code.branch(
                branch.opcode(), labels.computeIfAbsent(branch.target(), _ -> code.newLabel()));
        case LabelTarget target ->
            code.labelBinding(labels.computeIfAbsent(target.label(), _ -> code.newLabel()));
        case Instruction other -> code.with(other);
        default -> {} // line numbers and names
      }
    }
    code.labelBinding(end);
  }

  private static int local(
      CodeBuilder code, Map<Integer, Integer> locals, int slot, TypeKind kind) {
    return locals.computeIfAbsent(slot, _ -> code.allocateLocal(kind));
  }
}
