package dev.merapi.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFilesTest {
  @TempDir Path folder;

  @Test
  void filesAreWrittenAndReplaced() throws IOException {
    AtomicFiles.write(folder.resolve("a.txt"), "one");
    AtomicFiles.write(folder.resolve("a.txt"), "twö");
    assertEquals(Map.of("a.txt", "twö"), tree());
  }

  @Test
  void readersSeeTheOldFileUntilTheNewOneIsWhole() throws IOException {
    var file = folder.resolve("a.txt");
    AtomicFiles.write(file, "old");
    AtomicFiles.write(
        file,
        channel -> {
          channel.write(ByteBuffer.wrap("ne".getBytes(StandardCharsets.UTF_8)));
          assertEquals("old", Files.readString(file));
          channel.write(ByteBuffer.wrap("w".getBytes(StandardCharsets.UTF_8)));
        });
    assertEquals("new", Files.readString(file));
  }

  @Test
  void fullDisksLeaveWhatWasThere() throws IOException {
    var file = folder.resolve("a.txt");
    AtomicFiles.write(file, "old");
    var error =
        assertThrows(
            FileException.class,
            () ->
                AtomicFiles.write(
                    file,
                    channel -> {
                      channel.write(
                          ByteBuffer.wrap("half of the ne".getBytes(StandardCharsets.UTF_8)));
                      throw new IOException("No space left on device");
                    }));
    assertTrue(error.getMessage().contains("the disk is full; free some space"));
    assertEquals(Map.of("a.txt", "old"), tree());
  }

  @Test
  void foldersAreWrittenAndReplacedWhole() throws IOException {
    var target = folder.resolve("step");
    AtomicFiles.writeFolder(target, aside -> write(aside, "a", "1"));
    AtomicFiles.writeFolder(target, aside -> write(aside, "b", "2"));
    assertEquals(Map.of("step/b", "2"), tree());
  }

  @Test
  void failedFoldersLeaveWhatWasThere() throws IOException {
    var target = folder.resolve("step");
    AtomicFiles.writeFolder(target, aside -> write(aside, "a", "1"));
    assertThrows(
        IllegalStateException.class,
        () ->
            AtomicFiles.writeFolder(
                target,
                aside -> {
                  write(aside, "b", "2");
                  throw new IllegalStateException("a bug");
                }));
    assertEquals(Map.of("step/a", "1"), tree());
  }

  @Test
  void pathsThatCannotBeWrittenSayWhy() throws IOException {
    Files.writeString(folder.resolve("plain"), "");
    var below = folder.resolve("plain").resolve("a.txt");
    var error = assertThrows(FileException.class, () -> AtomicFiles.write(below, "x"));
    assertTrue(error.getMessage().contains("is a file, not a folder"), error.getMessage());
    var nowhere = folder.resolve("none").resolve("a.txt");
    error = assertThrows(FileException.class, () -> AtomicFiles.write(nowhere, "x"));
    assertTrue(error.getMessage().contains("no such file or folder"), error.getMessage());
  }

  @Test
  void readOnlyFoldersSayWhy() {
    var closed = folder.resolve("closed").toFile();
    Assumptions.assumeTrue(
        closed.mkdir() && closed.setWritable(false) && !Files.isWritable(closed.toPath()),
        "skipped: this user may write everywhere");
    var error =
        assertThrows(
            FileException.class, () -> AtomicFiles.write(closed.toPath().resolve("a"), "x"));
    assertTrue(error.getMessage().contains("permission to write"), error.getMessage());
  }

  @Test
  void leftoversOfDeadWritersAreSwept() throws IOException {
    write(folder, "kept.txt", "1");
    write(folder, ".hidden", "2");
    write(folder, ".half.txt.0123456789abcdef.aside", "");
    write(Files.createDirectory(folder.resolve(".step.0123456789abcdef.aside")), "a", "");
    // It died between the two renames of a replacement: the old folder comes back.
    write(Files.createDirectory(folder.resolve(".back.0123456789abcdef.old")), "a", "3");
    // It died after both: the old folder goes.
    write(Files.createDirectory(folder.resolve(".gone.0123456789abcdef.old")), "a", "4");
    write(Files.createDirectory(folder.resolve("gone")), "a", "5");
    assertEquals(3, AtomicFiles.sweep(folder).size());
    assertEquals(Map.of("kept.txt", "1", ".hidden", "2", "back/a", "3", "gone/a", "5"), tree());
    assertEquals(List.of(), AtomicFiles.sweep(folder));
  }

  @Test
  void foldersAreDeletedWithAllThatIsInThem() throws IOException {
    var target = Files.createDirectories(folder.resolve("a/b"));
    write(target, "c", "1");
    AtomicFiles.deleteFolder(folder.resolve("a"));
    assertFalse(Files.exists(folder.resolve("a")));
    assertEquals(Map.of(), tree());
  }

  private static void write(Path folder, String name, String text) throws IOException {
    Files.writeString(folder.resolve(name), text);
  }

  private Map<String, String> tree() throws IOException {
    var files = new TreeMap<String, String>();
    try (var all = Files.walk(folder)) {
      for (var file : all.filter(Files::isRegularFile).toList()) {
        files.put(folder.relativize(file).toString().replace('\\', '/'), Files.readString(file));
      }
    }
    return files;
  }
}
