package dev.merapi.watch;

import java.nio.charset.StandardCharsets;

/** An answer of the page's server. */
final class Page {
  private final int status;
  private final String type;
  private final byte[] body;

  private Page(int status, String type, byte[] body) {
    this.status = status;
    this.type = type;
    this.body = body;
  }

  static Page text(int status, String text) {
    return new Page(status, "text/plain; charset=utf-8", text.getBytes(StandardCharsets.UTF_8));
  }

  static Page json(String json) {
    return bytes("application/json", json.getBytes(StandardCharsets.UTF_8));
  }

  static Page bytes(String type, byte[] body) {
    return new Page(200, type, body);
  }

  int status() {
    return status;
  }

  String type() {
    return type;
  }

  byte[] body() {
    return body;
  }
}
