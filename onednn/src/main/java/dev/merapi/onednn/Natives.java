package dev.merapi.onednn;

import dev.merapi.tensor.MerapiException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.zip.ZipFile;

/**
 * The published build of oneDNN, and where its libraries are: in a jar of Maven Central, from which
 * they are taken once into a cache folder.
 *
 * <p>Looked for in this order: what {@code -Dmerapi.onednn} names; the class path; Maven's local
 * repository. Nothing is ever downloaded.
 */
final class Natives {
  static final String VERSION = "3.11-1.5.13";

  private static final String PROPERTY = "merapi.onednn";
  private static final String PLATFORM = "linux-x86_64";
  private static final String IN_JAR = "org/bytedeco/dnnl/" + PLATFORM + "/";
  private static final String JAR = "dnnl-" + VERSION + "-" + PLATFORM + ".jar";

  /** The library, and behind it what it needs, beside it. */
  static final String DNNL = "libdnnl.so.3";

  static final String OPENMP = "libgomp.so.1";
  private static final List<String> FILES = List.of(OPENMP, DNNL);

  private Natives() {}

  /**
   * The folder that holds the libraries.
   *
   * @throws MerapiException if there is none here
   */
  static Path folder() {
    String wanted = System.getProperty(PROPERTY, "");
    if (wanted.equals("off")) {
      throw new MerapiException("switched off by -D" + PROPERTY + "=off");
    }
    String system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    String processor = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
    if (!system.equals("linux") || !List.of("amd64", "x86_64").contains(processor)) {
      throw new MerapiException(
          "runs on Linux x86-64 only, and this is %s %s".formatted(system, processor));
    }
    if (!wanted.isEmpty()) {
      return named(Path.of(wanted));
    }
    ClassLoader loader = Natives.class.getClassLoader();
    if (loader.getResource(IN_JAR + DNNL) != null) {
      return cached(name -> Optional.ofNullable(loader.getResourceAsStream(IN_JAR + name)));
    }
    Path jar = repository().resolve(Path.of("org", "bytedeco", "dnnl", VERSION, JAR));
    if (Files.isReadable(jar)) {
      return fromJar(jar);
    }
    throw new MerapiException(
        "not installed; fetch it once with: mvn dependency:get -Dtransitive=false"
            + " -Dartifact=org.bytedeco:dnnl:%s:jar:%s".formatted(VERSION, PLATFORM));
  }

  private static Path named(Path path) {
    if (Files.isRegularFile(path.resolve(DNNL))) {
      return path;
    }
    if (Files.isRegularFile(path)) {
      return fromJar(path);
    }
    throw new MerapiException(
        "-D%s=%s: there is neither a jar nor a folder with %s; give one, or leave the flag away"
            .formatted(PROPERTY, path, DNNL));
  }

  private static Path repository() {
    String set = System.getProperty("maven.repo.local", "");
    return set.isEmpty()
        ? Path.of(System.getProperty("user.home"), ".m2", "repository")
        : Path.of(set);
  }

  private static Path fromJar(Path jar) {
    try (var zip = new ZipFile(jar.toFile())) {
      return cached(
          name -> {
            var entry = zip.getEntry(IN_JAR + name);
            return entry == null ? Optional.empty() : Optional.of(zip.getInputStream(entry));
          });
    } catch (IOException e) {
      throw new MerapiException("%s cannot be read: %s".formatted(jar, e.getMessage()), e);
    }
  }

  private interface Source {
    Optional<InputStream> open(String name) throws IOException;
  }

  /** Copies the libraries aside and renames them, so that nobody loads half of one. */
  private static Path cached(Source source) {
    Path folder = cache().resolve(Path.of("merapi", "onednn-" + VERSION));
    try {
      Files.createDirectories(folder);
      for (String name : FILES) {
        if (!Files.exists(folder.resolve(name))) {
          Path aside = Files.createTempFile(folder, name, ".part");
          try (var in =
              source
                  .open(name)
                  .orElseThrow(() -> new MerapiException("the jar has no " + IN_JAR + name))) {
            Files.copy(in, aside, StandardCopyOption.REPLACE_EXISTING);
            Files.move(aside, folder.resolve(name), StandardCopyOption.ATOMIC_MOVE);
          } finally {
            Files.deleteIfExists(aside);
          }
        }
      }
    } catch (IOException e) {
      throw new MerapiException(
          "%s cannot be written: %s; set XDG_CACHE_HOME to a folder that can"
              .formatted(folder, e.getMessage()),
          e);
    }
    return folder;
  }

  private static Path cache() {
    String set = System.getenv("XDG_CACHE_HOME");
    return set == null || set.isEmpty()
        ? Path.of(System.getProperty("user.home"), ".cache")
        : Path.of(set);
  }
}
