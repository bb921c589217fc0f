package dev.merapi.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DownloadTest {
  private static final byte[] CONTENT = new byte[300_000];
  private static final String SHA;

  static {
    new Random(1).nextBytes(CONTENT);
    SHA = sha(CONTENT);
  }

  @TempDir Path folder;
  private HttpServer server;
  private final ConcurrentLinkedQueue<String> requests = new ConcurrentLinkedQueue<>();
  private final CountDownLatch end = new CountDownLatch(1);

  @BeforeEach
  void serve() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    on("/good", exchange -> answer(exchange, 200, CONTENT, CONTENT.length));
    on("/gone", exchange -> answer(exchange, 404, new byte[0], 0));
    on("/cut", exchange -> answer(exchange, 200, Arrays.copyOf(CONTENT, 1000), CONTENT.length));
    on("/short", exchange -> answer(exchange, 200, Arrays.copyOf(CONTENT, 1000), 1000));
    on("/long", exchange -> answer(exchange, 200, Arrays.copyOf(CONTENT, 400_000), 0));
    on("/wrong", exchange -> answer(exchange, 200, new byte[CONTENT.length], CONTENT.length));
    on("/ranges", DownloadTest::answerRange);
    on("/silent", this::fallSilent);
    server.start();
  }

  @AfterEach
  void stop() {
    end.countDown();
    server.stop(0);
  }

  @Test
  void aFileIsFetchedOnceWithProgress() throws IOException {
    var seen = new ArrayList<Long>();
    var download = download("/good");

    var file = download.into(folder.resolve("a/b"), (_, done, _) -> seen.add(done));
    assertArrayEquals(CONTENT, Files.readAllBytes(file));
    assertEquals(0L, seen.getFirst());
    assertEquals(CONTENT.length, seen.getLast());
    assertEquals(seen.stream().sorted().toList(), seen);

    download.into(folder.resolve("a/b"), Progress.SILENT);
    assertEquals(List.of("/good"), List.copyOf(requests));
    assertFalse(Files.exists(folder.resolve("a/b/file.part")));
  }

  @Test
  void aFileThatHasChangedIsFetchedAgain() throws IOException {
    Files.write(folder.resolve("file"), new byte[] {1, 2, 3});
    assertArrayEquals(CONTENT, Files.readAllBytes(download("/good").into(folder, Progress.SILENT)));
  }

  @Test
  void theNextMirrorIsTriedAndEveryFailureIsNamed() throws IOException {
    var file = download("/gone", "/wrong", "/cut", "/good").into(folder, Progress.SILENT);
    assertArrayEquals(CONTENT, Files.readAllBytes(file));

    var nowhere = folder.resolve("other");
    var download = download("/gone", "/wrong", "/long", "/short");
    var error =
        assertThrows(DataException.class, () -> download.into(nowhere, Progress.SILENT))
            .getMessage();
    assertTrue(error.contains("/gone: the server answered 404"), error);
    assertTrue(error.contains("/wrong: it is another file there (wrong SHA-256)"), error);
    assertTrue(error.contains("/long: it is longer there than the 300000 bytes"), error);
    assertTrue(error.contains("/short: it ended after 1000 of 300000 bytes"), error);
    assertTrue(error.contains("put it into " + nowhere.toAbsolutePath()), error);
    assertTrue(error.contains("--data"), error);
    assertFalse(Files.exists(nowhere.resolve("file")));
  }

  @Test
  void aBrokenDownloadGoesOnWhereItEnded() throws IOException {
    assertThrows(
        DataException.class,
        () -> download("/silent").into(folder, Progress.SILENT, Duration.ofSeconds(1)));
    assertEquals(1000, Files.size(folder.resolve("file.part")));

    var file = download("/ranges").into(folder, Progress.SILENT);

    assertArrayEquals(CONTENT, Files.readAllBytes(file));
    assertEquals(List.of("/silent", "/ranges bytes=1000-"), List.copyOf(requests));
  }

  @Test
  void aServerWithoutRangesSendsAllAgain() throws IOException {
    Files.write(folder.resolve("file.part"), Arrays.copyOf(CONTENT, 1000));
    assertArrayEquals(CONTENT, Files.readAllBytes(download("/good").into(folder, Progress.SILENT)));
  }

  @Test
  void aBeginningOfAnotherFileIsThrownAway() throws IOException {
    Files.write(folder.resolve("file.part"), new byte[5000]);
    var file = download("/ranges").into(folder, Progress.SILENT);
    assertArrayEquals(CONTENT, Files.readAllBytes(file));
    assertEquals(List.of("/ranges bytes=5000-", "/ranges"), List.copyOf(requests));

    Files.delete(file);
    Files.write(folder.resolve("file.part"), new byte[CONTENT.length + 1]);
    assertArrayEquals(
        CONTENT, Files.readAllBytes(download("/ranges").into(folder, Progress.SILENT)));
  }

  @Test
  void aServerThatFallsSilentIsLeft() throws IOException {
    var download = download("/silent", "/good");
    var file = download.into(folder, Progress.SILENT, Duration.ofSeconds(1));
    assertArrayEquals(CONTENT, Files.readAllBytes(file));
    assertEquals(List.of("/silent", "/good bytes=1000-"), List.copyOf(requests));
  }

  @Test
  void noServerAtAllIsSaid() throws IOException {
    int port = server.getAddress().getPort();
    server.stop(0);
    var download =
        new Download("file", 1, SHA, List.of(URI.create("http://127.0.0.1:" + port + "/good")));
    var error =
        assertThrows(DataException.class, () -> download.into(folder, Progress.SILENT))
            .getMessage();
    assertTrue(error.contains("no connection"), error);
  }

  @Test
  void twoThreadsThatWantTheSameFileFetchItOnce() throws Exception {
    try (var pool = Executors.newVirtualThreadPerTaskExecutor()) {
      Callable<Path> one = () -> download("/good").into(folder, Progress.SILENT);
      for (var done : pool.invokeAll(List.of(one, one, one))) {
        assertArrayEquals(CONTENT, Files.readAllBytes(done.get()));
      }
    } catch (ExecutionException e) {
      throw new AssertionError(e.getCause());
    }
    assertEquals(List.of("/good"), List.copyOf(requests));
  }

  @Test
  void twoProcessesThatWantTheSameFileFetchItOnce() throws Exception {
    var url = uri("/good").toString();
    var command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            classPath(Download.class, DownloadTest.class, dev.merapi.tensor.MerapiException.class),
            DownloadProcess.class.getName(),
            url,
            SHA,
            folder.toString());
    var first = new ProcessBuilder(command).inheritIO().start();
    var second = new ProcessBuilder(command).inheritIO().start();
    assertEquals(0, first.waitFor());
    assertEquals(0, second.waitFor());
    assertArrayEquals(CONTENT, Files.readAllBytes(folder.resolve("file")));
    assertEquals(List.of("/good"), List.copyOf(requests));
  }

  @Test
  void theCacheIsWhereTheEnvironmentSays() {
    var home = Path.of("home");
    assertEquals(
        Path.of("a"), Download.cache(Map.of("MERAPI_CACHE", "a", "XDG_CACHE_HOME", "b"), home));
    assertEquals(Path.of("b", "merapi"), Download.cache(Map.of("XDG_CACHE_HOME", "b"), home));
    assertEquals(
        Path.of("home", ".cache", "merapi"), Download.cache(Map.of("MERAPI_CACHE", ""), home));
  }

  private Download download(String... paths) {
    return new Download("file", CONTENT.length, SHA, Arrays.stream(paths).map(this::uri).toList());
  }

  private URI uri(String path) {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path);
  }

  static String sha(byte[] content) {
    try {
      var file = Files.createTempFile("content", "");
      try {
        return Sha256.of(Files.write(file, content));
      } finally {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static String classPath(Class<?>... classes) {
    return String.join(
        System.getProperty("path.separator"),
        Arrays.stream(classes)
            .map(
                type ->
                    Path.of(
                            URI.create(
                                type.getProtectionDomain()
                                    .getCodeSource()
                                    .getLocation()
                                    .toString()))
                        .toString())
            .toList());
  }

  @FunctionalInterface
  private interface Handler {
    void handle(HttpExchange exchange) throws IOException;
  }

  private void on(String path, Handler handler) {
    server.createContext(
        path,
        exchange -> {
          var range = Optional.ofNullable(exchange.getRequestHeaders().getFirst("Range"));
          requests.add(path + range.map(r -> " " + r).orElse(""));
          try (exchange) {
            handler.handle(exchange);
          }
        });
  }

  private static void answer(HttpExchange exchange, int status, byte[] body, long length)
      throws IOException {
    exchange.sendResponseHeaders(status, length);
    exchange.getResponseBody().write(body);
  }

  private static void answerRange(HttpExchange exchange) throws IOException {
    var range = exchange.getRequestHeaders().getFirst("Range");
    if (range == null) {
      answer(exchange, 200, CONTENT, CONTENT.length);
      return;
    }
    int from = Integer.parseInt(range.replaceAll("\\D", ""));
    var headers = exchange.getResponseHeaders();
    headers.set(
        "Content-Range", "bytes " + from + "-" + (CONTENT.length - 1) + "/" + CONTENT.length);
    answer(exchange, 206, Arrays.copyOfRange(CONTENT, from, CONTENT.length), CONTENT.length - from);
  }

  private void fallSilent(HttpExchange exchange) throws IOException {
    exchange.sendResponseHeaders(200, CONTENT.length);
    exchange.getResponseBody().write(CONTENT, 0, 1000);
    exchange.getResponseBody().flush();
    try {
      end.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
