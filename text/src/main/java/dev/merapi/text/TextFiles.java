package dev.merapi.text;

import dev.merapi.data.DataException;
import dev.merapi.data.Sha256;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The text of a file, or of all {@code .txt} files of a folder in the order of their names, read a
 * piece at a time: it may be larger than memory. UTF-8; a byte order mark is left out.
 */
public final class TextFiles {
  /** Characters of a piece; one ends at the end of a line, if there is one in time. */
  private static final int PIECE = 1 << 20;

  /** Bytes of a text that is kept in memory. */
  private static final long SMALL = 1L << 26;

  private static final char BYTE_ORDER_MARK = '\uFEFF';

  private final Path place;
  private final List<Path> files;
  private volatile String fingerprint; // null until somebody asks: it takes a pass over all files

  private TextFiles(Path place, List<Path> files) {
    this.place = place;
    this.files = files;
  }

  /**
   * Finds the files.
   *
   * @throws DataException if there are none
   */
  public static TextFiles of(Path place) {
    if (!Files.exists(place)) {
      throw DataException.of(place, "read", new NoSuchFileException(place.toString()));
    }
    if (!Files.isDirectory(place)) {
      return new TextFiles(place, List.of(place));
    }
    try (var inside = Files.list(place)) {
      var files =
          inside
              .filter(file -> file.getFileName().toString().endsWith(".txt"))
              .filter(Files::isRegularFile)
              .sorted()
              .toList();
      if (files.isEmpty()) {
        throw DataException.of(
            place, "there is no .txt file in this folder", "give one, or a file");
      }
      return new TextFiles(place, files);
    } catch (IOException e) {
      throw DataException.of(place, "read", e);
    }
  }

  /** The number of files. */
  public int size() {
    return files.size();
  }

  /** SHA-256 of the files' bytes. */
  public String fingerprint() {
    if (fingerprint == null) {
      var sha = new Sha256();
      files.forEach(file -> sha.add(Sha256.of(file)));
      fingerprint = sha.hex();
    }
    return fingerprint;
  }

  /**
   * The text, piece by piece; to be closed.
   *
   * @throws DataException if it is no UTF-8
   */
  public Stream<String> pieces() {
    var pieces = new Pieces();
    return Stream.generate(pieces::next)
        .takeWhile(piece -> !piece.isEmpty())
        .onClose(pieces::close);
  }

  /**
   * Its tokens: of a small text in memory; of a larger one packed once into a file below {@code
   * cache}, which is found again by the contents of text and tokenizer. A tokenizer sees a piece at
   * a time, so a token never reaches over one's end.
   *
   * @throws DataException if the text is empty, no UTF-8, or holds what the tokenizer cannot
   *     express
   */
  public TokenSequence tokens(Tokenizer tokenizer, Path cache) {
    return tokens(tokenizer, cache, SMALL);
  }

  TokenSequence tokens(Tokenizer tokenizer, Path cache, long small) {
    var tokens = bytes() <= small ? read(tokenizer) : packed(tokenizer, cache);
    if (tokens.size() == 0) {
      throw empty();
    }
    return tokens;
  }

  private long bytes() {
    long bytes = 0;
    for (var file : files) {
      try {
        bytes += Files.size(file);
      } catch (IOException e) {
        throw DataException.of(file, "read", e);
      }
    }
    return bytes;
  }

  private TokenSequence read(Tokenizer tokenizer) {
    try (var pieces = new Pieces()) {
      var parts = Stream.generate(() -> pieces.encoded(tokenizer)).takeWhile(ids -> ids.length > 0);
      return TokenSequence.of(parts.flatMapToInt(IntStream::of).toArray());
    }
  }

  private TokenSequence packed(Tokenizer tokenizer, Path cache) {
    var packed = cache.resolve("tokens").resolve(name(tokenizer));
    if (!Files.exists(packed)) {
      try (var pieces = new Pieces()) {
        TokenSequence.write(packed, tokenizer.size(), () -> pieces.encoded(tokenizer));
      }
    }
    return TokenSequence.open(packed);
  }

  private String name(Tokenizer tokenizer) {
    try {
      var folder = Files.createTempDirectory("tokenizer");
      tokenizer.save(folder);
      var sha = new Sha256().add(fingerprint());
      try (var written = Files.list(folder)) {
        for (var file : written.sorted().toList()) {
          sha.add(Sha256.of(file));
          Files.delete(file);
        }
      }
      Files.delete(folder);
      return sha.hex() + ".tokens";
    } catch (IOException e) {
      throw DataException.of(place, "pack", e);
    }
  }

  private DataException empty() {
    return DataException.of(place, "there is no text in it", "give some text");
  }

  /** Reads the files, one after another. */
  private final class Pieces implements AutoCloseable {
    private final List<Path> left = new ArrayList<>(files);
    private Path file = place;
    private Reader reader = Reader.nullReader();
    private final StringBuilder held = new StringBuilder();
    private final char[] buffer = new char[PIECE];
    private long line = 1;

    /** The tokens of the next piece that has any; none at the end. */
    int[] encoded(Tokenizer tokenizer) {
      for (var piece = next(); !piece.isEmpty(); piece = next()) {
        try {
          int[] ids = tokenizer.encode(piece);
          if (ids.length > 0) {
            return ids;
          }
        } catch (DataException e) {
          throw new DataException(
              "%s, before line %d: %s".formatted(file, line, e.getMessage()), e);
        }
      }
      return new int[0];
    }

    /** The next piece; empty at the end. */
    String next() {
      try {
        while (held.length() < PIECE && fill()) {}
      } catch (CharacterCodingException e) {
        throw new DataException(
            "%s, behind line %d: this is not UTF-8; convert the file, for example with iconv"
                .formatted(file, line),
            e);
      } catch (IOException e) {
        throw DataException.of(file, "read", e);
      }
      int end = Math.min(PIECE, held.length());
      if (held.length() > PIECE || !left.isEmpty()) {
        int lineEnd = held.lastIndexOf("\n", end - 1) + 1;
        end = lineEnd > 0 ? lineEnd : end;
        end -= end > 1 && Character.isHighSurrogate(held.charAt(end - 1)) ? 1 : 0;
      }
      var piece = held.substring(0, end);
      held.delete(0, end);
      line += piece.chars().filter(c -> c == '\n').count();
      return piece;
    }

    private boolean fill() throws IOException {
      int count = reader.read(buffer);
      if (count >= 0) {
        held.append(buffer, 0, count);
        return true;
      }
      if (left.isEmpty()) {
        return false;
      }
      reader.close();
      file = left.removeFirst();
      line = 1;
      reader = Files.newBufferedReader(file, StandardCharsets.UTF_8);
      int first = reader.read();
      if (first >= 0 && first != BYTE_ORDER_MARK) {
        held.append((char) first);
      }
      return true;
    }

    @Override
    public void close() {
      try {
        reader.close();
      } catch (IOException e) {
        throw DataException.of(file, "read", e);
      }
    }
  }
}
