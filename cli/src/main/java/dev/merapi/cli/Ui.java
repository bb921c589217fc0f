package dev.merapi.cli;

import dev.merapi.train.Interrupts;
import dev.merapi.watch.Runs;
import dev.merapi.watch.UiServer;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code merapi ui}: shows runs in a browser. */
@Command(
    name = "ui",
    description =
        "Shows the runs of a folder in a browser, live while they train, until Ctrl-C. Nothing is"
            + " fetched from the net.",
    mixinStandardHelpOptions = true)
final class Ui implements Callable<Integer> {
  @Mixin private Output output;

  @Option(
      names = "--runs",
      paramLabel = "FOLDER",
      description = "Where the runs are; by default ${DEFAULT-VALUE}.",
      defaultValue = "runs")
  private Path folder;

  @Option(
      names = "--port",
      paramLabel = "N",
      description = "By default the first free one from " + UiServer.PORT + " on.")
  private Optional<Integer> port;

  @Option(
      names = "--host",
      paramLabel = "ADDRESS",
      description =
          "Listens on another address than ${DEFAULT-VALUE}, so that other machines reach it: they"
              + " need the token, which is in the address that is printed, or your own of at least"
              + " 16 letters in $MERAPI_UI_TOKEN. It travels unencrypted: use a network you trust.",
      defaultValue = "127.0.0.1")
  private String host;

  @Override
  public Integer call() throws InterruptedException {
    var end = new CountDownLatch(1);
    var token = Optional.ofNullable(System.getenv("MERAPI_UI_TOKEN")).filter(t -> !t.isEmpty());
    try (var server = UiServer.start(new Runs(folder), host, port, token);
        var interrupts = Interrupts.listen(end::countDown)) {
      output.line("runs of %s at %s (Ctrl-C ends)".formatted(folder, server.address()));
      output.json(new Serving(server.address(), server.port()));
      end.await();
      return interrupts.requested() ? Output.INTERRUPTED : 0;
    }
  }

  /** What {@code --json} prints. */
  record Serving(String address, int port) {}
}
