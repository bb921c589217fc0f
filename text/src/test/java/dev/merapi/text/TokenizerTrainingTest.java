package dev.merapi.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.merapi.data.DataException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenizerTrainingTest {
  private static final List<String> TEXTS =
      List.of("low low low low low", "lower lower", "newest newest newest", "Ünïcode 字字 😀");

  @TempDir Path folder;

  /** The script trained roberta-style on the same strings. */
  @Test
  void learnsTheMergesOfHuggingFacesTrainer() {
    var golden = JsonPlace.read(Golden.own("roberta-style", folder));
    var words = new HashMap<String, Long>();
    var cut = PreTokenisers.read(golden.get("pre_tokenizer"));
    for (var string : Golden.strings()) {
      cut.cut(Aligned.of(Utf8.wellFormed(string)), word -> words.merge(word.text(), 1L, Long::sum));
    }
    var special = List.of("<s>", "<pad>", "</s>", "<unk>");
    var model = TokenizerTraining.byteLevel(words, 800, special);
    var merges = golden.get("model").get("merges").elements();
    assertEquals(merges.size(), model.merges().size());
    for (int i = 0; i < merges.size(); i++) {
      assertEquals(
          merges.get(i).node().toString(),
          "[\"%s\",\"%s\"]"
              .formatted(
                  model.vocabulary().token(model.merges().left(i)).replace("\"", "\\\""),
                  model.vocabulary().token(model.merges().right(i)).replace("\"", "\\\"")),
          "merge " + i);
    }
    for (var entry : golden.get("model").get("vocab").members()) {
      assertEquals(entry.getValue().intValue(), model.vocabulary().id(entry.getKey()));
    }
  }

  @Test
  void byteLevelBpeComesBackAndIsTheSameEachTime() {
    var special = List.of("<|endoftext|>");
    var tokenizer = TokenizerTraining.byteLevelBpe(TEXTS.stream(), 270, special);
    assertEquals(270, tokenizer.size());
    assertEquals(0, tokenizer.id("<|endoftext|>").orElseThrow());
    assertEquals(1, tokenizer.encode("low").length);
    var any = "anything: 漢字 \u0000 👍🏽 <|endoftext|>";
    assertEquals(any, tokenizer.decode(tokenizer.encode(any)));
    var again = TokenizerTraining.byteLevelBpe(TEXTS.reversed().stream(), 270, special);
    tokenizer.save(folder);
    var read = Tokenizer.load(folder);
    assertArrayEquals(tokenizer.encode(any), again.encode(any));
    assertArrayEquals(tokenizer.encode(any), read.encode(any));
    for (int id = 0; id < 270; id++) {
      assertEquals(tokenizer.token(id), again.token(id));
    }
  }

  @Test
  void wordPieceKnowsWholeFrequentWords() {
    var tokenizer = TokenizerTraining.wordPiece(TEXTS.stream(), 60, true);
    assertTrue(tokenizer.size() <= 60);
    assertEquals("low", tokenizer.token(tokenizer.encode("Low")[0]).orElseThrow());
    assertEquals("unicode 字 字", tokenizer.decode(tokenizer.encode("Ünïcode 字字")));
    var pair = tokenizer.encoding("low", "new", true);
    assertEquals(tokenizer.id("[CLS]").orElseThrow(), pair.ids()[0]);
    assertEquals("[UNK]", tokenizer.token(tokenizer.encode("zzz")[0]).orElseThrow());
  }

  /** The script trained unigram on the same strings, to the same size. */
  @Test
  void unigramWritesTextInAboutAsManyTokensAsHuggingFaces() {
    var texts =
        Golden.strings().stream().filter(string -> string.chars().allMatch(c -> c < 128)).toList();
    var theirs = Tokenizer.load(Golden.own("unigram", folder));
    var ours = TokenizerTraining.unigram(texts.stream(), theirs.size(), List.of("<pad>", "</s>"));
    assertTrue(ours.size() <= theirs.size());
    long ourTokens = texts.stream().mapToLong(text -> ours.encode(text).length).sum();
    long theirTokens = texts.stream().mapToLong(text -> theirs.encode(text).length).sum();
    assertTrue(ourTokens < 1.03 * theirTokens, ourTokens + " tokens, theirs " + theirTokens);
    var again =
        TokenizerTraining.unigram(
            texts.reversed().stream(), theirs.size(), List.of("<pad>", "</s>"));
    ours.save(folder.resolve("ours"));
    var read = Tokenizer.load(folder.resolve("ours"));
    for (var text : Golden.strings()) {
      assertArrayEquals(ours.encode(text), again.encode(text));
      assertArrayEquals(ours.encode(text), read.encode(text));
    }
    assertEquals("I don't know", ours.decode(ours.encode("I don't know")));
  }

  @Test
  void refusesASizeThatIsTooSmall() {
    assertThrows(
        DataException.class, () -> TokenizerTraining.byteLevelBpe(TEXTS.stream(), 255, List.of()));
    assertThrows(DataException.class, () -> TokenizerTraining.wordPiece(TEXTS.stream(), 6, false));
    assertThrows(
        DataException.class, () -> TokenizerTraining.unigram(TEXTS.stream(), 6, List.of()));
  }
}
