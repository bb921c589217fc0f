package dev.merapi.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Ids, offsets and decoded texts of awkward strings, as Hugging Face's library gives them. */
class HuggingFaceGoldenTest {
  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "gpt2/encoder.json, gpt2",
    "bert-base-uncased/vocab.txt, bert-base-uncased",
    "bert-base-cased, bert-base-cased",
    "bert-base-chinese, bert-base-chinese",
    "hf-json/tiny_bpe/tokenizer.json, tiny_bpe",
    "hf-json/torchtune, torchtune",
    "hf-json/tinybert-tokenizer.json, tinybert",
    "hf-json/bert-base-cased-tokenizer.json, bert-base-cased"
  })
  void publishedTokenizersGiveTheSame(String file, String name) {
    check(RealData.path("tokenizers/" + file), name);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "word-level",
        "unigram",
        "llama-style",
        "clip-style",
        "roberta-style",
        "word-piece",
        "cuts",
        "first"
      })
  void tokenizersOfEveryKindGiveTheSame(String name) {
    check(Golden.own(name, folder), name);
  }

  /** Before and after a round trip through {@code tokenizer.json}. */
  private void check(Path file, String name) {
    var tokenizer = Tokenizer.load(file);
    same(Golden.differences(tokenizer, name));
    tokenizer.save(folder.resolve("saved"));
    var again = Tokenizer.load(folder.resolve("saved"));
    assertEquals(tokenizer.size(), again.size());
    for (var string : Golden.strings().subList(0, 200)) {
      assertArrayEquals(
          tokenizer.encoding(string, true).ids(), again.encoding(string, true).ids(), string);
    }
  }

  private static void same(List<String> differences) {
    assertEquals(
        List.of(),
        differences.subList(0, Math.min(5, differences.size())),
        differences.size() + " differ");
  }
}
