package dev.merapi.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code merapi doctor}: says what Merapi found on this machine, and what would make it faster. */
@Command(
    name = "doctor",
    description = "Shows the JDK, the kernels, threads and memory that Merapi uses here.",
    mixinStandardHelpOptions = true)
final class Doctor implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(names = "--json", description = "Print one JSON object instead of lines.")
  private boolean json;

  @Override
  public Integer call() {
    var machine = Machine.here();
    var out = spec.commandLine().getOut();
    out.println(json ? Json.write(machine) : lines(machine));
    out.flush();
    return 0;
  }

  private static String lines(Machine machine) {
    var vector =
        machine.vectorBits() > 0
            ? "Vector API, %d bits".formatted(machine.vectorBits())
            : "scalar only: run java with --add-modules jdk.incubator.vector (./merapi does)";
    return """
    merapi         %s
    JDK            %s (%s)
    system         %s
    processor      %s
    processors     %d
    threads        %d (-Dmerapi.threads=N changes it)
    kernels        %s
    heap           up to %d MiB
    off-heap       up to %d MiB (tensors live here)
    bf16           %s
    GPU            %s\
    """
        .formatted(
            machine.merapi(),
            machine.jdk(),
            machine.jdkVendor(),
            machine.system(),
            machine.processor(),
            machine.processors(),
            machine.threads(),
            vector,
            machine.heapMib(),
            machine.offHeapMib(),
            machine.natives(),
            machine.gpu());
  }
}
