package dev.merapi.text;

import dev.merapi.data.DataException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * Learns tokenizers from text. The same texts give the same tokenizer, in whatever order they come.
 */
public final class TokenizerTraining {
  private static final Path NOWHERE = Path.of("a trained tokenizer");

  private TokenizerTraining() {}

  /**
   * Byte-pair encoding over bytes, as GPT-2 has it: special tokens, the 256 bytes, then merges, the
   * most frequent pair first.
   *
   * @param texts what to learn from: lines or documents; no token reaches from one into the next
   * @param size how many tokens at most; fewer where the texts have no more pairs
   * @param special special tokens, which get the first ids: {@code <|endoftext|>}
   * @throws DataException if the size is too small for the bytes and special tokens
   */
  public static Tokenizer byteLevelBpe(Stream<String> texts, int size, List<String> special) {
    var counts = new HashMap<String, long[]>();
    var scanner = new Gpt2Scanner();
    texts.forEach(
        text -> {
          var characters = Utf8.wellFormed(text).toCharArray();
          for (int from = 0; from < characters.length; ) {
            int to = scanner.next(characters, from, characters.length);
            counts.computeIfAbsent(new String(characters, from, to - from), _ -> new long[1])[0]++;
            from = to;
          }
        });
    var words = HashMap.<String, Long>newHashMap(counts.size());
    counts.forEach(
        (word, count) -> words.put(ByteCharacters.map(Aligned.of(word)).text(), count[0]));
    var added = new ArrayList<AddedToken>();
    special.forEach(token -> added.add(AddedToken.special(added.size(), token)));
    return Pipeline.of(NOWHERE, Gpt2Files.byteLevel(), byteLevel(words, size, special), added);
  }

  /** The model alone, from words that are written as {@link ByteCharacters}. */
  static Bpe byteLevel(Map<String, Long> words, int size, List<String> special) {
    var tokens = new ArrayList<>(special);
    var bytes = new TreeSet<Character>();
    for (int b = 0; b < 256; b++) {
      bytes.add(ByteCharacters.of(b));
    }
    bytes.forEach(c -> tokens.add(c.toString()));
    check(size, tokens.size());
    var learned = new BpeTrainer(tokens, words, "").train(size, 1);
    var merges = new Merges(learned.size());
    for (var merge : learned) {
      merges.add(merge.left(), merge.right(), merges.size(), merge.into());
    }
    return new Bpe(Vocabulary.of(tokens, tokens.size()), merges, Bpe.Options.PLAIN);
  }

  /**
   * Pieces of words, as BERT has them: {@code [PAD] [UNK] [CLS] [SEP] [MASK]}, the characters, then
   * the most frequent pairs merged, as for byte-pair encoding. Chinese characters are words of
   * their own.
   *
   * @param size how many tokens at most; fewer where the texts have no more pairs
   * @param lowercase whether to read capitals as small letters, and to leave accents out
   * @throws DataException if the size is too small for the characters of the texts
   */
  public static Tokenizer wordPiece(Stream<String> texts, int size, boolean lowercase) {
    var special = List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]");
    var configuration = BertFiles.configuration(Vocabulary.of(special, special.size()), lowercase);
    var words = words(texts, new JsonPlace(NOWHERE, "", configuration));
    var starts = new TreeSet<String>();
    var continuing = new TreeSet<String>();
    for (var word : words.keySet()) {
      int first = word.offsetByCodePoints(0, 1);
      starts.add(word.substring(0, first));
      word.substring(first).codePoints().forEach(c -> continuing.add("##" + Character.toString(c)));
    }
    var tokens = new ArrayList<>(special);
    tokens.addAll(starts);
    tokens.addAll(continuing);
    check(size, tokens.size());
    new BpeTrainer(tokens, words, "##").train(size, 1);
    return BertFiles.of(NOWHERE, Vocabulary.of(tokens, tokens.size()), lowercase);
  }

  /**
   * A unigram model over words that begin with {@code ▁}, as T5 and others have it: special tokens,
   * {@code <unk>}, then pieces, the likeliest first. Texts are normalised by NFKC. Every substring
   * of every word is looked at, which takes some kilobytes of memory for each different word.
   *
   * @param size how many tokens at most; fewer where the texts have no more pieces
   * @param special special tokens, which get the first ids
   * @throws DataException if the size is too small for the characters of the texts
   */
  public static Tokenizer unigram(Stream<String> texts, int size, List<String> special) {
    var configuration = JsonNodeFactory.instance.objectNode();
    configuration.put("version", "1.0");
    configuration.putObject("normalizer").put("type", "NFKC");
    for (var key : List.of("pre_tokenizer", "decoder")) {
      configuration
          .putObject(key)
          .put("type", "Metaspace")
          .put("replacement", "\u2581")
          .put("prepend_scheme", "always")
          .put("split", true);
    }
    var words = words(texts, new JsonPlace(NOWHERE, "", configuration));
    var tokens = new ArrayList<>(special);
    tokens.add("<unk>");
    int first = tokens.size();
    var trainer = new UnigramTrainer(words);
    check(size, first + trainer.characters());
    var pieces = trainer.train(size - first);
    var scores = new double[first + pieces.size()];
    for (var piece : pieces) {
      scores[tokens.size()] = piece.score();
      tokens.add(piece.text());
    }
    var added = new ArrayList<AddedToken>();
    for (int id = 0; id < first; id++) {
      added.add(AddedToken.special(id, tokens.get(id)));
    }
    var vocabulary = Vocabulary.of(tokens, tokens.size());
    return Pipeline.of(
        NOWHERE, configuration, new Unigram(vocabulary, scores, first - 1, false), added);
  }

  /** How often each word is there, as a pipeline's normaliser and pre-tokeniser cut it. */
  private static Map<String, Long> words(Stream<String> texts, JsonPlace root) {
    var normaliser = Normalisers.read(root.get("normalizer"));
    var preTokeniser = PreTokenisers.read(root.get("pre_tokenizer"));
    var words = new HashMap<String, Long>();
    texts.forEach(
        text ->
            preTokeniser.cut(
                normaliser.apply(Aligned.of(Utf8.wellFormed(text))),
                word -> words.merge(word.text(), 1L, Long::sum)));
    return words;
  }

  private static void check(int size, int least) {
    if (size < least) {
      throw new DataException(
          "a vocabulary of %d tokens is too small: single characters and special tokens are %d; give more"
              .formatted(size, least));
    }
  }
}
