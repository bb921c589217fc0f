package dev.merapi.cpu;

/** Lays pieces of working memory out one after another, each on a boundary of 64 bytes. */
final class Places {
  private long bytes;

  /** Where a piece of so many bytes begins. */
  long take(long size) {
    long place = bytes;
    bytes += size + Memory.ALIGNMENT - 1 & -Memory.ALIGNMENT;
    return place;
  }

  /** Of all pieces. */
  long bytes() {
    return bytes;
  }
}
