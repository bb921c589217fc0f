package dev.merapi.bench.train;

import dev.merapi.bench.work.Jvm;
import dev.merapi.bench.work.Workload;
import dev.merapi.bench.work.Workload.Kind;
import dev.merapi.tensor.MerapiException;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * An engine with a module of its own beside this one, {@code bench/NAME}, with a {@code Worker} and
 * a profile {@code bench-NAME} that fetches it from Maven Central.
 *
 * @param kinds what it can train
 * @param flags of its JVM
 * @param environment variables to add
 */
record JvmPeer(
    String name, Path root, Set<Kind> kinds, List<String> flags, Map<String, String> environment)
    implements Engine {

  /**
   * libtorch with MKL: without it, it is ten times slower. Its optimizers are those of its C++
   * interface, and it is measured in fp32.
   */
  static JvmPeer libtorch(Path root) {
    return new JvmPeer(
        "libtorch",
        root,
        EnumSet.complementOf(EnumSet.of(Kind.DECODE)),
        List.of("-Dorg.bytedeco.openblas.load=mkl_rt"),
        Map.of("MKL_THREADING_LAYER", "GNU"));
  }

  @Override
  public List<Contender> contenders(Workload workload, Conditions conditions) {
    if (!kinds.contains(workload.kind()) || conditions.isBf16()) {
      return List.of();
    }
    var command = new ArrayList<>(List.of(Jvm.java()));
    command.addAll(flags);
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("--class-path");
    command.add(built() + "/*" + File.pathSeparator + built().resolve("lib") + "/*");
    command.add("dev.merapi.bench.%s.Worker".formatted(name));
    var variables = new HashMap<>(environment);
    variables.putAll(PyTorch.environment(conditions));
    return List.of(new Contender(name, "", command, variables));
  }

  private Path built() {
    return root.resolve("bench", name, "target", "launcher");
  }

  /** Fetches and builds it, if a source is newer than what is there. */
  void build() {
    if (!isStale()) {
      return;
    }
    System.err.printf("merapi: fetching and building the peer %s%n", name);
    var maven =
        new ProcessBuilder(
                "mvn",
                "-B",
                "-q",
                "-Dlauncher",
                "-Pbench,bench-" + name,
                "-pl",
                "bench/" + name,
                "-am",
                "package")
            .directory(root.toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.INHERIT);
    maven.environment().put("JAVA25_HOME", System.getProperty("java.home"));
    try {
      if (maven.start().waitFor() != 0) {
        throw new MerapiException(
            "the peer %s cannot be built; Maven says why above".formatted(name));
      }
      Files.writeString(stamp(), "");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new MerapiException("interrupted while the peer was built", e);
    }
  }

  private Path stamp() {
    return built().resolve("built");
  }

  private boolean isStale() {
    if (!Files.exists(stamp())) {
      return true;
    }
    try {
      var built = Files.getLastModifiedTime(stamp());
      for (Path part :
          List.of(
              Path.of("bench", name, "src"),
              Path.of("bench", name, "pom.xml"),
              Path.of("bench/src/main/java/dev/merapi/bench/work"))) {
        try (var files = Files.walk(root.resolve(part))) {
          if (files.anyMatch(file -> newer(file, built))) {
            return true;
          }
        }
      }
      return false;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean newer(Path file, FileTime than) {
    try {
      return Files.getLastModifiedTime(file).compareTo(than) > 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
