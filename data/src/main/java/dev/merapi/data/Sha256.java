package dev.merapi.data;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A SHA-256 of values, of which each is told apart by its length: ("ab", "c") is not ("a", "bc").
 */
public final class Sha256 {
  private final MessageDigest digest;

  public Sha256() {
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has SHA-256", e);
    }
  }

  /** The SHA-256 of a file's bytes, as 64 hexadecimal digits. */
  public static String of(Path file) {
    var sha = new Sha256();
    try (var in = Files.newInputStream(file)) {
      byte[] chunk = new byte[1 << 16];
      for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
        sha.digest.update(chunk, 0, n);
      }
    } catch (IOException e) {
      throw DataException.of(file, "read", e);
    }
    return sha.hex();
  }

  public Sha256 add(String text) {
    return add(text.getBytes(StandardCharsets.UTF_8));
  }

  public Sha256 add(byte... values) {
    digest.update(ByteBuffer.allocate(8).putLong(values.length).flip());
    digest.update(values);
    return this;
  }

  public Sha256 add(int... values) {
    var bytes = ByteBuffer.allocate(4 * values.length);
    bytes.asIntBuffer().put(values);
    return add(bytes.array());
  }

  public Sha256 add(float... values) {
    var bytes = ByteBuffer.allocate(4 * values.length);
    bytes.asFloatBuffer().put(values);
    return add(bytes.array());
  }

  /** The digest as 64 hexadecimal digits; call it once. */
  public String hex() {
    return HexFormat.of().formatHex(digest.digest());
  }
}
