package dev.merapi.zoo;

import dev.merapi.nn.Continuation;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Memory;
import dev.merapi.tensor.ShapeException;
import dev.merapi.tensor.Tensor;
import java.util.Arrays;
import java.util.Optional;

/**
 * Texts that a causal model writes on, token by token. What was read stays in a {@link Memory}, so
 * that a token costs the same wherever it stands, and all tokens behind the prompt run one program.
 *
 * {@snippet :
 * var choice = Sampling.of(Key.of(1)).temperature(0.8).topK(40);
 * int[][] written = Generation.of(model, 128, choice).extend(prompts, 64);
 * }
 *
 * <p>A text that outgrows the capacity goes on with what its last half says: that is read again,
 * and the rest forgotten. For a text that is shown as it grows, {@link #read} the prompt, and then
 * each token that it tells. One generation serves one batch of texts at a time.
 */
public final class Generation {

  /** How the next token of a text is chosen. */
  @FunctionalInterface
  public interface Choice {
    /**
     * Chooses.
     *
     * @param logits of all tokens of the vocabulary
     * @param text the tokens so far, prompt included
     * @param row the text's number in its batch
     */
    int next(float[] logits, int[] text, int row);

    /** The most likely token, always; the first of several. */
    static Choice greedy() {
      return (logits, _, _) -> {
        int best = 0;
        for (int token = 1; token < logits.length; token++) {
          best = logits[token] > logits[best] ? token : best;
        }
        return best;
      };
    }
  }

  private final Layer model;
  private final Memory memory;
  private final Choice choice;
  private Optional<int[][]> texts = Optional.empty(); // all that was read

  private Generation(Layer model, int capacity, Choice choice) {
    this.model = model;
    this.memory = Memory.of(capacity);
    this.choice = choice;
  }

  /**
   * Takes the most likely token each time.
   *
   * @param model of tokens (batch, time) → logits (batch, …, vocabulary), the last ones those of
   *     what follows
   * @param capacity tokens that it looks back at, prompt included
   */
  public static Generation of(Layer model, int capacity) {
    return of(model, capacity, Choice.greedy());
  }

  /** With another way to choose. */
  public static Generation of(Layer model, int capacity, Choice choice) {
    return new Generation(model, capacity, choice);
  }

  /** How many tokens of each text it looks back at. */
  public int length() {
    return memory.length();
  }

  /** Begins new texts. */
  public void clear() {
    memory.clear();
    texts = Optional.empty();
  }

  /**
   * Reads more of each text, (batch, time), in one pass, and tells the token that follows.
   *
   * @throws dev.merapi.tensor.MerapiException if so much at once is more than the capacity
   */
  public int[] read(int[][] more) {
    int batch = more.length;
    int time = batch == 0 ? 0 : more[0].length;
    if (time == 0 || Arrays.stream(more).anyMatch(text -> text.length != time)) {
      throw new ShapeException(
          "Generation: %d texts of lengths %s; give at least one, all of one length above 0"
              .formatted(
                  batch, Arrays.toString(Arrays.stream(more).mapToInt(t -> t.length).toArray())));
    }
    int[][] all = texts.filter(read -> read.length == batch).map(r -> joined(r, more)).orElse(more);
    float[] logits = pass(more, all, time);
    texts = Optional.of(all);
    int vocabulary = logits.length / batch;
    int[] next = new int[batch];
    Arrays.setAll(
        next,
        row -> {
          int from = row * vocabulary;
          return choice.next(Arrays.copyOfRange(logits, from, from + vocabulary), all[row], row);
        });
    return next;
  }

  /** The logits behind the texts, one after another. */
  private float[] pass(int[][] more, int[][] all, int time) {
    int[][] unread = more;
    int capacity = memory.capacity();
    if (memory.length() > 0 && time <= capacity && memory.length() + time > capacity) {
      int kept = Math.max(time, capacity / 2);
      unread = Arrays.stream(all).map(text -> last(text, kept)).toArray(int[][]::new);
      memory.clear();
    }
    int[] flat = Arrays.stream(unread).flatMapToInt(Arrays::stream).toArray();
    Continuation pass = memory.next(unread[0].length);
    Tensor logits = model.apply(Tensor.of(flat, unread.length, unread[0].length), pass);
    return pass.run(logits.select(1, -1)).getFirst().toArray();
  }

  private static int[] last(int[] text, int count) {
    return Arrays.copyOfRange(text, Math.max(0, text.length - count), text.length);
  }

  private static int[][] joined(int[][] first, int[][] second) {
    int[][] both = new int[first.length][];
    for (int row = 0; row < both.length; row++) {
      both[row] = Arrays.copyOf(first[row], first[row].length + second[row].length);
      System.arraycopy(second[row], 0, both[row], first[row].length, second[row].length);
    }
    return both;
  }

  /** The tokens behind each prompt: (batch, time) → (batch, count). */
  public int[][] extend(int[][] prompts, int count) {
    int[][] written = new int[prompts.length][count];
    int[][] unread = prompts;
    for (int i = 0; i < count; i++) {
      int[] next = read(unread);
      unread = new int[prompts.length][];
      for (int text = 0; text < prompts.length; text++) {
        written[text][i] = next[text];
        unread[text] = new int[] {next[text]};
      }
    }
    return written;
  }
}
