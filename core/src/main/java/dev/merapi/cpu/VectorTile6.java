package dev.merapi.cpu;

import static dev.merapi.cpu.Memory.ALL;
import static dev.merapi.cpu.Memory.ORDER;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;

import jdk.incubator.vector.FloatVector;

/** Six rows by two vectors: twelve sums of the sixteen registers of AVX2. */
// Written out, twice and without helpers: the compiler stops inlining at a count of nodes, to which
// every
// wrapped call adds, and past that count vectors are boxed and the speed drops tenfold.
final class VectorTile6 extends VectorPacking {
  @Override
  public int rows() {
    return 6;
  }

  @Override
  public void multiply(
      int depth, long a, long b, long bStride, long seed, long seedStride, long c, long cStride) {
    FloatVector c00 = fromMemorySegment(SPECIES, ALL, seed, ORDER);
    FloatVector c01 = fromMemorySegment(SPECIES, ALL, seed + STEP, ORDER);
    FloatVector c10 = fromMemorySegment(SPECIES, ALL, seed + seedStride, ORDER);
    FloatVector c11 = fromMemorySegment(SPECIES, ALL, seed + seedStride + STEP, ORDER);
    FloatVector c20 = fromMemorySegment(SPECIES, ALL, seed + 2 * seedStride, ORDER);
    FloatVector c21 = fromMemorySegment(SPECIES, ALL, seed + 2 * seedStride + STEP, ORDER);
    FloatVector c30 = fromMemorySegment(SPECIES, ALL, seed + 3 * seedStride, ORDER);
    FloatVector c31 = fromMemorySegment(SPECIES, ALL, seed + 3 * seedStride + STEP, ORDER);
    FloatVector c40 = fromMemorySegment(SPECIES, ALL, seed + 4 * seedStride, ORDER);
    FloatVector c41 = fromMemorySegment(SPECIES, ALL, seed + 4 * seedStride + STEP, ORDER);
    FloatVector c50 = fromMemorySegment(SPECIES, ALL, seed + 5 * seedStride, ORDER);
    FloatVector c51 = fromMemorySegment(SPECIES, ALL, seed + 5 * seedStride + STEP, ORDER);
    for (int p = 0; p < depth; p++) {
      long column = a + p * 4L;
      long row = b + p * bStride;
      FloatVector b0 = fromMemorySegment(SPECIES, ALL, row, ORDER);
      FloatVector b1 = fromMemorySegment(SPECIES, ALL, row + STEP, ORDER);
      FloatVector a0 = broadcast(SPECIES, ALL.get(JAVA_FLOAT, column));
      c00 = a0.fma(b0, c00);
      c01 = a0.fma(b1, c01);
      FloatVector a1 = broadcast(SPECIES, ALL.get(JAVA_FLOAT, column + ROW_STRIDE));
      c10 = a1.fma(b0, c10);
      c11 = a1.fma(b1, c11);
      FloatVector a2 = broadcast(SPECIES, ALL.get(JAVA_FLOAT, column + 2 * ROW_STRIDE));
      c20 = a2.fma(b0, c20);
      c21 = a2.fma(b1, c21);
      FloatVector a3 = broadcast(SPECIES, ALL.get(JAVA_FLOAT, column + 3 * ROW_STRIDE));
      c30 = a3.fma(b0, c30);
      c31 = a3.fma(b1, c31);
      FloatVector a4 = broadcast(SPECIES, ALL.get(JAVA_FLOAT, column + 4 * ROW_STRIDE));
      c40 = a4.fma(b0, c40);
      c41 = a4.fma(b1, c41);
      FloatVector a5 = broadcast(SPECIES, ALL.get(JAVA_FLOAT, column + 5 * ROW_STRIDE));
      c50 = a5.fma(b0, c50);
      c51 = a5.fma(b1, c51);
    }
    c00.intoMemorySegment(ALL, c, ORDER);
    c01.intoMemorySegment(ALL, c + STEP, ORDER);
    c10.intoMemorySegment(ALL, c + cStride, ORDER);
    c11.intoMemorySegment(ALL, c + cStride + STEP, ORDER);
    c20.intoMemorySegment(ALL, c + 2 * cStride, ORDER);
    c21.intoMemorySegment(ALL, c + 2 * cStride + STEP, ORDER);
    c30.intoMemorySegment(ALL, c + 3 * cStride, ORDER);
    c31.intoMemorySegment(ALL, c + 3 * cStride + STEP, ORDER);
    c40.intoMemorySegment(ALL, c + 4 * cStride, ORDER);
    c41.intoMemorySegment(ALL, c + 4 * cStride + STEP, ORDER);
    c50.intoMemorySegment(ALL, c + 5 * cStride, ORDER);
    c51.intoMemorySegment(ALL, c + 5 * cStride + STEP, ORDER);
  }

