package dev.merapi.text;

import dev.merapi.data.DataException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.node.ObjectNode;

/**
 * OpenAI's files of ranks: a line a token, its bytes in base64 and its rank, which is its id, too.
 * Of two neighbours whose bytes make a token, the one of the lowest rank merges first.
 */
public final class Tiktoken {
  /** GPT-2's words; also r50k and p50k. */
  public static final String GPT2_PATTERN = Gpt2Scanner.REGEX;

  /** The words of cl100k, and Llama 3's. */
  public static final String CL100K_PATTERN = Cl100kScanner.CL100K;

  private Tiktoken() {}

  /**
   * Reads a file of ranks, which says nothing of the rest.
   *
   * @param pattern the regular expression of a word: {@link #CL100K_PATTERN}
   * @param special special tokens and their ids
   * @throws DataException if the file is damaged
   */
  public static Tokenizer read(Path file, String pattern, Map<String, Integer> special) {
    var tokens = new ArrayList<String>();
    var lines = Gpt2Files.lines(file);
    for (int i = 0; i < lines.size(); i++) {
      var line = lines.get(i);
      int space = line.indexOf(' ');
      if (line.isEmpty()) {
        continue;
      }
      try {
        int rank = Integer.parseInt(line.substring(space + 1));
        var token =
            ByteCharacters.write(Base64.getDecoder().decode(line.substring(0, Math.max(0, space))));
        if (rank != tokens.size() || token.isEmpty()) {
          throw Gpt2Files.atLine(
              file, i, "the rank " + tokens.size() + " of a token is needed here");
        }
        tokens.add(token);
      } catch (IllegalArgumentException _) {
        throw Gpt2Files.atLine(file, i, "a token in base64 and its rank are needed here");
      }
    }
    if (tokens.isEmpty()) {
      throw DataException.of(file, "there are no ranks in it", "copy the file again");
    }
    var vocabulary = Vocabulary.of(tokens, tokens.size());
    var added = new ArrayList<AddedToken>();
    special.forEach((content, id) -> added.add(AddedToken.special(id, content)));
    return Pipeline.of(
        file,
        configuration(pattern),
        new Bpe(vocabulary, merges(tokens), new Bpe.Options("", "", "", false, false, true)),
        added);
  }

  private static ObjectNode configuration(String pattern) {
    var root = Gpt2Files.byteLevel();
    if (!pattern.equals(GPT2_PATTERN)) {
      var sequence =
          root.putObject("pre_tokenizer").put("type", "Sequence").putArray("pretokenizers");
      var split = sequence.addObject();
      split.put("type", "Split");
      split.putObject("pattern").put("Regex", pattern);
      split.put("behavior", "Isolated");
      split.put("invert", false);
      sequence
          .addObject()
          .put("type", "ByteLevel")
          .put("add_prefix_space", false)
          .put("trim_offsets", true)
          .put("use_regex", false);
    }
    return root;
  }

  /** All ways to make a token of two; of one token they rank alike, as long as it is in memory. */
  private static Merges merges(List<String> tokens) {
    var ids = HashMap.<String, Integer>newHashMap(tokens.size());
    tokens.forEach(token -> ids.putIfAbsent(token, ids.size()));
    var merges = new Merges(4 * tokens.size());
    for (int id = 0; id < tokens.size(); id++) {
      var token = tokens.get(id);
      for (int cut = 1; cut < token.length(); cut++) {
        var left = ids.get(token.substring(0, cut));
        var right = ids.get(token.substring(cut));
        if (left != null && right != null) {
          merges.add(left, right, id, id);
        }
      }
    }
    return merges;
  }
}
