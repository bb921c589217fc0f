package dev.merapi.train;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads a pickle, which is a program for a small stack machine, as far as it makes numbers, texts,
 * lists, tuples and dictionaries, and what {@link Calls} knows. Nothing is ever looked up or called
 * by a name that the file chooses; every other instruction is refused.
 *
 * <p>Each byte of the program makes at most one object, so memory is bounded by the program's
 * length. What it makes may refer to itself or to one thing many times over.
 *
 * <p>Source: {@code pickletools} of CPython, protocols 2 to 5.
 */
final class Pickle {
  /** The end of Python's {@code None}, which Java's collections need not hold as null. */
  enum None {
    NONE
  }

  /** A tuple, which cannot be changed, in contrast to a list. */
  record Tuple(List<Object> items) {}

  /** A name that the program has spoken: of a class or a function, which is not looked up. */
  record Global(String module, String name) {
    @Override
    public String toString() {
      return module + "." + name;
    }
  }

  /** The few things that a program may ask for besides plain values. */
  interface Calls {
    /** Whether this name may be spoken at all. */
    boolean knows(Global global);

    /** What a function makes of its arguments. */
    Object call(Global function, List<Object> arguments) throws Refused;

    /** What lies outside the pickle under this name. */
    Object persistent(Object id) throws Refused;
  }

  /** What is wrong with a program, and at which byte. */
  static final class Refused extends Exception {
    private static final long serialVersionUID = 1L;

    Refused(String what) {
      super(what);
    }
  }

  private final ByteBuffer in;
  private final Calls calls;
  private final Map<Integer, Object> memo = new HashMap<>();
  private List<Object> stack = new ArrayList<>();
  private final Deque<List<Object>> marked = new ArrayDeque<>();

  private Pickle(ByteBuffer in, Calls calls) {
    this.in = in;
    this.calls = calls;
  }

  /**
   * Runs the program at the buffer's position, and leaves the position behind it.
   *
   * @return a Long, Double, Boolean, String, BigInteger or {@link None}, a List, {@link Tuple} or
   *     Map of such, or what the calls have made
   * @throws Refused if it is cut short, wants anything else, or makes no sense
   */
  static Object read(ByteBuffer in, Calls calls) throws Refused {
    in.order(ByteOrder.LITTLE_ENDIAN);
    return new Pickle(in, calls).run();
  }

  private Object run() throws Refused {
    while (true) {
      int at = in.position();
      int code = u8();
      if (code == '.') {
        return pop();
      }
      try {
        step(code);
      } catch (Refused e) {
        throw new Refused("byte %d: %s".formatted(at, e.getMessage()));
      }
    }
  }

  private void step(int code) throws Refused {
    switch (code) {
      case 0x80 -> protocol(u8());
      case 0x95 -> take(8); // the length of a frame, which only says how much to read ahead
      case 'N' -> push(None.NONE);
      case 0x88 -> push(true);
      case 0x89 -> push(false);
      case 'J' -> push((long) take(4).getInt());
      case 'K' -> push((long) u8());
      case 'M' -> push((long) (take(2).getShort() & 0xFFFF));
      case 0x8A -> push(number(u8()));
      case 'G' -> push(take(8).order(ByteOrder.BIG_ENDIAN).getDouble());
      case 'X' -> push(text(take(4).getInt()));
      case 0x8C -> push(text(u8()));
      case '}' -> push(new LinkedHashMap<>());
      case ']' -> push(new ArrayList<>());
      case ')' -> push(new Tuple(List.of()));
      case '(' -> mark();
      case 't' -> push(new Tuple(Collections.unmodifiableList(unmark())));
      case 0x85 -> push(tuple(1));
      case 0x86 -> push(tuple(2));
      case 0x87 -> push(tuple(3));
      case 'a' -> append(List.of(pop()));
      case 'e' -> append(unmark());
      case 's' -> setItems(tuple(2).items());
      case 'u' -> setItems(unmark());
      case 'q' -> memo.put(u8(), top());
      case 'r' -> memo.put(take(4).getInt(), top());
      case 0x94 -> memo.put(memo.size(), top());
      case 'h' -> push(remembered(u8()));
      case 'j' -> push(remembered(take(4).getInt()));
      case 'c' -> push(global(line(), line()));
      case 0x93 -> {
        var names = tuple(2).items();
        push(global(as(String.class, names.getFirst()), as(String.class, names.getLast())));
      }
      case 'R' -> {
        var arguments = as(Tuple.class, pop());
        push(calls.call(as(Global.class, pop()), arguments.items()));
      }
      case 'Q' -> push(calls.persistent(pop()));
      case 'b' -> {
        pop(); // attributes, such as the versions of a state_dict's layers
        as(Map.class, top());
      }
      default ->
          throw new Refused(
              "the instruction %02x is none of those that make tensors and plain values"
                  .formatted(code));
    }
  }

