package dev.merapi.graph;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.Shape;
import dev.merapi.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** From units to kernels over buffers: slots first, then one buffer for each stored node. */
final class Lowering {
  /** Memory of a program's own, and from which kernel to which it is needed. */
  record Buffer(long bytes, int first, int last) {}

  /** After the last kernel the elements of a buffer are copied to a slot. */
  record Commit(int from, int slot) {}

  private final Legal legal;
  private final Fusion fusion;
  private final int slots;
  private final Map<Tensor, Integer> numbers = new HashMap<>();
  private final Map<Tensor, Integer> inPlace = new HashMap<>();
  private final List<Tensor> owners = new ArrayList<>();

  final List<Kernel> kernels = new ArrayList<>();
  final List<Buffer> buffers = new ArrayList<>();
  final List<Commit> commits = new ArrayList<>();

  /** The buffer of each root. */
  final List<Integer> roots = new ArrayList<>();

  private final List<Unit> unitOfKernel = new ArrayList<>();

  /**
   * @param graph simplified roots: the outputs, then the values to assign
   * @param targets the slots that the last roots are assigned to
   */
  Lowering(List<Tensor> graph, List<Integer> targets, int slots) {
    this.legal = new Legal(graph);
    this.fusion = new Fusion(legal);
    this.slots = slots;
    int outputs = graph.size() - targets.size();
    for (int i = 0; i < targets.size(); i++) {
      place(legal.roots.get(outputs + i), targets.get(i), legal.roots.subList(0, outputs));
    }
    Set<Unit> done = new HashSet<>();
    for (Unit unit : fusion.schedule()) {
      done.add(unit);
      overwrite(unit.members.getFirst(), done);
      name(unit);
      int before = kernels.size();
      lower(unit);
      while (unitOfKernel.size() < kernels.size()) {
        unitOfKernel.add(unit);
      }
      if (kernels.size() == before) {
        throw new IllegalStateException("a unit without a kernel: " + unit.members);
      }
    }
    for (Tensor root : legal.roots) {
      roots.add(root.shape().elements() == 0 ? -1 : number(root));
    }
    for (int i = 0; i < targets.size(); i++) {
      Tensor value = legal.roots.get(outputs + i);
      if (value.shape().elements() > 0 && !targets.get(i).equals(inPlace.get(value))) {
        commits.add(new Commit(number(value), targets.get(i)));
      }
    }
    measure();
  }

  /**
   * Lets a value be written straight over the parameter that it replaces, if nobody needs the old
   * one later.
   */
  private void place(Tensor value, int slot, List<Tensor> outputs) {
    Unit home = fusion.unitOf.get(value);
    if (home == null || inPlace.containsKey(value) || inPlace.containsValue(slot)) {
      return;
    }
    boolean elements = home.fused && home.levels.get(value) == Unit.Level.FULL;
    if ((!elements && !overwrites(value, slot)) || outputs.contains(value)) {
      return;
    }
    List<Unit> readers = new ArrayList<>();
    for (Tensor user : fusion.usersOf(slot)) {
      Unit reader = fusion.unitOf.get(user);
      if (reader == home ? elements && !readsInPlace(user, slot, home) : reader.dependsOn(home)) {
        return;
      }
      if (reader != home) {
        readers.add(reader);
      }
    }
    home.before.addAll(readers);
    inPlace.put(value, slot);
  }

  private static boolean isSlot(Tensor node, int slot) {
    return node.op() instanceof Op.Input input && input.slot() == slot;
  }

  /** Whether a member reads the slot element by element, just where its group writes. */
  private boolean readsInPlace(Tensor user, int slot, Unit home) {
    if (user.equals(home.contraction)) {
      return false;
    }
    for (Tensor input : user.op().inputs()) {
      Strided view = legal.view(input);
      boolean whole = view.inOrder() && view.shape().elements() == view.base().shape().elements();
      if (isSlot(view.base(), slot) && !(whole && home.reads(user) == Unit.Level.FULL)) {
        return false;
      }
    }
    return true;
  }

  /** Whether a fused op writes over the slot, and reads it nowhere else. */
  private boolean overwrites(Tensor y, int slot) {
    if (!(y.op() instanceof Op.Fused(var op, var inputs)) || op.overwritten().isEmpty()) {
      return false;
    }
    int overwritten = op.overwritten().getAsInt();
    for (int i = 0; i < inputs.size(); i++) {
      Strided view = legal.view(inputs.get(i));
      boolean whole = view.inOrder() && view.shape().elements() == view.base().shape().elements();
      boolean expected =
          i == overwritten ? isSlot(view.base(), slot) && whole : !isSlot(view.base(), slot);
      if (!expected) {
        return false;
      }
    }
    return true;
  }

