package dev.merapi.graph;

import dev.merapi.backend.Backend;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Parameter;
import dev.merapi.tensor.Shape;
import dev.merapi.tensor.Step;
import dev.merapi.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.List;

/**
 * A compiled graph: kernels in order over planned memory. Immutable; it may run on several threads
 * at once, each run with a workspace of its own.
 */
public final class Program {
  private record Result(int buffer, DType dtype, Shape shape) {}

  private final List<Kernel> kernels;
  private final List<Backend.Task> tasks = new ArrayList<>();
  private final List<Lowering.Commit> commits;
  private final List<Result> results = new ArrayList<>();
  private final long[] offsets; // of each buffer of its own, in the workspace
  private final long[] copyIn; // for each slot where its value goes if it lies on the heap
  private final long bytes;
  private List<Cost> costs = List.of(); // computed when somebody asks

  private Program(Lowering lowering, List<Tensor> slots, List<Tensor> outputs, Backend backend) {
    this.kernels = List.copyOf(lowering.kernels);
    this.commits = List.copyOf(lowering.commits);
    MemoryPlan plan = MemoryPlan.of(lowering.buffers);
    this.offsets = plan.offsets().stream().mapToLong(offset -> offset).toArray();
    kernels.forEach(kernel -> tasks.add(backend.prepare(kernel)));
    for (int i = 0; i < outputs.size(); i++) {
      results.add(
          new Result(lowering.roots.get(i), outputs.get(i).dtype(), outputs.get(i).shape()));
    }
    copyIn = new long[slots.size()];
    long end = plan.bytes();
    for (int i = 0; i < copyIn.length; i++) {
      copyIn[i] = end;
      Tensor slot = slots.get(i);
      end +=
          slot instanceof Parameter
              ? 0
              : (slot.shape().elements() * slot.dtype().bytes() + 63) / 64 * 64;
    }
    bytes = end;
  }

  static Program compile(Structure.Traced traced, Step step, Backend backend) {
    List<Tensor> roots = new ArrayList<>(step.outputs());
    step.assignments().forEach(assignment -> roots.add(assignment.value()));
    List<Tensor> simplified =
        Simplify.of(traced.order(), traced.slots(), roots, step.precision(), backend);
    List<Integer> targets =
        step.assignments().stream().map(a -> traced.slots().indexOf(a.target())).toList();
    return new Program(
        new Lowering(simplified, targets, traced.slots().size()),
        traced.slots(),
        step.outputs(),
        backend);
  }

  /** The kernels in the order in which they run. */
  public List<Kernel> kernels() {
    return kernels;
  }

  /** Bytes of memory that a run computes in, its inputs and parameters excepted. */
  public long bytes() {
    return bytes;
  }

  /** What each kernel costs. */
  public List<Cost> costs() {
    List<Cost> known = costs;
    if (known.size() != kernels.size()) {
      known = kernels.stream().map(Cost::of).toList();
      costs = known;
    }
    return known;
  }

  /**
   * Runs over the values of the slots; a parameter's memory is written where the program assigns
   * it.
   */
  List<Storage> run(List<Storage> values, Watch watch) {
    Workspace workspace = Workspace.take(bytes);
    try {
      long base = workspace.address();
      long[] buffers = new long[copyIn.length + offsets.length];
      for (int i = 0; i < copyIn.length; i++) {
        buffers[i] = bind(values.get(i), base + copyIn[i]);
      }
      for (int i = 0; i < offsets.length; i++) {
        buffers[copyIn.length + i] = base + offsets[i];
      }
      watch.run(this, tasks, buffers);
      List<Storage> outputs = new ArrayList<>(results.size());
      for (Result result : results) {
        outputs.add(copyOut(result, buffers));
      }
      for (Lowering.Commit commit : commits) {
        Storage target = values.get(commit.slot());
        target.segment().copyFrom(at(buffers[commit.from()], target.bytes()));
      }
      return outputs;
    } finally {
      workspace.giveBack();
      Reference.reachabilityFence(values);
    }
  }

  private static long bind(Storage value, long address) {
    MemorySegment segment = value.segment();
    if (segment.isNative()) {
      return segment.address();
    }
    at(address, value.bytes()).copyFrom(segment);
    return address;
  }

  @SuppressWarnings("restricted") // addresses of memory that this run owns
  private static MemorySegment at(long address, long bytes) {
    return MemorySegment.ofAddress(address).reinterpret(bytes);
  }

  /** A copy on the heap, or off it where an array would be too long. */
  private static Storage copyOut(Result result, long[] buffers) {
    long elements = result.shape.elements();
    Storage copy =
        elements > Integer.MAX_VALUE - 8
            ? Storage.allocate(result.dtype, elements)
            : new Storage(result.dtype, elements, array(result.dtype, (int) elements));
    if (elements > 0) {
      copy.segment().copyFrom(at(buffers[result.buffer], copy.bytes()));
    }
    return copy;
  }

  private static MemorySegment array(DType dtype, int n) {
    return switch (dtype) {
      case F32 -> MemorySegment.ofArray(new float[n]);
      case I32 -> MemorySegment.ofArray(new int[n]);
      case I64 -> MemorySegment.ofArray(new long[n]);
      case BF16, F16 -> MemorySegment.ofArray(new short[n]);
      case U8, I8, BOOL -> MemorySegment.ofArray(new byte[n]);
    };
  }
}
