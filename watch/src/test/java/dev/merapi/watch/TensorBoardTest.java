package dev.merapi.watch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TensorBoardTest {
  @TempDir Path folder;

  private List<Path> files() throws IOException {
    try (var entries = Files.list(folder)) {
      return entries.sorted().toList();
    }
  }

  /** The bytes are those of TensorBoard's own writer: see golden/events.py. */
  @Test
  void writesWhatTensorBoardWrites() throws IOException {
    try (var events = TensorBoard.open(folder, 300, () -> 1234567890.5)) {
      var first = new LinkedHashMap<String, Object>();
      first.put("train_loss", 0.1);
      first.put("word", "left out");
      first.put("learning_rate", 1e-3);
      events.append(301, first);
      var second = new LinkedHashMap<String, Object>();
      second.put("train_loss", Double.NaN);
      second.put("größe", -2.5f);
      events.append(70_000, second);
    }
    try (var golden = TensorBoardTest.class.getResourceAsStream("/golden/events.tfevents")) {
      assertArrayEquals(golden.readAllBytes(), Files.readAllBytes(files().getFirst()));
    }
  }

  @Test
  void everyOpeningHasAFileOfItsOwn() throws IOException {
    for (int i = 0; i < 3; i++) {
      try (var events = TensorBoard.open(folder, 0, () -> 7)) {
        events.append(1, Map.of("loss", 1));
      }
    }
    assertEquals(3, files().size());
    assertEquals(-1, Files.mismatch(files().get(0), files().get(2)));
  }
}
