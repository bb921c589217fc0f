package dev.merapi.train;

import dev.merapi.train.Pickle.Global;
import dev.merapi.train.Pickle.Refused;
import dev.merapi.train.Pickle.Tuple;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a pickle of PyTorch may ask for: ordered dictionaries, and tensors over storages, which are
 * bytes outside the pickle. A tensor is made only when all storages are there.
 */
final class TorchTensors implements Pickle.Calls {
  private static final int MOST_AXES = 64;

  private static final Global ORDERED = new Global("collections", "OrderedDict");
  private static final Global SIZE = new Global("torch", "Size");
  private static final Global TENSOR = new Global("torch._utils", "_rebuild_tensor_v2");
  private static final Global TYPED_TENSOR = new Global("torch._utils", "_rebuild_tensor_v3");
  private static final Global PARAMETER = new Global("torch._utils", "_rebuild_parameter");
  private static final Global UNTYPED = new Global("torch.storage", "UntypedStorage");

  private static final Map<String, ElementType> STORAGES =
      Map.ofEntries(
          Map.entry("FloatStorage", ElementType.F32),
          Map.entry("DoubleStorage", ElementType.F64),
          Map.entry("HalfStorage", ElementType.F16),
          Map.entry("BFloat16Storage", ElementType.BF16),
          Map.entry("LongStorage", ElementType.I64),
          Map.entry("IntStorage", ElementType.I32),
          Map.entry("ShortStorage", ElementType.I16),
          Map.entry("CharStorage", ElementType.I8),
          Map.entry("ByteStorage", ElementType.U8),
          Map.entry("BoolStorage", ElementType.BOOL),
          Map.entry("ComplexFloatStorage", ElementType.C64));

  /** Types that came later have no storages of their own. */
  private static final Map<String, ElementType> TYPES =
      Map.of(
          "uint16", ElementType.U16,
          "uint32", ElementType.U32,
          "uint64", ElementType.U64,
          "float8_e4m3fn", ElementType.F8_E4M3,
          "float8_e4m3fnuz", ElementType.F8_E4M3FNUZ,
          "float8_e5m2", ElementType.F8_E5M2,
          "float8_e5m2fnuz", ElementType.F8_E5M2FNUZ);

  /** Bytes outside the pickle: so many elements, or so many bytes where the type is not known. */
  record Place(String key, Optional<ElementType> type, long elements) {
    long bytes() throws Refused {
      return multiply(elements, type.map(t -> t.bits() / 8).orElse(1));
    }
  }

  /** A look at a storage. */
  record View(Place storage, ElementType type, long offset, List<Long> shape, List<Long> strides) {}

  private final Map<String, Place> places = new LinkedHashMap<>();

  /** The storages that were asked for, by key. */
  Map<String, Place> places() {
    return places;
  }

  @Override
  public boolean knows(Global global) {
    return List.of(ORDERED, SIZE, TENSOR, TYPED_TENSOR, PARAMETER, UNTYPED).contains(global)
        || (global.module().equals("torch")
            && (STORAGES.containsKey(global.name()) || TYPES.containsKey(global.name())));
  }

  @Override
  public Object call(Global function, List<Object> arguments) throws Refused {
    if (function.equals(ORDERED)) {
      require(arguments.isEmpty(), function);
      return new LinkedHashMap<>();
    }
    if (function.equals(SIZE)) {
      require(arguments.size() == 1, function);
      return Pickle.as(Tuple.class, arguments.getFirst());
    }
    if (function.equals(PARAMETER)) {
      require(!arguments.isEmpty(), function);
      return Pickle.as(View.class, arguments.getFirst());
    }
    if (function.equals(TENSOR)) {
      require(arguments.size() >= 4, function);
      var place = Pickle.as(Place.class, arguments.getFirst());
      return view(place, place.type().orElseThrow(() -> mistyped(function)), arguments);
    }
    if (function.equals(TYPED_TENSOR)) {
      require(arguments.size() >= 7, function);
      var type = TYPES.get(Pickle.as(Global.class, arguments.get(6)).name());
      require(type != null, function);
      return view(Pickle.as(Place.class, arguments.getFirst()), type, arguments);
    }
    throw new Refused("it calls " + function + ", which is not a function of tensors");
  }

  private static void require(boolean fits, Global function) throws Refused {
    if (!fits) {
      throw mistyped(function);
    }
  }

  private static Refused mistyped(Global function) {
    return new Refused("the arguments of " + function + " are not those that it takes");
  }

