package dev.merapi.watch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.merapi.tensor.MerapiException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mlflow.api.proto.Service.Metric;
import org.mlflow.api.proto.Service.Param;
import org.mlflow.api.proto.Service.RunStatus;
import org.mlflow.tracking.MlflowClient;
import org.mlflow.tracking.creds.BasicMlflowHostCreds;

final class MlflowTest {
  @TempDir Path folder;

  private MlflowStub server;
  private RunRecord run;

  @BeforeEach
  void start() throws IOException {
    server = new MlflowStub(Optional.of("secret"));
    MadeRuns.make(folder, "digits", 1, 1);
    run = new Runs(folder).all().getFirst();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private Mlflow client() {
    return new Mlflow(server.address() + "/", Optional.of("secret"), "digits & more", run);
  }

  @Test
  void tellsTheWholeRun() throws IOException {
    try (var mlflow = client()) {
      for (int step = 1; step <= 2_345; step++) {
        mlflow.append(step, Map.of("train_loss", 1.0 / step, "word", "x"));
      }
      mlflow.append(2_346, Map.of("train_loss", Double.NaN, "odd:name", Double.POSITIVE_INFINITY));
      var file = folder.resolve("a picture.png");
      Files.writeString(file, "pixels");
      mlflow.end("FINISHED", List.of(file, folder.resolve("not there")));
      assertEquals(Optional.empty(), mlflow.failure());
      var told = server.runs().get(mlflow.runId());
      assertEquals("digits & more", server.experimentOf(told));
      assertEquals(run.name(), told.info().getRunName());
      assertEquals(run.name(), told.tags().get("mlflow.runName"));
      assertTrue(told.info().getEndTime() >= told.info().getStartTime());
      assertEquals("FINISHED", told.status());
      assertEquals("adam", told.params().get("training.optimizer.kind"));
      assertEquals("7", told.tags().get("merapi.seed"));
      assertEquals(2_346, told.metrics().get("train_loss").size());
      assertEquals(1.0 / 2_345, told.metrics().get("train_loss").get(2_345L));
      assertTrue(told.metrics().get("train_loss").get(2_346L).isNaN());
      assertEquals(Double.POSITIVE_INFINITY, told.metrics().get("odd_name").get(2_346L));
      assertEquals("pixels", told.artifacts().get("a picture.png"));
      assertFalse(told.metrics().containsKey("word"));
    }
    // The experiment is there now.
    try (var again = client()) {
      assertEquals(2, server.runs().size());
      assertEquals(1, server.experiments());
      assertEquals(Optional.empty(), again.failure());
    }
  }

  /** The server's stand-in takes from MLflow's own client what it takes from ours. */
  @Test
  void mlflowsOwnClientTellsTheSame() throws IOException {
    String ours;
    try (var mlflow = client()) {
      ours = mlflow.runId();
      for (int step = 1; step <= 3; step++) {
        mlflow.append(step, Map.of("train_loss", 1.0 / step));
      }
      mlflow.end("FINISHED", List.of());
    }
    try (var client = new MlflowClient(new BasicMlflowHostCreds(server.address(), "secret"))) {
      var experiment = client.getExperimentByName("digits & more").orElseThrow();
      assertEquals(Optional.empty(), client.getExperimentByName("another"));
      var theirs = client.createRun(experiment.getExperimentId()).getRunId();
      var params = new ArrayList<Param>();
      run.settings()
          .forEach(
              (key, value) -> params.add(Param.newBuilder().setKey(key).setValue(value).build()));
      var metrics = new ArrayList<Metric>();
      for (int step = 1; step <= 3; step++) {
        metrics.add(
            Metric.newBuilder()
                .setKey("train_loss")
                .setValue(1.0 / step)
                .setTimestamp(System.currentTimeMillis())
                .setStep(step)
                .build());
      }
      client.logBatch(theirs, metrics, params, List.of());
      client.setTerminated(theirs, RunStatus.FINISHED);
      var told = server.runs().get(theirs);
      assertEquals(told.params(), server.runs().get(ours).params());
      assertEquals(told.metrics(), server.runs().get(ours).metrics());
      assertEquals(told.status(), server.runs().get(ours).status());
      assertEquals(server.experimentOf(told), server.experimentOf(server.runs().get(ours)));
    }
  }

  @Test
  void aServerThatGoesAwayStopsNothing() {
    try (var mlflow = client()) {
      server.close();
      for (int step = 1; step <= 3_000; step++) {
        mlflow.append(step, Map.of("train_loss", 1.0));
      }
      mlflow.end("FINISHED", List.of());
      assertTrue(mlflow.failure().orElse("").contains("does not answer"), "" + mlflow.failure());
    }
  }

  @Test
  void mistakesAreToldBeforeTheTraining() {
    for (var address : List.of("localhost:5000", "file:///tmp", "http://")) {
      assertThrows(
          MerapiException.class, () -> new Mlflow(address, Optional.empty(), "x", run), address);
    }
    var refused =
        assertThrows(
            MerapiException.class,
            () -> new Mlflow(server.address(), Optional.of("wrong"), "x", run));
    assertTrue(refused.getMessage().contains("401"), refused.getMessage());
  }
}
