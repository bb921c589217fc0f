package dev.merapi.text;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/** Real data sets, which are not part of the project: found where {@code MERAPI_DATA} says. */
final class RealData {
  private RealData() {}

  /** A file or folder; the test is skipped where it is absent. */
  static Path path(String name) {
    var data = System.getenv("MERAPI_DATA");
    Assumptions.assumeTrue(data != null && !data.isEmpty(), "MERAPI_DATA is not set");
    var path = Path.of(data, name);
    Assumptions.assumeTrue(Files.exists(path), path + " is absent");
    return path;
  }
}
