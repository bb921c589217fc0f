package dev.merapi.train;

import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * What a run was made with, so that it can be made again. It names neither the user nor the host: a
 * run's folder is often passed on.
 *
 * @param merapi the version of Merapi
 * @param java the version of the Java virtual machine
 * @param vm its name
 * @param os the operating system, its version and architecture
 * @param processor the processor's name as the system gives it, or its architecture
 * @param cores how many processors the virtual machine may use
 * @param heapBytes how large its heap may become
 * @param commandLine the arguments that Merapi was started with
 * @param jvm the flags that the virtual machine was started with ({@code -X…}, {@code -Dmerapi.…},
 *     {@code --add-modules}), but for those that hold a path
 * @param commits what Git says of the folder where Merapi comes from ({@code merapi}) and of the
 *     one where it was started ({@code project}): the commit, with {@code -dirty} behind it where
 *     files differ from it; nothing where there is no repository
 * @param seed the seed of everything random
 * @param data fingerprints of the parts of the data ({@code train}, {@code validation}, {@code
 *     test}), for instance their SHA-256
 * @param started when the run began, in UTC
 */
public record Environment(
    String merapi,
    String java,
    String vm,
    String os,
    String processor,
    int cores,
    long heapBytes,
    List<String> commandLine,
    List<String> jvm,
    Map<String, String> commits,
    long seed,
    Map<String, String> data,
    String started) {
  private static final Pattern FLAG = Pattern.compile("(-X|-Dmerapi\\.|--add-modules=).*");

  /** Looks around, and adds what only the caller knows. */
  public static Environment capture(List<String> commandLine, long seed, String data) {
    return capture(commandLine, seed, Map.of("train", data));
  }

  /** The same, with a fingerprint for each part of the data. */
  public static Environment capture(List<String> commandLine, long seed, Map<String, String> data) {
    return new Environment(
        merapiVersion(),
        System.getProperty("java.version"),
        System.getProperty("java.vm.name"),
        "%s %s %s"
            .formatted(
                System.getProperty("os.name"),
                System.getProperty("os.version"),
                System.getProperty("os.arch")),
        processorName(),
        Runtime.getRuntime().availableProcessors(),
        Runtime.getRuntime().maxMemory(),
        List.copyOf(commandLine),
        flags(),
        Commits.here(),
        seed,
        data,
        Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
  }

  /** Returns the version of Merapi, such as {@code 0.1.0}. */
  public static String merapiVersion() {
    try (var resource = Environment.class.getResourceAsStream("version.txt")) {
      return new String(resource.readAllBytes(), StandardCharsets.UTF_8).strip();
    } catch (IOException e) {
      throw new IllegalStateException("version.txt cannot be read from Merapi's own jar", e);
    }
  }

  /** A path would name the user, and other properties may be secrets. */
  private static List<String> flags() {
    return ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(flag -> FLAG.matcher(flag).matches() && !flag.contains(File.separator))
        .toList();
  }

  private static String processorName() {
    var linux = Path.of("/proc/cpuinfo");
    if (Files.isReadable(linux)) {
      try (var lines = Files.lines(linux)) {
        return lines
            .filter(line -> line.startsWith("model name"))
            .map(line -> line.substring(line.indexOf(':') + 1).strip())
            .findFirst()
            .orElse(System.getProperty("os.arch"));
      } catch (IOException _) {
        // The name is only a help for the reader of the file.
        return System.getProperty("os.arch");
      }
    }
    return System.getProperty("os.arch");
  }
}
