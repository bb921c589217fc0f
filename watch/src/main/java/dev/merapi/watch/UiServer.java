package dev.merapi.watch;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.merapi.tensor.MerapiException;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * The web page of all runs in a folder, served until it is closed. It only reads, so any number of
 * servers may show a folder while trainings write to it.
 */
public final class UiServer implements AutoCloseable {
  /** The first port that is tried where the user names none, and how many. */
  public static final int PORT = 8642;

  private static final int PORTS = 20;
  private static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
          + " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

  static {
    // A client that sends nothing must not hold a connection for ever.
    System.setProperty("sun.net.httpserver.maxReqTime", "30");
    System.setProperty("sun.net.httpserver.nodelay", "true");
  }

  private final HttpServer server;
  private final ExecutorService threads;
  private final Access access;
  private final Pages pages;

  private UiServer(HttpServer server, Access access, Pages pages) {
    this.server = server;
    this.access = access;
    this.pages = pages;
    this.threads = Executors.newVirtualThreadPerTaskExecutor();
    server.createContext("/", this::handle);
    server.setExecutor(threads);
  }

  /**
   * Starts to serve.
   *
   * @param host the address to listen on; one that other machines reach demands a token
   * @param port 0 for any; empty for the first free one from {@value #PORT} on
   * @param token the token that requests have to bring; by default one is drawn where the address
   *     is reached by other machines
   * @throws MerapiException if it cannot listen there
   */
  public static UiServer start(
      Runs runs, String host, Optional<Integer> port, Optional<String> token) {
    InetAddress address;
    try {
      address = InetAddress.getByName(host);
    } catch (UnknownHostException e) {
      throw new MerapiException(
          "--host %s: there is no such address; leave it away for this machine alone"
              .formatted(host),
          e);
    }
    boolean local = Access.isLocal(address);
    if (token.isPresent() && token.get().length() < 16) {
      throw new MerapiException("a token of less than 16 letters is guessed; give a longer one");
    }
    var access = new Access(token.isPresent() || local ? token : Optional.of(drawn()));
    var server = new UiServer(bind(address, port), access, new Pages(runs));
    server.server.start();
    // While a browser starts, the runs are looked at, and the code that does it becomes warm.
    server.threads.execute(() -> lookAhead(runs));
    return server;
  }

  private static void lookAhead(Runs runs) {
    try {
      runs.glance();
    } catch (MerapiException _) {
      // Told to whoever asks for them.
    }
  }

  private static String drawn() {
    byte[] bytes = new byte[24];
    new SecureRandom().nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  private static HttpServer bind(InetAddress address, Optional<Integer> port) {
    for (int n = 0; ; n++) {
      int tried = port.orElse(PORT + n);
      try {
        return HttpServer.create(new InetSocketAddress(address, tried), 0);
      } catch (BindException e) {
        if (port.isPresent() || n == PORTS) {
          throw new MerapiException(
              "port %d of %s is taken (%s); give another --port"
                  .formatted(tried, address.getHostAddress(), e.getMessage()),
              e);
        }
      } catch (IOException | IllegalArgumentException e) {
        throw new MerapiException(
            "port %d of %s: %s; give another --port"
                .formatted(tried, address.getHostAddress(), e.getMessage()),
            e);
      }
    }
  }

  /** The port that it listens on. */
  public int port() {
    return server.getAddress().getPort();
  }

  /** The address to open in a browser, with the token in it, where one is demanded. */
  public String address() {
    var bound = server.getAddress().getAddress();
    var host =
        bound.isAnyLocalAddress() || bound.isLoopbackAddress()
            ? "localhost"
            : bound.getHostAddress();
    return "http://%s:%d/%s"
        .formatted(
            host.contains(":") ? "[" + host + "]" : host,
            port(),
            access.token().map(token -> "?token=" + token).orElse(""));
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      Page page;
      try {
        page = answer(exchange);
      } catch (MerapiException e) {
        page = Page.text(404, e.getMessage());
      } catch (RuntimeException e) {
        page = Page.text(500, "this is a bug of Merapi: " + e);
      }
      send(exchange, page);
    }
  }

  private Page answer(HttpExchange exchange) {
    var query = query(exchange.getRequestURI().getRawQuery());
    var refusal =
        access.refusal(
            exchange.getRequestMethod(),
            exchange.getRequestHeaders(),
            Optional.ofNullable(query.get("token")));
    if (refusal.isPresent()) {
      return Page.text(refusal.get().status(), refusal.get().reason());
    }
    var path = exchange.getRequestURI().getPath();
    if (path.equals("/") && query.containsKey("token")) {
      // Into a cookie and out of the address, which is shown and kept by browsers.
      exchange
          .getResponseHeaders()
          .add(
              "Set-Cookie",
              "%s=%s; HttpOnly; SameSite=Strict; Path=/"
                  .formatted(Access.COOKIE, access.token().orElse("")));
      exchange.getResponseHeaders().add("Location", "/");
      return Page.text(303, "");
    }
    return pages.answer(path, query);
  }

  private static void send(HttpExchange exchange, Page page) throws IOException {
    var headers = exchange.getResponseHeaders();
    headers.set("Content-Type", page.type());
    headers.set("Content-Security-Policy", POLICY);
    headers.set("X-Content-Type-Options", "nosniff");
    headers.set("Referrer-Policy", "no-referrer");
    headers.set("Cross-Origin-Resource-Policy", "same-origin");
    headers.set("Cache-Control", "no-store");
    boolean empty = exchange.getRequestMethod().equals("HEAD") || page.body().length == 0;
    exchange.sendResponseHeaders(page.status(), empty ? -1 : page.body().length);
    if (!empty) {
      exchange.getResponseBody().write(page.body());
    }
  }

  private static Map<String, String> query(String raw) {
    var query = new LinkedHashMap<String, String>();
    if (raw != null) {
      for (var pair : raw.split("&")) {
        int at = pair.indexOf('=');
        if (at > 0) {
          query.put(decoded(pair.substring(0, at)), decoded(pair.substring(at + 1)));
        }
      }
    }
    return query;
  }

  private static String decoded(String text) {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw new MerapiException("the address cannot be read: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
