package dev.merapi.train;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.node.ObjectNode;

/**
 * What {@code manifest.json} says: which files a checkpoint is made of. It is written last.
 *
 * @param format always {@value #FORMAT}
 * @param formatVersion the version of the layout, {@value #VERSION}
 * @param merapi the version of Merapi that wrote it
 * @param step how many steps of training it holds
 * @param files the other files of the folder
 */
record CheckpointManifest(
    String format, int formatVersion, String merapi, long step, List<Entry> files) {
  static final String NAME = "manifest.json";
  private static final String FORMAT = "merapi-checkpoint";
  private static final int VERSION = 1;
  private static final String HASH = "sha256";

  /** One file: its name in the folder, its size in bytes and its hash in hexadecimal digits. */
  record Entry(String name, long bytes, String sha256) {}

  static CheckpointManifest of(long step, List<Entry> files) {
    return new CheckpointManifest(FORMAT, VERSION, Environment.merapiVersion(), step, files);
  }

  /** The bytes of the file: the fields, and the hash of the bytes that they alone would be. */
  byte[] bytes() {
    ObjectNode tree = Json.MAPPER.valueToTree(this);
    return Json.pretty(tree.put(HASH, DigestChannel.hash(Json.pretty(this))));
  }

  /**
   * Reads the manifest of a checkpoint's folder and checks every file that it names.
   *
   * @throws FileException if the checkpoint is not whole
   */
  static CheckpointManifest verify(Path folder, List<String> needed) {
    var manifest = read(folder);
    for (var name : needed) {
      if (manifest.files.stream().noneMatch(entry -> entry.name.equals(name))) {
        throw notWhole(folder.resolve(NAME), "it does not name " + name);
      }
    }
    // All sizes first: they are cheap, and a short file need not be hashed to be found.
    try {
      for (var entry : manifest.files) {
        var file = folder.resolve(entry.name);
        if (!Files.isRegularFile(file)) {
          throw notWhole(file, "the file is missing");
        }
        if (Files.size(file) != entry.bytes) {
          throw notWhole(
              file,
              "it has %d bytes, and the manifest says %d".formatted(Files.size(file), entry.bytes));
        }
      }
      for (var entry : manifest.files) {
        var file = folder.resolve(entry.name);
        if (!hash(file).equals(entry.sha256)) {
          throw notWhole(file, "its SHA-256 is not the manifest's");
        }
      }
    } catch (IOException e) {
      throw FileException.of(folder, "read", e);
    }
    return manifest;
  }

  private static CheckpointManifest read(Path folder) {
    var file = folder.resolve(NAME);
    if (!Files.isDirectory(folder)) {
      throw new FileException(folder, "this is not a folder", "give a checkpoint's folder");
    }
    if (!Files.exists(file)) {
      throw notWhole(file, "there is none");
    }
    CheckpointManifest manifest;
    boolean same;
    try {
      byte[] bytes = Files.readAllBytes(file);
      if (!(Json.MAPPER.readTree(bytes) instanceof ObjectNode tree)) {
        throw notWhole(file, "it is not a JSON object");
      }
      var hash = tree.remove(HASH);
      manifest = Json.MAPPER.treeToValue(tree, CheckpointManifest.class);
      // Those of older versions have no hash.
      same = hash == null || Arrays.equals(bytes, manifest.bytes());
    } catch (JacksonException e) {
      throw notWhole(file, "it cannot be understood (" + e.getOriginalMessage() + ")");
    } catch (IOException e) {
      throw FileException.of(file, "read", e);
    }
    if (!FORMAT.equals(manifest.format) || manifest.formatVersion != VERSION) {
      throw new FileException(
          file,
          "this is %s version %d, by Merapi %s, and this Merapi reads %s version %d"
              .formatted(manifest.format, manifest.formatVersion, manifest.merapi, FORMAT, VERSION),
          "use the Merapi that wrote it, or a newer one");
    }
    if (manifest.files == null) {
      throw notWhole(file, "it names no files");
    }
    for (var entry : manifest.files) {
      // A name from a file must not lead out of the folder.
      if (entry == null
          || entry.name == null
          || !entry.name.matches("[A-Za-z0-9][A-Za-z0-9._-]*")) {
        throw notWhole(file, "it names the odd file " + entry);
      }
    }
    if (!same) {
      throw notWhole(file, "its SHA-256 is not what it says");
    }
    return manifest;
  }

  private static FileException notWhole(Path file, String what) {
    return new FileException(
        file, "the checkpoint is not whole: " + what, "use another checkpoint of the run");
  }

  private static String hash(Path file) throws IOException {
    var digest = DigestChannel.sha256();
    var buffer = ByteBuffer.allocate(1 << 20);
    try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
      while (channel.read(buffer) >= 0) {
        digest.update(buffer.flip());
        buffer.clear();
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }
}
