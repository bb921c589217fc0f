package dev.merapi.text;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * GPT-2's way to write bytes as characters that can be seen: printable Latin-1 stands for itself,
 * the other 68 bytes are U+0100 and following.
 */
final class ByteCharacters {
  private static final char[] CHARACTERS = characters();
  private static final short[] BYTES = bytes();

  private ByteCharacters() {}

  private static char[] characters() {
    var characters = new char[256];
    char next = 0x100;
    for (int b = 0; b < 256; b++) {
      boolean printable =
          CharacterKinds.in(b, '!', '~') || CharacterKinds.in(b, 0xA1, 0xAC) || b >= 0xAE;
      characters[b] = printable ? (char) b : next++;
    }
    return characters;
  }

  private static short[] bytes() {
    var bytes = new short[0x144];
    Arrays.fill(bytes, (short) -1);
    for (int b = 0; b < 256; b++) {
      bytes[CHARACTERS[b]] = (short) b;
    }
    return bytes;
  }

  static char of(int unsignedByte) {
    return CHARACTERS[unsignedByte];
  }

  /** The byte that a character stands for; -1 where it stands for none. */
  static int toByte(char c) {
    return c < BYTES.length ? BYTES[c] : -1;
  }

  /** The characters of these bytes. */
  static String write(byte[] bytes) {
    var text = new char[bytes.length];
    for (int i = 0; i < text.length; i++) {
      text[i] = CHARACTERS[bytes[i] & 0xFF];
    }
    return new String(text);
  }

  /** The bytes of a token: as its characters say, or its own UTF-8 if one of them is no byte. */
  static byte[] read(String token) {
    var bytes = new byte[token.length()];
    for (int i = 0; i < bytes.length; i++) {
      int b = toByte(token.charAt(i));
      if (b < 0) {
        return token.getBytes(StandardCharsets.UTF_8);
      }
      bytes[i] = (byte) b;
    }
    return bytes;
  }

  /** Writes every byte of a text as a character. */
  static Aligned map(Aligned text) {
    var rewriting = new Aligned.Rewriting(text);
    var utf8 = new byte[4];
    while (rewriting.at() < text.length()) {
      int count = Utf8.encode(text.text().codePointAt(rewriting.at()), utf8, 0);
      rewriting.replace(of(utf8[0] & 0xFF));
      for (int i = 1; i < count; i++) {
        rewriting.insert(of(utf8[i] & 0xFF));
      }
    }
    return rewriting.finish();
  }
}
