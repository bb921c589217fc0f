package dev.merapi.text;

import dev.merapi.data.DataException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What a SentencePiece {@code .model} says, as far as it is used here.
 *
 * @param bytes the whole file
 * @param pieces the pieces, in the order of their ids
 * @param unigram whether it is a unigram model, else byte-pair encoding
 * @param charsMap the precompiled normalisation; empty where there is none
 */
@SuppressWarnings("ArrayRecordComponent") // not compared; taken over
record SentencePieceModel(
    byte[] bytes,
    List<Piece> pieces,
    boolean unigram,
    boolean byteFallback,
    boolean spaceAsSuffix,
    String unknownSurface,
    int begin,
    int end,
    byte[] charsMap,
    boolean dummyPrefix,
    boolean removeExtraSpaces,
    boolean escapeSpaces) {
  /** What a piece is for; the numbers are the file's. */
  enum Kind {
    NONE,
    NORMAL,
    UNKNOWN,
    CONTROL,
    USER_DEFINED,
    UNUSED,
    BYTE;

    private static final List<Kind> ALL = List.of(values());
  }

  record Piece(String text, float score, Kind kind) {}

  static SentencePieceModel read(Path file) {
    byte[] bytes;
    try {
      bytes = Files.readAllBytes(file);
    } catch (IOException e) {
      throw DataException.of(file, "read", e);
    }
    try {
      return new Reader(bytes).read();
    } catch (Wire.Damaged e) {
      throw DataException.of(
          file, "this is no SentencePiece model (" + e.getMessage() + ")", "copy the file again");
    }
  }

  /** Reads the fields one after another; what is missing has the format's default. */
  private static final class Reader {
    private final byte[] bytes;
    private final List<Piece> pieces = new ArrayList<>();
    private long type = 1;
    private boolean byteFallback;
    private boolean spaceAsSuffix;
    private String unknownSurface = " \u2047 ";
    private int begin = 1;
    private int end = 2;
    private byte[] charsMap = {};
    private boolean dummyPrefix = true;
    private boolean removeExtraSpaces = true;
    private boolean escapeSpaces = true;

    Reader(byte[] bytes) {
      this.bytes = bytes;
    }

    SentencePieceModel read() throws Wire.Damaged {
      var wire = new Wire(bytes);
      for (int field = wire.next(); field != 0; field = wire.next()) {
        switch (field) {
          case 1 -> pieces.add(piece(wire.message()));
          case 2 -> trainer(wire.message());
          case 3 -> normaliser(wire.message());
          default -> wire.skip();
        }
      }
      if (pieces.isEmpty()) {
        throw new Wire.Damaged(bytes.length, "it has no pieces");
      }
      if (type != 1 && type != 2) {
        throw new Wire.Damaged(0, "it is of kind " + type + ", neither unigram (1) nor BPE (2)");
      }
      return new SentencePieceModel(
          bytes,
          List.copyOf(pieces),
          type == 1,
          byteFallback,
          spaceAsSuffix,
          unknownSurface,
          begin,
          end,
          charsMap,
          dummyPrefix,
          removeExtraSpaces,
          escapeSpaces);
    }

    private static Piece piece(Wire wire) throws Wire.Damaged {
      var text = "";
      float score = 0;
      long kind = 1;
      for (int field = wire.next(); field != 0; field = wire.next()) {
        switch (field) {
          case 1 -> text = wire.text();
          case 2 -> score = wire.real();
          case 3 -> kind = wire.number();
          default -> wire.skip();
        }
      }
      if (text.isEmpty() || kind < 1 || kind >= Kind.ALL.size()) {
        throw new Wire.Damaged(0, "the piece '" + text + "' of kind " + kind + " cannot be");
      }
      return new Piece(text, score, Kind.ALL.get((int) kind));
    }

    private void trainer(Wire wire) throws Wire.Damaged {
      for (int field = wire.next(); field != 0; field = wire.next()) {
        switch (field) {
          case 3 -> type = wire.number();
          case 24 -> spaceAsSuffix = wire.number() != 0;
          case 35 -> byteFallback = wire.number() != 0;
          case 41 -> begin = (int) wire.number();
          case 42 -> end = (int) wire.number();
          case 44 -> unknownSurface = wire.text();
          default -> wire.skip();
        }
      }
    }

    private void normaliser(Wire wire) throws Wire.Damaged {
      for (int field = wire.next(); field != 0; field = wire.next()) {
        switch (field) {
          case 2 -> charsMap = wire.bytes();
          case 3 -> dummyPrefix = wire.number() != 0;
          case 4 -> removeExtraSpaces = wire.number() != 0;
          case 5 -> escapeSpaces = wire.number() != 0;
          default -> wire.skip();
        }
      }
    }
  }
}
