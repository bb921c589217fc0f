package dev.merapi.watch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.merapi.tensor.MerapiException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
      assertEquals(run.name(), told.name());
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
