package dev.merapi.data;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Real data sets, which are not part of the project: found where {@code MERAPI_DATA} says. */
final class RealData {
  private RealData() {}

  static Optional<Path> folder(String name) {
    return Optional.ofNullable(System.getenv("MERAPI_DATA"))
        .filter(folder -> !folder.isEmpty())
        .map(folder -> Path.of(folder, name))
        .filter(Files::isDirectory);
  }
}
