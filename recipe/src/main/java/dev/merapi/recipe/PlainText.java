package dev.merapi.recipe;

import dev.merapi.data.DataException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPInputStream;

/** Files of text that fit into memory: UTF-8, gzipped or not; a byte order mark is left out. */
public final class PlainText {
  private static final String BYTE_ORDER_MARK = "\uFEFF";

  private PlainText() {}

  /**
   * All of a file as one text.
   *
   * @throws DataException if it cannot be read, or is no UTF-8; the message names the line
   */
  public static String read(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      var bytes = (file.toString().endsWith(".gz") ? new GZIPInputStream(in) : in).readAllBytes();
      var text = decoded(file, bytes);
      return text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text;
    } catch (IOException e) {
      throw DataException.of(file, "read", e);
    }
  }

  /**
   * Its lines.
   *
   * @throws DataException likewise
   */
  public static List<String> lines(Path file) {
    return read(file).lines().toList();
  }

  private static String decoded(Path file, byte[] bytes) {
    var in = ByteBuffer.wrap(bytes);
    var out = CharBuffer.allocate(bytes.length);
    var result = StandardCharsets.UTF_8.newDecoder().decode(in, out, true);
    var text = out.flip().toString();
    if (result.isError()) {
      throw new DataException(
          "%s: line %d: this is not UTF-8; convert the file, for example with iconv"
              .formatted(file, 1 + text.chars().filter(c -> c == '\n').count()));
    }
    return text;
  }
}
