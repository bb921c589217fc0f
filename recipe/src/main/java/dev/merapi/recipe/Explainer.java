package dev.merapi.recipe;

import dev.merapi.nn.Layer;
import dev.merapi.nn.Mode;
import dev.merapi.nn.Observation;
import dev.merapi.report.AttentionMaps;
import dev.merapi.report.Explanation;
import dev.merapi.report.Explanation.Candidate;
import dev.merapi.report.Explanation.Token;
import dev.merapi.report.Explanation.Told;
import dev.merapi.tensor.Step;
import dev.merapi.tensor.Tensor;
import dev.merapi.text.Decoding;
import dev.merapi.text.MaskedTexts;
import dev.merapi.text.TokenSequence;
import dev.merapi.text.TokenWindows;
import dev.merapi.text.Tokenizer;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Reads a text with a language model, and notes for each token how likely it was, and where
 * attention looked. The text is read in one pass; one that is longer than the model's context in
 * several, in which each token is told from at least half the context before it, as it is when the
 * model writes so long a text.
 *
 * @param context tokens that the model looks back at
 * @param candidates how many tokens are told that could stand in the place of each
 */
record Explainer(Layer model, Tokenizer tokenizer, int context, int candidates) {
  /** Of a longer text the last tokens are explained, so that its page stays readable. */
  static final int TOKENS = 1_000;

  /** So many of them have a row in the maps of attention. */
  static final int ROWS = 64;

  private static final HexFormat HEX = HexFormat.ofDelimiter(" ").withUpperCase();

  /**
   * Reads a text.
   *
   * @param given how many of its tokens the model was given; it has written the others
   */
  Explanation explain(String title, int[] text, int given) {
    int[] more = Arrays.copyOf(text, text.length + 1); // what follows the last token is told, too
    int length = Math.min(context, text.length);
    int stride = Math.min(length, length - length / 2 + 1); // as a Generation forgets
    var windows = TokenWindows.of(TokenSequence.of(more), length).covering(stride);
    int first = Math.max(0, text.length - TOKENS);
    List<Told> told = new ArrayList<>(); // of the tokens that are shown, and of what follows
    Observation pass = Observation.of(Math.min(ROWS, length));
    List<Tensor> looked = List.of();
    int place = 1; // of the first token that the next piece tells
    for (int row = 0; row < windows.size(); row++) {
      boolean last = row == windows.size() - 1;
      var piece = windows.gather(row);
      int[] y = piece.y().toIntArray();
      int known = (int) Arrays.stream(y).filter(id -> id == MaskedTexts.IGNORED).count();
      int from = Math.min(length, known + Math.max(0, first - place));
      place += length - known;
      if (from == length) {
        continue;
      }
      List<Tensor> outputs = new ArrayList<>();
      outputs.add(model.apply(piece.x(), last ? pass : Mode.evaluation()).slice(1, from, length));
      outputs.addAll(pass.attention());
      looked = Step.compute(outputs.toArray(Tensor[]::new));
      told.addAll(told(looked.getFirst().toArray(), Arrays.copyOfRange(y, from, length)));
    }
    return new Explanation(
        title,
        facts(text.length, given, first),
        tokens(text, told, first),
        Math.max(0, given - first),
        told.getLast().likeliest(),
        maps(looked.subList(1, looked.size())));
  }

  private List<String> facts(int tokens, int given, int first) {
    List<String> facts = new ArrayList<>();
    facts.add("%d tokens, of which it was given %d".formatted(tokens, given));
    facts.add("it looks back at %d".formatted(context));
    if (first > 0) {
      facts.add("the last %d are shown".formatted(TOKENS));
    }
    return facts;
  }

  private List<Token> tokens(int[] text, List<Told> told, int first) {
    var texts = texts(text);
    return IntStream.range(first, text.length)
        .mapToObj(
            i ->
                new Token(
                    texts.get(i),
                    i == 0 ? Optional.empty() : Optional.of(told.get(i - Math.max(1, first)))))
        .toList();
  }

  // ---- probabilities

