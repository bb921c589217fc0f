package dev.merapi.cli;

import dev.merapi.data.Nearest;
import dev.merapi.tensor.MerapiException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** The {@code merapi} command: parses the command line and hands over to a subcommand. */
@Command(
    name = "merapi",
    description = "Trains neural networks on the JVM.",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    subcommands = {
      Train.class,
      Cv.class,
      Tune.class,
      Eval.class,
      Predict.class,
      Generate.class,
      Chat.class,
      Export.class,
      RunsCommand.class,
      Reproduce.class,
      Ui.class,
      RecipesCommand.class,
      Init.class,
      DataCommand.class,
      Doctor.class,
      Bench.class
    })
final class Main implements Runnable {
  @Spec private CommandSpec spec;

  private Main() {}

  /**
   * Runs the command and ends the process with its exit code: 0 done, 1 our mistake, 2 the user's.
   */
  public static void main(String[] args) {
    System.exit(commandLine().execute(args));
  }

  static CommandLine commandLine() {
    return new CommandLine(new Main())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setExecutionExceptionHandler(Main::tell)
        .setParameterExceptionHandler(Main::tell);
  }

  /** A line for what the user can mend; all there is to know for what only we can. */
  private static int tell(Exception error, CommandLine command, ParseResult arguments) {
    var err = command.getErr();
    if (error instanceof MerapiException) {
      err.println("merapi: " + error.getMessage());
      err.flush();
      return command.getCommandSpec().exitCodeOnInvalidInput();
    }
    err.println(
        "merapi: this is a bug of Merapi; please open an issue in its repository, with these"
            + " lines:");
    err.println("merapi %s, arguments %s".formatted(Version.current(), arguments.originalArgs()));
    error.printStackTrace(err);
    err.flush();
    return command.getCommandSpec().exitCodeOnExecutionException();
  }

  private static int tell(ParameterException error, String[] arguments) {
    var command = error.getCommandLine();
    command
        .getErr()
        .println(
            "merapi: %s (see `%s --help`)"
                .formatted(line(error), command.getCommandSpec().qualifiedName()));
    command.getErr().flush();
    return command.getCommandSpec().exitCodeOnInvalidInput();
  }

  private static String line(ParameterException error) {
    if (!(error instanceof UnmatchedArgumentException unmatched)) {
      return error.getMessage().replaceAll("\\s+", " ");
    }
    var word = unmatched.getUnmatched().getFirst();
    var spec = error.getCommandLine().getCommandSpec();
    var known = word.startsWith("-") ? spec.optionsMap().keySet() : spec.subcommands().keySet();
    return "`%s` has no meaning here%s".formatted(word, Nearest.hint(word, known));
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Name a command.");
  }

  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {"merapi " + current()};
    }

    /** The version that the build wrote into the module. */
    static String current() {
      return Main.class.getModule().getDescriptor().rawVersion().orElse("unknown");
    }
  }
}
