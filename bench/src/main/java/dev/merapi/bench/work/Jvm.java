package dev.merapi.bench.work;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** How to start another JVM. */
public final class Jvm {
  private Jvm() {}

  /** The path of the java command that runs this. */
  public static String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }

  /**
   * The words that start a JVM as the launcher started this one: its flags and class path, and so
   * many threads of Merapi's. A main class has to follow.
   */
  public static List<String> like(int threads) {
    List<String> words = new ArrayList<>();
    words.add(java());
    words.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    words.add("-Dmerapi.threads=" + threads);
    words.add("--class-path");
    words.add(System.getProperty("java.class.path"));
    return words;
  }
}
