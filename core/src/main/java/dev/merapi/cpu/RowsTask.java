package dev.merapi.cpu;

import dev.merapi.backend.Backend;
import dev.merapi.graph.Kernel;
import java.util.Optional;

/**
 * Runs a {@link Kernel.Rows}. The work is cut by its size alone: places that column sums keep,
 * segments of the rows that are combined into each (or simply of all rows), and chunks of long
 * rows. Where a sum was cut, partial results are combined in order when all tasks have ended.
 */
final class RowsTask implements Backend.Task {
  /** Work of a task, in additions of an element. */
  private static final int GRAIN = 1 << 17;

  /** What comes with every run, however small. */
  private static final int TILE_COST = 1 << 9;

  /** Columns of a task where rows are long. */
  private static final int CHUNK = 16 * RowShape.BLOCK;

  /** So many rows keep all threads busy; their columns are not cut. */
  private static final int MANY = 64;

  private final ComputePool pool;
  private final Loops loops;
  private final RowPlan plan;
  private final RowSpace space;
  private final RowSpace.Seen[] views;
  private final long[] rowSteps;
  private final long[] columnSteps;

  private final long summedRows;
  private final long keptPlaces;
  private final long keptPerTask;
  private final int keptGroups;
  private final long rowsPerSegment;
  private final int segments;
  private final int chunkColumns;
  private final int chunks;

  private final long sumsBytes;
  private final long workspaceBytes;
  private final Memories memories;

  private final Optional<RowGenerator> generator;
  private volatile RowBody body;

  /** Work until generated code is asked for; threads may count past one another. */
  private long patience;

  RowsTask(ComputePool pool, Loops loops, Kernel.Rows kernel, boolean merge) {
    this.pool = pool;
    this.loops = loops;
    plan = RowCompiler.compile(kernel, merge);
    space = plan.space();
    views = plan.views().toArray(RowSpace.Seen[]::new);
    rowSteps = plan.views().stream().mapToLong(RowSpace.Seen::row).toArray();
    columnSteps = plan.views().stream().mapToLong(RowSpace.Seen::column).toArray();
    boolean sums = !plan.columnSums().isEmpty();
    int inner = space.inner();
    summedRows = sums ? space.summedRows() : space.allRows();
    keptPlaces = sums ? space.keptPlaces() : 1;

    boolean cut = !plan.shape().whole() && (sums || space.allRows() < MANY);
    chunkColumns = cut ? Math.min(inner, CHUNK) : inner;
    chunks = Math.max(1, Math.ceilDiv(inner, Math.max(1, chunkColumns)));
    long rowCost = Math.max(1, (long) chunkColumns * plan.cost());
    long wanted = Math.max(1, GRAIN / rowCost);
    if (sums) {
      // more segments only where too few places are kept, since each wants memory of its own
      wanted = Math.max(wanted, Math.ceilDiv(summedRows * keptPlaces * chunks, MANY));
    }
    int tile = plan.shape().rows();
    rowsPerSegment = Math.max(1, Math.min(Math.ceilDiv(wanted, tile) * tile, summedRows));
    segments = Math.toIntExact(Math.max(sums ? 1 : 0, Math.ceilDiv(summedRows, rowsPerSegment)));
    keptPerTask = Math.clamp(GRAIN / Math.max(1, rowCost * summedRows), 1, Math.max(1, keptPlaces));
    keptGroups = Math.toIntExact(Math.ceilDiv(keptPlaces, keptPerTask));

    long tileSums = (long) tile * Math.min(chunkColumns, inner) * Long.BYTES;
    sumsBytes = tileSums + Memory.ALIGNMENT - 1 & -Memory.ALIGNMENT;
    workspaceBytes =
        plan.blockBytes() + sumsBytes * plan.columnSums().size() + 2 * Loops.REDUCE_BYTES;
    memories = new Memories(partialBytes());
    generator = loops.generator();
    body = generator.map(g -> g.first(plan)).orElseGet(() -> RowBody.plain(plan));
    patience = generator.map(RowGenerator::patience).orElse(Long.MAX_VALUE);
  }

