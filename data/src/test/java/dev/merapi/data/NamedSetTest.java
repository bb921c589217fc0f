package dev.merapi.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpServer;
import java.io.FileInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sets are found, or downloaded once, and checked. */
final class NamedSetTest {
  private static final byte[] ROWS = "@data\n1,2\n".getBytes(StandardCharsets.UTF_8);

  @TempDir Path folder;
  private HttpServer server;
  private final ConcurrentLinkedQueue<String> requests = new ConcurrentLinkedQueue<>();

  @BeforeEach
  void serve() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          requests.add(exchange.getRequestURI().getPath());
          try (exchange) {
            exchange.sendResponseHeaders(200, ROWS.length);
            exchange.getResponseBody().write(ROWS);
          }
        });
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private NamedSet set(String sha256) {
    var address =
        URI.create(
            "http://%s:%d/rows.arff"
                .formatted(
                    server.getAddress().getAddress().getHostAddress(),
                    server.getAddress().getPort()));
    return new NamedSet(
        "rows",
        NamedSet.Kind.TABLE,
        "two numbers",
        "tabular",
        List.of("rows.arff"),
        List.of(new Download("rows.arff", ROWS.length, sha256, List.of(address))),
        "the test");
  }

  private Map<String, String> environment() {
    return Map.of(
        "MERAPI_DATA",
        folder.resolve("data").toString(),
        "MERAPI_CACHE",
        folder.resolve("cache").toString());
  }

  @Test
  void aSetIsDownloadedOnceAndOverridden() throws IOException {
    var rows = set(DownloadTest.sha(ROWS));
    assertEquals(Optional.empty(), rows.here(environment()));
    var cached = rows.locate(Optional.empty(), environment(), Progress.SILENT);
    assertEquals(folder.resolve("cache/tabular/rows.arff"), cached);
    assertEquals(cached, rows.locate(Optional.empty(), environment(), Progress.SILENT));
    assertEquals(List.of("/rows.arff"), List.copyOf(requests));
    assertEquals(Optional.of(cached), rows.here(environment()));

    var shared = Files.createDirectories(folder.resolve("data/tabular")).resolve("rows.arff.gz");
    Files.write(shared, ROWS);
    assertEquals(shared, rows.locate(Optional.empty(), environment(), Progress.SILENT));

    var mine = Files.createDirectories(folder.resolve("mine")).resolve("rows.arff");
    var told =
        assertThrows(
            DataException.class,
            () -> rows.locate(Optional.of(mine.getParent()), environment(), Progress.SILENT));
    assertTrue(told.getMessage().contains("there is no rows.arff in "), told.getMessage());
    Files.write(mine, ROWS);
    assertEquals(mine, rows.locate(Optional.of(mine.getParent()), environment(), Progress.SILENT));
    assertEquals(1, requests.size());
  }

  @Test
  void anotherFileThereIsRefused() {
    var rows = set("0".repeat(64));
    var told =
        assertThrows(
            DataException.class,
            () -> rows.locate(Optional.empty(), environment(), Progress.SILENT));
    assertTrue(told.getMessage().contains("wrong SHA-256"), told.getMessage());
    assertFalse(Files.exists(folder.resolve("cache/tabular/rows.arff")));
  }

  @Test
  void namesAndChecksumsAreWellFormed() {
    var names = new HashSet<String>();
    for (var set : NamedSet.all()) {
      assertTrue(names.add(set.name()), set.name() + " is there twice");
      assertEquals(Optional.of(set), NamedSet.find(set.name()));
      for (var download : set.downloads()) {
        assertTrue(download.sha256().matches("[0-9a-f]{64}"), set.name());
        var unzipped = download.name().replaceFirst("(?<!\\.tar)\\.gz$", "");
        assertTrue(set.files().contains(unzipped), set.name());
      }
    }
    assertTrue(NamedSet.names(NamedSet.Kind.TABLE).contains("california-housing"));
  }

  /** What lies on this machine, unpacked, is what would be downloaded. */
  @Test
  void theChecksumsAreThoseOfTheFiles() throws IOException {
    int checked = 0;
    for (var set : NamedSet.all()) {
      var here = set.here();
      if (here.isEmpty() || set.kind() == NamedSet.Kind.PICTURES || set.downloads().isEmpty()) {
        continue; // pictures are published gzipped, and gzip packs as it likes
      }
      try (var file = new FileInputStream(here.get().toFile());
          var in = here.get().toString().endsWith(".gz") ? new GZIPInputStream(file) : file) {
        byte[] bytes = in.readAllBytes();
        var download = set.downloads().getFirst();
        assertEquals(download.bytes(), bytes.length, set.name());
        assertEquals(download.sha256(), DownloadTest.sha(bytes), set.name());
      }
      checked++;
    }
    assumeTrue(checked > 0, "no set is on this machine");
  }
}
