package dev.merapi.cpu;

/**
 * How a batch of pictures is cut: several pictures to a piece, or bands of one.
 *
 * @param batch pictures
 * @param images pictures in a piece
 * @param lines outputs along the banded axis
 * @param band outputs in a piece
 */
record Pieces(int batch, int images, int lines, int band) {
  /** Products a piece should have, to be worth handing out. */
  private static final long PRODUCTS = 1 << 20;

  /** Positions a piece should have, to pay for laying out the weights. */
  private static final long POSITIONS = 1024;

  /** Floats of the planes, and of the sums, that the second-level cache holds. */
  private static final long CACHED = 1 << 17;

  /**
   * Cuts by size.
   *
   * @param rows of the result that a position has
   */
  static Pieces of(Sweep sweep, int batch, int rows) {
    int lines = sweep.bandedOutputs();
    long line = Math.max(1, sweep.positionsPerBand());
    long image = line * Math.max(1, lines + sweep.reach());
    long wanted = Math.max(POSITIONS, PRODUCTS / Math.max(1, (long) sweep.terms() * (rows + 8)));
    long most = CACHED / Math.max(1, Math.max(rows, sweep.planes()));
    long positions = Math.max(1, Math.min(wanted, most));
    if (image <= positions) {
      return new Pieces(
          batch, Math.clamp(positions / image, 1, Math.max(1, batch)), lines, Math.max(1, lines));
    }
    // A band reads its reach as well: bands much shorter than that would mostly copy.
    long band = Math.max(positions / line, sweep.reach());
    return new Pieces(batch, 1, lines, Math.clamp(band, 1, Math.max(1, lines)));
  }

  int count() {
    return Math.multiplyExact(Math.ceilDiv(batch, images), Math.ceilDiv(lines, band));
  }

  Sweep.Piece get(int number) {
    int bands = Math.ceilDiv(lines, band);
    int image = number / bands * images;
    int line = number % bands * band;
    return new Sweep.Piece(
        image, Math.min(images, batch - image), line, Math.min(band, lines - line));
  }
}
