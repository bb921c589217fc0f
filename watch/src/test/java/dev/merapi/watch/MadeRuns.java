package dev.merapi.watch;

import dev.merapi.train.Environment;
import dev.merapi.train.RunFolder;
import dev.merapi.train.RunWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Runs for tests, as trainings write them. */
final class MadeRuns {
  private MadeRuns() {}

  /** A run that has ended: a loss that falls from 1 like {@code 1 / step^rate}. */
  static RunFolder make(Path runs, String name, int steps, double rate) {
    var environment = Environment.capture(List.of("train", name), 7, "00");
    try (var writer = RunWriter.create(runs, name, yaml(name, rate), environment)) {
      for (int step = 1; step <= steps; step++) {
        writer.append(step, line(step, rate));
      }
      writer.writeText(RunFolder.RESULT, "{\"ending\": \"complete\"}");
      return writer.folder();
    }
  }

  static String yaml(String recipe, double rate) {
    return "name: %s\nsummary: made up\ntraining:\n  batch: 32\n  optimizer: {kind: adam, learning_rate: %s}\n"
        .formatted(recipe, rate);
  }

  static Map<String, Object> line(long step, double rate) {
    return Map.of("epoch", step / 10.0, "train_loss", Math.pow((double) step, -rate));
  }

  /** A large run without the detour through a writer, of lines such as a training's. */
  static void write(Path runs, String name, int steps, double rate) throws IOException {
    var run = Files.createDirectories(runs.resolve(name));
    Files.writeString(run.resolve("recipe.yaml"), yaml("made", rate));
    Files.writeString(
        run.resolve("environment.json"),
        "{\"merapi\": \"0.1.0\", \"started\": \"2026-01-02T03:04:05Z\", \"seed\": 7}\n");
    Files.writeString(run.resolve("result.json"), "{\"ending\": \"complete\"}\n");
    var text = new StringBuilder();
    for (int step = 1; step <= steps; step++) {
      double noise = Math.sin(step * (1 + rate)) * 0.02;
      text.append(
          String.format(
              Locale.ROOT,
              "{\"step\":%d,\"epoch\":%.4f,\"train_loss\":%.17f,\"learning_rate\":%.6f,\"gradient_norm\":%.16f}%n",
              step,
              step / 100.0,
              Math.pow(step, -rate) + noise * noise,
              1e-3,
              1 + noise));
    }
    Files.writeString(run.resolve("metrics.jsonl"), text);
  }
}
