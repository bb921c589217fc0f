package dev.merapi.bench.train;

import dev.merapi.bench.work.Workload;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** PyTorch by a script, in whatever Python has it: eager and compiled, with fused optimizers. */
record PyTorch(String python, Path script) implements Engine {
  /** Blocks up to 4 GiB stay with the process. */
  private static final String KEPT = Long.toString(1L << 32);

  @Override
  public String name() {
    return "pytorch";
  }

  @Override
  public List<Contender> contenders(Workload workload, Conditions conditions) {
    List<String> layouts =
        workload.kind().isConvolutional() ? List.of("", " channels-last") : List.of("");
    var environment = environment(conditions);
    List<Contender> contenders = new ArrayList<>();
    for (String mode : List.of("eager", "compile")) {
      for (String layout : layouts) {
        contenders.add(
            new Contender(name(), mode + layout, List.of(python, script.toString()), environment));
      }
    }
    return contenders;
  }

  /** What libtorch runs best with, on the JVM, too. */
  static Map<String, String> environment(Conditions conditions) {
    String threads = Integer.toString(conditions.threads());
    return Map.of(
        "OMP_NUM_THREADS",
        threads,
        "MKL_NUM_THREADS",
        threads,
        // glibc else gives large blocks back at once, and each step pays for their page faults.
        "MALLOC_MMAP_THRESHOLD_",
        KEPT,
        "MALLOC_TRIM_THRESHOLD_",
        KEPT);
  }
}
