package dev.merapi.graph;

import dev.merapi.backend.Backend;
import java.util.List;
import java.util.Optional;

/** Who looks on while a program runs: nobody, or a profile and the JVM's flight recorder. */
sealed interface Watch {
  /** What an unwatched run takes: no clock is read. */
  Watch NOBODY = new Nobody();

  /** For one run, from before its graph is looked up. */
  static Watch begin(Optional<Profile> profile) {
    return profile.isEmpty() && !StepEvent.recorded() && !KernelEvent.recorded()
        ? NOBODY
        : new Watching(profile, System.nanoTime());
  }

  /** Runs the tasks of a program in order. */
  void run(Program program, List<Backend.Task> tasks, long[] buffers);

  /** The run is over: results are copied, parameters assigned. */
  void end();

  /** See {@link #NOBODY}. */
  record Nobody() implements Watch {
    @Override
    public void run(Program program, List<Backend.Task> tasks, long[] buffers) {
      for (Backend.Task task : tasks) {
        task.run(buffers);
      }
    }

    @Override
    public void end() {}
  }

  /** Reads the clock between kernels. */
  final class Watching implements Watch {
    private final Optional<Profile> profile;
    private final long begin;
    private Optional<Program> program = Optional.empty();
    private long[] clock = {};

    private Watching(Optional<Profile> profile, long begin) {
      this.profile = profile;
      this.begin = begin;
    }

    @Override
    public void run(Program program, List<Backend.Task> tasks, long[] buffers) {
      this.program = Optional.of(program);
      boolean recorded = KernelEvent.recorded();
      List<Cost> costs = program.costs();
      StepEvent step = StepEvent.begun(program);
      clock = new long[tasks.size() + 1];
      clock[0] = System.nanoTime();
      for (int i = 0; i < tasks.size(); i++) {
        if (recorded) {
          KernelEvent event = KernelEvent.begun(costs.get(i));
          tasks.get(i).run(buffers);
          event.commit();
        } else {
          tasks.get(i).run(buffers);
        }
        clock[i + 1] = System.nanoTime();
      }
      step.commit();
    }

    @Override
    public void end() {
      long end = System.nanoTime();
      profile.ifPresent(
          collected -> program.ifPresent(ran -> collected.ran(ran, begin, clock, end)));
    }
  }
}
