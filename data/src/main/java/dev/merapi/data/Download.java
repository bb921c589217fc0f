package dev.merapi.data;

import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * One published file: its length, its SHA-256, and where it can be had.
 *
 * <p>It is written beside its place, checked, and renamed: whoever finds the file finds it whole.
 * What a broken download has left ({@code NAME.part}) is taken up where it ended. Processes that
 * want the same file at the same time wait for each other, by a lock on {@code .NAME.lock}.
 *
 * @param name the file's name in the folder
 * @param bytes its length
 * @param sha256 its SHA-256, 64 hexadecimal digits
 * @param mirrors addresses (http or https) that are tried in this order
 */
public record Download(String name, long bytes, String sha256, List<URI> mirrors) {
  private static final Duration CONNECT = Duration.ofSeconds(10);
  private static final Duration SILENCE = Duration.ofSeconds(30); // longest wait for the next byte
  private static final int CHUNK = 1 << 16;

  public Download {
    mirrors = List.copyOf(mirrors);
  }

  /**
   * The folder where downloads are kept: {@code $MERAPI_CACHE}, else {@code
   * $XDG_CACHE_HOME/merapi}, else {@code ~/.cache/merapi}.
   */
  public static Path cache() {
    return cache(System.getenv(), Path.of(System.getProperty("user.home")));
  }

  static Path cache(Map<String, String> environment, Path home) {
    var own = environment.getOrDefault("MERAPI_CACHE", "");
    if (!own.isEmpty()) {
      return Path.of(own);
    }
    var shared = environment.getOrDefault("XDG_CACHE_HOME", "");
    return (shared.isEmpty() ? home.resolve(".cache") : Path.of(shared)).resolve("merapi");
  }

  /**
   * The file in {@code folder}, downloaded if it is not there or not the right one.
   *
   * @throws DataException if no mirror has given it; the message names each one's reason and how to
   *     go on without a network
   */
  public Path into(Path folder, Progress progress) {
    return into(folder, progress, SILENCE);
  }

  Path into(Path folder, Progress progress, Duration silence) {
    var file = folder.resolve(name);
    if (isRight(file)) {
      return file;
    }
    try {
      Files.createDirectories(folder);
      try (var channel =
              FileChannel.open(
                  folder.resolve("." + name + ".lock"),
                  StandardOpenOption.CREATE,
                  StandardOpenOption.WRITE);
          var _ = lock(channel)) {
        if (!isRight(file)) {
          fetch(file, progress, silence);
        }
        return file;
      }
    } catch (IOException e) {
      throw DataException.of(folder, "write", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DataException(name + ": the download was interrupted; start it again to go on", e);
    }
  }

  /** Waits until no other process, and no other thread of this one, loads the same file. */
  private static FileLock lock(FileChannel channel) throws IOException, InterruptedException {
    while (true) {
      try {
        var lock = channel.tryLock();
        if (lock != null) {
          return lock;
        }
      } catch (OverlappingFileLockException _) {
        // another thread of this process has it
      }
      Thread.sleep(100);
    }
  }

  private void fetch(Path file, Progress progress, Duration silence)
      throws IOException, InterruptedException {
    var part = file.resolveSibling(name + ".part");
    var failures = new ArrayList<String>();
    try (var client =
        HttpClient.newBuilder()
            .connectTimeout(CONNECT)
            .followRedirects(HttpClient.Redirect.NORMAL)
            .build()) {
      for (var mirror : mirrors) {
        try {
          boolean resumed = Files.exists(part);
          transfer(client, mirror, part, progress, silence);
          if (resumed && !isRight(part)) { // what an earlier try left was no good: from the start
            Files.delete(part);
            transfer(client, mirror, part, progress, silence);
          }
          if (isRight(part)) {
            Aside.move(part, file);
            return;
          }
          Files.delete(part);
          failures.add(mirror + ": it is another file there (wrong SHA-256)");
        } catch (IOException e) {
          failures.add(mirror + ": " + reason(e));
        }
      }
    }
    throw new DataException(
        name
            + ": could not be downloaded ("
            + String.join("; ", failures)
            + "). Check the network and try again, or get the file in another way and put it into "
            + file.getParent().toAbsolutePath()
            + ", or give its folder with --data");
  }

  /** A server's answer that is no file. */
  private static final class Refused extends IOException {
    private static final long serialVersionUID = 1L;

    Refused(String reason) {
      super(reason);
    }
  }

  private static String reason(IOException e) {
    return switch (e) {
      case HttpConnectTimeoutException _ -> "no connection within " + CONNECT.toSeconds() + " s";
      case ConnectException _ -> "no connection";
      default -> DataException.reason(e);
    };
  }

  /** Appends to {@code part} what it lacks, or writes it anew where the server cannot go on. */
  private void transfer(
      HttpClient client, URI mirror, Path part, Progress progress, Duration silence)
      throws IOException, InterruptedException {
    long have = Files.exists(part) ? Files.size(part) : 0;
    if (have >= bytes) {
      if (have == bytes && isRight(part)) {
        return;
      }
      Files.delete(part);
      have = 0;
    }
    var request = HttpRequest.newBuilder(mirror).timeout(silence);
    if (have > 0) {
      request.header("Range", "bytes=" + have + "-");
    }
    var response = client.send(request.build(), BodyHandlers.ofInputStream());
    try (var body = response.body()) {
      boolean goesOn = response.statusCode() == 206 && startsAt(response, have);
      if (response.statusCode() != 200 && !goesOn) {
        throw new Refused("the server answered " + response.statusCode());
      }
      copy(body, part, goesOn ? have : 0, progress, silence);
    }
  }

  private static boolean startsAt(HttpResponse<?> response, long from) {
    return response
        .headers()
        .firstValue("Content-Range")
        .map(range -> range.startsWith("bytes " + from + "-"))
        .orElse(false);
  }

  private void copy(InputStream body, Path part, long from, Progress progress, Duration silence)
      throws IOException {
    try (var out = FileChannel.open(part, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        var watchdog = new Watchdog(body, silence)) {
      out.truncate(from).position(from);
      byte[] chunk = new byte[CHUNK];
      long done = from;
      progress.report(name, done, bytes);
      for (int n = watchdog.read(chunk); n >= 0; n = watchdog.read(chunk)) {
        done += n;
        if (done > bytes) {
          throw new Refused(
              "it is longer there than the " + bytes + " bytes of the published file");
        }
        var buffer = ByteBuffer.wrap(chunk, 0, n);
        while (buffer.hasRemaining()) {
          out.write(buffer);
        }
        progress.report(name, done, bytes);
      }
      if (done < bytes) {
        throw new Refused("it ended after " + done + " of " + bytes + " bytes");
      }
    }
  }

  private boolean isRight(Path file) {
    return Files.isRegularFile(file) && Sha256.of(file).equals(sha256);
  }
}
