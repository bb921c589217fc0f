package dev.merapi.backend;

import dev.merapi.graph.FusedOp;
import dev.merapi.graph.Kernel;
import dev.merapi.tensor.Shape;
import java.util.List;

/** What runs kernels. A backend sees core and nothing else. */
public interface Backend {

  /** For people: {@code cpu}. */
  String name();

  /**
   * Whether there is a kernel for an op over inputs of these shapes; where there is none, its
   * definition in plain ops runs.
   */
  default boolean supports(FusedOp op, List<Shape> shapes) {
    return false;
  }

  /** Makes a kernel ready to run; done once a program. */
  Task prepare(Kernel kernel);

  /** A prepared kernel; may run on several threads at once, each time over other memory. */
  interface Task {
    /** Runs to the end; {@code buffers[i]} is the address of buffer i. */
    void run(long[] buffers);
  }
}
