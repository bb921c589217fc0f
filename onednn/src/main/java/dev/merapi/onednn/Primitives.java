package dev.merapi.onednn;

import static dev.merapi.onednn.Calls.check;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.List;

/**
 * oneDNN's primitives: made once for a shape and kept for the life of the process, as the programs
 * are that use them. A primitive runs on its caller's thread and takes its scratch memory from
 * there.
 */
final class Primitives {
  static final int BF16 = 2;
  static final int F32 = 3;

  /** Arguments of a primitive, by oneDNN's numbers. */
  static final int SRC = 1;

  static final int DST = 17;
  static final int WEIGHTS = 33;
  static final int SCRATCHPAD = 80;
  static final int DIFF_SRC = 129;
  static final int DIFF_DST = 145;
  static final int DIFF_WEIGHTS = 161;

  /** What a primitive's descriptor is asked for. */
  static final int SRC_MD = 129;

  static final int DIFF_SRC_MD = 130;
  static final int WEIGHTS_MD = 131;
  static final int DIFF_WEIGHTS_MD = 132;
  static final int DST_MD = 133;
  static final int DIFF_DST_MD = 134;
  private static final int SCRATCHPAD_MD = 136;

  private static final int CPU = 1;
  private static final int IN_ORDER = 1;
  private static final int ANY = 1;
  private static final int FORWARD_TRAINING = 64;
  private static final int DIRECT = 1;
  private static final int USERS_SCRATCHPAD = 1;

  private final Library library;
  private final MethodHandle memoryCreate;
  private final MethodHandle memoryDestroy;
  private final MethodHandle execute;
  private final long engine;
  private final long stream;
  private final long attributes;

