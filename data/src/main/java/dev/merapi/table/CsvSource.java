package dev.merapi.table;

import de.siegmar.fastcsv.reader.CloseableIterator;
import de.siegmar.fastcsv.reader.CsvCallbackHandler;
import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.RecordType;
import dev.merapi.data.DataException;
import java.io.BufferedReader;
import java.io.FilterReader;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Comma-separated values (RFC 4180), or values between other characters.
 *
 * @param delimiter between cells; empty to take the one that the first line has most of
 * @param header whether the first line names the columns
 */
record CsvSource(TextInput text, Optional<Character> delimiter, ReadOptions.Header header)
    implements TextSource {
  private static final char[] DELIMITERS = {',', ';', '\t', '|'};

  @Override
  public RawReader open() throws IOException {
    char between = delimiter.isPresent() ? delimiter.get() : guess();
    var handler = new Handler();
    var end = new EndOfText(text.open());
    var rows =
        CsvReader.builder()
            .fieldSeparator(between)
            .allowExtraFields(true)
            .allowMissingFields(true)
            .allowExtraCharsAfterClosingQuote(true)
            .build(handler, end);
    return new Rows(rows, handler, end);
  }

  private char guess() throws IOException {
    try (var reader = new BufferedReader(text.open())) {
      var line = Optional.ofNullable(reader.readLine()).orElse("");
      char best = DELIMITERS[0];
      for (char candidate : DELIMITERS) {
        if (count(line, candidate) > count(line, best)) {
          best = candidate;
        }
      }
      return best;
    }
  }

  private static long count(String line, char wanted) {
    return line.chars().filter(c -> c == wanted).count();
  }

  private final class Rows implements RawReader {
    private final CsvReader<RawRow> reader;
    private final CloseableIterator<RawRow> rows;
    private final Handler handler;
    private final EndOfText end;
    private final List<String> columns;
    private boolean firstIsData;

    Rows(CsvReader<RawRow> reader, Handler handler, EndOfText end) throws IOException {
      this.reader = reader;
      this.rows = reader.iterator();
      this.handler = handler;
      this.end = end;
      var first = new RawRow();
      if (!advance(first)) {
        reader.close();
        throw new DataException(name() + ": the file is empty; give one with rows");
      }
      if (!first.problem().isEmpty()) {
        reader.close();
        throw new DataException("%s: line 1: %s".formatted(name(), first.problem()));
      }
      boolean named =
          switch (header) {
            case YES -> true;
            case NO -> false;
            case AUTO -> IntStream.range(0, first.size()).noneMatch(c -> isValue(first, c));
          };
      firstIsData = !named;
      columns = new ArrayList<>();
      for (int c = 0; c < first.size(); c++) {
        columns.add(named && !first.text(c).isEmpty() ? first.text(c) : "c" + (c + 1));
      }
      pending = first;
    }

    private final RawRow pending;

    /** Numbers and nothing are no names. */
    private static boolean isValue(RawRow row, int cell) {
      return row.text(cell).isEmpty()
          || !Double.isNaN(Numbers.parse(row.chars(), row.start(cell), row.end(cell)));
    }

    @Override
    public List<String> columns() {
      return columns;
    }

    @Override
    public boolean next(RawRow row) throws IOException {
      if (firstIsData) {
        firstIsData = false;
        row.begin(pending.line());
        for (int c = 0; c < pending.size(); c++) {
          row.add(pending.text(c));
        }
        return true;
      }
      return advance(row);
    }

    private boolean advance(RawRow row) throws IOException {
      handler.row = row;
      try {
        if (!rows.hasNext()) {
          return false;
        }
        rows.next();
        if (handler.quoted && end.isUnquoted()) {
          row.fail("a cell has no end, and all behind it is taken for its text; close its quotes");
        }
        return true;
      } catch (CsvParseException e) {
        throw new DataException(
            "%s: line %d: a cell has no end; close its quotes".formatted(name(), row.line() + 1),
            e);
      } catch (UncheckedIOException e) {
        throw e.getCause();
      }
    }

    @Override
    public void close() throws IOException {
      reader.close();
    }
  }

  /** Remembers how a text ends: the parser takes a cell without an end for one that ends there. */
  private static final class EndOfText extends FilterReader {
    private char last;
    private boolean ended;

    EndOfText(Reader text) {
      super(text);
    }

    @Override
    public int read(char[] chars, int offset, int length) throws IOException {
      int count = super.read(chars, offset, length);
      ended = count < 0;
      for (int i = offset + count - 1; i >= offset; i--) {
        if (chars[i] != '\n' && chars[i] != '\r') {
          last = chars[i];
          break;
        }
      }
      return count;
    }

    /** Whether all is read, and does not end with quotes. */
    boolean isUnquoted() {
      return ended && last != '"';
    }
  }

  /** Fills a row with the cells that the parser finds. */
  private static final class Handler extends CsvCallbackHandler<RawRow> {
    private RawRow row = new RawRow();
    private boolean empty;
    private boolean quoted; // the last cell

    @Override
    protected RecordType getRecordType() {
      return empty ? RecordType.EMPTY : RecordType.DATA;
    }

    @Override
    protected int getFieldCount() {
      return row.size();
    }

    @Override
    protected void beginRecord(long line) {
      row.begin(line);
      empty = false;
    }

    @Override
    protected void addField(char[] chars, int offset, int length, boolean isQuoted) {
      row.add(chars, offset, length);
      quoted = isQuoted;
    }

    @Override
    protected void setComment(char[] chars, int offset, int length) {
      empty = true; // comments are not asked for
    }

    @Override
    protected void setEmpty() {
      empty = true;
    }

    @Override
    protected RawRow buildRecord() {
      return row;
    }
  }
}
