package dev.merapi.zoo;

import dev.merapi.nn.Continuation;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Memory;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.ShapeException;
import dev.merapi.tensor.Tensor;
import java.util.Arrays;

/**
 * Texts that a causal model writes on, token by token. What was read stays in a {@link Memory}, so
 * that a token costs the same wherever it stands, and all tokens behind the prompt run one program.
 *
 * {@snippet :
 * int[][] written = Generation.of(model, 128).extend(prompts, 64);
 * }
 *
 * <p>For a text that is shown as it grows, {@link #read} the prompt, and then each token that it
 * tells. One generation serves one batch of texts at a time.
 */
public final class Generation {

  /** How the next tokens are chosen: logits (batch, vocabulary) → numbers (batch). */
  @FunctionalInterface
  public interface Choice {
    Tensor of(Tensor logits);

    /** The most likely token, always. */
    static Choice greedy() {
      return logits -> logits.argmax(-1);
    }
  }

  private final Layer model;
  private final Memory memory;
  private final Choice choice;

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
   * @param capacity the longest text, prompt included
   */
  public static Generation of(Layer model, int capacity) {
    return of(model, capacity, Choice.greedy());
  }

  /** With another way to choose. */
  public static Generation of(Layer model, int capacity, Choice choice) {
    return new Generation(model, capacity, choice);
  }

  /** How many tokens of each text were read. */
  public int length() {
    return memory.length();
  }

  /** Begins new texts. */
  public void clear() {
    memory.clear();
  }

  /** Reads more of each text, (batch, time), in one pass, and tells the token that follows. */
  public int[] read(int[][] texts) {
    int batch = texts.length;
    int time = batch == 0 ? 0 : texts[0].length;
    if (time == 0 || Arrays.stream(texts).anyMatch(text -> text.length != time)) {
      throw new ShapeException(
          "Generation: %d texts of lengths %s; give at least one, all of one length above 0"
              .formatted(
                  batch, Arrays.toString(Arrays.stream(texts).mapToInt(t -> t.length).toArray())));
    }
    int[] flat = Arrays.stream(texts).flatMapToInt(Arrays::stream).toArray();
    Continuation pass = memory.next(time);
    Tensor logits = model.apply(Tensor.of(flat, batch, time), pass);
    Tensor next = choice.of(logits.select(1, -1)).cast(DType.I32);
    return pass.run(next).getFirst().toIntArray();
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
