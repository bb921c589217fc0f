package dev.merapi.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the pages show of Java is in a program that runs, and what they point to is there. */
final class ReadmeTest {
  private static final Path ROOT = Path.of(System.getProperty("merapi.root"));
  private static final Path EXAMPLES = ROOT.resolve("examples/src/main/java/dev/merapi/examples");

  @Test
  void javaIsThatOfTheExamples() throws IOException {
    var sources = new StringBuilder();
    try (var files = Files.newDirectoryStream(EXAMPLES, "*.java")) {
      for (var file : files) {
        sources.append(Files.readString(file));
      }
    }
    var shown = found(read("README.md"), "(?s)```java\n(.*?)```");
    assertFalse(shown.isEmpty());
    for (var block : shown) {
      assertTrue(sources.indexOf(block) >= 0, "in no example:\n" + block);
    }
  }

  @Test
  void itPrintsWhatThePageSays() throws IOException {
    var printed = Printed.by(() -> new TrainDigits().main()).text().strip();
    assertTrue(read("README.md").contains("It prints `" + printed + "`"), printed);
  }

  @Test
  void bothLanguagesShowTheSame() throws IOException {
    var blocks = "(?s)(```\\w+\n.*?```)";
    assertEquals(found(read("README.md"), blocks), found(read("README.zh-CN.md"), blocks));
  }

  @ParameterizedTest
  @ValueSource(strings = {"README.md", "README.zh-CN.md", "CONTRIBUTING.md"})
  void linksLeadSomewhere(String page) throws IOException {
    for (var link : found(read(page), "\\]\\((?!http)([^)]+)\\)")) {
      assertTrue(Files.exists(ROOT.resolve(link)), link);
    }
    for (var example : found(read(page), "-Dexample=(\\w+)")) {
      assertTrue(Files.exists(EXAMPLES.resolve(example + ".java")), example);
    }
  }

  @Test
  void theTestsAreRunAsTheProjectsChecksRunThem() throws IOException {
    var command = found(read(".ci/run"), "(?m)^exec (mvn .*)$").getFirst();
    assertTrue(read("README.md").contains("\n" + command + " "), command);
  }

  private static String read(String page) throws IOException {
    return Files.readString(ROOT.resolve(page));
  }

  /** What the one group of a pattern matches, each time. */
  private static List<String> found(String text, String pattern) {
    return Pattern.compile(pattern)
        .matcher(text)
        .results()
        .map((MatchResult match) -> match.group(1))
        .toList();
  }
}
