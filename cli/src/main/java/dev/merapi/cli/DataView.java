package dev.merapi.cli;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What {@code data show} says.
 *
 * @param json what {@code --json} prints
 * @param picture a PNG, drawn where it is wanted; empty if there is nothing to draw
 * @param caption what the picture is, or why there is none
 */
record DataView(
    List<String> lines, Object json, Optional<Supplier<byte[]>> picture, String caption) {
  DataView {
    lines = List.copyOf(lines);
  }
}
