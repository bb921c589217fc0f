package dev.merapi.watch;

import dev.merapi.data.Nearest;
import dev.merapi.tensor.MerapiException;
import dev.merapi.train.AtomicFiles;
import dev.merapi.train.FileException;
import dev.merapi.train.FolderLock;
import dev.merapi.train.RunFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The runs and studies in a folder, whoever makes them. What was read is read again only when its
 * files have changed. For several threads.
 */
public final class Runs {
  static final String RECIPE = "recipe.yaml";
  private static final String STUDY = "study.json";
  private static final String TAGS = "tags.json";
  private static final String TRASH = ".trash";

  /** Larger files of these kinds are not ours, and are not read. */
  private static final long MOST_BYTES = 4 << 20;

  /** So long whole files are read before somebody is shown anything. */
  private static final Duration PATIENCE = Duration.ofMillis(100);

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final Path folder;
  private final CurveStore curves;
  private final Map<Path, Seen> seen = new ConcurrentHashMap<>();

  /** A file as it was read, and what was read from it. */
  private record Seen(long size, long modified, Map<String, String> values) {}

  /** The content of {@code tags.json}. */
  private record Tags(List<String> tags) {}

  /** The runs of a folder, which need not exist yet. */
  public Runs(Path folder) {
    this.folder = folder;
    this.curves = new CurveStore(folder);
  }

  /** The folder. */
  public Path folder() {
    return folder;
  }

  /** All of them, by name. */
  public List<RunRecord> all() {
    return paths().parallelStream().map(this::record).toList();
  }

  /**
   * All of them, in a time that one waits for: large ones that were never read are seen at a
   * glance, and read meanwhile.
   */
  List<RunRecord> glance() {
    long end = System.nanoTime() + PATIENCE.toNanos();
    return paths().parallelStream()
        .map(path -> record(path, System.nanoTime() < end ? curves(path) : glance(path)))
        .toList();
  }

  /** The folders of all of them, by name. */
  List<Path> paths() {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (var entries = Files.list(folder)) {
      return entries
          .filter(entry -> !entry.getFileName().toString().startsWith("."))
          .filter(entry -> Files.isRegularFile(entry.resolve(RECIPE)))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new FileException(
          folder, "cannot be read (" + e.getMessage() + ")", "see that it may be read");
    }
  }

  /**
   * One of them, by its name or the path of its folder.
   *
   * @throws MerapiException if there is none
   */
  public RunRecord find(String name) {
    var paths = paths();
    for (var path : paths) {
      if (path.getFileName().toString().equals(name)) {
        return record(path);
      }
    }
    var given = Path.of(name);
    if (Files.isRegularFile(given.resolve(RECIPE))) {
      return record(given);
    }
    throw new MerapiException(
        "there is no run `%s` in %s%s; `./merapi runs` lists them"
            .formatted(
                name,
                folder,
                Nearest.hint(
                    name, paths.stream().map(path -> path.getFileName().toString()).toList())));
  }

  /** One of them by its exact name, and by no path. */
  Optional<Path> named(String name) {
    return paths().stream().filter(path -> path.getFileName().toString().equals(name)).findFirst();
  }

  /** The curves of a run. */
  Curves curves(Path run) {
    return curves.of(run);
  }

  /** The curves of a run, or what is seen of them at a glance. */
  Curves glance(Path run) {
    return curves.glance(run);
  }

  RunRecord record(Path path) {
    return record(path, curves(path));
  }

  private RunRecord record(Path path, Curves found) {
    var measured = new LinkedHashMap<String, RunRecord.Measured>();
    found
        .byName()
        .forEach(
            (name, curve) ->
                measured.put(
                    name,
                    new RunRecord.Measured(
                        curve.count(), curve.last(), curve.least(), curve.most())));
    var result = values(path.resolve(RunFolder.RESULT));
    boolean running = FolderLock.writer(path).isPresent();
    boolean study = Files.exists(path.resolve(STUDY));
    return new RunRecord(
        path.getFileName().toString(),
        path,
        study ? "study" : "run",
        running ? "running" : result.getOrDefault("ending", study ? "" : "broken off"),
        values(path.resolve(RECIPE)),
        values(path.resolve(RunFolder.ENVIRONMENT)),
        found.lastStep(),
        measured,
        tags(path),
        found.whole(),
        revision(path, running, found.whole()));
  }

  /** What somebody has called a run. */
  private List<String> tags(Path run) {
    return values(run.resolve(TAGS)).values().stream().filter(tag -> !tag.isEmpty()).toList();
  }

  private static long revision(Path run, boolean running, boolean whole) {
    long revision = (running ? 1L : 0) + (whole ? 2L : 0);
    for (var name : List.of("metrics.jsonl", RunFolder.RESULT, TAGS, RECIPE)) {
      var attributes = attributes(run.resolve(name));
      if (attributes.isPresent()) {
        revision = 31 * revision + attributes.get().size();
        revision = 31 * revision + attributes.get().lastModifiedTime().toMillis();
      }
    }
    return revision & ((1L << 52) - 1); // a number that JavaScript keeps
  }

