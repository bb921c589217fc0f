package dev.merapi.backend;

import dev.merapi.graph.Kernel;
import java.util.Optional;
import java.util.function.IntConsumer;

/**
 * Contractions of bf16 by other means than the CPU backend's own loops: instructions that the
 * Vector API does not have, through a native library. The backend asks it for each contraction
 * whose factors are bf16, and goes its own way where the answer is empty.
 */
public interface Accelerator {
  /** For people: {@code oneDNN 3.11, avx512_bf16}. */
  String name();

  /** A product of bf16 factors; empty where the backend's own way is no slower. */
  Optional<Work> matMul(Kernel.MatMul product);

  /** A convolution of bf16 operands; empty where the backend's own way is no slower. */
  Optional<Work> convolve(Kernel.Convolve convolution);

  /** A prepared contraction; may run on several threads at once, each time over other memory. */
  interface Work {
    /**
     * Runs to the end.
     *
     * @param buffers addresses by number
     * @param threads to share the work out; cut by size, never by how many they are
     * @param finish to be told each part of the result once, when it is written
     */
    void run(long[] buffers, Threads threads, Finish finish);
  }

  /** The backend's threads. */
  interface Threads {
    /** Runs {@code body} for each task in {@code [0, tasks)}, and returns when all have ended. */
    void parallelFor(int tasks, IntConsumer body);
  }

  /** What rides on the store: the kernel's epilogue. Called on the thread that wrote the part. */
  interface Finish {
    /** Columns of some rows of the result, rows counted over batch and row, are written. */
    void rows(long first, int rows, int column, int columns);
  }

  /** The service by which one is found. */
  interface Provider {
    /** For people: {@code oneDNN}. */
    String name();

    /**
     * Loads it.
     *
     * @throws dev.merapi.tensor.MerapiException if it does not run here: the message says why, and
     *     how to mend it
     */
    Accelerator open();
  }
}
