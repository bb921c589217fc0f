package dev.merapi.bench.ours;

import dev.merapi.bench.work.Trainee;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Tensor;
import dev.merapi.zoo.Generation;
import dev.merapi.zoo.Gpt;
import java.util.Arrays;
import java.util.OptionalDouble;

/**
 * Greedy decoding with a cache of keys and values: a call reads the prompt and makes all tokens.
 */
final class Decoding implements Trainee {
  private final Gpt model;
  private final int[] prompt;
  private final int count;
  private final Generation generation;
  private int[] written = {};

  Decoding(Gpt model, int[] prompt, int count) {
    this.model = model;
    this.prompt = prompt;
    this.count = count;
    generation = Generation.of(model, prompt.length + count);
  }

  @Override
  public double step() {
    generation.clear();
    written = generation.extend(new int[][] {prompt}, count)[0];
    return Double.NaN;
  }

  @Override
  public int stepsACall() {
    return count;
  }

  @Override
  public OptionalDouble agreement() {
    if (written.length == 0) {
      return OptionalDouble.empty();
    }
    int[] text = Arrays.copyOf(prompt, prompt.length + count - 1);
    System.arraycopy(written, 0, text, prompt.length, count - 1);
    Tensor logits = model.apply(Tensor.of(text, 1, text.length));
    int[] best = logits.argmax(-1).cast(DType.I32).toIntArray();
    int same = 0;
    for (int i = 0; i < count; i++) {
      same += best[prompt.length - 1 + i] == written[i] ? 1 : 0;
    }
    return OptionalDouble.of((double) same / count);
  }
}
