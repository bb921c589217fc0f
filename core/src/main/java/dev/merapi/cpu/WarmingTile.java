package dev.merapi.cpu;

/**
 * A vector tile kernel that starts as its scalar twin, and is itself once it is compiled.
 *
 * <p>Vector code is a hundred times slower before C2 has compiled it, and slower than scalar code,
 * so that a first training step would take seconds. {@link TileTrial} warms it on memory of its
 * own, in the background. Both have the same bits, so nobody sees when they change places.
 */
final class WarmingTile implements TileKernel {
  private final TileKernel vector;
  private volatile TileKernel now;

  private WarmingTile(TileKernel vector, TileKernel twin) {
    this.vector = vector;
    now = twin;
  }

  /** A kernel for now and for later, and the thread that brings the change. */
  static TileKernel of(VectorPacking vector) {
    ScalarTile twin = vector.twin();
    var kernel = new WarmingTile(vector, twin);
    var thread = new Thread(() -> kernel.warm(new TileTrial(vector, twin)), "merapi-tile");
    thread.setDaemon(true);
    thread.start();
    return kernel;
  }

  private void warm(TileTrial trial) {
    if (trial.succeeds()) {
      now = vector;
    }
  }

  @Override
  public int rows() {
    return vector.rows();
  }

  @Override
  public int columns() {
    return vector.columns();
  }

  @Override
  public void multiply(
      int depth, long a, long b, long bStride, long seed, long seedStride, long c, long cStride) {
    now.multiply(depth, a, b, bStride, seed, seedStride, c, cStride);
  }

  @Override
  public void multiplyGathered(
      int depth, long a, long b, long offsets, long seed, long seedStride, long c, long cStride) {
    now.multiplyGathered(depth, a, b, offsets, seed, seedStride, c, cStride);
  }

  @Override
  public void addRows(int depth, int columns, long a, long b, long bStride, long c) {
    now.addRows(depth, columns, a, b, bStride, c);
  }

  @Override
  public void dots(int rows, int depth, long a, long b, long bStride, long c, long work) {
    now.dots(rows, depth, a, b, bStride, c, work);
  }

  @Override
  public void copy(int rows, int columns, long from, long fromStride, long to, long toStride) {
    now.copy(rows, columns, from, fromStride, to, toStride);
  }

  @Override
  public void takeSecond(int count, long from, long to) {
    now.takeSecond(count, from, to);
  }

  @Override
  public void putSecond(int count, long from, long to) {
    now.putSecond(count, from, to);
  }

  @Override
  public void split(int rows, int panels, long from, long fromStride, long to, long panelStride) {
    now.split(rows, panels, from, fromStride, to, panelStride);
  }

  @Override
  public void transpose(int rows, int columns, long from, long fromStride, long to, long toStride) {
    now.transpose(rows, columns, from, fromStride, to, toStride);
  }

  @Override
  public void add(int count, long from, long to) {
    now.add(count, from, to);
  }

  @Override
  public void addScalar(int count, float value, long to) {
    now.addScalar(count, value, to);
  }

  @Override
  public void relu(int count, long to) {
    now.relu(count, to);
  }
}
