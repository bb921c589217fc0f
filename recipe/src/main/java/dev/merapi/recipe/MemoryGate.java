package dev.merapi.recipe;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Lets trainings in as long as their planned memory, taken together, is below a limit. */
final class MemoryGate {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition left = lock.newCondition();
  private final long limit;
  private long taken;

  MemoryGate(long limit) {
    this.limit = limit;
  }

  /** Waits for so many bytes; one that wants more than the limit waits until it is alone. */
  void enter(long bytes) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (taken > 0 && taken + bytes > limit) {
        left.await();
      }
      taken += bytes;
    } finally {
      lock.unlock();
    }
  }

  /** Gives them back. */
  void leave(long bytes) {
    lock.lock();
    try {
      taken -= bytes;
      left.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
