package dev.merapi.watch;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.mlflow.api.proto.Service;
import org.mlflow.api.proto.Service.RunInfo;
import org.mlflow.api.proto.Service.RunStatus;
import org.mlflow_project.google.protobuf.InvalidProtocolBufferException;
import org.mlflow_project.google.protobuf.Message;
import org.mlflow_project.google.protobuf.util.JsonFormat;

/**
 * As much of MLflow's tracking server as a client of its REST API 2.0 meets. What is asked and what
 * is answered are the messages of MLflow's own definitions ({@code service.proto}, as its Java
 * client has them): a field that they do not have, or of another type, is refused. Limits and
 * errors are those of its documentation.
 */
final class MlflowStub implements AutoCloseable {
  /** What was told of a run. */
  record Run(
      RunInfo.Builder info,
      Map<String, String> params,
      Map<String, String> tags,
      Map<String, Map<Long, Double>> metrics,
      Map<String, String> artifacts) {
    String status() {
      return info.getStatus().name();
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
  private static final String ARTIFACTS = "PUT /api/2.0/mlflow-artifacts/artifacts/";

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
        .filter(each -> each.getValue().equals(run.info().getExperimentId()))
        .findFirst()
        .orElseThrow()
        .getKey();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      int status = 200;
      String answer;
      try {
        answer = JsonFormat.printer().preservingProtoFieldNames().print(answer(exchange));
      } catch (InvalidProtocolBufferException e) {
        status = 400;
        answer = error("INVALID_PARAMETER_VALUE", e.getMessage());
      } catch (Refused e) {
        status = e.status;
        answer = error(e.code, e.getMessage());
      }
      byte[] body = answer.getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.sendResponseHeaders(status, body.length);
      exchange.getResponseBody().write(body);
    }
  }

  private static String error(String code, String message) {
    return "{\"error_code\": \"%s\", \"message\": \"%s\"}"
        .formatted(code, message.replace('"', '\''));
  }

  private Message answer(HttpExchange exchange) throws IOException {
    var given = Optional.ofNullable(exchange.getRequestHeaders().getFirst("Authorization"));
    if (!given.equals(token.map(each -> "Bearer " + each))) {
      throw new Refused(401, "UNAUTHENTICATED", "who are you?");
    }
    var body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    var uri = exchange.getRequestURI();
    var call = exchange.getRequestMethod() + " " + uri.getPath();
    if (call.startsWith(ARTIFACTS)) {
      return keep(call.substring(ARTIFACTS.length()).split("/"), body);
    }
    return switch (call) {
      case "GET /api/2.0/mlflow/experiments/get-by-name" -> experiment(uri.getRawQuery());
      case "POST /api/2.0/mlflow/experiments/create" ->
          create(read(body, Service.CreateExperiment.newBuilder()).build());
      case "POST /api/2.0/mlflow/runs/create" ->
          create(read(body, Service.CreateRun.newBuilder()).build());
      case "POST /api/2.0/mlflow/runs/log-batch" ->
          log(read(body, Service.LogBatch.newBuilder()).build());
      case "POST /api/2.0/mlflow/runs/update" ->
          update(read(body, Service.UpdateRun.newBuilder()).build());
      default -> throw new Refused(404, "ENDPOINT_NOT_FOUND", call);
    };
  }

  private static <B extends Message.Builder> B read(String body, B builder)
      throws InvalidProtocolBufferException {
    JsonFormat.parser().merge(body, builder);
    return builder;
  }

  private Message keep(String[] parts, String body) {
    var run = run(parts[1]);
    if (!parts[0].equals(run.info().getExperimentId()) || !parts[2].equals("artifacts")) {
      throw new Refused(404, "NOT_FOUND", String.join("/", parts));
    }
    run.artifacts().put(parts[3], body);
    return Service.LogBatch.Response.getDefaultInstance();
  }

  private Message experiment(String query) {
    var name =
        URLDecoder.decode(query.replaceFirst("^experiment_name=", ""), StandardCharsets.UTF_8);
    var id = experiments.get(name);
    if (id == null) {
      throw new Refused(404, "RESOURCE_DOES_NOT_EXIST", "Could not find experiment " + name);
    }
    return Service.GetExperimentByName.Response.newBuilder()
        .setExperiment(Service.Experiment.newBuilder().setExperimentId(id).setName(name))
        .build();
  }

  private Message create(Service.CreateExperiment asked) {
    var id = Integer.toString(experiments.size() + 1);
    if (experiments.putIfAbsent(asked.getName(), id) != null) {
      throw new Refused(400, "RESOURCE_ALREADY_EXISTS", "Experiment already exists");
    }
    return Service.CreateExperiment.Response.newBuilder().setExperimentId(id).build();
  }

  private Message create(Service.CreateRun asked) {
    var experiment = asked.getExperimentId();
    if (!experiments.containsValue(experiment)) {
      throw new Refused(404, "RESOURCE_DOES_NOT_EXIST", "No experiment " + experiment);
    }
    var id = "%032x".formatted(runs.size() + 1);
    var info =
        RunInfo.newBuilder()
            .setRunId(id)
            .setRunName(asked.getRunName())
            .setExperimentId(experiment)
            .setStatus(RunStatus.RUNNING)
            .setStartTime(asked.getStartTime())
            .setArtifactUri("mlflow-artifacts:/%s/%s/artifacts".formatted(experiment, id));
    var run = new Run(info, new TreeMap<>(), new TreeMap<>(), new TreeMap<>(), new TreeMap<>());
    asked.getTagsList().forEach(tag -> run.tags().put(key(tag.getKey()), tag.getValue()));
    runs.put(id, run);
    return Service.CreateRun.Response.newBuilder()
        .setRun(Service.Run.newBuilder().setInfo(info))
        .build();
  }

  private Message log(Service.LogBatch asked) {
    var run = run(asked.getRunId());
    if (asked.getMetricsCount() > 1_000
        || asked.getParamsCount() > 100
        || asked.getTagsCount() > 100) {
      throw new Refused(
          400, "INVALID_PARAMETER_VALUE", "A batch logging request can contain at most");
    }
    for (var param : asked.getParamsList()) {
      var before = run.params().put(key(param.getKey()), param.getValue());
      if (param.getValue().length() > 6_000 || before != null) {
        throw new Refused(400, "INVALID_PARAMETER_VALUE", "Changing param values is not allowed");
      }
    }
    for (var metric : asked.getMetricsList()) {
      if (!metric.hasTimestamp() || !metric.hasValue()) {
        throw new Refused(400, "INVALID_PARAMETER_VALUE", "a metric has a timestamp and a value");
      }
      run.metrics()
          .computeIfAbsent(key(metric.getKey()), _ -> new TreeMap<>())
          .put(metric.getStep(), metric.getValue());
    }
    return Service.LogBatch.Response.getDefaultInstance();
  }

  private Message update(Service.UpdateRun asked) {
    var info = run(asked.getRunId()).info();
    info.setStatus(asked.getStatus()).setEndTime(asked.getEndTime());
    return Service.UpdateRun.Response.newBuilder().setRunInfo(info).build();
  }

  private static String key(String key) {
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
