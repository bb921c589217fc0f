package dev.merapi.watch;

import dev.merapi.tensor.MerapiException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import tools.jackson.databind.json.JsonMapper;

/** What the page's server answers: the page itself, and what it asks for. */
final class Pages {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final int MOST_POINTS = 2_000;
  private static final String UPLOT = "META-INF/resources/webjars/uplot/";

  private static final Map<String, String> TYPES =
      Map.of(
          "html", "text/html; charset=utf-8",
          "js", "text/javascript; charset=utf-8",
          "css", "text/css; charset=utf-8");

  /** What can be asked for, and where it lies: no path of a request ever reaches the disk. */
  private static final Map<String, String> FILES =
      Map.of(
          "/", "index.html",
          "/app.js", "app.js",
          "/charts.js", "charts.js",
          "/details.js", "details.js",
          "/style.css", "style.css");

  private final Runs runs;
  private final Map<String, byte[]> resources = new ConcurrentHashMap<>();

  /** A run in the list. */
  private record Listed(
      String name,
      String kind,
      String state,
      String recipe,
      String started,
      long steps,
      List<String> tags,
      Map<String, Double> last,
      boolean whole,
      long revision) {}

  /** A run with everything but its curves. */
  private record Detailed(
      String name,
      String kind,
      String state,
      String started,
      List<String> tags,
      Map<String, String> settings,
      Map<String, String> environment,
      Map<String, RunRecord.Measured> measured,
      String recipe,
      String profile,
      List<String> pictures,
      boolean histograms) {}

  Pages(Runs runs) {
    this.runs = runs;
  }

  /**
   * The answer to a request that is allowed.
   *
   * @throws MerapiException if there is nothing of that kind
   */
  Page answer(String path, Map<String, String> query) {
    var file = FILES.get(path);
    if (file != null) {
      var type = TYPES.get(file.substring(file.lastIndexOf('.') + 1));
      return Page.bytes(type, resource(file));
    }
    return switch (path) {
      case "/uplot.js" -> Page.bytes(TYPES.get("js"), uplot("uPlot.iife.min.js"));
      case "/uplot.css" -> Page.bytes(TYPES.get("css"), uplot("uPlot.min.css"));
      case "/api/runs" -> Page.json(JSON.writeValueAsString(listed()));
      case "/api/run" -> Page.json(JSON.writeValueAsString(detailed(run(query))));
      case "/api/curves" -> Page.bytes("application/octet-stream", curves(query));
      case "/api/picture" -> Page.bytes("image/png", picture(query));
      case "/api/histograms" -> Page.bytes("application/x-ndjson", histograms(query));
      default -> throw new MerapiException("there is nothing here");
    };
  }

  private Map<String, Object> listed() {
    var list =
        runs.glance().stream()
            .map(
                run -> {
                  var last = new LinkedHashMap<String, Double>();
                  run.measured().forEach((name, values) -> last.put(name, values.last()));
                  return new Listed(
                      run.name(),
                      run.kind(),
                      run.state(),
                      run.recipe(),
                      run.started(),
                      run.steps(),
                      run.tags(),
                      last,
                      run.whole(),
                      run.revision());
                })
            .toList();
    return Map.of("folder", runs.folder().toString(), "runs", list);
  }

  /** The run of a request: one of those that are there, by its exact name. */
  private Path run(Map<String, String> query) {
    return runs.named(query.getOrDefault("run", ""))
        .orElseThrow(() -> new MerapiException("there is no such run"));
  }

  private Detailed detailed(Path path) {
    var run = runs.record(path);
    return new Detailed(
        run.name(),
        run.kind(),
        run.state(),
        run.started(),
        run.tags(),
        run.settings(),
        run.environment(),
        run.measured(),
        text(path.resolve(Runs.RECIPE)),
        text(path.resolve("profile.txt")),
        pictures(path),
        Files.isRegularFile(path.resolve("histograms.jsonl"), LinkOption.NOFOLLOW_LINKS));
  }

