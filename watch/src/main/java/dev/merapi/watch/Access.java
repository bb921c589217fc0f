package dev.merapi.watch;

import com.sun.net.httpserver.Headers;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Who may ask the page's server, and what. Without a token, it listens to this machine alone, and
 * requests must name it by a name of this machine: a page from elsewhere whose name was made to
 * point here (DNS rebinding) names itself. With a token, each request has to bring it.
 *
 * @param token what a request has to bring; none for this machine alone
 */
record Access(Optional<String> token) {
  static final String COOKIE = "merapi_token";
  private static final Pattern LOCAL =
      Pattern.compile("(localhost|127(\\.\\d{1,3}){3}|\\[::1])(:\\d{1,5})?");

  /** A refusal, as HTTP says it. */
  record Refusal(int status, String reason) {}

  /** Why a request is refused, if it is. */
  Optional<Refusal> refusal(String method, Headers headers, Optional<String> tokenInAddress) {
    if (!method.equals("GET") && !method.equals("HEAD")) {
      return refused(405, "only reading is possible here");
    }
    var host = header(headers, "Host").orElse("");
    if (token.isEmpty() && !LOCAL.matcher(host).matches()) {
      return refused(403, "the request names another host than this machine");
    }
    var origin = header(headers, "Origin");
    if (origin.isPresent() && !origin.get().equals("http://" + host)) {
      return refused(403, "the request comes from another page");
    }
    var site = header(headers, "Sec-Fetch-Site").orElse("none");
    boolean navigates = header(headers, "Sec-Fetch-Mode").orElse("navigate").equals("navigate");
    if (!site.equals("none") && !site.equals("same-origin") && !navigates) {
      return refused(403, "the request comes from another page");
    }
    if (token.isPresent()
        && !isToken(tokenInAddress)
        && !isToken(bearer(headers))
        && !isToken(cookie(headers))) {
      return refused(401, "the token is missing or wrong; open the address that `merapi ui` said");
    }
    return Optional.empty();
  }

  private static Optional<Refusal> refused(int status, String reason) {
    return Optional.of(new Refusal(status, reason));
  }

  /** In a time that does not tell how much of it is right. */
  boolean isToken(Optional<String> given) {
    return token.isPresent()
        && given.isPresent()
        && MessageDigest.isEqual(
            token.get().getBytes(StandardCharsets.UTF_8),
            given.get().getBytes(StandardCharsets.UTF_8));
  }

  private static Optional<String> header(Headers headers, String name) {
    // Twice the same header is a trick.
    var values = headers.getOrDefault(name, List.of());
    return values.size() == 1 ? Optional.of(values.getFirst()) : Optional.empty();
  }

  private static Optional<String> bearer(Headers headers) {
    return header(headers, "Authorization")
        .filter(value -> value.startsWith("Bearer "))
        .map(value -> value.substring("Bearer ".length()).strip());
  }

  private static Optional<String> cookie(Headers headers) {
    for (var line : headers.getOrDefault("Cookie", List.of())) {
      for (var pair : line.split(";")) {
        if (pair.strip().startsWith(COOKIE + "=")) {
          return Optional.of(pair.strip().substring(COOKIE.length() + 1));
        }
      }
    }
    return Optional.empty();
  }

  /** Whether an address is reached by this machine alone. */
  static boolean isLocal(InetAddress address) {
    return address.isLoopbackAddress();
  }
}
