package dev.merapi.train;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;

/**
 * Counts and hashes what passes through to another channel. A hash of the bytes as they were meant,
 * not of the file as it was written, is one that a damaged disk cannot agree with.
 *
 * <p>It is taken beside the writing, so that the disk need not wait for a processor: the memory
 * that was written from must stay as it is until the hash is asked for.
 */
final class DigestChannel implements WritableByteChannel {
  private final WritableByteChannel target;
  private final MessageDigest digest = sha256();
  private CompletableFuture<Void> hashed = CompletableFuture.completedFuture(null);
  private long size;

  DigestChannel(WritableByteChannel target) {
    this.target = target;
  }

  /** Every Java platform must have SHA-256. */
  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Returns the SHA-256 of the bytes, in hexadecimal digits. */
  static String hash(byte[] bytes) {
    return HexFormat.of().formatHex(sha256().digest(bytes));
  }

  @Override
  public int write(ByteBuffer bytes) throws IOException {
    var passed = bytes.duplicate();
    int count = target.write(bytes);
    passed.limit(passed.position() + count);
    hashed = hashed.thenRunAsync(() -> digest.update(passed));
    size += count;
    return count;
  }

  /** Returns how many bytes have passed. */
  long size() {
    return size;
  }

  /** Returns the SHA-256 of what has passed, in hexadecimal digits; nothing may follow. */
  String hash() {
    hashed.join();
    return HexFormat.of().formatHex(digest.digest());
  }

  @Override
  public boolean isOpen() {
    return target.isOpen();
  }

  @Override
  public void close() throws IOException {
    target.close();
  }
}
