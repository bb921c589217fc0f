package dev.merapi.bench.train;

import dev.merapi.bench.ours.Worker;
import dev.merapi.bench.work.Jvm;
import dev.merapi.bench.work.Workload;
import dev.merapi.bench.work.Workload.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Merapi itself, in a JVM with the flags that the launcher gave to this one. */
final class Merapi implements Engine {
  @Override
  public String name() {
    return Run.MERAPI;
  }

  /** Decoding computes in fp32 alone. */
  @Override
  public List<Contender> contenders(Workload workload, Conditions conditions) {
    if (workload.kind() == Kind.DECODE && conditions.isBf16()) {
      return List.of();
    }
    var command = new ArrayList<>(Jvm.like(conditions.threads()));
    command.add(Worker.class.getName());
    return List.of(new Contender(name(), "", command, Map.of()));
  }
}
