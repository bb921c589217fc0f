package dev.merapi.text;

import dev.merapi.data.DataException;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** GPT-2's two files: {@code encoder.json} or {@code vocab.json}, and its merges. */
final class Gpt2Files {
  private static final String END = "<|endoftext|>";

  private Gpt2Files() {}

  static Pipeline read(Path vocabularyFile, Path mergesFile) {
    var vocabulary = Vocabulary.read(JsonPlace.read(vocabularyFile));
    var lines = lines(mergesFile);
    var merges = new Merges(lines.size());
    int rank = 0;
    for (int i = 0; i < lines.size(); i++) {
      var line = lines.get(i);
      if (line.isEmpty() || (i == 0 && line.startsWith("#version"))) {
        continue;
      }
      int space = line.indexOf(' ');
      if (space <= 0 || space != line.lastIndexOf(' ') || space == line.length() - 1) {
        throw atLine(mergesFile, i, "two tokens with a space between them are needed here");
      }
      try {
        Bpe.addMerge(
            merges, vocabulary, line.substring(0, space), line.substring(space + 1), rank++, "");
      } catch (DataException e) {
        throw atLine(mergesFile, i, e.getMessage());
      }
    }
    var bpe = new Bpe(vocabulary, merges, Bpe.Options.PLAIN);
    int end = vocabulary.id(END);
    return Pipeline.of(
        vocabularyFile,
        byteLevel(),
        bpe,
        end < 0 ? List.of() : List.of(AddedToken.special(end, END)));
  }

  /** The parts around the model of a byte-level tokenizer. */
  static ObjectNode byteLevel() {
    var root = JsonNodeFactory.instance.objectNode();
    root.put("version", "1.0");
    putByteLevel(root, "pre_tokenizer", true);
    putByteLevel(root, "post_processor", false);
    putByteLevel(root, "decoder", true);
    return root;
  }

  private static void putByteLevel(ObjectNode root, String key, boolean trim) {
    root.putObject(key)
        .put("type", "ByteLevel")
        .put("add_prefix_space", false)
        .put("trim_offsets", trim)
        .put("use_regex", true);
  }

  static List<String> lines(Path file) {
    try {
      // Not readAllLines, to which a line may end in other ways, too.
      return Files.readString(file).replace("\r\n", "\n").lines().toList();
    } catch (MalformedInputException _) {
      throw DataException.of(file, "this is no text in UTF-8", "copy the file again");
    } catch (IOException e) {
      throw DataException.of(file, "read", e);
    }
  }

  static DataException atLine(Path file, int index, String what) {
    return DataException.of(file, "line " + (index + 1) + ": " + what, "copy the file again");
  }
}