  /** Gives a fused op the memory of an input that it may overwrite, and that nobody reads later. */
  private void overwrite(Tensor y, Set<Unit> done) {
    if (!(y.op() instanceof Op.Fused(var op, var inputs)) || op.overwritten().isEmpty()) {
      return;
    }
    Strided view = legal.view(inputs.get(op.overwritten().getAsInt()));
    Tensor base = view.base();
    Integer buffer = numbers.get(base);
    boolean own = buffer != null && buffer >= slots && !legal.roots.contains(base);
    boolean whole = view.inOrder() && view.shape().elements() == base.shape().elements();
    boolean last =
        fusion.usersOf(base).stream()
            .map(fusion.unitOf::get)
            .allMatch(unit -> unit == null || done.contains(unit));
    if (own && whole && last) {
      numbers.put(y, buffer);
    }
  }

  private void name(Unit unit) {
    List<Tensor> stores = fusion.stores(unit);
    for (Tensor member : stores.reversed()) {
      Integer slot = inPlace.get(member);
      if (slot == null) {
        number(member);
      } else {
        numbers.put(member, slot);
      }
    }
    if (unit.contraction != null) {
      Optional<Tensor> host =
          stores.stream()
              .filter(member -> !inPlace.containsKey(member))
              .filter(
                  member ->
                      member.dtype() == DType.F32 && unit.levels.get(member) == Unit.Level.FULL)
              .findFirst();
      if (host.isPresent()) { // the finished block is overwritten by what the epilogue makes of it
        numbers.put(unit.contraction, number(host.get()));
      }
    }
  }

  private int number(Tensor node) {
    if (node.op() instanceof Op.Input(int slot, _, _)) {
      return slot;
    }
    return numbers.computeIfAbsent(
        node,
        owner -> {
          owners.add(owner);
          return slots + owners.size() - 1;
        });
  }

  private int read(Tensor input) {
    return number(legal.view(input).base());
  }

  private void lower(Unit unit) {
    if (unit.contraction != null) {
      Kernel.Rows epilogue = RowsBuilder.of(unit, legal, fusion.stores(unit), this::number);
      contract(unit.contraction, Optional.of(epilogue));
    } else if (unit.fused) {
      kernels.add(RowsBuilder.of(unit, legal, fusion.stores(unit), this::number));
    } else {
      single(unit.members.getFirst());
    }
  }

  private void single(Tensor y) {
    int out = number(y);
    Shape shape = y.shape();
    switch (y.op()) {
      case ContractionOp.MatMul _,
          ContractionOp.Conv _,
          ContractionOp.ConvInput _,
          ContractionOp.ConvWeight _ ->
          contract(y, Optional.empty());
      case Op.Iota(int size) -> kernels.add(new Kernel.Iota(out, size));
      case Op.Random(var distribution, var key, _) ->
          kernels.add(new Kernel.Random(distribution, read(key), out, shape.elements()));
      case ReductionOp.ArgReduce(boolean greatest, var x) ->
          kernels.add(
              new Kernel.ArgReduce(greatest, x.dtype(), read(x), out, rows(x), x.shape().size(-1)));
      case ReductionOp.Cumsum(var x) ->
          kernels.add(new Kernel.Cumsum(x.dtype(), read(x), out, rows(x), x.shape().size(-1)));
      case ReductionOp.ArgSort(var x, boolean descending) ->
          kernels.add(
              new Kernel.ArgSort(x.dtype(), descending, read(x), out, rows(x), x.shape().size(-1)));
      case Op.Gather(var x, var index) -> {
        Shape s = x.shape();
        kernels.add(
            new Kernel.Gather(
                y.dtype(),
                read(x),
                read(index),
                out,
                s.size(0),
                s.size(1),
                shape.size(1),
                s.size(2)));
      }
      case Op.ScatterAdd(var index, var updates, int rows) -> {
        Shape s = updates.shape();
        kernels.add(
            new Kernel.ScatterAdd(
                y.dtype(), read(index), read(updates), out, s.size(0), rows, s.size(1), s.size(2)));
      }
      case ContractionOp.ArgPool(var x, var windows) -> {
        Ints space = Ints.of(x.shape().slice(1, x.shape().rank()).toArray());
        kernels.add(new Kernel.ArgPool(read(x), out, x.shape().size(0), space, windows));
      }
      case Op.Fused(var op, var inputs) ->
          kernels.add(
              new Kernel.Fused(
                  op,
                  inputs.stream().map(Tensor::shape).toList(),
                  inputs.stream().map(this::view).toList(),
                  out));
      case MovementOp.Concat concat -> concat(concat, y, out);
      case MovementOp.Pad pad -> pad(pad, y, out);
      default -> throw new IllegalStateException("no kernel for " + y.op());
    }
  }

