package dev.merapi.text;

import dev.merapi.data.DataException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** BERT's {@code vocab.txt}: a token a line, its id the line's number from 0 on. */
final class BertFiles {
  private static final List<String> SPECIAL = List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]");

  private BertFiles() {}

  static Pipeline read(Path file, boolean lowercase) {
    var tokens = new ArrayList<String>();
    Gpt2Files.lines(file).forEach(line -> tokens.add(line.stripTrailing()));
    while (!tokens.isEmpty() && tokens.getLast().isEmpty()) {
      tokens.removeLast();
    }
    return of(file, Vocabulary.of(tokens, tokens.size()), lowercase);
  }

  static Pipeline of(Path file, Vocabulary vocabulary, boolean lowercase) {
    for (var token : List.of("[UNK]", "[CLS]", "[SEP]")) {
      if (!vocabulary.contains(token)) {
        throw DataException.of(
            file, "the vocabulary has no " + token, "give BERT's vocab.txt, one token a line");
      }
    }
    var added = new ArrayList<AddedToken>();
    for (var token : SPECIAL) {
      if (vocabulary.contains(token)) {
        added.add(AddedToken.special(vocabulary.id(token), token));
      }
    }
    return Pipeline.of(
        file,
        configuration(vocabulary, lowercase),
        new WordPiece(vocabulary, "[UNK]", "##", 100),
        added);
  }

  static ObjectNode configuration(Vocabulary vocabulary, boolean lowercase) {
    var root = JsonNodeFactory.instance.objectNode();
    root.put("version", "1.0");
    root.putObject("normalizer")
        .put("type", "BertNormalizer")
        .put("clean_text", true)
        .put("handle_chinese_chars", true)
        .putNull("strip_accents")
        .put("lowercase", lowercase);
    root.putObject("pre_tokenizer").put("type", "BertPreTokenizer");
    var processor = root.putObject("post_processor");
    processor.put("type", "BertProcessing");
    processor.putArray("sep").add("[SEP]").add(vocabulary.id("[SEP]"));
    processor.putArray("cls").add("[CLS]").add(vocabulary.id("[CLS]"));
    root.putObject("decoder").put("type", "WordPiece").put("prefix", "##").put("cleanup", true);
    return root;
  }
}
