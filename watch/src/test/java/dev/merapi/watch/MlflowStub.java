package dev.merapi.watch;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * As much of MLflow's tracking server as a client of its REST API 2.0 meets: its addresses, fields,
 * limits and errors, by its documentation and {@code mlflow/protos/service.proto}.
 */
final class MlflowStub implements AutoCloseable {
  /** What was told of a run. */
  record Run(
      String experiment,
      String name,
      Map<String, String> params,
      Map<String, String> tags,
      Map<String, Map<Long, Double>> metrics,
      Map<String, String> artifacts,
      StringBuilder ending) {
    String status() {
      return ending.toString();
    }
  }

  private static final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1L;
    final int status;
    final String code;

    Refused(int status, String code, String message) {
      super(message);
      this.status = status;
      this.code = code;
    }
  }

  private static final String KEY = "[/\\w.\\- ]{1,250}";

  private final HttpServer server;
  private final Optional<String> token;
  private final Map<String, String> experiments = new ConcurrentHashMap<>();
  private final Map<String, Run> runs = new ConcurrentHashMap<>();

  MlflowStub(Optional<String> token) throws IOException {
    this.token = token;
    this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::handle);
    server.start();
  }

  String address() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  Map<String, Run> runs() {
    return runs;
  }

  int experiments() {
    return experiments.size();
  }

  String experimentOf(Run run) {
    return experiments.entrySet().stream()
        .filter(each -> each.getValue().equals(run.experiment()))
        .findFirst()
        .orElseThrow()
        .getKey();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      int status = 200;
      Object answer;
      try {
        answer = answer(exchange);
      } catch (Refused e) {
        status = e.status;
        answer = Map.of("error_code", e.code, "message", e.getMessage());
      }
      byte[] body = JsonMapper.shared().writeValueAsString(answer).getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.sendResponseHeaders(status, body.length);
      exchange.getResponseBody().write(body);
    }
  }

  private Object answer(HttpExchange exchange) throws IOException {
    var given = Optional.ofNullable(exchange.getRequestHeaders().getFirst("Authorization"));
    if (!given.equals(token.map(each -> "Bearer " + each))) {
      throw new Refused(401, "UNAUTHENTICATED", "who are you?");
    }
    var body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    var uri = exchange.getRequestURI();
    var call = exchange.getRequestMethod() + " " + uri.getPath();
    var artifacts = "PUT /api/2.0/mlflow-artifacts/artifacts/";
    if (call.startsWith(artifacts)) {
      String[] parts = call.substring(artifacts.length()).split("/");
      var run = run(parts[1]);
      if (!parts[0].equals(run.experiment()) || !parts[2].equals("artifacts")) {
        throw new Refused(404, "NOT_FOUND", uri.getPath());
      }
      run.artifacts().put(parts[3], body);
      return Map.of();
    }
    if (call.equals("GET /api/2.0/mlflow/experiments/get-by-name")) {
      var name = uri.getQuery().replaceFirst("^experiment_name=", "").replace('+', ' ');
      var id = experiments.get(name);
      if (id == null) {
        throw new Refused(404, "RESOURCE_DOES_NOT_EXIST", "Could not find experiment " + name);
      }
      return Map.of("experiment", Map.of("experiment_id", id, "name", name));
    }
    var json = JsonMapper.shared().readTree(body);
    return switch (call) {
      case "POST /api/2.0/mlflow/experiments/create" -> {
        var id = Integer.toString(experiments.size() + 1);
        if (experiments.putIfAbsent(json.get("name").asString(), id) != null) {
          throw new Refused(400, "RESOURCE_ALREADY_EXISTS", "Experiment already exists");
        }
        yield Map.of("experiment_id", id);
      }
      case "POST /api/2.0/mlflow/runs/create" -> create(json);
      case "POST /api/2.0/mlflow/runs/log-batch" -> logBatch(json);
      case "POST /api/2.0/mlflow/runs/update" -> {
        var run = run(json.get("run_id").asString());
        run.ending().setLength(0);
        run.ending().append(json.get("status").asString());
        if (!run.status().matches("RUNNING|SCHEDULED|FINISHED|FAILED|KILLED")) {
          throw new Refused(400, "INVALID_PARAMETER_VALUE", run.status());
        }
        yield Map.of("run_info", Map.of("status", run.status()));
      }
      default -> throw new Refused(404, "ENDPOINT_NOT_FOUND", call);
    };
  }

  private Object create(JsonNode json) {
    var experiment = json.get("experiment_id").asString();
    if (!experiments.containsValue(experiment)) {
      throw new Refused(404, "RESOURCE_DOES_NOT_EXIST", "No experiment " + experiment);
    }
    var id = "%032x".formatted(runs.size() + 1);
    var run =
        new Run(
            experiment,
            json.get("run_name").asString(),
            new TreeMap<>(),
            new TreeMap<>(),
            new TreeMap<>(),
            new TreeMap<>(),
            new StringBuilder("RUNNING"));
    json.get("tags").forEach(tag -> run.tags().put(key(tag), tag.get("value").asString()));
    runs.put(id, run);
    return Map.of(
        "run",
        Map.of(
            "info",
            Map.of(
                "run_id",
                id,
                "experiment_id",
                experiment,
                "status",
                "RUNNING",
                "artifact_uri",
                "mlflow-artifacts:/%s/%s/artifacts".formatted(experiment, id))));
  }

  private Object logBatch(JsonNode json) {
    var run = run(json.get("run_id").asString());
    if (json.path("metrics").size() > 1_000
        || json.path("params").size() > 100
        || json.path("tags").size() > 100) {
      throw new Refused(
          400, "INVALID_PARAMETER_VALUE", "A batch logging request can contain at most");
    }
    for (var param : json.path("params")) {
      var before = run.params().put(key(param), param.get("value").asString());
      if (param.get("value").asString().length() > 6_000 || before != null) {
        throw new Refused(400, "INVALID_PARAMETER_VALUE", "Changing param values is not allowed");
      }
    }
    for (var metric : json.path("metrics")) {
      if (!metric.get("timestamp").isIntegralNumber() || !metric.get("step").isIntegralNumber()) {
        throw new Refused(400, "INVALID_PARAMETER_VALUE", "timestamp and step are whole numbers");
      }
      var value = metric.get("value");
      run.metrics()
          .computeIfAbsent(key(metric), _ -> new TreeMap<>())
          .put(
              metric.get("step").asLong(),
              value.isString() ? Double.parseDouble(value.asString()) : value.asDouble());
    }
    return Map.of();
  }

  private static String key(JsonNode entity) {
    var key = entity.get("key").asString();
    if (!key.matches(KEY)) {
      throw new Refused(400, "INVALID_PARAMETER_VALUE", "Invalid name: " + key);
    }
    return key;
  }

  private Run run(String id) {
    var run = runs.get(id);
    if (run == null) {
      throw new Refused(404, "RESOURCE_DOES_NOT_EXIST", "Run with id=" + id + " not found");
    }
    return run;
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
