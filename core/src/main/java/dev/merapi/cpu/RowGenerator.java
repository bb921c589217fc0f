package dev.merapi.cpu;

import dev.merapi.cpu.RowFusion.Alone;
import dev.merapi.cpu.RowFusion.Piece;
import dev.merapi.cpu.RowFusion.Together;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * Makes generated code of row kernels that have run for a while.
 *
 * <p>Vector code is a hundred times slower before C2 has compiled it, so a thread in the background
 * runs a new class on memory of its own until it is faster than the steps that it stands for; only
 * then it takes their place, and else never. Both have the same bits, so nobody sees when. Equal
 * segments share a class.
 */
final class RowGenerator {
  /** Work after which a kernel is worth a class, in additions of an element. */
  private static final long WORTH = 200_000_000;

  private final boolean atOnce;
  private final Map<RowSegment, Optional<RowCode>> codes = new ConcurrentHashMap<>();
  private final LinkedBlockingQueue<RowsTask> wanted = new LinkedBlockingQueue<>();
  private boolean started;

  private RowGenerator(boolean atOnce) {
    this.atOnce = atOnce;
  }

  /** A generator that keeps out of the way. */
  static RowGenerator inBackground() {
    return new RowGenerator(/* atOnce= */ false);
  }

  /** One whose classes are used from the first run on, however slow. */
  static RowGenerator atOnce() {
    return new RowGenerator(/* atOnce= */ true);
  }

  /** What a kernel begins with. */
  RowBody first(RowPlan plan) {
    return atOnce ? untried(plan) : RowBody.plain(plan);
  }

  /** How much work a kernel does before it asks for more. */
  long patience() {
    return atOnce ? Long.MAX_VALUE : WORTH;
  }

  /** Asks for generated code for a task, which gets it some time later. */
  synchronized void want(RowsTask task) {
    wanted.add(task);
    if (!started) {
      started = true;
      var thread = new Thread(this::serve, "merapi-row-code");
      thread.setDaemon(true);
      thread.start();
    }
  }

  private void serve() {
    try {
      while (true) {
        RowsTask task = wanted.take();
        long start = System.nanoTime();
        task.use(body(task.plan(), /* trial= */ true));
        // half of the time is everyone else's
        Thread.sleep((System.nanoTime() - start) / 1_000_000);
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  /** Code with no trial, for tests. */
  private RowBody untried(RowPlan plan) {
    try {
      return body(plan, /* trial= */ false);
    } catch (InterruptedException e) {
      throw new IllegalStateException("interrupted without waiting", e);
    }
  }

  private RowBody body(RowPlan plan, boolean trial) throws InterruptedException {
    List<Step> steps = new ArrayList<>();
    long cells = 0;
    int places = 0;
    for (Piece piece : RowFusion.of(plan)) {
      switch (piece) {
        case Alone(var step) -> steps.add(step);
        case Together(var segment) -> {
          var code = code(segment, plan.shape(), trial);
          if (code.isPresent()) {
            var graph = new RowGraph(segment);
            cells = Math.max(cells, RowMemory.fixedBytes(graph));
            places = Math.max(places, graph.fullPlaces);
            steps.add(new Step.Generated(segment, code.get()));
          } else {
            steps.addAll(segment.steps());
          }
        }
      }
    }
    long elements = (long) plan.shape().rows() * plan.shape().columns() + RowVectors.LANES;
    long placeBytes = 4 * elements + Memory.ALIGNMENT - 1 & -Memory.ALIGNMENT;
    return new RowBody(steps.toArray(Step[]::new), cells, places, placeBytes);
  }

  private Optional<RowCode> code(RowSegment segment, RowShape shape, boolean trial)
      throws InterruptedException {
    if (segment.steps().size() == 1) {
      return Optional.empty(); // a loop already
    }
    Optional<RowCode> known = codes.get(segment);
    if (known == null) {
      RowCode code = RowWriter.write(segment);
      boolean good = !trial || new RowTrial(segment, code, shape).succeeds();
      known = good ? Optional.of(code) : Optional.empty();
      codes.put(segment, known);
    }
    return known;
  }
}
