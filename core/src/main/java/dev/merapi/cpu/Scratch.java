package dev.merapi.cpu;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * The working memory of one thread: packed operands, a tile for ragged edges, and buffers that grow
 * to what was needed most and stay. A call that has run before allocates nothing.
 *
 * <p>What runs inside a contraction on the same thread (an {@link Epilogue}) must not start another
 * one: they would share this memory.
 */
final class Scratch {
  /** Rows of A packed at a time, a multiple of the tile's rows. */
  static final int STRIP_ROWS = 64;

  /** Columns of B packed at a time (nc). */
  static final int BLOCK_COLUMNS = 512;

  private static final ThreadLocal<Scratch> OF_THREAD = ThreadLocal.withInitial(Scratch::new);

  /** Sums of a row's product that are added up together: lanes of the widest vector. */
  static final int GROUP = 16;

  private static final int FEW_COLUMNS = 256;

  private static final int MOST_COLUMNS = 64;

  /** Packed rows of A. */
  final long strip;

  /** Packed panels of B. */
  final long block;

  /** One tile of C. */
  final long tile;

  /** Vectors whose lanes are to be added up, and their transpose. */
  final long dots;

  /** A row of zeros as wide as a tile. */
  final long zeros;

  private final MemorySegment fixed;
  private MemorySegment planes = MemorySegment.NULL;
  private MemorySegment sums = MemorySegment.NULL;
  private MemorySegment table = MemorySegment.NULL;
  private MemorySegment partials = MemorySegment.NULL;
  private MemorySegment weights = MemorySegment.NULL;
  private MemorySegment turned = MemorySegment.NULL;

  private Scratch() {
    long stripBytes = STRIP_ROWS * TileKernel.ROW_STRIDE;
    long blockBytes = (TileKernel.DEPTH + 1) * (long) BLOCK_COLUMNS * 4;
    long tileBytes = 16L * MOST_COLUMNS * 4;
    long zeroBytes = MOST_COLUMNS * 4L;
    long dotBytes = 2L * GROUP * GROUP * 4;
    fixed =
        Memory.allocate(Arena.ofAuto(), stripBytes + blockBytes + tileBytes + zeroBytes + dotBytes);
    strip = fixed.address();
    block = strip + stripBytes;
    tile = block + blockBytes;
    zeros = tile + tileBytes;
    dots = zeros + zeroBytes;
  }

  /** The scratch of the calling thread. */
  static Scratch get() {
    return OF_THREAD.get();
  }

  /**
   * Rows of A to pack at a time for a block of {@code columns}. Many, so that misses of the memory
   * overlap; but few where each is used so little that reading it from the second-level cache would
   * show.
   */
  static int stripRows(TileKernel kernel, int columns) {
    int rows = columns <= FEW_COLUMNS ? 16 : STRIP_ROWS;
    return rows / kernel.rows() * kernel.rows();
  }

  /** Padded input planes of a convolution, at least {@code bytes}. */
  long planes(long bytes) {
    planes = atLeast(planes, bytes);
    return planes.address();
  }

  /** Sums of a convolution before they are stored, at least {@code bytes}. */
  long sums(long bytes) {
    sums = atLeast(sums, bytes);
    return sums.address();
  }

  /** A transposed picture, at least {@code bytes}. */
  long turned(long bytes) {
    turned = atLeast(turned, bytes);
    return turned.address();
  }

  /** A convolution's table of offsets, at least {@code bytes}. */
  long table(long bytes) {
    table = atLeast(table, bytes);
    return table.address();
  }

  /**
   * Partial results of a split sum, written by all threads, owned by the caller: at least {@code
   * bytes}.
   */
  long partials(long bytes) {
    partials = atLeast(partials, bytes);
    return partials.address();
  }

  /**
   * Packed weights of a convolution, read by all threads, owned by the caller: at least {@code
   * bytes}.
   */
  long weights(long bytes) {
    weights = atLeast(weights, bytes);
    return weights.address();
  }

  private static MemorySegment atLeast(MemorySegment held, long bytes) {
    return held.byteSize() >= bytes ? held : Memory.allocate(Arena.ofAuto(), bytes + bytes / 4);
  }
}