  private static Optional<BasicFileAttributes> attributes(Path file) {
    try {
      return Optional.of(Files.readAttributes(file, BasicFileAttributes.class));
    } catch (IOException _) {
      return Optional.empty();
    }
  }

  /** The values in a small file of JSON or YAML by path; none where it cannot be understood. */
  private Map<String, String> values(Path file) {
    var attributes = attributes(file);
    if (attributes.isEmpty() || attributes.get().size() > MOST_BYTES) {
      return Map.of();
    }
    long size = attributes.get().size();
    long modified = attributes.get().lastModifiedTime().toMillis();
    var known = seen.get(file);
    if (known != null && known.size == size && known.modified == modified) {
      return known.values;
    }
    Map<String, String> values;
    try {
      var text = Files.readString(file);
      values = file.toString().endsWith(".json") ? flatJson(text) : FlatYaml.of(text);
    } catch (IOException _) {
      return Map.of();
    }
    seen.put(file, new Seen(size, modified, values));
    return values;
  }

  private static Map<String, String> flatJson(String text) {
    var flat = new LinkedHashMap<String, String>();
    try {
      put("", JSON.readTree(text), flat);
    } catch (JacksonException _) {
      return Map.of();
    }
    return flat;
  }

  private static void put(String path, JsonNode node, Map<String, String> flat) {
    if (node.isObject()) {
      node.properties()
          .forEach(
              each ->
                  put(
                      path.isEmpty() ? each.getKey() : path + "." + each.getKey(),
                      each.getValue(),
                      flat));
    } else if (node.isArray() && path.equals("tags")) {
      node.forEach(each -> flat.put(path + "." + flat.size(), each.asString("")));
    } else {
      flat.put(path, node.isValueNode() ? node.asString("") : node.toString());
    }
  }

  // ---- what changes runs

  /**
   * Adds and removes tags of a run. Of two who do so at the same moment, the later one's tags
   * stand.
   *
   * @throws MerapiException if a tag is none: 1 to 64 letters, digits, dots, hyphens, underscores
   */
  public List<String> tag(RunRecord run, Collection<String> add, Collection<String> remove) {
    for (var tag : add) {
      if (!tag.matches("[\\p{L}\\p{N}][\\p{L}\\p{N}._-]{0,63}")) {
        throw new MerapiException(
            "`%s` is no tag; use up to 64 letters, digits, dots, hyphens and underscores"
                .formatted(tag));
      }
    }
    var tags = new TreeSet<>(run.tags());
    tags.addAll(add);
    tags.removeAll(remove);
    AtomicFiles.write(
        run.path().resolve(TAGS), JSON.writeValueAsString(new Tags(List.copyOf(tags))) + "\n");
    return List.copyOf(tags);
  }

  /**
   * Moves a run to the trash, the hidden folder {@code .trash} beside it.
   *
   * @return where it is now
   * @throws FileException if a training writes to it, or it cannot be moved
   */
  public Path delete(RunRecord run) {
    var trash = run.path().toAbsolutePath().getParent().resolve(TRASH);
    return move(run.path(), trash);
  }

  /** The names of what is in the trash. */
  public List<String> trash() {
    var trash = folder.resolve(TRASH);
    if (!Files.isDirectory(trash)) {
      return List.of();
    }
    try (var entries = Files.list(trash)) {
      return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
    } catch (IOException e) {
      throw new FileException(
          trash, "cannot be read (" + e.getMessage() + ")", "see that it may be read");
    }
  }

  /**
   * Moves a run back from the trash.
   *
   * @return where it is now
   * @throws MerapiException if it is not there
   */
  public Path restore(String name) {
    return move(folder.resolve(TRASH).resolve(inTrash(name)), folder);
  }

  /** Deletes what is in the trash, for good. */
  public void emptyTrash() {
    trash().forEach(name -> AtomicFiles.deleteFolder(folder.resolve(TRASH).resolve(name)));
  }

  private String inTrash(String name) {
    var there = trash();
    if (!there.contains(name)) {
      throw new MerapiException(
          "there is no `%s` in the trash%s; it has %s"
              .formatted(
                  name,
                  Nearest.hint(name, there),
                  there.isEmpty() ? "nothing" : there.stream().collect(Collectors.joining(", "))));
    }
    return name;
  }

  /** Into a folder, under its own name or, where that is taken, with a number behind it. */
  private static Path move(Path run, Path into) {
    // Whoever holds the lock may write; so nobody does while the folder moves.
    try (var lock = FolderLock.of(run)) {
      Files.createDirectories(into);
      for (int n = 1; ; n++) {
        var target = into.resolve(run.getFileName() + (n == 1 ? "" : "-" + n));
        if (!Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
          return Files.move(lock.folder(), target, StandardCopyOption.ATOMIC_MOVE);
        }
      }
    } catch (IOException e) {
      throw new FileException(
          run, "cannot be moved to " + into + " (" + e.getMessage() + ")", "move it by hand");
    }
  }
}
