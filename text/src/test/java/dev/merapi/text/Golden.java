package dev.merapi.text;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.zip.CRC32;
import java.util.zip.GZIPInputStream;

/** What {@code scripts/tokenizers_golden.py} wrote, and how ours compares. */
final class Golden {
  private Golden() {}

  static byte[] resource(String name) {
    try (var in = Golden.class.getResourceAsStream("/golden/" + name)) {
      var bytes = in.readAllBytes();
      return name.endsWith(".gz")
          ? new GZIPInputStream(new java.io.ByteArrayInputStream(bytes)).readAllBytes()
          : bytes;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The awkward strings. */
  static List<String> strings() {
    var strings = new ArrayList<String>();
    for (var node : JsonPlace.MAPPER.readTree(resource("strings.json.gz"))) {
      strings.add(node.stringValue());
    }
    return strings;
  }

  /** A tokenizer that the script trained. */
  static Path own(String name, Path folder) {
    try {
      return Files.write(folder.resolve(name + ".json"), resource("own/" + name + ".json.gz"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Where a tokenizer differs from the golden file: of each kind, how often and the first. */
  static List<String> differences(Tokenizer tokenizer, String name) {
    var golden = ByteBuffer.wrap(resource(name + ".golden"));
    var differences = new ArrayList<String>();
    var strings = strings();
    for (int i = 0; i < strings.size(); i++) {
      var string = strings.get(i);
      var ids = tokenizer.encode(string);
      if (!Arrays.equals(ids, tokenizer.encoding(string, false).ids())) {
        differences.add("%d: the short way gives other ids: %s".formatted(i, shown(string)));
      }
      compare(golden, differences, i, "ids", string, ids(ids));
      // With a vocabulary that lacks bytes, the library's offsets are shifted by those left out.
      if (hasMarks(string) || name.equals("tiny_bpe")) {
        golden.getInt();
      } else {
        compare(
            golden, differences, i, "offsets", string, offsets(tokenizer.encoding(string, true)));
      }
      compare(golden, differences, i, "text", string, tokenizer.decode(ids));
    }
    return differences;
  }

  /** Whether characters act on each other; which of them a composed one came from is open. */
  static boolean hasMarks(String string) {
    return string
        .codePoints()
        .anyMatch(
            c ->
                CharacterKinds.isMark(c)
                    || CharacterKinds.in(c, 0x1100, 0x11FF)
                    || CharacterKinds.in(c, 0x3130, 0x318F)
                    || CharacterKinds.in(c, 0xFB50, 0xFDFF)
                    || CharacterKinds.in(c, 0xFF61, 0xFFDF));
  }

  private static void compare(
      ByteBuffer golden,
      List<String> differences,
      int index,
      String what,
      String string,
      String found) {
    var crc = new CRC32();
    crc.update(found.getBytes(StandardCharsets.UTF_8));
    if (golden.getInt() != (int) crc.getValue()) {
      differences.add("%d: %s of %s: %s".formatted(index, what, shown(string), found));
    }
  }

  static String ids(int[] ids) {
    return Arrays.stream(ids).mapToObj(Integer::toString).collect(Collectors.joining(" "));
  }

  static String offsets(Encoding encoding) {
    var text = new StringBuilder();
    for (int i = 0; i < encoding.size(); i++) {
      text.append(i == 0 ? "" : " ")
          .append(encoding.ids()[i])
          .append(':')
          .append(encoding.starts()[i])
          .append('-')
          .append(encoding.ends()[i]);
    }
    return text.toString();
  }

  private static String shown(String string) {
    var shown = new StringBuilder("\"");
    string
        .codePoints()
        .limit(60)
        .forEach(
            c ->
                shown.append(c >= ' ' && c < 127 ? Character.toString(c) : "\\u{%x}".formatted(c)));
    return shown.append('"').toString();
  }
}
