package dev.merapi.text;

import dev.merapi.data.Batch;
import dev.merapi.data.DataException;
import dev.merapi.data.Sha256;
import dev.merapi.tensor.Shape;
import dev.merapi.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Questions with the texts that answer them, cut into windows that a model can read (Devlin et al.,
 * "BERT", 2019): {@code [CLS] question [SEP] part of the text [SEP]}. x (batch, 2, time) has the
 * tokens and their segments, 0 for the question and 1 for the text; y (batch, 2) the places of the
 * first and the last token of the answer. Where a window does not hold the whole answer, or there
 * is none, both are 0, the place of [CLS].
 *
 * <p>Of several answers the first is learned. It is the tokens that have a character in common with
 * it. The time of a batch is that of its longest window, rounded up to a multiple of {@value
 * LabelledTexts#STEP}.
 */
public final class AnswerWindows implements TokenDataset {
  /** [CLS] and [SEP] before the window's text, which the question's tokens stand between. */
  private static final int BEFORE = 2;

  /** The same, and the [SEP] behind it. */
  private static final int AROUND = 3;

  /**
   * How texts are cut.
   *
   * @param tokenizer with tokens [CLS] and [SEP]
   * @param padding the token that fills rows up
   * @param length tokens of a window, at most
   * @param stride tokens of the text from the begin of one window to that of the next
   * @param asked tokens of a question, at most; the end of a longer one is not read
   */
  public record Cutting(Tokenizer tokenizer, int padding, int length, int stride, int asked) {
    public Cutting {
      if (length <= asked + AROUND) {
        throw new DataException(
            "a window of %d tokens has no room for a text beside a question of up to %d; make the window longer, or the question shorter"
                .formatted(length, asked));
      }
    }

    private int special(String name) {
      return tokenizer
          .id(name)
          .orElseThrow(
              () ->
                  new DataException(
                      "the tokenizer has no token %s, which stands around questions; use one of the kind wordpiece"
                          .formatted(name)));
    }
  }

  /** A question and its text in tokens. */
  @SuppressWarnings("ArrayRecordComponent") // not compared; taken over
  private record Read(Question question, int[] asked, Encoding context) {}

  /**
   * A part of a question's text.
   *
   * @param question its number
   * @param first the first token of the text that is in it
   * @param count how many are
   * @param start the place of the answer's first token in the row
   * @param end the place of its last
   */
  private record Window(int question, int first, int count, int start, int end) {}

  private final Cutting cutting;
  private final List<Read> questions;
  private final List<Window> windows;
  private final int cls;
  private final int sep;

  private AnswerWindows(Cutting cutting, List<Read> questions, List<Window> windows) {
    this.cutting = cutting;
    this.questions = questions;
    this.windows = windows;
    this.cls = cutting.special("[CLS]");
    this.sep = cutting.special("[SEP]");
  }

  /**
   * Cuts questions and their texts.
   *
   * @throws DataException if the tokenizer has not the tokens that stand around them
   */
  public static AnswerWindows of(List<Question> questions, Cutting cutting) {
    Map<String, Encoding> contexts = new HashMap<>(); // of many questions on one text
    List<Read> read = new ArrayList<>();
    for (var question : questions) {
      int[] asked = cutting.tokenizer.encode(question.asked());
      read.add(
          new Read(
              question,
              Arrays.copyOf(asked, Math.min(asked.length, cutting.asked)),
              contexts.computeIfAbsent(
                  question.context(), text -> cutting.tokenizer.encoding(text, false))));
    }
    List<Window> windows = new ArrayList<>();
    for (int i = 0; i < read.size(); i++) {
      cut(read.get(i), i, cutting, windows);
    }
    return new AnswerWindows(cutting, read, windows);
  }

  private static void cut(Read read, int number, Cutting cutting, List<Window> windows) {
    int tokens = read.context.size();
    int room = cutting.length - read.asked.length - AROUND;
    int step = Math.min(cutting.stride, room);
    int[] span = span(read);
    int shift = read.asked.length + BEFORE;
    for (int first = 0; first == 0 || first - step + room < tokens; first += step) {
      int count = Math.min(room, tokens - first);
      boolean holds = span[0] >= first && span[1] < first + count;
      windows.add(
          new Window(
              number,
              first,
              count,
              holds ? span[0] - first + shift : 0,
              holds ? span[1] - first + shift : 0));
    }
  }

  /** The first and the last token of the answer; -1 and -1 if there is none. */
  private static int[] span(Read read) {
    if (read.question.answers().isEmpty()) {
      return new int[] {-1, -1};
    }
    var answer = read.question.answers().getFirst();
    int[] touched =
        IntStream.range(0, read.context.size())
            .filter(i -> read.context.ends()[i] > answer.start())
            .filter(i -> read.context.starts()[i] < answer.end())
            .toArray();
    return touched.length == 0
        ? new int[] {-1, -1}
        : new int[] {touched[0], touched[touched.length - 1]};
  }

  /** The questions, in their order. */
  public List<Question> questions() {
    return questions.stream().map(Read::question).toList();
  }

  /** How many of its questions have an answer that no window holds as a whole. */
  public int unreached() {
    int[] held =
        windows.stream().filter(w -> w.start > 0).mapToInt(Window::question).distinct().toArray();
    return (int) questions.stream().filter(q -> !q.question.answers().isEmpty()).count()
        - held.length;
  }

  /** Those of its questions with these numbers, and all of their windows. */
  public AnswerWindows ofQuestions(int... numbers) {
    return of(IntStream.of(numbers).mapToObj(i -> questions.get(i).question).toList(), cutting);
  }

  // ---- answers

  /** An answer that was found. */
  public record Found(String text, double score, double probability) {}

  /**
   * Where answers are looked for.
   *
   * @param longest tokens of an answer, at most
   * @param none whether there may be none: that is said where the logits of [CLS], of the window in
   *     which their sum is least, exceed the best answer's by more than the threshold
   * @param threshold for this
   */
  public record Search(int longest, boolean none, double threshold) {}

  /**
   * The best answer to each question: the span whose logits have the greatest sum, over all of its
   * windows. Its probability is the product of those of its ends, among all places of its window
   * that could be one.
   *
   * @param starts for each window, in their order, the logits of its places to be the answer's
   *     first token; those behind its end are passed over
   * @param ends the same for the last token
   */
  public List<Found> answers(List<float[]> starts, List<float[]> ends, Search search) {
    Found[] best = new Found[questions.size()];
    double[] none = new double[questions.size()];
    Found[] nothing = new Found[questions.size()];
    Arrays.fill(none, Double.POSITIVE_INFINITY);
    for (int i = 0; i < windows.size(); i++) {
      var window = windows.get(i);
      int q = window.question;
      var found = found(window, starts.get(i), ends.get(i), search);
      if (found.score > (best[q] == null ? Double.NEGATIVE_INFINITY : best[q].score)) {
        best[q] = found;
      }
      double score = starts.get(i)[0] + ends.get(i)[0];
      if (score < none[q]) {
        none[q] = score;
        double sure = probability(window, starts.get(i), 0, true);
        sure *= probability(window, ends.get(i), 0, true);
        nothing[q] = new Found("", score, sure);
      }
    }
    return IntStream.range(0, best.length)
        .mapToObj(
            q ->
                best[q] == null || (search.none && none[q] - best[q].score > search.threshold)
                    ? nothing[q]
                    : best[q])
        .toList();
  }

  private Found found(Window window, float[] starts, float[] ends, Search search) {
    int from = questions.get(window.question).asked.length + BEFORE;
    int to = from + window.count;
    int start = -1;
    int end = -1;
    double score = Double.NEGATIVE_INFINITY;
    for (int s = from; s < to; s++) {
      for (int e = s; e < Math.min(to, s + search.longest); e++) {
        double sum = (double) starts[s] + ends[e];
        if (sum > score) {
          score = sum;
          start = s;
          end = e;
        }
      }
    }
    if (start < 0) { // a text without tokens
      return new Found("", score, 0);
    }
    var read = questions.get(window.question);
    int begins = read.context.starts()[start - from + window.first];
    int stops = read.context.ends()[end - from + window.first];
    return new Found(
        read.question.context().substring(begins, Math.max(begins, stops)),
        score,
        probability(window, starts, start, search.none)
            * probability(window, ends, end, search.none));
  }

  /** The softmax of a place among those of the window's text, and of [CLS] where that counts. */
  private double probability(Window window, float[] logits, int place, boolean none) {
    int from = questions.get(window.question).asked.length + BEFORE;
    double sum = none ? Math.exp(logits[0] - logits[place]) : 0;
    for (int i = from; i < from + window.count; i++) {
      sum += Math.exp(logits[i] - logits[place]);
    }
    return 1 / sum;
  }

  // ---- as data

  @Override
  public int size() {
    return windows.size();
  }

  @Override
  public long bytes() {
    return windows.stream().mapToLong(w -> 8L * w.count).sum();
  }

  @Override
  public Shape features() {
    return Shape.of(2, cutting.length);
  }

  @Override
  public Shape target() {
    return Shape.of(2);
  }

  @Override
  public String name(int row) {
    return "question " + questions.get(windows.get(row).question).question.id();
  }

  @Override
  public Batch gather(int... rows) {
    int longest = IntStream.of(rows).map(row -> length(windows.get(row))).max().orElse(1);
    int time =
        Math.min(cutting.length, Math.ceilDiv(longest, LabelledTexts.STEP) * LabelledTexts.STEP);
    int[] x = new int[rows.length * 2 * time];
    int[] y = new int[rows.length * 2];
    for (int i = 0; i < rows.length; i++) {
      var window = windows.get(rows[i]);
      put(window, x, 2 * i * time, time);
      y[2 * i] = window.start;
      y[2 * i + 1] = window.end;
    }
    return new Batch(Tensor.of(x, rows.length, 2, time), Tensor.of(y, rows.length, 2));
  }

  private int length(Window window) {
    return questions.get(window.question).asked.length + window.count + AROUND;
  }

  private void put(Window window, int[] x, int at, int time) {
    var read = questions.get(window.question);
    int text = at + read.asked.length + BEFORE;
    Arrays.fill(x, at, at + time, cutting.padding);
    x[at] = cls;
    System.arraycopy(read.asked, 0, x, at + 1, read.asked.length);
    x[text - 1] = sep;
    System.arraycopy(read.context.ids(), window.first, x, text, window.count);
    x[text + window.count] = sep;
    Arrays.fill(x, text + time, text + time + window.count + 1, 1); // the segments lie below
  }

  @Override
  public String fingerprint() {
    var sha = new Sha256().add("answers").add(cutting.length, cutting.padding);
    for (var window : windows) {
      var read = questions.get(window.question);
      sha.add(read.asked).add(window.first, window.count, window.start, window.end);
      sha.add(Arrays.copyOfRange(read.context.ids(), window.first, window.first + window.count));
    }
    return sha.hex();
  }
}
