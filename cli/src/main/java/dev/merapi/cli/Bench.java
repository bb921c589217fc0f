package dev.merapi.cli;

import dev.merapi.tensor.MerapiException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/**
 * {@code merapi bench}, as the help shows it. The launcher builds the benchmarks' room when it is
 * asked for and starts it itself, so that this room need not know it.
 */
@Command(
    name = "bench",
    description = "Measures Merapi beside other engines and beside the machine's ceiling.",
    mixinStandardHelpOptions = true)
final class Bench implements Callable<Integer> {
  @Parameters(hidden = true, arity = "0..*")
  private List<String> words = List.of();

  @Override
  public Integer call() {
    throw new MerapiException(
        "bench is built and started by the launcher; run ./merapi %s in Merapi's folder"
            .formatted(("bench " + String.join(" ", words)).strip()));
  }
}
