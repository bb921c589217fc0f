package dev.merapi.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.merapi.data.DataException;
import dev.merapi.tensor.Shape;
import dev.merapi.text.AnswerWindows.Cutting;
import dev.merapi.text.AnswerWindows.Search;
import dev.merapi.text.Question.Answer;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class AnswerWindowsTest {
  private static final String TEXT = "one two three four five six seven eight nine ten";
  private static final Tokenizer WORDS =
      TokenizerTraining.wordPiece(Stream.of((TEXT + " who said it ? ").repeat(50)), 300, true);
  private static final int CLS = WORDS.id("[CLS]").orElseThrow();
  private static final int SEP = WORDS.id("[SEP]").orElseThrow();
  private static final int PAD = WORDS.id("[PAD]").orElseThrow();

  private static Question ask(String asked, String context, String... answers) {
    return new Question(
        asked,
        asked,
        context,
        Arrays.stream(answers).map(text -> new Answer(text, context.indexOf(text))).toList());
  }

  private static Cutting cutting(int length, int stride) {
    return new Cutting(WORDS, PAD, length, stride, 2);
  }

  private static int[] ids(String text) {
    return WORDS.encode(text);
  }

  @Test
  void cutsLongTextsIntoWindowsThatOverlap() {
    assertEquals(10, ids(TEXT).length, "a token a word");
    // Room for 4 words beside the question's two; windows begin at words 0, 3, 6.
    var data = AnswerWindows.of(List.of(ask("who said it", TEXT, "six seven")), cutting(9, 3));
    assertEquals(3, data.size());
    assertEquals(Shape.of(2, 9), data.features());
    var batch = data.gather(0, 1, 2);
    assertEquals(Shape.of(3, 2, 9), batch.x().shape());
    int[] x = batch.x().toIntArray();
    int[] asked = ids("who said");
    int[] words = ids("four five six seven");
    assertArrayEquals(
        new int[] {
          CLS, asked[0], asked[1], SEP, words[0], words[1], words[2], words[3], SEP, 0, 0, 0, 0, 1,
          1, 1, 1, 1
        },
        Arrays.copyOfRange(x, 18, 36));
    // Six and seven are both in the second window alone: the third begins with seven.
    assertArrayEquals(new int[] {0, 0, 6, 7, 0, 0}, batch.y().toIntArray());
    assertEquals(0, data.unreached());
    var last = data.gather(2).x().toIntArray();
    assertEquals(ids("ten")[0], last[7]);
  }

  @Test
  void fillsShortOnesUp() {
    var data =
        AnswerWindows.of(
            List.of(ask("it", "one two", "two"), ask("who", "one", "one")), cutting(30, 9));
    var batch = data.gather(0, 1);
    assertEquals(Shape.of(2, 2, 8), batch.x().shape());
    int[] x = batch.x().toIntArray();
    assertArrayEquals(new int[] {SEP, PAD, PAD}, Arrays.copyOfRange(x, 5, 8));
    assertArrayEquals(new int[] {0, 0, 0, 1, 1, 1, 0, 0}, Arrays.copyOfRange(x, 8, 16));
    assertArrayEquals(new int[] {4, 4, 3, 3}, batch.y().toIntArray());
  }

  @Test
  void anAnswerIsTheTokensThatItTouches() {
    // "ree four f" begins and ends inside words.
    var inside = AnswerWindows.of(List.of(ask("who", TEXT, "ree four f")), cutting(30, 9));
    assertArrayEquals(new int[] {5, 7}, inside.gather(0).y().toIntArray());
    // Two code units of an emoji before it.
    var emoji = AnswerWindows.of(List.of(ask("who", "😀 one two", "two")), cutting(30, 9));
    int[] y = emoji.gather(0).y().toIntArray();
    assertEquals(ids("two")[0], emoji.gather(0).x().toIntArray()[y[0]]);
    // Longer than any window, or none at all.
    var long_ = AnswerWindows.of(List.of(ask("who said", TEXT, TEXT)), cutting(9, 9));
    assertTrue(Arrays.stream(long_.gather(0, 1, 2).y().toIntArray()).allMatch(i -> i == 0));
    assertEquals(1, long_.unreached());
    var none = AnswerWindows.of(List.of(ask("who", TEXT)), cutting(30, 9));
    assertArrayEquals(new int[] {0, 0}, none.gather(0).y().toIntArray());
    assertEquals(0, none.unreached());
  }

  private static float[] logits(int size, int place, float value) {
    float[] all = new float[size];
    all[place] = value;
    return all;
  }

  @Test
  void findsTheBestSpanOfAllWindows() {
    var data = AnswerWindows.of(List.of(ask("who said", TEXT, "six seven")), cutting(9, 3));
    var starts = List.of(logits(9, 0, 3), logits(9, 6, 5), logits(9, 4, 1));
    var ends = List.of(logits(9, 0, 3), logits(9, 7, 5), logits(9, 4, 1));
    var found = data.answers(starts, ends, new Search(30, false, 0)).getFirst();
    assertEquals("six seven", found.text());
    assertEquals(10, found.score());
    assertEquals(Math.pow(Math.exp(5) / (Math.exp(5) + 3), 2), found.probability(), 1e-6);
    // Of one token: the ends' sums are 5 there, and its start is the first of those.
    var one = data.answers(starts, ends, new Search(1, false, 0)).getFirst();
    assertEquals("six", one.text());
    // An end before its start is none; the question and what stands around it are none.
    starts = List.of(logits(9, 7, 9), logits(9, 1, 99), logits(9, 8, 99));
    ends = List.of(logits(9, 4, 9), logits(9, 2, 99), logits(9, 8, 99));
    assertEquals("one", data.answers(starts, ends, new Search(1, false, 0)).getFirst().text());
  }

  @Test
  void saysThatThereIsNoAnswer() {
    var data = AnswerWindows.of(List.of(ask("who said", TEXT)), cutting(9, 3));
    var starts = List.of(logits(9, 0, 3), logits(9, 0, 4), logits(9, 4, 2));
    var ends = List.of(logits(9, 0, 3), logits(9, 0, 4), logits(9, 4, 2));
    // Least of all windows, it is 0 for none; 4 for an answer.
    assertEquals("seven", data.answers(starts, ends, new Search(9, true, 0)).getFirst().text());
    assertEquals("", data.answers(starts, ends, new Search(9, true, -5)).getFirst().text());
    starts = List.of(logits(9, 0, 3), logits(9, 0, 4), logits(9, 0, 2));
    ends = List.of(logits(9, 0, 3), logits(9, 0, 4), logits(9, 0, 2));
    var none = data.answers(starts, ends, new Search(9, true, 0)).getFirst();
    assertEquals("", none.text());
    assertEquals(Math.pow(Math.exp(2) / (Math.exp(2) + 4), 2), none.probability(), 1e-6);
    assertEquals("one", data.answers(starts, ends, new Search(1, true, 4)).getFirst().text());
    assertEquals("one", data.answers(starts, ends, new Search(1, false, 0)).getFirst().text());
  }

  @Test
  void keepsAQuestionsWindowsTogether() {
    var data =
        AnswerWindows.of(
            List.of(ask("who said", TEXT, "six"), ask("it", "one", "one")), cutting(9, 3));
    assertEquals(4, data.size());
    assertEquals(1, data.ofQuestions(1).size());
    assertEquals("it", data.ofQuestions(1).questions().getFirst().asked());
    assertEquals("question it", data.name(3));
  }

  @Test
  void refusesWindowsWithoutRoomAndTokenizersWithoutMarks() {
    assertThrows(DataException.class, () -> cutting(5, 3));
    var plain = new Cutting(Characters.of(Stream.of(TEXT)), 0, 30, 9, 2);
    var e =
        assertThrows(
            DataException.class, () -> AnswerWindows.of(List.of(ask("who", "one")), plain));
    assertTrue(e.getMessage().contains("[CLS]"), e.getMessage());
  }
}