  @Override
  public void multiplyGathered(
      int depth, long a, long b, long offsets, long seed, long seedStride, long c, long cStride) {
    FloatVector c00 = fromMemorySegment(SPECIES, ALL, seed, ORDER);
    FloatVector c01 = fromMemorySegment(SPECIES, ALL, seed + STEP, ORDER);
    FloatVector c10 = fromMemorySegment(SPECIES, ALL, seed + seedStride, ORDER);
    FloatVector c11 = fromMemorySegment(SPECIES, ALL, seed + seedStride + STEP, ORDER);
    FloatVector c20 = fromMemorySegment(SPECIES, ALL, seed + 2 * seedStride, ORDER);
    FloatVector c21 = fromMemorySegment(SPECIES, ALL, seed + 2 * seedStride + STEP, ORDER);
    FloatVector c30 = fromMemorySegment(SPECIES, ALL, seed + 3 * seedStride, ORDER);
    FloatVector c31 = fromMemorySegment(SPECIES, ALL, seed + 3 * seedStride + STEP, ORDER);
    FloatVector c40 = fromMemorySegment(SPECIES, ALL, seed + 4 * seedStride, ORDER);
    FloatVector c41 = fromMemorySegment(SPECIES, ALL, seed + 4 * seedStride + STEP, ORDER);
    FloatVector c50 = fromMemorySegment(SPECIES, ALL, seed + 5 * seedStride, ORDER);
    FloatVector c51 = fromMemorySegment(SPECIES, ALL, seed + 5 * seedStride + STEP, ORDER);
    for (int p = 0; p < depth; p++) {
      long column = a + p * 4L;
      long row = b + ALL.get(JAVA_LONG, offsets + p * 8L);
      FloatVector b0 = fromMemorySegment(SPECIES, ALL, row, ORDER);
      FloatVector b1 = fromMemorySegment(SPECIES, ALL, row + STEP, ORDER);
      FloatVector a0 = broadcast(SPECIES, ALL.get(JAVA_FLOAT, column));
      c00 = a0.fma(b0, c00);
      c01 = a0.fma(b1, c01);
      FloatVector a1 = broadcast(SPECIES, ALL.get(JAVA_FLOAT, column + ROW_STRIDE));
      c10 = a1.fma(b0, c10);
      c11 = a1.fma(b1, c11);
      FloatVector a2 = broadcast(SPECIES, ALL.get(JAVA_FLOAT, column + 2 * ROW_STRIDE));
      c20 = a2.fma(b0, c20);
      c21 = a2.fma(b1, c21);
      FloatVector a3 = broadcast(SPECIES, ALL.get(JAVA_FLOAT, column + 3 * ROW_STRIDE));
      c30 = a3.fma(b0, c30);
      c31 = a3.fma(b1, c31);
      FloatVector a4 = broadcast(SPECIES, ALL.get(JAVA_FLOAT, column + 4 * ROW_STRIDE));
      c40 = a4.fma(b0, c40);
      c41 = a4.fma(b1, c41);
      FloatVector a5 = broadcast(SPECIES, ALL.get(JAVA_FLOAT, column + 5 * ROW_STRIDE));
      c50 = a5.fma(b0, c50);
      c51 = a5.fma(b1, c51);
    }
    c00.intoMemorySegment(ALL, c, ORDER);
    c01.intoMemorySegment(ALL, c + STEP, ORDER);
    c10.intoMemorySegment(ALL, c + cStride, ORDER);
    c11.intoMemorySegment(ALL, c + cStride + STEP, ORDER);
    c20.intoMemorySegment(ALL, c + 2 * cStride, ORDER);
    c21.intoMemorySegment(ALL, c + 2 * cStride + STEP, ORDER);
    c30.intoMemorySegment(ALL, c + 3 * cStride, ORDER);
    c31.intoMemorySegment(ALL, c + 3 * cStride + STEP, ORDER);
    c40.intoMemorySegment(ALL, c + 4 * cStride, ORDER);
    c41.intoMemorySegment(ALL, c + 4 * cStride + STEP, ORDER);
    c50.intoMemorySegment(ALL, c + 5 * cStride, ORDER);
    c51.intoMemorySegment(ALL, c + 5 * cStride + STEP, ORDER);
  }
}
