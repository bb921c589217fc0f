package dev.merapi.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The {@code merapi} command: parses the command line and hands over to a subcommand. */
@Command(
    name = "merapi",
    description = "Trains neural networks on the JVM.",
    mixinStandardHelpOptions = true,
    version = "merapi 0.1.0-SNAPSHOT")
public final class Main {
  private Main() {}

  /**
   * Runs the command and ends the process with its exit code: 0 done, 2 the user's mistake, 1 ours.
   */
  public static void main(String[] args) {
    System.exit(new CommandLine(new Main()).execute(args));
  }
}
