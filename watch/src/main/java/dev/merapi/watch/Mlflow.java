package dev.merapi.watch;

import dev.merapi.tensor.MerapiException;
import dev.merapi.train.MetricSink;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Tells a run to an MLflow tracking server by its REST API (2.0): experiment, run, parameters,
 * tags, metrics, artifacts. A server that cannot be reached while a training runs does not stop it:
 * what was measured is in the run's folder anyway, and after the first failure no more is sent.
 */
public final class Mlflow implements MetricSink, AutoCloseable {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String API = "/api/2.0/mlflow/";
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  // What a request may have, at most, by MLflow's documentation of log-batch.
  private static final int METRICS = 1_000;
  private static final int PARAMS = 100;
  private static final int PARAM_LETTERS = 6_000;

  private static final Duration PAUSE = Duration.ofSeconds(2);

  private final HttpClient client = HttpClient.newBuilder().connectTimeout(PATIENCE).build();
  private final String server;
  private final Optional<String> token;
  private final String runId;
  private final String artifacts;
  private final List<Map<String, Object>> waiting = new ArrayList<>();
  private long sent = System.nanoTime();
  private Optional<String> failure = Optional.empty();
  private boolean ended;

  /**
   * Begins a run on a server.
   *
   * @param server its address, such as {@code http://localhost:5000}
   * @param token what it wants as a bearer token, if anything
   * @param experiment is made where the server does not know it
   * @throws MerapiException if the server cannot be reached, or refuses
   */
  public Mlflow(String server, Optional<String> token, String experiment, RunRecord run) {
    this.server = address(server);
    this.token = token;
    var created =
        post(
                "runs/create",
                Map.of(
                    "experiment_id",
                    experiment(experiment),
                    "run_name",
                    run.name(),
                    "start_time",
                    System.currentTimeMillis(),
                    "tags",
                    tags(run)))
            .path("run")
            .path("info");
    this.runId = created.path("run_id").asString("");
    this.artifacts = created.path("artifact_uri").asString("");
    if (runId.isEmpty()) {
      throw refused("runs/create", "it gave no run_id");
    }
    var params = new ArrayList<Map<String, Object>>();
    run.settings()
        .forEach(
            (key, value) ->
                params.add(
                    Map.of(
                        "key",
                        key,
                        "value",
                        value.substring(0, Math.min(value.length(), PARAM_LETTERS)))));
    for (int from = 0; from < params.size(); from += PARAMS) {
      post(
          "runs/log-batch",
          Map.of(
              "run_id",
              runId,
              "params",
              params.subList(from, Math.min(params.size(), from + PARAMS))));
    }
  }

  /**
   * The address of a server, without slashes at its end.
   *
   * @throws MerapiException if it is none
   */
  public static String address(String server) {
    if (!server.matches("https?://[A-Za-z0-9_.:\\[\\]-]+(/[^\\s?#]*)?")) {
      throw new MerapiException(
          "`%s` is no address of a server; write for instance http://localhost:5000"
              .formatted(server));
    }
    return server.replaceAll("/+$", "");
  }

  private static List<Map<String, Object>> tags(RunRecord run) {
    var tags = new ArrayList<Map<String, Object>>();
    tags.add(Map.of("key", "mlflow.source.name", "value", "merapi"));
    // Where servers before 2.0, which take no run_name, look for it.
    tags.add(Map.of("key", "mlflow.runName", "value", run.name()));
    run.environment()
        .forEach((key, value) -> tags.add(Map.of("key", "merapi." + key, "value", value)));
    return tags;
  }

  private String experiment(String name) {
    var address =
        "experiments/get-by-name?experiment_name="
            + URLEncoder.encode(name, StandardCharsets.UTF_8);
    var found = send(request(API + address).GET(), "experiments/get-by-name");
    if (found.statusCode() == 404) {
      return post("experiments/create", Map.of("name", name)).path("experiment_id").asString("");
    }
    return json(found, "experiments/get-by-name")
        .path("experiment")
        .path("experiment_id")
        .asString("");
  }

  /** The run's id on the server. */
  public String runId() {
    return runId;
  }

  /** Why something was not told, if anything was not. */
  public synchronized Optional<String> failure() {
    return failure;
  }

  /** Keeps the numbers of a line, and sends what is kept every two seconds. */
  @Override
  public synchronized void append(long step, Map<String, ?> fields) {
    fields.forEach(
        (name, value) -> {
          if (value instanceof Number number) {
            var metric = new LinkedHashMap<String, Object>();
            metric.put("key", key(name));
            metric.put("value", value(number.doubleValue()));
            metric.put("timestamp", System.currentTimeMillis());
            metric.put("step", step);
            waiting.add(metric);
          }
        });
    if (waiting.size() >= METRICS || System.nanoTime() - sent > PAUSE.toNanos()) {
      flush();
    }
  }