  private static long rows(Tensor x) {
    return x.shape().elements() / Math.max(1, x.shape().size(-1));
  }

  private void contract(Tensor y, Optional<Kernel.Rows> epilogue) {
    int out = number(y);
    kernels.add(
        switch (y.op()) {
          case ContractionOp.MatMul(var a, var b) -> {
            int rank = y.shape().rank();
            List<Integer> batch = new ArrayList<>();
            for (int i = 0; i < rank - 2; i++) {
              batch.add(y.shape().size(i));
            }
            yield new Kernel.MatMul(
                batch,
                y.shape().size(-2),
                y.shape().size(-1),
                a.shape().size(-1),
                view(a),
                view(b),
                new Kernel.View(out, DType.F32, 0, Strided.contiguous(y.shape())),
                epilogue);
          }
          case ContractionOp.Conv(var x, var w, var g) ->
              new Kernel.Convolve(
                  Kernel.Role.OUTPUT,
                  g,
                  x.dtype(),
                  x.shape(),
                  w.shape(),
                  y.shape(),
                  read(x),
                  read(w),
                  out,
                  epilogue);
          case ContractionOp.ConvInput(var dy, var w, var g, var shape) ->
              new Kernel.Convolve(
                  Kernel.Role.INPUT,
                  g,
                  dy.dtype(),
                  shape,
                  w.shape(),
                  dy.shape(),
                  read(dy),
                  read(w),
                  out,
                  epilogue);
          case ContractionOp.ConvWeight(var x, var dy, var g, var shape) ->
              new Kernel.Convolve(
                  Kernel.Role.WEIGHT,
                  g,
                  x.dtype(),
                  x.shape(),
                  shape,
                  dy.shape(),
                  read(x),
                  read(dy),
                  out,
                  epilogue);
          default -> throw new IllegalStateException("no contraction: " + y.op());
        });
  }

  private Kernel.View view(Tensor x) {
    Strided view = legal.view(x);
    return new Kernel.View(number(view.base()), view.base().dtype(), view.offset(), view.strides());
  }

  private void concat(MovementOp.Concat op, Tensor y, int out) {
    List<Long> strides = Strided.contiguous(y.shape());
    long offset = 0;
    for (Tensor part : op.inputs()) {
      if (part.shape().elements() > 0) {
        var target = new Strided(y, offset, strides, part.shape());
        kernels.add(RowsBuilder.copy(legal.view(part), this::number, target, out));
      }
      offset += part.shape().size(op.axis()) * strides.get(op.axis());
    }
  }

  private void pad(MovementOp.Pad op, Tensor y, int out) {
    Tensor value = Tensor.constant(y.dtype(), op.value());
    var everywhere =
        new Strided(
            value,
            0,
            y.shape().axes().size() == 0 ? List.of() : zeros(y.shape().rank()),
            y.shape());
    kernels.add(RowsBuilder.copy(everywhere, this::number, Strided.whole(y), out));
    if (op.x().shape().elements() > 0) {
      List<Long> strides = Strided.contiguous(y.shape());
      List<Long> wide = new ArrayList<>();
      long offset = 0;
      for (int i = 0; i < strides.size(); i++) {
        offset += op.before().get(i) * strides.get(i);
        wide.add(strides.get(i) * (op.interior().get(i) + 1));
      }
      var target = new Strided(y, offset, wide, op.x().shape());
      kernels.add(RowsBuilder.copy(legal.view(op.x()), this::number, target, out));
    }
  }

  private static List<Long> zeros(int rank) {
    return java.util.Collections.nCopies(rank, 0L);
  }

  /** From which kernel to which each buffer is needed; roots to the end. */
  private void measure() {
    int count = owners.size();
    int[] first = new int[count];
    int[] last = new int[count];
    java.util.Arrays.fill(first, Integer.MAX_VALUE);
    for (int k = 0; k < kernels.size(); k++) {
      for (int buffer : Buffers.of(kernels.get(k))) {
        if (buffer >= slots) {
          first[buffer - slots] = Math.min(first[buffer - slots], k);
          last[buffer - slots] = k;
        }
      }
    }
    for (int root : roots) {
      if (root >= slots) {
        last[root - slots] = kernels.size();
      }
    }
    for (int i = 0; i < count; i++) {
      Tensor owner = owners.get(i);
      buffers.add(
          new Buffer(
              owner.shape().elements() * owner.dtype().bytes(),
              Math.min(first[i], last[i]),
              last[i]));
    }
  }
}
