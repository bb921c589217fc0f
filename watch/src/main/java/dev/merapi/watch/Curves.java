package dev.merapi.watch;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;

/**
 * What a run has measured, by the names of the quantities.
 *
 * @param byName the curves, in the order in which their names came
 * @param lastStep the largest step
 * @param whole whether everything was read; if not, this is a glance at the file
 */
record Curves(Map<String, Curve> byName, long lastStep, boolean whole) {
  static final Curves NONE = new Curves(Map.of(), 0, true);

  /** A glance takes a line at each of so many places, and all that is told at the end. */
  private static final int PLACES = 64;

  private static final int PLACE = 2 << 10;
  private static final int END = 8 << 10;

  /** A run measures some tens of quantities; a file with more is not one that we wrote. */
  private static final int MOST_NAMES = 256;

  private static final int MOST_LETTERS = 128;
  private static final int BLOCK = 1 << 20;
  private static final JsonFactory JSON =
      JsonFactory.builder().enable(StreamReadFeature.USE_FAST_DOUBLE_PARSER).build();

  /** Reads {@code metrics.jsonl}, leaving out lines that are torn; a missing file has no curves. */
  static Curves read(Path file) throws IOException {
    return read(file, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY);
  }

  /** The same for the steps of a range, so in more detail. */
  static Curves read(Path file, double from, double to) throws IOException {
    try (var stream = Files.newInputStream(file)) {
      return new Reading(from, to).of(stream);
    } catch (NoSuchFileException _) {
      return NONE;
    }
  }

  /**
   * What is seen at a glance: a line at each of {@value #PLACES} places spread over the file, and
   * its end, so the last values of what is measured often, and the last step, are the true ones.
   */
  static Curves glance(Path file) throws IOException {
    try (var channel = FileChannel.open(file)) {
      var reading = new Reading(Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY);
      long end = Math.max(0, channel.size() - END);
      for (int i = 0; i < PLACES; i++) {
        reading.lines(channel, i * (end / PLACES), PLACE, false);
      }
      reading.lines(channel, end, END, true);
      return reading.curves(false);
    } catch (NoSuchFileException _) {
      return NONE;
    }
  }

  private static final class Reading {
    private final double from;
    private final double to;
    private final Map<String, Curve> curves = new LinkedHashMap<>();
    private final Curve[] targets = new Curve[MOST_NAMES];
    private final double[] values = new double[MOST_NAMES];
    private double lastStep;

    Reading(double from, double to) {
      this.from = from;
      this.to = to;
    }

    Curves of(InputStream stream) throws IOException {
      byte[] block = new byte[BLOCK];
      int kept = 0;
      for (int read; (read = stream.read(block, kept, block.length - kept)) >= 0; ) {
        int end = kept + read;
        int whole = lastLineEnd(block, end);
        lines(block, 0, whole);
        kept = end - whole;
        System.arraycopy(block, whole, block, 0, kept);
        if (kept == block.length) {
          kept = 0; // a line of a megabyte is none of ours
        }
      }
      return curves(true);
    }

    Curves curves(boolean whole) {
      curves.values().forEach(Curve::end);
      return new Curves(curves, (long) lastStep, whole);
    }

    /** Reads the first whole line of a part of a file, or all its whole lines. */
    void lines(FileChannel channel, long from, int size, boolean all) throws IOException {
      byte[] block = new byte[size];
      int end = Math.max(0, channel.read(ByteBuffer.wrap(block), from));
      int start = from == 0 ? 0 : lineEnd(block, 0, end);
      lines(block, start, all ? lastLineEnd(block, end) : lineEnd(block, start, end));
    }

    /** Behind the first line end from a place on; that place where there is none. */
    private static int lineEnd(byte[] block, int from, int end) {
      for (int i = from; i < end; i++) {
        if (block[i] == '\n') {
          return i + 1;
        }
      }
      return from;
    }

    private static int lastLineEnd(byte[] block, int end) {
      for (int i = end; i > 0; i--) {
        if (block[i - 1] == '\n') {
          return i;
        }
      }
      return 0;
    }

    /** Reads lines as one stream of objects; behind a torn one it begins again. */
    private void lines(byte[] block, int start, int end) {
      int at = start;
      while (at < end) {
        long broken = at;
        try (var json = JSON.createParser(ObjectReadContext.empty(), block, at, end - at)) {
          try {
            while (json.nextToken() != null) {
              broken = at + json.currentTokenLocation().getByteOffset();
              object(json);
            }
            return;
          } catch (JacksonException _) {
            // The error may have been noticed only lines later: on with the one behind its object.
          }
        }
        at = (int) Math.max(broken, at);
        while (at < end && block[at++] != '\n') {}
      }
    }

    private void object(JsonParser json) {
      if (json.currentToken() != JsonToken.START_OBJECT) {
        json.skipChildren();
        return;
      }
      int count = 0;
      double step = 0;
      while (json.nextToken() == JsonToken.PROPERTY_NAME) {
        var name = json.currentName();
        double value = number(json);
        if (name.equals("step")) {
          step = value;
        } else if (!Double.isNaN(value) || json.currentToken() == JsonToken.VALUE_STRING) {
          var curve = curve(name);
          if (curve != null && count < MOST_NAMES) {
            targets[count] = curve;
            values[count++] = value;
          }
        }
      }
      lastStep = Math.max(lastStep, step);
      if (step >= from && step <= to) {
        for (int i = 0; i < count; i++) {
          targets[i].add(step, values[i]);
        }
      }
      Arrays.fill(targets, 0, count, null);
    }

    /** The number that comes next; NaN for what is none. */
    private static double number(JsonParser json) {
      return switch (json.nextToken()) {
        case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> json.getDoubleValue();
        case VALUE_STRING ->
            switch (json.getString()) {
              case "Infinity" -> Double.POSITIVE_INFINITY;
              case "-Infinity" -> Double.NEGATIVE_INFINITY;
              default -> Double.NaN;
            };
        case START_OBJECT, START_ARRAY -> {
          json.skipChildren();
          yield Double.NaN;
        }
        case null, default -> Double.NaN;
      };
    }

    private Curve curve(String name) {
      var known = curves.get(name);
      if (known == null && curves.size() < MOST_NAMES && name.length() <= MOST_LETTERS) {
        known = new Curve();
        curves.put(name, known);
      }
      return known;
    }
  }
}
