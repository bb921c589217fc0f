package dev.merapi.table;

import dev.merapi.data.DataException;
import dev.merapi.data.Sha256;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PushbackInputStream;
import java.io.Reader;
import java.io.StringReader;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;

/** A text that can be read more than once. */
sealed interface TextInput {
  /** What it is called in messages. */
  String name();

  /** The text from its beginning; what cannot be decoded becomes {@link #UNDECODED}. */
  Reader open() throws IOException;

  /** SHA-256 of the bytes, as 64 hexadecimal digits. */
  String fingerprint();

  /** Stands where bytes are no text. */
  char UNDECODED = '\uFFFD';

  /**
   * A file, gzipped or not. A byte order mark is skipped, and decides on the encoding.
   *
   * @param encoding of a file without a byte order mark
   */
  record OfFile(Path file, Charset encoding) implements TextInput {
    public OfFile {
      if (Files.isDirectory(file)) {
        throw DataException.of(file, "it is a folder", "give a file of it");
      }
      if (Files.exists(file) && !Files.isReadable(file)) {
        throw DataException.of(file, "read", new AccessDeniedException(file.toString()));
      }
    }

    @Override
    public String name() {
      return file.toString();
    }

    @Override
    public Reader open() throws IOException {
      InputStream bytes = Files.newInputStream(file);
      try {
        if (file.toString().endsWith(".gz")) {
          bytes = new GZIPInputStream(bytes, 1 << 16);
        }
        return decoded(new PushbackInputStream(new BufferedInputStream(bytes, 1 << 16), 3));
      } catch (IOException e) {
        bytes.close();
        throw e;
      }
    }

    private Reader decoded(PushbackInputStream bytes) throws IOException {
      byte[] mark = bytes.readNBytes(3);
      int first = mark.length > 0 ? mark[0] & 0xFF : -1;
      int second = mark.length > 1 ? mark[1] & 0xFF : -1;
      int third = mark.length > 2 ? mark[2] & 0xFF : -1;
      if (first == 0xEF && second == 0xBB && third == 0xBF) {
        return new InputStreamReader(bytes, StandardCharsets.UTF_8);
      }
      boolean big = first == 0xFE && second == 0xFF;
      boolean little = first == 0xFF && second == 0xFE;
      int skipped = big || little ? 2 : 0;
      bytes.unread(mark, skipped, mark.length - skipped);
      return new InputStreamReader(
          bytes, big ? StandardCharsets.UTF_16BE : little ? StandardCharsets.UTF_16LE : encoding);
    }

    @Override
    public String fingerprint() {
      return Sha256.of(file);
    }
  }

  /** A text in memory. */
  record OfText(String name, String text) implements TextInput {
    @Override
    public Reader open() {
      return new StringReader(text);
    }

    @Override
    public String fingerprint() {
      return new Sha256().add(text).hex();
    }
  }
}
