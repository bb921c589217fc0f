package dev.merapi.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Runs the command as a user does, and keeps what it says. */
abstract class CommandTest {
  @TempDir Path folder;

  String out = "";
  String err = "";

  /** The exit code. */
  int run(List<String> arguments) {
    var outWriter = new StringWriter();
    var errWriter = new StringWriter();
    int code =
        Main.commandLine()
            .setOut(new PrintWriter(outWriter))
            .setErr(new PrintWriter(errWriter))
            .execute(arguments.toArray(String[]::new));
    out = outWriter.toString();
    err = errWriter.toString();
    return code;
  }

  int run(String... arguments) {
    return run(List.of(arguments));
  }

  /** What {@code --json} has printed. */
  JsonNode json() {
    return JsonMapper.shared().readTree(out.lines().toList().getLast());
  }

  String runs() {
    return folder.resolve("runs").toString();
  }

  /** Trains a very small language model of characters, which looks back at 24; the run's folder. */
  String smallGpt(Path text, int samples) {
    int code =
        run(
            "train",
            "gpt-char",
            "--data=" + text,
            "--runs=" + runs(),
            "--epochs=1",
            "--set=model.layers=2",
            "--set=model.heads=2",
            "--set=model.dim=16",
            "--set=data.context=24",
            "--set=data.samples=" + samples,
            "--json");
    if (code != 0) {
      throw new AssertionError(err);
    }
    return json().get("run").asString();
  }
}
