package dev.merapi.train;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** Which commits a run is made from, as far as Git is there to be asked. */
final class Commits {
  /** Where the launcher has Merapi from. */
  private static final String HOME = "merapi.home";

  private static final int SECONDS = 10;

  private Commits() {}

  static Map<String, String> here() {
    var commits = new TreeMap<String, String>();
    of(Path.of("")).ifPresent(commit -> commits.put("project", commit));
    Optional.ofNullable(System.getProperty(HOME))
        .flatMap(home -> of(Path.of(home)))
        .ifPresent(commit -> commits.put("merapi", commit));
    return commits;
  }

  /** The commit of a folder, {@code -dirty} where its files are not those of the commit. */
  static Optional<String> of(Path folder) {
    var ask =
        new ProcessBuilder("git", "describe", "--always", "--dirty", "--abbrev=40", "--exclude=*")
            .directory(folder.toAbsolutePath().toFile())
            .redirectError(ProcessBuilder.Redirect.DISCARD);
    // Only to look: the index is not to be written anew.
    ask.environment().put("GIT_OPTIONAL_LOCKS", "0");
    try {
      if (!Files.isDirectory(folder.toAbsolutePath())) {
        return Optional.empty();
      }
      var process = ask.start();
      process.getOutputStream().close();
      if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        return Optional.empty();
      }
      var said =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      return said.matches("[0-9a-f]{40,64}(-dirty)?") ? Optional.of(said) : Optional.empty();
    } catch (IOException _) {
      return Optional.empty(); // no Git here
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }
}