  /** MLflow takes letters, digits, and some signs. */
  private static String key(String name) {
    return name.replaceAll("[^\\p{L}\\p{N}_./ -]", "_");
  }

  /** As the server reads what JSON has no numbers for. */
  private static Object value(double number) {
    if (Double.isFinite(number)) {
      return number;
    }
    return Double.isNaN(number) ? "NaN" : number > 0 ? "Infinity" : "-Infinity";
  }

  private void flush() {
    sent = System.nanoTime();
    while (!waiting.isEmpty() && failure.isEmpty()) {
      var batch = waiting.subList(0, Math.min(waiting.size(), METRICS));
      tried(() -> post("runs/log-batch", Map.of("run_id", runId, "metrics", List.copyOf(batch))));
      batch.clear();
    }
    waiting.clear();
  }

  private void tried(Runnable telling) {
    try {
      telling.run();
    } catch (MerapiException e) {
      failure = Optional.of(e.getMessage());
    }
  }

  /**
   * Sends what is kept and these files, and ends the run.
   *
   * @param status {@code FINISHED}, {@code KILLED} or {@code FAILED}
   */
  public synchronized void end(String status, List<Path> files) {
    ended = true;
    flush();
    for (var file : files) {
      if (failure.isEmpty() && Files.isRegularFile(file)) {
        tried(() -> upload(file));
      }
    }
    tried(
        () ->
            post(
                "runs/update",
                Map.of("run_id", runId, "status", status, "end_time", System.currentTimeMillis())));
  }

  private void upload(Path file) {
    var proxied = "mlflow-artifacts:/";
    if (!artifacts.startsWith(proxied)) {
      throw new MerapiException(
          "MLflow keeps artifacts in %s, which it does not pass on; start it with --serve-artifacts"
              .formatted(artifacts));
    }
    // mlflow-artifacts:/PATH, or mlflow-artifacts://HOST/PATH
    var root = artifacts.substring(proxied.length()).replaceFirst("^/[^/]*", "");
    var path = URI.create("/" + root).normalize().getPath();
    try {
      var answer =
          send(
              request(
                      "/api/2.0/mlflow-artifacts/artifacts"
                          + path.replace(" ", "%20")
                          + "/"
                          + URLEncoder.encode(file.getFileName().toString(), StandardCharsets.UTF_8)
                              .replace("+", "%20"))
                  .header("Content-Type", "application/octet-stream")
                  .PUT(BodyPublishers.ofFile(file)),
              "artifacts");
      json(answer, "artifacts");
    } catch (IOException e) {
      throw new MerapiException(file + ": cannot be read (" + e.getMessage() + ")", e);
    }
  }

  private JsonNode post(String what, Map<String, ?> body) {
    var request =
        request(API + what)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(JSON.writeValueAsString(body)));
    return json(send(request, what), what);
  }

  private HttpRequest.Builder request(String address) {
    var request = HttpRequest.newBuilder(URI.create(server + address)).timeout(PATIENCE);
    token.ifPresent(each -> request.header("Authorization", "Bearer " + each));
    return request;
  }

  private HttpResponse<String> send(HttpRequest.Builder request, String what) {
    try {
      return client.send(request.build(), BodyHandlers.ofString());
    } catch (IOException e) {
      throw new MerapiException(
          "MLflow at %s does not answer (%s: %s); see that it runs, or leave --mlflow away"
              .formatted(server, what, e.getMessage() == null ? e : e.getMessage()),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new MerapiException("MLflow: interrupted", e);
    }
  }

  private JsonNode json(HttpResponse<String> answer, String what) {
    JsonNode said;
    try {
      said = JSON.readTree(answer.body().isBlank() ? "{}" : answer.body());
    } catch (JacksonException e) {
      throw refused(what, "it answers " + answer.statusCode() + ", and no JSON");
    }
    if (answer.statusCode() / 100 != 2) {
      throw refused(
          what,
          "%d %s: %s"
              .formatted(
                  answer.statusCode(),
                  said.path("error_code").asString(""),
                  said.path("message").asString("").lines().findFirst().orElse("")));
    }
    return said;
  }

  private MerapiException refused(String what, String why) {
    return new MerapiException(
        "MLflow at %s refuses %s (%s); see what its log says".formatted(server, what, why));
  }

  /** Ends the run as failed, unless it has been ended. */
  @Override
  public synchronized void close() {
    if (!ended && failure.isEmpty()) {
      end("FAILED", List.of());
    }
    client.close();
  }
}
