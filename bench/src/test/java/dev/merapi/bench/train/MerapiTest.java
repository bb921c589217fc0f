package dev.merapi.bench.train;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.merapi.bench.train.Engine.Conditions;
import dev.merapi.bench.work.Workload;
import dev.merapi.bench.work.Workload.Kind;
import org.junit.jupiter.api.Test;

final class MerapiTest {
  @Test
  void runsEveryWorkloadButDecodingInBf16() {
    for (Workload workload : Workload.all()) {
      assertEquals(1, runs(workload, "fp32"), workload.name());
      int inBf16 = workload.kind() == Kind.DECODE ? 0 : 1;
      assertEquals(inBf16, runs(workload, "bf16"), workload.name());
    }
  }

  private static int runs(Workload workload, String precision) {
    return new Merapi().contenders(workload, new Conditions(precision, 1)).size();
  }
}