  RowPlan plan() {
    return plan;
  }

  RowBody body() {
    return body;
  }

  /** Goes on with another body, which must have the same bits. */
  void use(RowBody other) {
    body = other;
  }

  private void count(long elements) {
    if (patience > 0) {
      patience -= elements * plan.cost() + TILE_COST;
      if (patience <= 0) {
        generator.ifPresent(g -> g.want(this));
      }
    }
  }

  @Override
  public void run(long[] buffers) {
    count(space.allRows() * space.inner());
    int tasks = Math.multiplyExact(Math.multiplyExact(keptGroups, segments), chunks);
    var memory = memories.take();
    long partials = memory.address();
    try {
      pool.parallelFor(tasks, task -> runTask(buffers, task, partials));
      if (sumsNeedCombining()) {
        int all = Math.toIntExact(keptPlaces * chunks);
        pool.parallelFor(all, i -> combineColumns(buffers, i / chunks, i % chunks, partials));
      }
      if (endsAfterAll()) {
        endRows(buffers, partials);
      }
    } finally {
      memories.give(memory);
    }
  }

  /**
   * Runs on a part of the space, for kernels without reductions whose axes were not merged.
   *
   * @param row0 number of the first row, over all outer axes
   */
  void tile(long[] buffers, long row0, int rows, int column0, int columns) {
    count((long) rows * columns);
    RowBody body = this.body;
    Frame f = frame(body);
    begin(f, buffers);
    walk(f, body, buffers, row0, row0 + rows, column0, column0 + columns, 0);
  }

  private boolean sumsNeedCombining() {
    return segments > 1 && !plan.columnSums().isEmpty();
  }

  /** Whether rows end only when all their chunks have. */
  private boolean endsAfterAll() {
    return plan.ending().length > 0 && chunks > 1;
  }

  // ---- memory

  /** Partial results: of column sums by place, segment and column; of row sums by row and chunk. */
  private long partialBytes() {
    long bytes = 0;
    if (sumsNeedCombining()) {
      bytes += columnPartials() * plan.columnSums().size();
    }
    if (endsAfterAll()) {
      bytes += space.allRows() * chunks * Long.BYTES * plan.rowSums().size();
    }
    return bytes;
  }

  private long columnPartials() {
    return keptPlaces * segments * space.inner() * Long.BYTES;
  }

  private long columnPartial(long partials, int sum, long kept, int segment, int column) {
    long bytes = plan.columnSums().get(sum).lane().bytes();
    return partials
        + columnPartials() * sum
        + ((kept * segments + segment) * space.inner() + column) * bytes;
  }

  private long rowPartial(long partials, int sum, long row, int chunk) {
    long start = sumsNeedCombining() ? columnPartials() * plan.columnSums().size() : 0;
    return partials + start + ((row * chunks + chunk) * plan.rowSums().size() + sum) * Long.BYTES;
  }

  private Frame frame(RowBody body) {
    Workspace workspace = Workspace.local();
    long memory = workspace.memory(workspaceBytes + body.bytes());
    int own = plan.firstBlock() + plan.blocks().length + views.length;
    long[] at = workspace.longs(own + body.addresses());
    body.place(at, own, memory + workspaceBytes);
    for (int i = 0; i < plan.constantCount(); i++) {
      at[views.length + i] = plan.constants().address() + 8L * Loops.UNIFORM_LANES * i;
    }
    for (int i = 0; i < plan.blocks().length; i++) {
      at[plan.firstBlock() + i] = memory + plan.blocks()[i];
    }
    long reduce = memory + plan.blockBytes() + sumsBytes * plan.columnSums().size();
    return new Frame(loops, at, reduce);
  }

  private long sumAddress(Frame f, int sum) {
    return f.workspace - sumsBytes * (plan.columnSums().size() - sum);
  }

  // ---- tasks

