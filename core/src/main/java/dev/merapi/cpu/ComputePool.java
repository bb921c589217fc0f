package dev.merapi.cpu;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;

/**
 * The threads that compute: a fixed set, one loop at a time.
 *
 * <p>{@link #parallelFor} hands out task numbers from one counter to the workers and to the caller,
 * who takes part. Which thread runs which task is left to chance, so kernels cut their work by
 * size, never by {@link #threads()}, and write where only their task writes: then results have the
 * same bits on any number of threads.
 *
 * <p>Idle workers spin for some tens of microseconds, because the next loop of a training step
 * usually follows at once, and then park. The workers are daemons; {@link #close} ends those of a
 * pool that is not {@link #shared()}.
 */
public final class ComputePool implements AutoCloseable {
  private static final int SPINS = 4_000;

  private static final class Shared {
    static final ComputePool POOL = new ComputePool(configuredThreads());
  }

  private final Worker[] workers;
  private final AtomicBoolean busy = new AtomicBoolean();
  private volatile Job current = Job.NONE;
  private volatile boolean closed;

  /**
   * A pool of its own; most code wants {@link #shared()}.
   *
   * @param threads how many threads compute, the caller included; at least 1
   */
  public ComputePool(int threads) {
    if (threads < 1) {
      throw new IllegalArgumentException("a compute pool needs at least 1 thread, not " + threads);
    }
    workers = new Worker[threads - 1];
    for (int i = 0; i < workers.length; i++) {
      workers[i] = new Worker("merapi-compute-" + (i + 1));
      workers[i].start();
    }
  }

  /**
   * The pool of the process: {@code -Dmerapi.threads}, by default as many threads as there are
   * processors.
   */
  public static ComputePool shared() {
    return Shared.POOL;
  }

  /** Threads that compute, the caller included. */
  public int threads() {
    return workers.length + 1;
  }

  /**
   * Runs {@code body} for each task in {@code [0, tasks)} and returns when all have ended.
   *
   * <p>May be called from several threads and from inside a task: while the pool is taken, the call
   * runs its tasks on its own thread. What a task throws reaches the caller; tasks not yet begun
   * are then skipped.
   */
  public void parallelFor(int tasks, IntConsumer body) {
    if (tasks <= 1 || workers.length == 0 || !busy.compareAndSet(false, true)) {
      for (int task = 0; task < tasks; task++) {
        body.accept(task);
      }
      return;
    }
    var job = new Job(tasks, body);
    try {
      current = job;
      wake(tasks - 1);
      job.work();
      job.awaitEnd();
    } finally {
      current = Job.NONE;
      busy.set(false);
    }
    job.rethrow();
  }

  /**
   * Ends the workers. The pool goes on to serve loops, on the caller's thread alone as workers
   * leave.
   */
  @Override
  public void close() {
    closed = true;
    wake(workers.length);
  }

  private void wake(int wanted) {
    for (int i = 0; i < workers.length && i < wanted; i++) {
      if (workers[i].parked) {
        LockSupport.unpark(workers[i]);
      }
    }
  }

  private static int configuredThreads() {
    String text = System.getProperty("merapi.threads");
    if (text == null) {
      return Runtime.getRuntime().availableProcessors();
    }
    try {
      int threads = Integer.parseInt(text.strip());
      if (threads >= 1) {
        return threads;
      }
    } catch (NumberFormatException _) {
      // falls through to the message below
    }
    throw new IllegalArgumentException(
        "-Dmerapi.threads wants a whole number from 1, not '" + text + "'");
  }

  private final class Worker extends Thread {
    volatile boolean parked;

    Worker(String name) {
      super(name);
      setDaemon(true);
    }

    @Override
    public void run() {
      var seen = Job.NONE;
      while (!closed) {
        seen = awaitChange(seen);
        seen.work();
      }
    }

    private Job awaitChange(Job seen) {
      for (int spin = 0; spin < SPINS; spin++) {
        var job = current;
        if (job != seen && job != Job.NONE) {
          return job;
        }
        Thread.onSpinWait();
      }
      parked = true;
      try {
        while (!closed) {
          var job = current;
          if (job != seen && job != Job.NONE) {
            return job;
          }
          LockSupport.park(this);
        }
        return Job.NONE;
      } finally {
        parked = false;
      }
    }
  }

  /** One loop: a late worker finds its counter spent and goes back to wait. */
  private static final class Job {
    static final Job NONE = new Job(0, _ -> {});

    private static final VarHandle NEXT;
    private static final VarHandle ENDED;

    static {
      try {
        var lookup = MethodHandles.lookup();
        NEXT = lookup.findVarHandle(Job.class, "next", int.class);
        ENDED = lookup.findVarHandle(Job.class, "ended", int.class);
      } catch (ReflectiveOperationException e) {
        throw new ExceptionInInitializerError(e);
      }
    }

    private final int tasks;
    private final IntConsumer body;
    private volatile int next;
    private volatile int ended;
    private volatile Thread waiter;
    private volatile RuntimeException exception;
    private volatile Error error;

    Job(int tasks, IntConsumer body) {
      this.tasks = tasks;
      this.body = body;
    }

    void work() {
      if (next >= tasks) {
        return;
      }
      int done = 0;
      for (int task = claim(); task < tasks; task = claim()) {
        runTask(task);
        done++;
      }
      if (done > 0 && (int) ENDED.getAndAdd(this, done) + done == tasks) {
        var caller = waiter;
        if (caller != null) {
          LockSupport.unpark(caller);
        }
      }
    }

    private int claim() {
      return (int) NEXT.getAndAdd(this, 1);
    }

    private void runTask(int task) {
      if (exception != null || error != null) {
        return;
      }
      try {
        body.accept(task);
      } catch (RuntimeException e) {
        exception = e;
      } catch (Error e) {
        error = e;
      }
    }

    void awaitEnd() {
      for (int spin = 0; spin < SPINS; spin++) {
        if (ended == tasks) {
          return;
        }
        Thread.onSpinWait();
      }
      waiter = Thread.currentThread();
      boolean interrupted = false;
      while (ended != tasks) {
        LockSupport.park(this);
        interrupted |= Thread.interrupted(); // an interrupted thread would not park again
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }

    void rethrow() {
      if (exception != null) {
        throw exception;
      }
      if (error != null) {
        throw error;
      }
    }
  }
}
