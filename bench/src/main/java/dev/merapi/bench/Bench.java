package dev.merapi.bench;

import dev.merapi.bench.train.ScalingCommand;
import dev.merapi.bench.train.TrainCommand;
import dev.merapi.tensor.MerapiException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code merapi bench}: the launcher builds this room and starts it here. */
@Command(
    name = "merapi bench",
    description = "Measures Merapi beside its peers and beside the machine's ceiling.",
    mixinStandardHelpOptions = true,
    subcommands = {
      TrainCommand.class,
      KernelsCommand.class,
      ScalingCommand.class,
      CheckpointCommand.class
    })
public final class Bench implements Runnable {
  @Spec private CommandSpec spec;

  private Bench() {}

  /** Runs the command; the exit code is 0 done, 1 our mistake, 2 the user's. */
  public static void main(String[] arguments) {
    System.exit(commandLine().execute(arguments));
  }

  static CommandLine commandLine() {
    return new CommandLine(new Bench())
        .setExecutionExceptionHandler(
            (error, command, _) -> {
              if (!(error instanceof MerapiException)) {
                throw error;
              }
              command.getErr().println("merapi: " + error.getMessage());
              return command.getCommandSpec().exitCodeOnInvalidInput();
            });
  }

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "Name a benchmark: train, kernels, scaling or checkpoint.");
  }
}