  private static View view(Place place, ElementType type, List<Object> arguments) throws Refused {
    var shape = numbers(arguments.get(2));
    var strides = numbers(arguments.get(3));
    if (shape.size() != strides.size() || shape.size() > MOST_AXES) {
      throw new Refused(
          "a tensor has %d axes and %d strides".formatted(shape.size(), strides.size()));
    }
    return new View(place, type, number(arguments.get(1)), shape, strides);
  }

  /** {@code ('storage', type, key, device, elements[, None])}. */
  @Override
  public Object persistent(Object id) throws Refused {
    var parts = Pickle.as(Tuple.class, id).items();
    if (parts.size() < 5 || !parts.getFirst().equals("storage")) {
      throw new Refused("it refers to something outside that is no storage");
    }
    if (parts.size() > 5 && !parts.get(5).equals(Pickle.None.NONE)) {
      throw new Refused(
          "a storage is a view of another; save the tensors again with PyTorch 0.4 or newer");
    }
    var type = Optional.ofNullable(STORAGES.get(Pickle.as(Global.class, parts.get(1)).name()));
    var place = new Place(Pickle.as(String.class, parts.get(2)), type, number(parts.get(4)));
    var before = places.putIfAbsent(place.key(), place);
    if (before != null && before.bytes() != place.bytes()) {
      throw new Refused("the storage " + place.key() + " has two sizes");
    }
    return place;
  }

  private static List<Long> numbers(Object tuple) throws Refused {
    var numbers = new ArrayList<Long>();
    for (var item : Pickle.as(Tuple.class, tuple).items()) {
      numbers.add(number(item));
    }
    return numbers;
  }

  private static long number(Object value) throws Refused {
    long number = Pickle.as(Long.class, value);
    if (number < 0) {
      throw new Refused("a size, an offset or a stride is negative");
    }
    return number;
  }

  private static long multiply(long a, long b) throws Refused {
    try {
      return Math.multiplyExact(a, b);
    } catch (ArithmeticException _) {
      throw new Refused("a tensor is larger than any memory");
    }
  }

  /**
   * The array that a view shows: a part of the storage's bytes, or a copy where its elements do not
   * lie one after another.
   *
   * @param room the bytes that copies may take, all together
   */
  static StoredArray array(View view, MemorySegment storage, Room room) throws Refused {
    long width = view.type().bits() / 8;
    long elements = 1;
    long last = view.offset();
    boolean dense = true;
    for (int axis = view.shape().size() - 1; axis >= 0; axis--) {
      long size = view.shape().get(axis);
      long stride = view.strides().get(axis);
      dense &= size <= 1 || stride == elements;
      if (size > 0) {
        last = add(last, multiply(size - 1, stride));
      }
      elements = multiply(elements, size);
    }
    long bytes;
    try {
      bytes = view.type().byteSize(view.shape());
    } catch (ArithmeticException _) {
      throw new Refused("a tensor is larger than any memory");
    }
    if (elements > 0 && multiply(add(last, 1), width) > storage.byteSize()) {
      throw new Refused("a tensor reaches beyond the end of its storage");
    }
    if (elements == 0) {
      return new StoredArray(view.type(), view.shape(), MemorySegment.NULL);
    }
    if (dense) {
      return new StoredArray(
          view.type(), view.shape(), storage.asSlice(view.offset() * width, bytes));
    }
    room.take(bytes);
    var copy = Arena.ofAuto().allocate(bytes, 64);
    copy(view, 0, view.offset(), storage, new long[] {0}, copy, width);
    return new StoredArray(view.type(), view.shape(), copy);
  }

  private static void copy(
      View view,
      int axis,
      long from,
      MemorySegment storage,
      long[] to,
      MemorySegment copy,
      long width) {
    if (axis == view.shape().size()) {
      MemorySegment.copy(storage, from * width, copy, to[0], width);
      to[0] += width;
      return;
    }
    for (long i = 0; i < view.shape().get(axis); i++) {
      copy(view, axis + 1, from + i * view.strides().get(axis), storage, to, copy, width);
    }
  }

  private static long add(long a, long b) throws Refused {
    try {
      return Math.addExact(a, b);
    } catch (ArithmeticException _) {
      throw new Refused("a tensor is larger than any memory");
    }
  }

  /** Bytes that may still be taken. */
  static final class Room {
    private long left;

    Room(long bytes) {
      this.left = bytes;
    }

    void take(long bytes) throws Refused {
      if (bytes > left) {
        throw new Refused("it repeats its contents to more than the file has bytes");
      }
      left -= bytes;
    }
  }
}
