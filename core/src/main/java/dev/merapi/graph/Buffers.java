package dev.merapi.graph;

import dev.merapi.graph.Kernel.Instruction;
import java.util.Set;
import java.util.TreeSet;

/** The buffers that a kernel touches. */
final class Buffers {
  private Buffers() {}

  static Set<Integer> of(Kernel kernel) {
    Set<Integer> touched = new TreeSet<>();
    switch (kernel) {
      case Kernel.Rows rows -> rows(rows, touched);
      case Kernel.MatMul(_, _, _, _, var a, var b, var c, var epilogue) -> {
        touched.add(a.buffer());
        touched.add(b.buffer());
        touched.add(c.buffer());
        epilogue.ifPresent(rows -> rows(rows, touched));
      }
      case Kernel.Convolve(_, _, _, _, _, _, int a, int b, int out, var epilogue) -> {
        add(touched, a, b, out);
        epilogue.ifPresent(rows -> rows(rows, touched));
      }
      case Kernel.Iota(int out, _) -> add(touched, out);
      case Kernel.Random(_, int key, int out, _) -> add(touched, key, out);
      case Kernel.ArgReduce(_, _, int x, int out, _, _) -> add(touched, x, out);
      case Kernel.Cumsum(_, int x, int out, _, _) -> add(touched, x, out);
      case Kernel.ArgSort(_, _, int x, int out, _, _) -> add(touched, x, out);
      case Kernel.Gather(_, int x, int index, int out, _, _, _, _) -> add(touched, x, index, out);
      case Kernel.ScatterAdd(_, int index, int updates, int out, _, _, _, _) ->
          add(touched, index, updates, out);
      case Kernel.ArgPool(int x, int out, _, _, _) -> add(touched, x, out);
      case Kernel.Fused(_, _, var inputs, int out) -> {
        inputs.forEach(view -> touched.add(view.buffer()));
        touched.add(out);
      }
    }
    return touched;
  }

  private static void add(Set<Integer> touched, int... buffers) {
    for (int buffer : buffers) {
      touched.add(buffer);
    }
  }

  private static void rows(Kernel.Rows rows, Set<Integer> touched) {
    for (Instruction instruction : rows.instructions()) {
      switch (instruction) {
        case Instruction.Load(var view) -> touched.add(view.buffer());
        case Instruction.Store(_, var view) -> touched.add(view.buffer());
        case Instruction.ReduceColumns(_, _, var view) -> touched.add(view.buffer());
        case Instruction.Constant _, Instruction.Unary _, Instruction.Binary _ -> {}
        case Instruction.Where _, Instruction.Cast _, Instruction.ReduceRow _ -> {}
      }
    }
  }
}
