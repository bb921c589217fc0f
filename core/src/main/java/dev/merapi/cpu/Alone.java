package dev.merapi.cpu;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandleProxies;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/**
 * Makes loops that are compiled by themselves, never as a part of their caller.
 *
 * <p>C2 inlines what is called often. A caller of many loops so becomes a method of many loops,
 * until C2 finds it too large and stops in the middle of one; the vectors of that one then live on
 * the heap, and it runs ten times slower. Whether it happens is a matter of chance. A call through
 * a method handle that is no constant is the one thing that C2 does not look into; it costs some
 * nanoseconds. It also spares the compiler the same loop in several callers.
 */
final class Alone {
  private static final MethodType UNARY =
      MethodType.methodType(void.class, long.class, int.class, long.class, int.class);
  private static final MethodType BINARY =
      MethodType.methodType(
          void.class, long.class, int.class, long.class, int.class, long.class, int.class);

  private static final MethodType SELECT = BINARY.insertParameterTypes(0, long.class, int.class);

  private Alone() {}

  static UnaryLoop of(UnaryLoop loop) {
    return wrap(UnaryLoop.class, UNARY, loop);
  }

  static BinaryLoop of(BinaryLoop loop) {
    return wrap(BinaryLoop.class, BINARY, loop);
  }

  static SelectLoop of(SelectLoop loop) {
    return wrap(SelectLoop.class, SELECT, loop);
  }

  private static <T> T wrap(Class<T> type, MethodType run, T loop) {
    try {
      MethodHandle handle = MethodHandles.lookup().findVirtual(type, "run", run);
      return MethodHandleProxies.asInterfaceInstance(type, handle.bindTo(loop));
    } catch (ReflectiveOperationException e) {
      throw new LinkageError(type + " has another method than expected", e);
    }
  }
}