  private static String text(Path file) {
    try {
      return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) && Files.size(file) < 1 << 20
          ? new String(Files.readAllBytes(file), StandardCharsets.UTF_8)
          : "";
    } catch (IOException _) {
      return ""; // it has just gone
    }
  }

  private static List<String> pictures(Path run) {
    try (var entries = Files.list(run)) {
      return entries
          .filter(entry -> entry.getFileName().toString().endsWith(".png"))
          .filter(entry -> Files.isRegularFile(entry, LinkOption.NOFOLLOW_LINKS))
          .map(entry -> entry.getFileName().toString())
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new MerapiException("the run cannot be read: " + e.getMessage(), e);
    }
  }

  private byte[] picture(Map<String, String> query) {
    var run = run(query);
    var name = query.getOrDefault("file", "");
    if (!pictures(run).contains(name)) {
      throw new MerapiException("there is no such picture");
    }
    return bytes(run.resolve(name));
  }

  private byte[] histograms(Map<String, String> query) {
    var file = run(query).resolve("histograms.jsonl");
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      throw new MerapiException("this run has recorded no histograms");
    }
    return bytes(file);
  }

  private static byte[] bytes(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new MerapiException("the file cannot be read: " + e.getMessage(), e);
    }
  }

  /**
   * One quantity of some runs on a common grid: {@code metric}, {@code runs} (names, a line each;
   * all by default; many as far as they are read), {@code x} ({@code step} or {@code epoch}),
   * {@code points}, {@code log}, {@code from} and {@code to}.
   */
  private byte[] curves(Map<String, String> query) {
    double from = number(query, "from", Double.NaN);
    double to = number(query, "to", Double.NaN);
    int points = (int) Math.clamp(number(query, "points", 300), 2, MOST_POINTS);
    var names = query.get("runs");
    var paths = runs.paths();
    if (names != null) {
      var wanted = names.lines().collect(Collectors.toSet());
      paths =
          paths.stream().filter(path -> wanted.contains(path.getFileName().toString())).toList();
    }
    boolean few = paths.size() <= 32;
    boolean zoomed = few && !Double.isNaN(from) && !Double.isNaN(to);
    var curves =
        paths.parallelStream()
            .map(
                path ->
                    zoomed
                        ? detail(path, query, from, to)
                        : few ? runs.curves(path) : runs.glance(path))
            .toList();
    return CurveTable.of(
            paths.stream().map(path -> path.getFileName().toString()).toList(),
            curves,
            query.getOrDefault("metric", "train_loss"),
            query.getOrDefault("x", "step").equals("epoch"),
            new CurveTable.Range(from, to),
            points,
            query.containsKey("log"))
        .bytes();
  }

  /** The part of a run that is looked at, read anew, for it has more places then. */
  private Curves detail(Path path, Map<String, String> query, double from, double to) {
    if (query.getOrDefault("x", "step").equals("epoch")) {
      return runs.curves(path);
    }
    double margin = (to - from) / 10;
    try {
      return Curves.read(path.resolve("metrics.jsonl"), from - margin, to + margin);
    } catch (IOException _) {
      return Curves.NONE; // it has just gone
    }
  }

  private static double number(Map<String, String> query, String key, double otherwise) {
    try {
      return query.containsKey(key) ? Double.parseDouble(query.get(key)) : otherwise;
    } catch (NumberFormatException e) {
      throw new MerapiException(key + " wants a number", e);
    }
  }

  private byte[] resource(String name) {
    return resources.computeIfAbsent(
        name,
        _ -> {
          try (var stream = Pages.class.getResourceAsStream(name)) {
            return stream.readAllBytes();
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  private byte[] uplot(String name) {
    return resources.computeIfAbsent(
        "uplot/" + name,
        _ -> {
          var loader = Pages.class.getClassLoader();
          try (var properties =
              loader.getResourceAsStream("META-INF/maven/org.webjars.npm/uplot/pom.properties")) {
            var described = new Properties();
            described.load(properties);
            var file = UPLOT + described.getProperty("version") + "/dist/" + name;
            try (var stream = Objects.requireNonNull(loader.getResourceAsStream(file))) {
              return stream.readAllBytes();
            }
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }
}
