package dev.merapi.recipe;

import java.util.List;
import java.util.function.Consumer;

/**
 * Passes text on until one of some stop texts comes, which itself is kept back; so is what could be
 * the beginning of one.
 */
final class StopText {
  private final List<String> stops;
  private final Consumer<String> pieces;
  private final StringBuilder text = new StringBuilder();
  private int passed;
  private boolean done;

  StopText(List<String> stops, Consumer<String> pieces) {
    this.stops = stops.stream().filter(stop -> !stop.isEmpty()).toList();
    this.pieces = pieces;
  }

  /** Whether a stop text has come. */
  boolean isDone() {
    return done;
  }

  void add(String more) {
    if (done) {
      return;
    }
    int before = text.length();
    text.append(more);
    int end =
        stops.stream()
            .mapToInt(stop -> text.indexOf(stop, Math.max(0, before - stop.length() + 1)))
            .filter(at -> at >= 0)
            .min()
            .orElse(-1);
    if (end >= 0) {
      text.setLength(end);
      done = true;
    }
    pass(done ? text.length() : text.length() - begun());
  }

  /** All that was passed on, which is now all there is. */
  String finish() {
    pass(text.length());
    return text.toString();
  }

  /** How many characters of the end could begin a stop text. */
  private int begun() {
    return stops.stream().mapToInt(this::begun).max().orElse(0);
  }

  private int begun(String stop) {
    for (int length = Math.min(stop.length() - 1, text.length()); length > 0; length--) {
      if (text.substring(text.length() - length).equals(stop.substring(0, length))) {
        return length;
      }
    }
    return 0;
  }

  private void pass(int end) {
    if (end > passed) {
      pieces.accept(text.substring(passed, end));
      passed = end;
    }
  }
}
