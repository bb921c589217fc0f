package dev.merapi.examples;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** What a program has printed to standard output. */
record Printed(String text) {

  /** Runs a program; the examples have no other way to tell their results, as programs do. */
  static Printed by(Runnable program) {
    var before = System.out;
    var bytes = new ByteArrayOutputStream();
    try (var out = new PrintStream(bytes, true, StandardCharsets.UTF_8)) {
      System.setOut(out);
      program.run();
    } finally {
      System.setOut(before);
    }
    return new Printed(bytes.toString(StandardCharsets.UTF_8));
  }

  /** The one number that a pattern with one group finds. */
  double number(String pattern) {
    return Double.parseDouble(find(pattern).group(1));
  }

  /** The first match of a pattern. */
  MatchResult find(String pattern) {
    var matcher = Pattern.compile(pattern).matcher(text);
    assertTrue(matcher.find(), () -> "no " + pattern + " in\n" + text);
    return matcher.toMatchResult();
  }
}
