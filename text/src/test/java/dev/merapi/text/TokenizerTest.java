package dev.merapi.text;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.merapi.data.DataException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TokenizerTest {
  @TempDir Path folder;

  @Test
  void bertGivesTheExpectedTokensOfQuestions() {
    var bert = Tokenizer.load(RealData.path("tokenizers/bert-base-uncased"));
    var file = RealData.path("tokenizers/expected/bert-base-uncased-squad-questions-500.json");
    int count = 0;
    for (var question : JsonPlace.MAPPER.readTree(file.toFile())) {
      var ids = bert.encode(question.get("text").stringValue());
      var expected = new ArrayList<Integer>();
      question.get("ids").forEach(id -> expected.add(id.intValue()));
      assertEquals(expected, boxed(ids));
      for (int i = 0; i < ids.length; i++) {
        assertEquals(question.get("tokens").get(i).stringValue(), bert.token(ids[i]).orElseThrow());
      }
      count++;
    }
    assertEquals(500, count);
  }

  @Test
  void gpt2GivesTheExpectedIdsOfFrench() {
    var gpt2 = Tokenizer.load(RealData.path("tokenizers/gpt2"));
    var expected = JsonPlace.read(RealData.path("tokenizers/expected/gpt2-french-text.json"));
    var list = new ArrayList<Integer>();
    expected.get("token_ids").elements().forEach(id -> list.add(id.integer()));
    var text = expected.text("text");
    assertEquals(list, boxed(gpt2.encode(text)));
    assertEquals(text, gpt2.decode(gpt2.encode(text)));
  }

  @Test
  void aMegabyteWithoutASpaceIsNotQuadratic() {
    var gpt2 = Tokenizer.load(RealData.path("tokenizers/gpt2"));
    var text = new StringBuilder(1 << 20);
    for (int i = 0; i < 1 << 20; i++) {
      text.append((char) ('a' + (((31L * i * i + 7L * i) >> 3) % 26)));
    }
    Assertions.assertTimeout(
        Duration.ofSeconds(5),
        () -> assertEquals(text.toString(), gpt2.decode(gpt2.encode(text.toString()))));
  }

  @Test
  void longAndShortWordsAreMergedAlike() {
    var bpe = (Bpe) ((Pipeline) Tokenizer.load(Golden.own("roberta-style", folder))).model();
    var word = "aaabababbabathethethotherwherewithoutandallthatjazz".repeat(3);
    var ids = bpe.split(word);
    // The way of the definition: the pair of the lowest rank first.
    var slow = new ArrayList<String>();
    word.chars().forEach(c -> slow.add(Character.toString(c)));
    while (true) {
      int best = -1;
      int rank = Integer.MAX_VALUE;
      for (int i = 0; i + 1 < slow.size(); i++) {
        for (int j = 0; j < bpe.merges().size() && j < rank; j++) {
          if (bpe.vocabulary().token(bpe.merges().left(j)).equals(slow.get(i))
              && bpe.vocabulary().token(bpe.merges().right(j)).equals(slow.get(i + 1))) {
            best = i;
            rank = j;
          }
        }
      }
      if (best < 0) {
        break;
      }
      slow.set(best, slow.get(best) + slow.remove(best + 1));
    }
    var found = new ArrayList<String>();
    for (int i = 0; i < ids.length; i += 2) {
      found.add(bpe.vocabulary().token(ids[i]));
    }
    assertEquals(slow, found);
  }

  @Test
  void pairsGetSpecialTokensAndTypes() {
    var bert = Tokenizer.load(RealData.path("tokenizers/bert-base-uncased"));
    var pair = bert.encoding("Who?", "Mr Knox.", true);
    assertEquals(
        List.of("[CLS]", "who", "?", "[SEP]", "mr", "knox", ".", "[SEP]"),
        boxed(pair.ids()).stream().map(id -> bert.token(id).orElseThrow()).toList());
    assertArrayEquals(new int[] {0, 0, 0, 0, 1, 1, 1, 1}, pair.types());
    assertArrayEquals(new int[] {0, 0, 3, 0, 0, 3, 7, 0}, pair.starts());
    assertArrayEquals(new int[] {0, 3, 4, 0, 2, 7, 8, 0}, pair.ends());
    assertEquals("who? mr knox.", bert.decode(pair.ids(), true));
    assertTrue(bert.isSpecial(pair.ids()[0]));
  }

  @Test
  void decodesBytesOfOneCharacterWhenTheyAreWhole() {
    var gpt2 = Tokenizer.load(RealData.path("tokenizers/gpt2"));
    for (var text : List.of("a 😀👍🏽 b", "字字 x", "��a", " leading", "e\u0301")) {
      var decoding = gpt2.decoding(false);
      var streamed = new StringBuilder();
      for (int id : gpt2.encode(text)) {
        var part = decoding.add(id);
        assertEquals(part, new String(part.getBytes(UTF_8), UTF_8)); // no half of a character
        streamed.append(part);
      }
      assertEquals(text, streamed.append(decoding.finish()).toString());
    }
    var cut = gpt2.decoding(false);
    assertEquals("", cut.add(gpt2.encode("😀")[0]));
    assertEquals("\uFFFD", cut.finish());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'model': 3} | 'tokenizer.json: model: an object is needed here'",
        "{'a': } | 'tokenizer.json: line 1, column '",
        "[] | 'tokenizer.json: an object is needed here'",
        "{'model': {'type': 'BPE', 'vocab': {'a': 0}, 'merges': ['a b']}} | model.merges[0]: the"
            + " merge of 'a' and 'b' needs 'b'",
        "{'model': {'type': 'BPE', 'vocab': {'a': 0}, 'merges': ['ab']}} | model.merges[0]: two"
            + " tokens are needed",
        "{'model': {'type': 'BPE', 'vocab': {'a': 0, 'b': 0}, 'merges': []}} | have the same id 0",
        "{'model': {'type': 'BPE', 'vocab': {'a': 4000000}, 'merges': []}} | the id of 'a' is"
            + " 4000000",
        "{'model': {'type': 'BPE', 'dropout': 0.1, 'vocab': {'a': 0}, 'merges': []}} |"
            + " model.dropout: merges that are left out",
        "{'model': {'type': 'Markov'}} | model: there is no model 'Markov'",
        "{'normalizer': {'type': 'X'}, 'model': {'type': 'WordLevel', 'vocab': {'a': 0}}} |"
            + " normalizer: there is no normaliser 'X'",
        "{'model': {'type': 'Unigram', 'unk_id': 7, 'vocab': [['a', -1.0]]}} | model.unk_id: the"
            + " vocabulary has no such id",
        "{'added_tokens': [{'id': 1}], 'model': {'type': 'WordLevel', 'vocab': {'a': 0}}} |"
            + " added_tokens[0]: 'content' is missing",
      })
  void damagedFilesNameThePlace(String json, String message) throws IOException {
    var file = Files.writeString(folder.resolve("tokenizer.json"), json.replace('\'', '"'));
    var error = assertThrows(DataException.class, () -> Tokenizer.load(file)).getMessage();
    assertTrue(error.contains(message.replaceAll("^'|'$", "")), error);
    assertEquals(1, error.lines().count());
  }

  /** The first goes over the text again and again, the second calls itself for each letter. */
  @ParameterizedTest
  @ValueSource(strings = {"(\\\\w|\\\\w\\\\w)*!", "(?:a|b|\\\\d\\\\d)+"})
  void regularExpressionsThatDoNotEndAreStopped(String regex) throws IOException {
    var file =
        Files.writeString(
            folder.resolve("tokenizer.json"),
            """
            {"pre_tokenizer": {"type": "Split", "pattern": {"Regex": "%s"}, "behavior": "Isolated"},
             "model": {"type": "WordLevel", "vocab": {"?": 0}, "unk_token": "?"}}
            """
                .formatted(regex));
    var tokenizer = Tokenizer.load(file);
    assertArrayEquals(new int[] {0}, tokenizer.encode("ab"));
    var error =
        assertThrows(DataException.class, () -> tokenizer.encode("ab".repeat(100_000)))
            .getMessage();
    assertTrue(error.contains(regex.replace("\\\\", "\\") + "` cannot cut"), error);
  }

  @Test
  void damagedTextFilesNameTheLine() throws IOException {
    Files.writeString(folder.resolve("vocab.json"), "{\"a\": 0, \"b\": 1, \"ab\": 2}");
    var vocabulary = folder.resolve("vocab.json");
    assertThrows(DataException.class, () -> Tokenizer.load(vocabulary)); // no merges
    Files.writeString(folder.resolve("merges.txt"), "#version: 0.2\na b\nb  a\n");
    var error = assertThrows(DataException.class, () -> Tokenizer.load(vocabulary)).getMessage();
    assertTrue(error.contains("merges.txt: line 3: two tokens"), error);
    Files.writeString(folder.resolve("merges.txt"), "a b\n");
    assertArrayEquals(new int[] {2, 0}, Tokenizer.load(folder).encode("aba"));
    Files.writeString(folder.resolve("vocab.txt"), "a\nb\n");
    assertThrows(DataException.class, () -> Tokenizer.load(folder.resolve("vocab.txt")));
  }

  @Test
  void idsOutsideTheVocabularyAreAnError() {
    var tokenizer = Tokenizer.load(Golden.own("word-level", folder));
    assertThrows(DataException.class, () -> tokenizer.decode(tokenizer.size()));
    assertThrows(DataException.class, () -> tokenizer.decode(-1));
  }

  private static List<Integer> boxed(int[] ids) {
    return java.util.Arrays.stream(ids).boxed().toList();
  }
}
