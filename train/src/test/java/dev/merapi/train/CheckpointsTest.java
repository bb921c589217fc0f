package dev.merapi.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CheckpointsTest {
  /** What a training might keep besides its arrays. */
  record State(int epoch, long position, List<Integer> key, double learningRate, String note) {}

  /** A state of nothing. */
  record Empty() {}

  private static final State STATE = new State(3, 1L << 40, List.of(1, -2), 1e-3, "häßlich\n");

  @TempDir Path folder;

  @Test
  void everythingComesBack() {
    var checkpoints = new Checkpoints(folder);
    var written = save(checkpoints, 1234);
    assertEquals(folder.resolve("step-00001234"), written.folder());
    var read = checkpoints.newest().checkpoint().orElseThrow();
    assertEquals(written, read);
    assertTrue(read.model().get("weight").sameAs(TestData.floats(1234, 3, 5)));
    assertTrue(read.optimizer().get("weight.momentum").sameAs(TestData.floats(-1, 3, 5)));
    assertEquals(STATE, read.state(State.class));
    assertEquals(List.of(), checkpoints.newest().skipped());
  }

  @Test
  void withoutAnyThereIsNone() {
    assertEquals(
        new Checkpoints.Found(Optional.empty(), List.of()),
        new Checkpoints(folder.resolve("none")).newest());
    assertTrue(new Checkpoints(folder).best().isEmpty());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"model.safetensors", "optimizer.safetensors", "state.json", "manifest.json"})
  void damagedOnesAreSkippedWithTheReason(String name) throws IOException {
    var checkpoints = new Checkpoints(folder);
    save(checkpoints, 1);
    var file = save(checkpoints, 2).folder().resolve(name);
    var whole = Files.readAllBytes(file);

    Files.delete(file);
    assertFirstIsUsed(checkpoints, name);

    Files.write(file, whole);
    assertEquals(2, checkpoints.newest().checkpoint().orElseThrow().step());

    Files.write(file, List.of("x"), StandardOpenOption.APPEND);
    assertFirstIsUsed(checkpoints, name);

    var flipped = whole.clone();
    flipped[flipped.length / 2] ^= 1;
    Files.write(file, flipped);
    assertFirstIsUsed(checkpoints, name);
  }

  private static void assertFirstIsUsed(Checkpoints checkpoints, String name) {
    var found = checkpoints.newest();
    assertEquals(1, found.checkpoint().orElseThrow().step(), name);
    assertEquals(checkpoints.at(2), found.skipped().getFirst().folder());
    var reason = found.skipped().getFirst().reason();
    assertTrue(reason.contains(name) && reason.contains("not whole"), reason);
  }

  @Test
  void aManifestOfAnotherStepOrWithAnyOtherByteIsDamaged() throws IOException {
    var manifest = save(new Checkpoints(folder), 1).folder().resolve("manifest.json");
    var whole = Files.readAllBytes(manifest);
    for (int at = 0; at < whole.length; at++) {
      var flipped = whole.clone();
      flipped[at] ^= 1;
      Files.write(manifest, flipped);
      openFails();
    }
    for (int size = 0; size < whole.length; size++) {
      Files.write(manifest, Arrays.copyOf(whole, size));
      openFails();
    }
    Files.writeString(manifest, "null");
    assertTrue(openFails().contains("not a JSON object"), openFails());
    Files.write(manifest, Arrays.copyOf(whole, whole.length - 1));
    assertTrue(openFails().contains("not what it says"), openFails());
    // As it was written before it had a hash.
    var text = new String(whole, StandardCharsets.UTF_8);
    Files.writeString(manifest, text.replaceFirst(",\\s+\"sha256\" : \"\\w+\"(?=\\s+}\\s*$)", ""));
    assertEquals(1, Checkpoint.open(new Checkpoints(folder).at(1)).step());
  }

  @Test
  void manifestsOfOtherVersionsAndOddNamesAreRefused() throws IOException {
    var manifest = save(new Checkpoints(folder), 1).folder().resolve("manifest.json");
    var text = Files.readString(manifest);
    Files.writeString(manifest, text.replaceFirst("(?<=formatVersion\" : )1", "2"));
    assertTrue(openFails().contains("merapi-checkpoint version 2"), openFails());
    Files.writeString(manifest, text.replace("state.json", "../state.json"));
    assertTrue(openFails().contains("odd file"), openFails());
  }

  private String openFails() {
    var at = new Checkpoints(folder).at(1);
    return assertThrows(FileException.class, () -> Checkpoint.open(at)).getMessage();
  }

  @Test
  void newestAndBestStay() throws IOException {
    var checkpoints = new Checkpoints(folder);
    for (int step = 10; step <= 50; step += 10) {
      save(checkpoints, step);
      if (step == 20) {
        checkpoints.markBest(step);
      }
      checkpoints.prune(2);
    }
    assertEquals(List.of("best.json", "step-00000020", "step-00000040", "step-00000050"), list());
    assertEquals(20, checkpoints.best().orElseThrow().step());
    assertThrows(IllegalArgumentException.class, () -> checkpoints.prune(0));
  }

  @Test
  void whatIsNotWholeIsSetAsideAndNamedOnce() throws IOException {
    var checkpoints = new Checkpoints(folder);
    save(checkpoints, 10);
    var best = save(checkpoints, 20);
    checkpoints.markBest(20);
    Files.delete(best.optimizerFile());
    Files.createDirectory(checkpoints.at(30));
    var found = checkpoints.repair();
    assertEquals(10, found.checkpoint().orElseThrow().step());
    assertEquals(
        List.of(checkpoints.at(30), checkpoints.at(20)),
        found.skipped().stream().map(Checkpoints.Skipped::folder).toList());
    assertEquals(
        List.of("damaged-step-00000020", "damaged-step-00000030", "step-00000010"), list());
    assertTrue(checkpoints.best().isEmpty());
    assertEquals(List.of(), checkpoints.repair().skipped());
  }

  @Test
  void aBestThatIsOlderIsLookedAtToo() throws IOException {
    var checkpoints = new Checkpoints(folder);
    var best = save(checkpoints, 10);
    save(checkpoints, 20);
    checkpoints.markBest(10);
    Files.write(best.modelFile(), List.of("x"), StandardOpenOption.APPEND);
    var found = checkpoints.repair();
    assertEquals(20, found.checkpoint().orElseThrow().step());
    assertEquals(best.folder(), found.skipped().getFirst().folder());
    assertEquals(List.of("damaged-step-00000010", "step-00000020"), list());

    for (var nonsense : List.of("{", "null", "")) {
      Files.writeString(folder.resolve("best.json"), nonsense);
      assertTrue(checkpoints.repair().skipped().getFirst().reason().contains("best.json"));
    }
    assertEquals(List.of("damaged-step-00000010", "step-00000020"), list());
  }

  @Test
  void bestThatVanishedSaysSo() {
    var checkpoints = new Checkpoints(folder);
    checkpoints.markBest(7);
    var error = assertThrows(FileException.class, checkpoints::best);
    assertTrue(error.getMessage().contains("step-00000007"), error.getMessage());
  }

  @Test
  void stateOfAnotherKindSaysSo() {
    record Other(String name) {}
    var checkpoint = save(new Checkpoints(folder), 1);
    var error = assertThrows(FileException.class, () -> checkpoint.state(Other.class));
    assertTrue(error.getMessage().contains("state.json"), error.getMessage());
    assertFalse(error.getMessage().contains("\n"), error.getMessage());
  }

  @Test
  void writingTheSameStepAgainReplacesIt() throws IOException {
    var checkpoints = new Checkpoints(folder);
    save(checkpoints, 5);
    Files.delete(checkpoints.at(5).resolve("state.json"));
    save(checkpoints, 5);
    assertEquals(STATE, checkpoints.newest().checkpoint().orElseThrow().state(State.class));
    assertEquals(List.of("step-00000005"), list());
  }

  private static Checkpoint save(Checkpoints checkpoints, long step) {
    return checkpoints.save(
        step,
        Map.of("weight", TestData.floats(step, 3, 5), "bias", TestData.floats(0)),
        Map.of("weight.momentum", TestData.floats(-1, 3, 5)),
        STATE);
  }

  private List<String> list() throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.map(path -> path.getFileName().toString()).sorted().toList();
    }
  }
}
