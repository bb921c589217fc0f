package dev.merapi.cli;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The command in a process of its own, to be interrupted and killed.
 *
 * @param output what it says, to both of its streams
 */
record ChildCommand(Process process, Path output) implements AutoCloseable {
  static ChildCommand start(Path output, String... arguments) throws IOException {
    var paths =
        Stream.of("surefire.test.class.path", "java.class.path", "jdk.module.path")
            .map(System::getProperty)
            .filter(path -> path != null && !path.isEmpty())
            .collect(Collectors.joining(File.pathSeparator));
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    // A short life: little to compile, nothing to clean up behind a killed process.
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-XX:-UsePerfData"));
    command.addAll(List.of("-cp", paths, Main.class.getName()));
    command.addAll(List.of(arguments));
    var process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    return new ChildCommand(process, output);
  }

  /** Waits until there is a folder like that in {@code runs}, and returns it. */
  Path folder(Path runs, Predicate<Path> wanted) throws IOException, InterruptedException {
    while (process.isAlive()) {
      var found = Optional.<Path>empty();
      if (Files.isDirectory(runs)) {
        try (var folders = Files.list(runs)) {
          found = folders.filter(Files::isDirectory).filter(wanted).findFirst();
        }
      }
      if (found.isPresent()) {
        return found.get();
      }
      Thread.sleep(20);
    }
    throw new IllegalStateException(said());
  }

  /** Sends Ctrl-C, waits for the end, and returns the exit code. */
  int interrupted() throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).start().waitFor();
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      throw new IllegalStateException("it did not end: " + said());
    }
    return process.exitValue();
  }

  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  String said() throws IOException {
    return Files.readString(output);
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
