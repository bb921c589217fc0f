package dev.merapi.text;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/** The decoders that a {@code tokenizer.json} may name: they turn tokens back into text. */
final class Decoders {
  private static final Pattern BYTE = Pattern.compile("<0x([0-9A-Fa-f]{2})>");

  private Decoders() {}

  /** Turns tokens into texts, which are then joined. */
  @FunctionalInterface
  interface Decoder {
    List<String> decode(List<String> tokens);
  }

  static Decoder read(JsonPlace place) {
    var type = place.text("type");
    return switch (type) {
      case "ByteLevel" -> Decoders::byteLevel;
      case "WordPiece" -> wordPiece(place.text("prefix"), place.flag("cleanup", true));
      case "Metaspace" -> Metaspace.decoder(place);
      case "ByteFallback" -> Decoders::byteFallback;
      case "Fuse" -> tokens -> List.of(String.join("", tokens));
      case "Strip" ->
          strip(place.text("content"), place.get("start").integer(), place.get("stop").integer());
      case "Replace" -> {
        var pattern =
            Normalisers.replace(TextPattern.read(place.get("pattern")), place.text("content"));
        yield tokens ->
            tokens.stream().map(token -> pattern.apply(Aligned.of(token)).text()).toList();
      }
      case "BPEDecoder" -> suffix(place.text("suffix"));
      case "Sequence" -> {
        var parts = place.get("decoders").elements().stream().map(Decoders::read).toList();
        yield tokens -> {
          for (var part : parts) {
            tokens = part.decode(tokens);
          }
          return tokens;
        };
      }
      default -> throw place.error("the decoder '" + type + "' is not supported");
    };
  }

  private static List<String> byteLevel(List<String> tokens) {
    var bytes = new ByteArrayOutputStream();
    tokens.forEach(token -> bytes.writeBytes(ByteCharacters.read(token)));
    return List.of(bytes.toString(StandardCharsets.UTF_8));
  }

  private static Decoder wordPiece(String prefix, boolean cleanup) {
    return tokens -> {
      var texts = new ArrayList<String>(tokens.size());
      for (int i = 0; i < tokens.size(); i++) {
        var token = tokens.get(i);
        var text = token;
        if (i > 0) {
          text = token.startsWith(prefix) ? token.substring(prefix.length()) : " " + token;
        }
        texts.add(cleanup ? cleaned(text) : text);
      }
      return texts;
    };
  }

  private static String cleaned(String text) {
    return text.replace(" .", ".")
        .replace(" ?", "?")
        .replace(" !", "!")
        .replace(" ,", ",")
        .replace(" ' ", "'")
        .replace(" n't", "n't")
        .replace(" 'm", "'m")
        .replace(" do not", " don't")
        .replace(" 's", "'s")
        .replace(" 've", "'ve")
        .replace(" 're", "'re");
  }

  /** The byte of a token such as {@code <0x0A>}. */
  static OptionalInt byteOf(String token) {
    if (token.length() != 6) {
      return OptionalInt.empty();
    }
    var match = BYTE.matcher(token);
    return match.matches()
        ? OptionalInt.of(Integer.parseInt(match.group(1), 16))
        : OptionalInt.empty();
  }

  /** Runs of bytes become text, or U+FFFD for each byte where they are no UTF-8. */
  private static List<String> byteFallback(List<String> tokens) {
    var texts = new ArrayList<String>(tokens.size());
    var bytes = new ByteArrayOutputStream();
    for (var token : tokens) {
      var b = byteOf(token);
      if (b.isPresent()) {
        bytes.write(b.getAsInt());
        continue;
      }
      flush(bytes, texts);
      texts.add(token);
    }
    flush(bytes, texts);
    return texts;
  }

  private static void flush(ByteArrayOutputStream bytes, List<String> texts) {
    if (bytes.size() == 0) {
      return;
    }
    try {
      var decoder = StandardCharsets.UTF_8.newDecoder();
      texts.add(decoder.decode(ByteBuffer.wrap(bytes.toByteArray())).toString());
    } catch (CharacterCodingException _) {
      texts.add("\uFFFD".repeat(bytes.size()));
    }
    bytes.reset();
  }

  private static Decoder strip(String content, int start, int stop) {
    return tokens ->
        tokens.stream()
            .map(
                token -> {
                  int from = 0;
                  for (int i = 0; i < start && token.startsWith(content, from); i++) {
                    from += content.length();
                  }
                  int to = token.length();
                  for (int i = 0;
                      i < stop
                          && to - content.length() >= from
                          && token.startsWith(content, to - content.length());
                      i++) {
                    to -= content.length();
                  }
                  return token.substring(from, to);
                })
            .toList();
  }

  private static Decoder suffix(String suffix) {
    return tokens -> {
      var texts = new ArrayList<String>(tokens.size());
      for (int i = 0; i < tokens.size(); i++) {
        texts.add(tokens.get(i).replace(suffix, i + 1 == tokens.size() ? "" : " "));
      }
      return texts;
    };
  }
}
