package dev.merapi.cpu;

import dev.merapi.graph.Storage;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Off-heap memory by address: what every kernel of this package reads and writes with.
 *
 * <p>One segment spans the whole address space, so a kernel carries plain {@code long} addresses
 * and the compiler sees one constant base. Nothing is checked: an address that is not owned by a
 * live segment takes the JVM down. Keep the owning segment reachable for as long as its address is
 * in use.
 */
public final class Memory {
  /** All of memory; offset = address. */
  @SuppressWarnings("restricted") // the one segment that must span all of memory
  static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

  static final ByteOrder ORDER = ByteOrder.nativeOrder();

  /** Bytes at which buffers start: a cache line, and the widest vector. */
  public static final long ALIGNMENT = 64;

  private Memory() {}

  /**
   * A zeroed segment of {@code bytes} bytes (at least one, so that the address is real) on a
   * 64-byte boundary.
   *
   * @param arena owner of the memory
   */
  public static MemorySegment allocate(Arena arena, long bytes) {
    return Storage.reserve(arena, Math.max(bytes, 1));
  }

  static float getFloat(long address) {
    return ALL.get(ValueLayout.JAVA_FLOAT, address);
  }

  static void setFloat(long address, float value) {
    ALL.set(ValueLayout.JAVA_FLOAT, address, value);
  }

  static int getInt(long address) {
    return ALL.get(ValueLayout.JAVA_INT, address);
  }

  static void setInt(long address, int value) {
    ALL.set(ValueLayout.JAVA_INT, address, value);
  }

  static long getLong(long address) {
    return ALL.get(ValueLayout.JAVA_LONG_UNALIGNED, address);
  }

  static void setLong(long address, long value) {
    ALL.set(ValueLayout.JAVA_LONG_UNALIGNED, address, value);
  }

  /** The float that a bf16 stands for. */
  static float getBf16(long address) {
    return Float.intBitsToFloat(getShort(address) << 16);
  }

  static short getShort(long address) {
    return ALL.get(ValueLayout.JAVA_SHORT_UNALIGNED, address);
  }

  static void setShort(long address, short value) {
    ALL.set(ValueLayout.JAVA_SHORT_UNALIGNED, address, value);
  }

  static byte getByte(long address) {
    return ALL.get(ValueLayout.JAVA_BYTE, address);
  }

  static void setByte(long address, byte value) {
    ALL.set(ValueLayout.JAVA_BYTE, address, value);
  }

  /** Copies {@code bytes} bytes; the ranges may overlap. */
  static void copy(long from, long to, long bytes) {
    MemorySegment.copy(ALL, from, ALL, to, bytes);
  }

  /** Sets {@code bytes} bytes to zero. */
  static void zero(long address, long bytes) {
    ALL.asSlice(address, bytes).fill((byte) 0);
  }
}