  private static void protocol(int version) throws Refused {
    if (version < 2 || version > 5) {
      throw new Refused("protocol " + version + " is not read, only 2 to 5");
    }
  }

  // ---- the program's bytes

  private int u8() throws Refused {
    return take(1).get() & 0xFF;
  }

  private ByteBuffer take(int count) throws Refused {
    if (count < 0 || count > in.remaining()) {
      throw new Refused("the pickle is cut short");
    }
    var part = in.slice(in.position(), count).order(ByteOrder.LITTLE_ENDIAN);
    in.position(in.position() + count);
    return part;
  }

  private String text(int length) throws Refused {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(take(length)).toString();
    } catch (CharacterCodingException _) {
      throw new Refused("a text is not UTF-8");
    }
  }

  private String line() throws Refused {
    int length = 0;
    while (length < in.remaining() && in.get(in.position() + length) != '\n') {
      length++;
    }
    var line = text(length);
    u8();
    return line;
  }

  /** A whole number of so many bytes, the lowest first; as a Long where it is one. */
  private Object number(int length) throws Refused {
    var bytes = new byte[length + 1]; // one more, so that no bytes are 0
    var little = take(length);
    for (int i = 0; i < length; i++) {
      bytes[length - i] = little.get(i);
    }
    bytes[0] = (byte) (length > 0 && bytes[1] < 0 ? -1 : 0);
    var number = new BigInteger(bytes);
    return number.bitLength() < Long.SIZE ? (Object) number.longValue() : number;
  }

  private Global global(String module, String name) throws Refused {
    var global = new Global(module, name);
    if (!calls.knows(global)) {
      throw new Refused("it wants %s, which is not a part of a tensor".formatted(global));
    }
    return global;
  }

  // ---- the stack

  private void push(Object value) {
    stack.add(value);
  }

  private Object pop() throws Refused {
    var top = top();
    stack.removeLast();
    return top;
  }

  private Object top() throws Refused {
    if (stack.isEmpty()) {
      throw new Refused("the stack is empty");
    }
    return stack.getLast();
  }

  private void mark() {
    marked.push(stack);
    stack = new ArrayList<>();
  }

  /** What was pushed since the last mark. */
  private List<Object> unmark() throws Refused {
    if (marked.isEmpty()) {
      throw new Refused("there is no mark");
    }
    var items = stack;
    stack = marked.pop();
    return items;
  }

  private Tuple tuple(int size) throws Refused {
    if (stack.size() < size) {
      throw new Refused("the stack is empty");
    }
    var last = stack.subList(stack.size() - size, stack.size());
    var items = List.copyOf(last);
    last.clear();
    return new Tuple(items);
  }

  private Object remembered(int key) throws Refused {
    var value = memo.get(key);
    if (value == null) {
      throw new Refused("nothing was remembered as number " + key);
    }
    return value;
  }

  @SuppressWarnings("unchecked") // every list here is one of Objects
  private void append(List<Object> items) throws Refused {
    ((List<Object>) as(List.class, top())).addAll(items);
  }

  @SuppressWarnings("unchecked") // every map here is one of Objects
  private void setItems(List<Object> pairs) throws Refused {
    var map = (Map<Object, Object>) as(Map.class, top());
    if (pairs.size() % 2 != 0) {
      throw new Refused("a key has no value");
    }
    for (int i = 0; i < pairs.size(); i += 2) {
      var key = pairs.get(i);
      if (!(key instanceof String || key instanceof Long)) {
        throw new Refused("a key is neither a text nor a number");
      }
      map.put(key, pairs.get(i + 1));
    }
  }

  /** The value, if it is of that kind. */
  static <T> T as(Class<T> type, Object value) throws Refused {
    if (!type.isInstance(value)) {
      throw new Refused(
          "a %s stands where a %s is wanted"
              .formatted(value.getClass().getSimpleName(), type.getSimpleName()));
    }
    return type.cast(value);
  }
}