  Primitives(Library library) {
    this.library = library;
    memoryCreate = library.function("dnnl_memory_create", ADDRESS, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    memoryDestroy = library.function("dnnl_memory_destroy", JAVA_LONG);
    execute = library.function("dnnl_primitive_execute", JAVA_LONG, JAVA_LONG, JAVA_INT, ADDRESS);
    engine = create("dnnl_engine_create", CPU, 0L);
    stream = create("dnnl_stream_create", engine, IN_ORDER);
    attributes = create("dnnl_primitive_attr_create");
    call("dnnl_primitive_attr_set_scratchpad_mode", attributes, USERS_SCRATCHPAD);
  }

  // ---- making

  /** Memory as oneDNN likes it best. */
  long anyLayout(List<Integer> sizes, int dtype) {
    try (var arena = Arena.ofConfined()) {
      return create(
          "dnnl_memory_desc_create_with_tag", sizes.size(), longs(arena, sizes), dtype, ANY);
    }
  }

  /** Contiguous memory, the last axis innermost. */
  long inOrder(List<Integer> sizes, int dtype) {
    var strides = new ArrayList<Integer>();
    int step = 1;
    for (int axis = sizes.size() - 1; axis >= 0; axis--) {
      strides.addFirst(step);
      step *= sizes.get(axis);
    }
    try (var arena = Arena.ofConfined()) {
      return create(
          "dnnl_memory_desc_create_with_strides",
          sizes.size(),
          longs(arena, sizes),
          dtype,
          longs(arena, strides));
    }
  }

  /** The geometry of a convolution, an entry an axis of its space. */
  record Space(
      List<Integer> strides, List<Integer> dilates, List<Integer> before, List<Integer> after) {
    private List<List<Integer>> all() {
      return List.of(strides, dilates, before, after);
    }
  }

  /** A descriptor of {@code dst = src ∗ weights}. */
  long forward(long src, long weights, long dst, Space space) {
    return convolution(
        "forward", space, List.of(FORWARD_TRAINING, DIRECT, src, weights, 0L, dst), List.of());
  }

  /** A descriptor of src's gradient. */
  long backwardData(long src, long weights, long dst, Space space, long forward) {
    return convolution(
        "backward_data", space, List.of(DIRECT, src, weights, dst), List.of(forward));
  }

  /** A descriptor of the weights' gradient. */
  long backwardWeights(long src, long weights, long dst, Space space, long forward) {
    return convolution(
        "backward_weights", space, List.of(DIRECT, src, weights, 0L, dst), List.of(forward));
  }

  private long convolution(String kind, Space space, List<Object> operands, List<Object> hint) {
    try (var arena = Arena.ofConfined()) {
      var arguments = new ArrayList<Object>(List.of(engine));
      arguments.addAll(operands);
      space.all().forEach(numbers -> arguments.add(longs(arena, numbers)));
      arguments.addAll(hint);
      arguments.add(attributes);
      return create(
          "dnnl_convolution_%s_primitive_desc_create".formatted(kind), arguments.toArray());
    }
  }

  /** The memory that a primitive's descriptor wants for an argument. */
  long memoryOf(long descriptor, int query) {
    var handle =
        library.returning("dnnl_primitive_desc_query_md", JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT);
    return Calls.value(() -> (long) handle.invokeExact(descriptor, query, 0));
  }

  /** Bytes of a memory. */
  long bytes(long memory) {
    var handle = library.returning("dnnl_memory_desc_get_size", JAVA_LONG, JAVA_LONG);
    return Calls.value(() -> (long) handle.invokeExact(memory));
  }

  /** A primitive made of its descriptor. */
  Primitive primitive(long descriptor) {
    library.alone(); // it is made for so many threads as its maker has
    long scratchpad = memoryOf(descriptor, SCRATCHPAD_MD);
    return new Primitive(
        create("dnnl_primitive_create", descriptor), scratchpad, bytes(scratchpad));
  }

  /** Copies one layout, and dtype, into another. */
  Primitive reorder(long from, long to) {
    library.alone();
    return primitive(
        create("dnnl_reorder_primitive_desc_create", from, engine, to, engine, attributes));
  }

  /** A primitive, and the scratch memory that it wants. */
  record Primitive(long handle, long scratchpad, long scratchBytes) {}

  private static MemorySegment longs(Arena arena, List<Integer> values) {
    return arena.allocateFrom(JAVA_LONG, values.stream().mapToLong(v -> v).toArray());
  }

  // ---- running

  /** An argument: its number, its layout, its address. */
  record Argument(int number, long memory, long address) {}

  /**
   * Runs a primitive on this thread alone.
   *
   * @param scratch address of as many bytes as it wants
   */
  void run(Primitive primitive, long scratch, Argument... arguments) {
    library.alone();
    int count = arguments.length + 1;
    try (var arena = Arena.ofConfined()) {
      var table = arena.allocate(16L * count, 8);
      for (int i = 0; i < arguments.length; i++) {
        Argument argument = arguments[i];
        put(arena, table, i, argument.number, argument.memory, argument.address);
      }
      put(arena, table, count - 1, SCRATCHPAD, primitive.scratchpad, scratch);
      try {
        check(
            "dnnl_primitive_execute",
            () -> (int) execute.invokeExact(primitive.handle, stream, count, table));
      } finally {
        for (int i = 0; i < count; i++) {
          long memory = table.get(JAVA_LONG, 16L * i + 8);
          check("dnnl_memory_destroy", () -> (int) memoryDestroy.invokeExact(memory));
        }
      }
    }
  }

  private void put(
      Arena arena, MemorySegment table, int place, int number, long memory, long address) {
    var made = arena.allocate(ADDRESS);
    check(
        "dnnl_memory_create", () -> (int) memoryCreate.invokeExact(made, memory, engine, address));
    table.set(JAVA_INT, 16L * place, number);
    table.set(JAVA_LONG, 16L * place + 8, made.get(JAVA_LONG, 0));
  }

  // ---- calls that are made once a shape

  private long create(String function, Object... arguments) {
    try (var arena = Arena.ofConfined()) {
      var made = arena.allocate(ADDRESS);
      var all = new ArrayList<Object>();
      all.add(made);
      all.addAll(List.of(arguments));
      call(function, all.toArray());
      return made.get(JAVA_LONG, 0);
    }
  }

  private void call(String function, Object... arguments) {
    MemoryLayout[] layouts = new MemoryLayout[arguments.length];
    for (int i = 0; i < layouts.length; i++) {
      layouts[i] =
          switch (arguments[i]) {
            case Integer _ -> JAVA_INT;
            case Long _ -> JAVA_LONG;
            default -> ADDRESS;
          };
    }
    MethodHandle handle = library.function(function, layouts);
    check(function, () -> (int) handle.invokeWithArguments(arguments));
  }
}
