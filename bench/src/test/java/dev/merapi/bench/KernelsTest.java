package dev.merapi.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.merapi.bench.KernelWorker.Result;
import dev.merapi.bench.KernelWorker.Results;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

final class KernelsTest {
  @Test
  void everyGroupIsThereAndHasWorkToDo() {
    var cases = Kernels.all();
    assertEquals(
        List.of(
            "GEMM",
            "convolution",
            "attention",
            "norm",
            "softmax",
            "cross-entropy",
            "element-wise",
            "optimizer"),
        cases.stream().map(Kernels.Case::group).distinct().toList());
    assertTrue(cases.stream().allMatch(one -> one.work() > 0));
    assertEquals(
        cases.size(),
        cases.stream().map(one -> one.group() + one.name()).collect(Collectors.toSet()).size());
  }

  @Test
  void theTableSetsThreadsSideBySide() {
    var one = new Results(1, List.of(new Result("GEMM", "8x8x8", "GFLOP/s", 80, 100)));
    var two = new Results(2, List.of(new Result("GEMM", "8x8x8", "GFLOP/s", 150, 200)));
    String table = KernelsCommand.grid(List.of(one, two)).markdown();
    assertTrue(
        table.endsWith("| GEMM | 8x8x8 | GFLOP/s | 80.0 | 100.0 | 80 % | 150.0 | 200.0 | 75 % |\n"),
        table);
    assertTrue(table.contains("1 thread | ceiling | of it | 2 threads"), table);
  }
}