  private void runTask(long[] buffers, int task, long partials) {
    int chunk = task % chunks;
    int segment = task / chunks % segments;
    long firstKept = (long) (task / chunks / segments) * keptPerTask;
    int column = chunk * chunkColumns;
    int columnEnd = Math.min(space.inner(), column + chunkColumns);
    long row = segment * rowsPerSegment;
    long rowEnd = Math.min(summedRows, row + rowsPerSegment);
    RowBody body = this.body;
    Frame f = frame(body);
    begin(f, buffers);
    for (long kept = firstKept; kept < Math.min(keptPlaces, firstKept + keptPerTask); kept++) {
      clearSums(f, columnEnd - column);
      long first = kept * summedRows;
      walk(f, body, buffers, first + row, first + rowEnd, column, columnEnd, partials);
      for (int sum = 0; sum < plan.columnSums().size(); sum++) {
        foldSum(f, sum, columnEnd - column);
        if (segments == 1) {
          emit(buffers, sum, kept, column, columnEnd - column, sumAddress(f, sum));
        } else {
          long to = columnPartial(partials, sum, kept, segment, column);
          int bytes = plan.columnSums().get(sum).lane().bytes();
          Memory.copy(sumAddress(f, sum), to, (long) bytes * (columnEnd - column));
        }
      }
    }
  }

  /** The steps that need doing once a task. */
  private void begin(Frame f, long[] buffers) {
    if (plan.once().length > 0) {
      enterPlane(f, buffers, 0);
      f.size(plan.shape().rows(), plan.shape().columns());
      place(f, 0, 0);
      run(plan.once(), f);
    }
  }

  /** Runs the tiles of some rows and columns, row by row. */
  private void walk(
      Frame f,
      RowBody body,
      long[] buffers,
      long row,
      long rowEnd,
      int column,
      int columnEnd,
      long partials) {
    int tileRows = plan.shape().rows();
    int tileColumns = Math.max(1, plan.shape().columns());
    while (row < rowEnd) {
      long planeStart = row - row % space.rows();
      long stop = Math.min(rowEnd, planeStart + space.rows());
      enterPlane(f, buffers, planeStart / space.rows());
      for (; row < stop; row += tileRows) {
        int rows = (int) Math.min(tileRows, stop - row);
        clearRowSums(f);
        int c = column;
        do {
          f.size(rows, Math.min(tileColumns, columnEnd - c));
          place(f, row - planeStart, c);
          placeSums(f, c - column);
          run(body.steps(), f);
          c += tileColumns;
        } while (c < columnEnd);
        if (plan.ending().length > 0) {
          endBlocks(f, row - planeStart, row, column, partials);
        }
      }
      row = stop;
    }
  }

  private static void run(Step[] steps, Frame f) {
    for (Step step : steps) {
      step.run(f);
    }
  }

  /** Where the views of a plane begin, kept behind all addresses. */
  private void enterPlane(Frame f, long[] buffers, long plane) {
    int bases = plan.firstBlock() + plan.blocks().length;
    for (int v = 0; v < views.length; v++) {
      RowSpace.Seen view = views[v];
      f.at[bases + v] = buffers[view.buffer] + view.offset + space.planeDistance(view, plane);
    }
  }

  private void place(Frame f, long row, int column) {
    int bases = plan.firstBlock() + plan.blocks().length;
    for (int v = 0; v < views.length; v++) {
      f.at[v] = f.at[bases + v] + row * rowSteps[v] + column * columnSteps[v];
    }
  }

  // ---- sums over rows

  private void clearSums(Frame f, int columns) {
    for (int sum = 0; sum < plan.columnSums().size(); sum++) {
      var each = plan.columnSums().get(sum);
      int n = plan.shape().rows() * columns;
      Numbers.identity(each.kind(), each.lane(), sumAddress(f, sum), n);
    }
  }

  private void placeSums(Frame f, int column) {
    for (int sum = 0; sum < plan.columnSums().size(); sum++) {
      var each = plan.columnSums().get(sum);
      long skip = (long) column * plan.shape().rows() * each.lane().bytes();
      f.at[each.at()] = sumAddress(f, sum) + skip;
    }
  }

