package dev.merapi.watch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.merapi.tensor.MerapiException;
import dev.merapi.train.Environment;
import dev.merapi.train.RunWriter;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

final class UiServerTest {
  private static final String TOKEN = "a token that nobody guesses";

  @TempDir Path folder;

  private UiServer open() {
    return UiServer.start(new Runs(folder), "127.0.0.1", Optional.of(0), Optional.empty());
  }

  private UiServer guarded() {
    return UiServer.start(new Runs(folder), "127.0.0.1", Optional.of(0), Optional.of(TOKEN));
  }

  /** What a server says to a request of any kind, which no client of good manners would send. */
  private static String raw(UiServer server, String request, String... headers) throws IOException {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      var text = new StringBuilder(request + " HTTP/1.1\r\nConnection: close\r\n");
      for (var header : headers) {
        text.append(header).append("\r\n");
      }
      socket
          .getOutputStream()
          .write(text.append("\r\n").toString().getBytes(StandardCharsets.UTF_8));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    }
  }

  private static int status(String answer) {
    return Integer.parseInt(answer.split(" ")[1]);
  }

  private static String here(UiServer server) {
    return "Host: localhost:" + server.port();
  }

  @Test
  void serves() throws IOException {
    var made = MadeRuns.make(folder, "digits", 20, 1);
    try (var server = open()) {
      assertEquals("http://localhost:" + server.port() + "/", server.address());
      for (var path : List.of("/", "/app.js", "/charts.js", "/details.js", "/style.css")) {
        var answer = raw(server, "GET " + path, here(server));
        assertEquals(200, status(answer), path);
        assertTrue(answer.contains("Content-security-policy: default-src 'none'"), answer);
        assertTrue(answer.contains("nosniff"), answer);
      }
      assertTrue(raw(server, "GET /uplot.js", here(server)).contains("uPlot"));
      assertTrue(raw(server, "GET /uplot.css", here(server)).contains(".uplot"));
      var list = raw(server, "GET /api/runs", here(server));
      var run =
          JsonMapper.shared().readTree(list.substring(list.indexOf("\r\n\r\n"))).get("runs").get(0);
      assertEquals(made.path().getFileName().toString(), run.get("name").asString());
      assertEquals("complete", run.get("state").asString());
      assertEquals(0.05, run.get("last").get("train_loss").asDouble());
    }
  }

  @Test
  void curvesComeOnACommonGrid() throws IOException {
    MadeRuns.make(folder, "a", 20, 1);
    MadeRuns.make(folder, "b", 10, 0.5);
    var table = table("/api/curves?metric=train_loss");
    assertEquals(20, table.grid().length);
    assertEquals(2, table.names().size());
    assertEquals(0.25f, table.values()[0][3]);
    assertEquals(0.5f, table.values()[1][3]);
    assertTrue(Float.isNaN(table.values()[1][15]));
    var coarse = table("/api/curves?metric=train_loss&points=5&log=1&x=epoch");
    assertEquals(5, coarse.grid().length);
    assertEquals(0.1, coarse.grid()[0], 1e-6);
    assertEquals(2.0, coarse.grid()[4], 1e-6);
    var near = table("/api/curves?metric=train_loss&points=10&from=3&to=6");
    assertEquals(
        List.of(3.0, 4.0, 5.0, 6.0), java.util.Arrays.stream(near.grid()).boxed().toList());
    assertEquals(0, table("/api/curves?metric=nothing").names().size());
  }

  private CurveTable table(String path) throws IOException {
    try (var server = open()) {
      var answer = raw(server, "GET " + path, here(server)).getBytes(StandardCharsets.ISO_8859_1);
      int at = new String(answer, StandardCharsets.ISO_8859_1).indexOf("\r\n\r\n") + 4;
      var bytes =
          ByteBuffer.wrap(answer, at, answer.length - at).slice().order(ByteOrder.LITTLE_ENDIAN);
      byte[] header = new byte[bytes.getInt()];
      bytes.get(header);
      assertEquals(0, (header.length + 4) % 8);
      var said = JsonMapper.shared().readTree(header);
      double[] grid = new double[said.get("points").asInt()];
      for (int i = 0; i < grid.length; i++) {
        grid[i] = bytes.getDouble();
      }
      var names = said.get("runs").valueStream().map(each -> each.asString()).toList();
      float[][] values = new float[names.size()][grid.length];
      for (float[] row : values) {
        for (int i = 0; i < row.length; i++) {
          row[i] = bytes.getFloat();
        }
      }
      assertFalse(bytes.hasRemaining());
      return new CurveTable(names, grid, values);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/../secret.png",
        "/%2e%2e/secret.png",
        "/style.css/../../secret.png",
        "/api/picture?run=../&file=secret.png",
        "/api/picture?run=..&file=secret.png",
        "/api/picture?run=NAME&file=../secret.png",
        "/api/picture?run=NAME&file=..%2Fsecret.png",
        "/api/picture?run=NAME&file=%2Fetc%2Fpasswd",
        "/api/picture?run=NAME&file=link.png",
        "/api/picture?run=NAME&file=recipe.yaml",
        "/api/run?run=NAME%2F..%2FNAME",
        "/api/histograms?run=..",
        "/api/nothing",
        "/merapi/watch/index.html",
      })
  void nothingElseCanBeRead(String path) throws IOException {
    var runs = folder.resolve("runs");
    var made = MadeRuns.make(runs, "digits", 2, 1);
    Files.writeString(folder.resolve("secret.png"), "secret");
    Files.createSymbolicLink(made.file("link.png"), folder.resolve("secret.png"));
    try (var server =
        UiServer.start(new Runs(runs), "127.0.0.1", Optional.of(0), Optional.empty())) {
      var name = made.path().getFileName().toString();
      var answer = raw(server, "GET " + path.replace("NAME", name), here(server));
      assertEquals(404, status(answer), answer);
      assertFalse(answer.contains("secret\r\n") || answer.endsWith("secret"), answer);
      Files.writeString(made.file("curve.png"), "a picture");
      assertTrue(
          raw(server, "GET /api/picture?run=" + name + "&file=curve.png", here(server))
              .endsWith("a picture"));
    }
  }

  @Test
  void otherPagesAreRefused() throws IOException {
    try (var server = open()) {
      var here = here(server);
      assertEquals(200, status(raw(server, "GET /", "Host: 127.0.0.1:" + server.port())));
      assertEquals(200, status(raw(server, "GET /", "Host: [::1]:" + server.port())));
      // DNS rebinding: a name of somebody else's that points here.
      assertEquals(403, status(raw(server, "GET /api/runs", "Host: evil.example")));
      assertEquals(403, status(raw(server, "GET /api/runs", "Host: localhost.evil.example:80")));
      assertEquals(403, status(raw(server, "GET /api/runs", "Host: 127.0.0.1.evil.example")));
      assertEquals(403, status(raw(server, "GET /", here, "Origin: http://evil.example")));
      assertEquals(403, status(raw(server, "GET /", here, "Origin: null")));
      assertEquals(
          200, status(raw(server, "GET /", here, "Origin: http://localhost:" + server.port())));
      assertEquals(
          403,
          status(
              raw(
                  server,
                  "GET /api/runs",
                  here,
                  "Sec-Fetch-Site: cross-site",
                  "Sec-Fetch-Mode: no-cors")));
      assertEquals(
          200,
          status(
              raw(
                  server,
                  "GET /",
                  here,
                  "Sec-Fetch-Site: cross-site",
                  "Sec-Fetch-Mode: navigate")));
      assertEquals(405, status(raw(server, "POST /api/runs", here, "Content-Length: 0")));
      assertEquals(405, status(raw(server, "DELETE /", here)));
    }
  }

  @Test
  void aTokenOpensTheDoorAndNothingElseDoes() throws IOException {
    try (var server = guarded()) {
      var here = "Host: somewhere.example:" + server.port();
      for (var wrong :
          List.of(
              "X: y",
              "Authorization: Bearer wrong",
              "Authorization: " + TOKEN,
              "Cookie: merapi_token=",
              "Cookie: merapi_token=" + TOKEN.substring(1),
              "Cookie: other=" + TOKEN)) {
        assertEquals(401, status(raw(server, "GET /api/runs", here, wrong)), wrong);
      }
      assertEquals(401, status(raw(server, "GET /?token=wrong", here)));
      assertEquals(
          200, status(raw(server, "GET /api/runs", here, "Authorization: Bearer " + TOKEN)));
      var welcome = raw(server, "GET /?token=" + TOKEN.replace(" ", "+"), here);
      assertEquals(303, status(welcome));
      assertTrue(
          welcome.contains("merapi_token=" + TOKEN + "; HttpOnly; SameSite=Strict"), welcome);
      assertEquals(
          200, status(raw(server, "GET /api/runs", here, "Cookie: a=b; merapi_token=" + TOKEN)));
    }
  }

  @Test
  void otherMachinesNeedATokenWhateverTheUserSays() throws IOException {
    try (var server =
        UiServer.start(new Runs(folder), "0.0.0.0", Optional.of(0), Optional.empty())) {
      assertTrue(server.address().matches("http://localhost:\\d+/\\?token=[0-9a-f]{48}"));
      assertEquals(401, status(raw(server, "GET /", here(server))));
    }
    assertThrows(
        MerapiException.class,
        () -> UiServer.start(new Runs(folder), "0.0.0.0", Optional.of(0), Optional.of("short")));
  }

  @Test
  void aTakenPortIsSaidAndTwoServersLiveSideBySide() throws IOException {
    MadeRuns.make(folder, "digits", 5, 1);
    try (var first = open();
        var second = open()) {
      assertFalse(first.port() == second.port());
      assertTrue(raw(first, "GET /api/runs", here(first)).contains("digits-"));
      assertTrue(raw(second, "GET /api/runs", here(second)).contains("digits-"));
      var error =
          assertThrows(
              MerapiException.class,
              () ->
                  UiServer.start(
                      new Runs(folder), "127.0.0.1", Optional.of(first.port()), Optional.empty()));
      assertTrue(error.getMessage().contains("is taken"), error.getMessage());
    }
  }

  /** Whatever a reader sees of a run that is being written is a beginning of what was written. */
  @Test
  void readsWhileATrainingWrites() throws Exception {
    var environment = Environment.capture(List.of(), 1, "");
    try (var server = open();
        var other = open();
        var pool = Executors.newVirtualThreadPerTaskExecutor();
        var writer = RunWriter.create(folder, "live", MadeRuns.yaml("live", 1), environment)) {
      var name = writer.folder().path().getFileName().toString();
      Callable<Integer> reading =
          () -> {
            int looks = 0;
            for (long last = 0; last < 2_000; looks++) {
              var which = looks % 2 == 0 ? server : other;
              var answer = raw(which, "GET /api/run?run=" + name, here(which));
              assertEquals(200, status(answer), answer);
              var run = JsonMapper.shared().readTree(answer.substring(answer.indexOf("\r\n\r\n")));
              var loss = run.get("measured").get("train_loss");
              if (loss != null) {
                long steps = loss.get("count").asLong();
                assertTrue(steps >= last, steps + " after " + last);
                assertEquals(1.0 / steps, loss.get("last").asDouble(), 1e-15);
                last = steps;
              }
            }
            return looks;
          };
      var readers = List.of(pool.submit(reading), pool.submit(reading));
      for (int step = 1; step <= 2_000; step++) {
        writer.append(step, MadeRuns.line(step, 1));
      }
      for (var reader : readers) {
        assertTrue(reader.get() > 0);
      }
    }
  }

  @Test
  void aTornRequestDoesNotStopTheServer() throws IOException {
    try (var server = open()) {
      try (var socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
          var reader =
              new BufferedReader(
                  new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))) {
        socket.getOutputStream().write("GARBAGE\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        assertTrue(reader.readLine().contains("400"));
      }
      assertEquals(200, status(raw(server, "GET /", here(server))));
    }
  }
}
