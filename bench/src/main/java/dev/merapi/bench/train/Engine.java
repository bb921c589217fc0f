package dev.merapi.bench.train;

import dev.merapi.bench.work.Workload;
import java.util.List;

/** Who trains: Merapi, or a peer. */
interface Engine {
  /** As the option {@code --peers} and the tables call it. */
  String name();

  /**
   * Its settings for a workload, of which the fastest is its result; none where it does not know
   * the workload.
   */
  List<Contender> contenders(Workload workload, Conditions conditions);

  /**
   * What a run is made under.
   *
   * @param precision fp32 or bf16
   */
  record Conditions(String precision, int threads) {
    boolean isBf16() {
      return precision.equals("bf16");
    }
  }
}
