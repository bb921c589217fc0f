package dev.merapi.train;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Starts a class of the tests in a process of its own, to be interrupted and killed. */
final class ChildJvm {
  private ChildJvm() {}

  /** Starts {@code main}; what it writes to its standard error goes to a file. */
  static Process start(Class<?> main, Path errors, String... arguments) throws IOException {
    return command(main, arguments).redirectError(errors.toFile()).start();
  }

  /** Returns how to start {@code main} with everything that this process has on its paths. */
  static ProcessBuilder command(Class<?> main, String... arguments) {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    // A short life: little to compile, nothing to clean up behind a killed process.
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-XX:-UsePerfData"));
    command.addAll(List.of("-cp", classPath(), main.getName()));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command);
  }

  private static String classPath() {
    return Stream.of("surefire.test.class.path", "java.class.path", "jdk.module.path")
        .map(System::getProperty)
        .filter(paths -> paths != null && !paths.isEmpty())
        .flatMap(paths -> Stream.of(paths.split(File.pathSeparator)))
        .distinct()
        .collect(Collectors.joining(File.pathSeparator));
  }
}
