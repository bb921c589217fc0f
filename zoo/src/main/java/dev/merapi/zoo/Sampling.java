package dev.merapi.zoo;

import dev.merapi.tensor.Key;
import dev.merapi.tensor.MerapiException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.stream.IntStream;

/**
 * The next token is drawn, after what is unlikely was left out. In this order:
 *
 * <ol>
 *   <li>repetition penalty θ (Keskar et al., 2019): the logit {@code x} of a token that the text
 *       has becomes {@code x / θ} where it is above 0, else {@code x θ};
 *   <li>temperature τ: {@code x / τ}; at 0 the most likely token is taken, always;
 *   <li>top-k (Fan et al., 2018): only the k most likely tokens are left, and any as likely;
 *   <li>top-p (Holtzman et al., 2019): only the most likely ones that together have the probability
 *       p, the one that reaches it included;
 *   <li>min-p (Nguyen et al., 2024): only those at least p times as likely as the most likely.
 * </ol>
 *
 * <p>What is drawn follows from the key, the text's number in its batch and the place in the text.
 *
 * @param topK 0 leaves all
 * @param topP 1 leaves all
 * @param minP 0 leaves all
 * @param repetitionPenalty 1 changes nothing
 */
public record Sampling(
    double temperature, int topK, double topP, double minP, double repetitionPenalty, Key key)
    implements Generation.Choice {
  public Sampling {
    check(
        "temperature", temperature, temperature >= 0 && Double.isFinite(temperature), "0 or more");
    check("top-k", topK, topK >= 0, "1 or more, or 0 for all tokens");
    check("top-p", topP, topP > 0 && topP <= 1, "above 0, up to 1");
    check("min-p", minP, minP >= 0 && minP <= 1, "from 0 to 1");
    check(
        "repetition penalty",
        repetitionPenalty,
        repetitionPenalty > 0 && Double.isFinite(repetitionPenalty),
        "above 0: 1 changes nothing, and more makes repetitions rarer");
  }

  private static void check(String what, Number value, boolean fits, String allowed) {
    if (!fits) {
      throw new MerapiException("%s: %s; give %s".formatted(what, value, allowed));
    }
  }

  /** Draws from all tokens, as likely as the model says. */
  public static Sampling of(Key key) {
    return new Sampling(1, 0, 1, 0, 1, key);
  }

  public Sampling temperature(double t) {
    return new Sampling(t, topK, topP, minP, repetitionPenalty, key);
  }

  public Sampling topK(int k) {
    return new Sampling(temperature, k, topP, minP, repetitionPenalty, key);
  }

  public Sampling topP(double p) {
    return new Sampling(temperature, topK, p, minP, repetitionPenalty, key);
  }

  public Sampling minP(double p) {
    return new Sampling(temperature, topK, topP, p, repetitionPenalty, key);
  }

  public Sampling repetitionPenalty(double penalty) {
    return new Sampling(temperature, topK, topP, minP, penalty, key);
  }

  public Sampling key(Key key) {
    return new Sampling(temperature, topK, topP, minP, repetitionPenalty, key);
  }

  @Override
  public int next(float[] logits, int[] text, int row) {
    if (temperature == 0) {
      return Generation.Choice.greedy().next(penalised(logits, text), text, row);
    }
    double[] probabilities = probabilities(logits, text);
    double drawn = (key.fold(row).fold(text.length).value() >>> 11) * 0x1p-53;
    double sum = 0;
    int last = 0;
    for (int token = 0; token < probabilities.length; token++) {
      if (probabilities[token] > 0) {
        sum += probabilities[token];
        last = token;
        if (drawn < sum) {
          break;
        }
      }
    }
    return last;
  }

  /**
   * How likely each token is drawn: 0 for those left out.
   *
   * @param logits of all tokens
   * @param text the tokens so far
   */
  public double[] probabilities(float[] logits, int... text) {
    if (temperature == 0) {
      throw new MerapiException("a temperature of 0 draws nothing; give one above 0");
    }
    float[] x = penalised(logits, text);
    double[] scaled = new double[x.length];
    Arrays.setAll(scaled, i -> x[i] / temperature);
    if (topK > 0 && topK < scaled.length) {
      double least = greatest(scaled, topK);
      cut(scaled, least);
    }
    if (topP < 1) {
      keepMostLikely(scaled);
    }
    if (minP > 0) {
      cut(scaled, Arrays.stream(scaled).max().orElse(0) + Math.log(minP));
    }
    return softmax(scaled);
  }

  private float[] penalised(float[] logits, int[] text) {
    if (repetitionPenalty == 1) {
      return logits;
    }
    float[] changed = logits.clone();
    float penalty = (float) repetitionPenalty;
    for (int token : text) {
      changed[token] = logits[token] > 0 ? logits[token] / penalty : logits[token] * penalty;
    }
    return changed;
  }

  private static void cut(double[] logits, double least) {
    for (int i = 0; i < logits.length; i++) {
      logits[i] = logits[i] < least ? Double.NEGATIVE_INFINITY : logits[i];
    }
  }

  /** The k-th greatest. */
  private static double greatest(double[] values, int k) {
    var best = new PriorityQueue<Double>(k);
    for (double value : values) {
      if (best.size() < k) {
        best.add(value);
      } else if (value > best.element()) {
        best.remove();
        best.add(value);
      }
    }
    return best.element();
  }

  private void keepMostLikely(double[] logits) {
    double[] probabilities = softmax(logits);
    // Tokens less likely than this have, all together, less than what may be left out.
    double least = (1 - topP) / logits.length;
    int[] order =
        IntStream.range(0, logits.length)
            .filter(i -> probabilities[i] >= least)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> -probabilities[i]))
            .mapToInt(Integer::intValue)
            .toArray();
    double[] all = logits.clone();
    Arrays.fill(logits, Double.NEGATIVE_INFINITY);
    double sum = 0;
    for (int i = 0; i < order.length && sum < topP; i++) {
      logits[order[i]] = all[order[i]];
      sum += probabilities[order[i]];
    }
  }

  private static double[] softmax(double[] logits) {
    double most = Arrays.stream(logits).max().orElse(0);
    double[] powers = Arrays.stream(logits).map(x -> Math.exp(x - most)).toArray();
    double sum = Arrays.stream(powers).sum();
    return Arrays.stream(powers).map(power -> power / sum).toArray();
  }
}
