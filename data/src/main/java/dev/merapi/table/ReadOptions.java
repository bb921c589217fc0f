package dev.merapi.table;

import dev.merapi.data.DataException;
import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How a table is read.
 *
 * @param types of columns whose types are not to be guessed; may name columns that are not there
 * @param header whether the first line of a CSV names the columns
 * @param delimiter between the cells of a CSV; empty to guess it
 * @param encoding of a text without a byte order mark
 * @param missing what stands in a cell that holds nothing, beside nothing itself
 */
public record ReadOptions(
    Map<String, ColumnType> types,
    Header header,
    Optional<Character> delimiter,
    Charset encoding,
    List<String> missing) {
  /** What stands for nothing where nobody says otherwise. */
  public static final List<String> MISSING =
      List.of("?", "NA", "N/A", "NaN", "nan", "null", "NULL");

  /** Guesses what can be guessed; UTF-8. */
  public static final ReadOptions DEFAULT =
      new ReadOptions(Map.of(), Header.AUTO, Optional.empty(), StandardCharsets.UTF_8, MISSING);

  /** Whether the first line names the columns. */
  public enum Header {
    /** It does unless a cell of it is a number or empty. */
    AUTO,
    YES,
    NO
  }

  public ReadOptions {
    types = Map.copyOf(types);
    missing = List.copyOf(missing);
  }

  /** With the type of one more column. */
  public ReadOptions type(String column, ColumnType type) {
    Map<String, ColumnType> more = new HashMap<>(types);
    more.put(column, type);
    return new ReadOptions(more, header, delimiter, encoding, missing);
  }

  /** With or without a line of names. */
  public ReadOptions header(Header header) {
    return new ReadOptions(types, header, delimiter, encoding, missing);
  }

  /** With another character between cells. */
  public ReadOptions delimiter(char delimiter) {
    return new ReadOptions(types, header, Optional.of(delimiter), encoding, missing);
  }

  /**
   * In another encoding, such as {@code windows-1252}.
   *
   * @throws DataException if this JDK has no such encoding
   */
  public ReadOptions encoding(String name) {
    try {
      return new ReadOptions(types, header, delimiter, Charset.forName(name), missing);
    } catch (IllegalCharsetNameException | UnsupportedCharsetException e) {
      throw new DataException(
          "there is no encoding `%s`; give one such as UTF-8, ISO-8859-1 or windows-1252"
              .formatted(name),
          e);
    }
  }
}
