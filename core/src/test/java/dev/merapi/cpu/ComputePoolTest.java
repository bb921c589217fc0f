package dev.merapi.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ComputePoolTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4})
  void everyTaskRunsExactlyOnce(int threads) {
    try (var pool = new ComputePool(threads)) {
      for (int tasks : new int[] {0, 1, 2, 7, 1000}) {
        for (int round = 0; round < 200; round++) {
          var runs = new AtomicIntegerArray(tasks);
          pool.parallelFor(tasks, runs::incrementAndGet);
          for (int i = 0; i < tasks; i++) {
            assertEquals(1, runs.get(i), "runs of task " + i + " of " + tasks);
          }
        }
      }
    }
  }

  @Test
  void workersWakeAfterTheyParked() {
    try (var pool = new ComputePool(4)) {
      for (int round = 0; round < 20; round++) {
        LockSupport.parkNanos(2_000_000);
        var sum = new AtomicLong();
        pool.parallelFor(100, sum::addAndGet);
        assertEquals(4950, sum.get());
      }
    }
  }

  @Test
  void aCallFromInsideATaskRuns() {
    try (var pool = new ComputePool(2)) {
      var sum = new AtomicLong();
      pool.parallelFor(8, _ -> pool.parallelFor(10, sum::addAndGet));
      assertEquals(8 * 45, sum.get());
    }
  }

  @Test
  void callersMayShareThePool() throws Exception {
    try (var pool = new ComputePool(2);
        var callers = Executors.newFixedThreadPool(3)) {
      var futures =
          IntStream.range(0, 3)
              .<Future<Long>>mapToObj(_ -> callers.submit(() -> sums(pool)))
              .toList();
      for (var future : futures) {
        assertEquals(500L * 4950, future.get());
      }
    }
  }

  private static long sums(ComputePool pool) {
    var sum = new AtomicLong();
    for (int round = 0; round < 500; round++) {
      pool.parallelFor(100, sum::addAndGet);
    }
    return sum.get();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4})
  void whatATaskThrowsReachesTheCaller(int threads) {
    try (var pool = new ComputePool(threads)) {
      var broken = new IllegalStateException("task 5");
      var thrown =
          assertThrows(
              IllegalStateException.class,
              () ->
                  pool.parallelFor(
                      64,
                      task -> {
                        if (task == 5) {
                          throw broken;
                        }
                      }));
      assertSame(broken, thrown);
      var sum = new AtomicLong();
      pool.parallelFor(10, sum::addAndGet);
      assertEquals(45, sum.get(), "the pool works on after an exception");
    }
  }

  @Test
  void aPoolNeedsAThread() {
    var thrown = assertThrows(IllegalArgumentException.class, () -> new ComputePool(0));
    assertEquals("a compute pool needs at least 1 thread, not 0", thrown.getMessage());
  }
}
