package dev.merapi.bench.train;

import dev.merapi.bench.ours.Worker;
import dev.merapi.bench.work.Workload;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
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
    var command = new ArrayList<>(java());
    command.addAll(flags());
    command.add("-Dmerapi.threads=" + conditions.threads());
    command.add("--class-path");
    command.add(System.getProperty("java.class.path"));
    command.add(Worker.class.getName());
    return List.of(new Contender(name(), "", command, Map.of()));
  }

  /** The words that start a JVM like this one. */
  static List<String> java() {
    return List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString());
  }

  /** The flags of this JVM. */
  static List<String> flags() {
    return ManagementFactory.getRuntimeMXBean().getInputArguments();
  }
}