  /** Tiles of several rows accumulate into as many: makes them one, block after block. */
  private void foldSum(Frame f, int sum, int columns) {
    int rows = plan.shape().rows();
    var each = plan.columnSums().get(sum);
    int bytes = each.lane().bytes();
    int block = Math.max(1, plan.shape().columns());
    for (int c = 0; rows > 1 && c < columns; c += block) {
      int n = Math.min(block, columns - c);
      long from = sumAddress(f, sum) + (long) c * rows * bytes;
      for (int row = 1; row < rows; row++) {
        combine(each, from, from + (long) row * n * bytes, n);
      }
      Memory.copy(from, sumAddress(f, sum) + (long) c * bytes, (long) n * bytes);
    }
  }

  private void combine(RowPlan.ColumnSum sum, long into, long from, int n) {
    int bytes = sum.lane().bytes();
    loops.binary(ScalarLoops.combine(sum.kind()), sum.lane(), into, bytes, from, bytes, into, n);
  }

  private void combineColumns(long[] buffers, long kept, int chunk, long partials) {
    int column = chunk * chunkColumns;
    int columns = Math.min(chunkColumns, space.inner() - column);
    for (int sum = 0; sum < plan.columnSums().size(); sum++) {
      long total = columnPartial(partials, sum, kept, 0, column);
      for (int segment = 1; segment < segments; segment++) {
        long next = columnPartial(partials, sum, kept, segment, column);
        combine(plan.columnSums().get(sum), total, next, columns);
      }
      emit(buffers, sum, kept, column, columns, total);
    }
  }

  /** Writes finished column sums. */
  private void emit(long[] buffers, int sum, long kept, int column, int columns, long from) {
    var each = plan.columnSums().get(sum);
    RowSpace.Seen view = each.out();
    int bytes = view.dtype.bytes();
    long to =
        buffers[view.buffer]
            + view.offset
            + space.keptDistance(view, kept)
            + column * view.column();
    if (!Lane.same(view.dtype)) {
      loops.store(view.dtype, from, from, columns); // narrower: in place
    }
    Grid dense = Grid.dense(bytes, columns);
    loops.move(bytes, from, dense, to, new Grid(0, view.column()), 1, columns);
  }

  // ---- sums over columns

  private void clearRowSums(Frame f) {
    for (var sum : plan.rowSums()) {
      Numbers.identity(sum.kind(), sum.lane(), f.at[sum.at()], 1);
    }
  }

  /** Ends a row, or keeps what this chunk of it came to. */
  private void endBlocks(Frame f, long rowInPlane, long row, int column, long partials) {
    if (chunks == 1) {
      f.size(1, 0);
      place(f, rowInPlane, 0);
      run(plan.ending(), f);
      return;
    }
    for (int sum = 0; sum < plan.rowSums().size(); sum++) {
      var each = plan.rowSums().get(sum);
      long to = rowPartial(partials, sum, row, column / chunkColumns);
      Memory.copy(f.at[each.at()], to, each.lane().bytes());
    }
  }

  private void endRows(long[] buffers, long partials) {
    int groups = Math.toIntExact(Math.ceilDiv(space.allRows(), MANY));
    pool.parallelFor(
        groups,
        group -> {
          Frame f = frame(body);
          begin(f, buffers);
          long end = Math.min(space.allRows(), (group + 1L) * MANY);
          for (long row = (long) group * MANY; row < end; row++) {
            endRow(f, buffers, row, partials);
          }
        });
  }

  private void endRow(Frame f, long[] buffers, long row, long partials) {
    clearRowSums(f);
    for (int sum = 0; sum < plan.rowSums().size(); sum++) {
      var each = plan.rowSums().get(sum);
      long total = f.at[each.at()];
      int bytes = each.lane().bytes();
      for (int chunk = 0; chunk < chunks; chunk++) {
        long next = rowPartial(partials, sum, row, chunk);
        loops.binary(
            ScalarLoops.combine(each.kind()), each.lane(), total, bytes, next, bytes, total, 1);
      }
    }
    enterPlane(f, buffers, row / space.rows());
    f.size(1, 0);
    place(f, row % space.rows(), 0);
    run(plan.ending(), f);
  }
}
