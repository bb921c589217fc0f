package dev.merapi.bench.train;

import dev.merapi.bench.ours.Worker;
import dev.merapi.bench.work.Jvm;
import dev.merapi.bench.work.Workload;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Merapi itself, in a JVM with the flags that the launcher gave to this one. */
final class Merapi implements Engine {
  @Override
  public String name() {
    return Run.MERAPI;
  }

  @Override
  public List<Contender> contenders(Workload workload, Conditions conditions) {
    var command = new ArrayList<>(Jvm.like(conditions.threads()));
    command.add(Worker.class.getName());
    return List.of(new Contender(name(), "", command, Map.of()));
  }
}
