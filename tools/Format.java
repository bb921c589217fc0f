import com.google.googlejavaformat.java.Formatter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Holds every Java source of the project to google-java-format: {@code Format check} lists the
 * files that differ and fails, {@code Format apply} rewrites them. The build runs it on the JDK
 * that it selected, because the formatter parses with the parser of the JDK that it runs on.
 */
final class Format {
  private Format() {}

  public static void main(String[] args) throws IOException {
    var apply = args[0].equals("apply");
    var root = Path.of(args[1]);
    var changed =
        sources(root).parallelStream().filter(file -> format(file, apply)).sorted().toList();
    if (changed.isEmpty()) {
      return;
    }
    changed.forEach(
        file ->
            System.err.println((apply ? "formatted " : "not formatted: ") + root.relativize(file)));
    if (!apply) {
      System.err.println("To format every file, run: mvn -N verify -Dformat=apply");
      System.exit(1);
    }
  }

  private static List<Path> sources(Path root) throws IOException {
    try (var files = Files.walk(root)) {
      return files
          .filter(file -> file.toString().endsWith(".java") && isSource(root.relativize(file)))
          .toList();
    }
  }

  /** Whether no folder on the way is hidden or a build's output. */
  private static boolean isSource(Path file) {
    for (var part : file) {
      if (part.toString().startsWith(".") || part.toString().equals("target")) {
        return false;
      }
    }
    return true;
  }

  /** Returns whether the file differs from its formatted text. */
  private static boolean format(Path file, boolean apply) {
    try {
      var text = Files.readString(file);
      var formatted = new Formatter().formatSourceAndFixImports(text);
      if (formatted.equals(text)) {
        return false;
      }
      if (apply) {
        Files.writeString(file, formatted);
      }
      return true;
    } catch (Exception e) {
      throw new IllegalStateException("cannot format " + file + ": " + e.getMessage(), e);
    }
  }
}