  /** Of each wanted token, by the logits of all tokens in its place, place after place. */
  private List<Told> told(float[] logits, int... wanted) {
    int vocabulary = logits.length / wanted.length;
    List<Told> told = new ArrayList<>();
    for (int i = 0; i < wanted.length; i++) {
      float[] x = Arrays.copyOfRange(logits, i * vocabulary, (i + 1) * vocabulary);
      double greatest = IntStream.range(0, vocabulary).mapToDouble(t -> x[t]).max().orElseThrow();
      double sum = IntStream.range(0, vocabulary).mapToDouble(t -> Math.exp(x[t] - greatest)).sum();
      double all = greatest + Math.log(sum); // ln Σ exp x
      float own = x[wanted[i]];
      int rank = 1 + (int) IntStream.range(0, vocabulary).filter(t -> x[t] > own).count();
      var likeliest =
          Arrays.stream(greatest(x))
              .mapToObj(t -> new Candidate(text(t), Math.exp(x[t] - all)))
              .toList();
      told.add(new Told(own - all, rank, likeliest));
    }
    return told;
  }

  /** The numbers of the greatest of x, the greatest first. */
  private int[] greatest(float... x) {
    int[] best = new int[Math.min(candidates, x.length)];
    int count = 0;
    for (int token = 0; token < x.length; token++) {
      if (count == best.length && x[token] <= x[best[count - 1]]) {
        continue;
      }
      int at = count < best.length ? count++ : count - 1;
      while (at > 0 && x[token] > x[best[at - 1]]) {
        best[at] = best[at - 1];
        at--;
      }
      best[at] = token;
    }
    return best;
  }

  // ---- attention

  private static AttentionMaps maps(List<Tensor> layers) {
    if (layers.isEmpty()) {
      return new AttentionMaps(0, 0, List.of());
    }
    int rows = layers.getFirst().shape().size(2);
    int time = layers.getFirst().shape().size(3);
    int columns = time > rows ? rows + 1 : rows;
    return new AttentionMaps(
        rows, columns, layers.stream().map(layer -> heads(layer, rows, columns)).toList());
  }

  /** A layer's maps: (1, heads, rows, time) → (rows, columns) each. */
  private static List<float[]> heads(Tensor layer, int rows, int columns) {
    int time = layer.shape().size(3);
    float[] all = layer.toArray();
    List<float[]> maps = new ArrayList<>();
    for (int head = 0; head < layer.shape().size(1); head++) {
      float[] map = new float[rows * columns];
      for (int row = 0; row < rows; row++) {
        for (int key = 0; key < time; key++) {
          int column = Math.max(0, key - (time - columns)); // the first holds all before it
          map[row * columns + column] += all[(head * rows + row) * time + key];
        }
      }
      maps.add(map);
    }
    return maps;
  }

  // ---- tokens as text

  /**
   * What each token adds to the text; one that ends within a character is told by its bytes, and
   * the one that ends that character by the character.
   */
  private List<String> texts(int... ids) {
    var decoding = tokenizer.decoding(false);
    return Arrays.stream(ids).mapToObj(id -> text(id, decoding)).toList();
  }

  private String text(int id, Decoding decoding) {
    var added = decoding.add(id);
    var own = whole(id);
    return own.orElseGet(() -> added.isEmpty() ? text(id) : added);
  }

  /** What a token is, wherever it stands. */
  private String text(int id) {
    return whole(id)
        .or(() -> tokenizer.bytes(id).map(bytes -> "‹" + HEX.formatHex(bytes) + "›"))
        .orElse("‹%d›".formatted(id));
  }

  /** The text of a token that is whole characters, or the name of a special one. */
  private Optional<String> whole(int id) {
    var bytes = tokenizer.bytes(id);
    if (bytes.isEmpty()) {
      return tokenizer.token(id);
    }
    try {
      var decoder = StandardCharsets.UTF_8.newDecoder();
      return Optional.of(decoder.decode(ByteBuffer.wrap(bytes.get())).toString());
    } catch (CharacterCodingException e) { // the token ends within a character
      return Optional.empty();
    }
  }
}
