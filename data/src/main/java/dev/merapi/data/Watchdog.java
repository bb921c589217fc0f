package dev.merapi.data;

import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpTimeoutException;
import java.time.Duration;

/**
 * Reads from a stream that may fall silent for ever: after {@code silence} without a byte the
 * stream is closed and the read ends with an {@link HttpTimeoutException}. The HTTP client itself
 * watches only over the answer's first line.
 */
final class Watchdog implements AutoCloseable {
  private final InputStream in;
  private final Duration silence;
  private final Thread thread;
  private volatile long last = System.nanoTime();
  private volatile boolean bitten;

  Watchdog(InputStream in, Duration silence) {
    this.in = in;
    this.silence = silence;
    thread = Thread.ofVirtual().start(this::watch);
  }

  int read(byte[] chunk) throws IOException {
    try {
      int n = in.read(chunk);
      last = System.nanoTime();
      if (!bitten) {
        return n;
      }
    } catch (IOException e) {
      if (!bitten) {
        throw e;
      }
    }
    throw new HttpTimeoutException("nothing came for " + silence.toMillis() / 1000.0 + " s");
  }

  private void watch() {
    try {
      while (true) {
        long left = silence.toNanos() - (System.nanoTime() - last);
        if (left <= 0) {
          bitten = true;
          in.close();
          return;
        }
        Thread.sleep(Duration.ofNanos(left));
      }
    } catch (InterruptedException | IOException _) {
      // closed: nothing is left to watch
    }
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
