package dev.merapi.text;

import dev.merapi.data.Batch;
import dev.merapi.data.DataException;
import dev.merapi.data.Sha256;
import dev.merapi.tensor.Shape;
import dev.merapi.tensor.Tensor;
import dev.merapi.text.ToldTexts.Text;
import java.util.Arrays;
import java.util.List;

/**
 * Pairs of texts, of which one is preferred: x (batch, 2, 2, time) has of the chosen and the
 * rejected one the tokens, and below them those that are to be told; see {@code
 * dev.merapi.nn.LogLikelihood}. y (batch, 2) says how probable a reference finds them, {@code Σ ln
 * p}. The time of a batch is that of its longest text, rounded up to a multiple of {@value
 * LabelledTexts#STEP}.
 */
public final class PreferredTexts implements TokenDataset {
  /**
   * A pair.
   *
   * @param place where it stands
   */
  public record Pair(String place, Text chosen, Text rejected) {
    int places() {
      return Math.max(chosen.places(), rejected.places());
    }
  }

  private final List<Pair> pairs;
  private final int context;
  private final int padding;
  private final float[] reference;

  private PreferredTexts(List<Pair> pairs, int context, int padding, float... reference) {
    this.pairs = List.copyOf(pairs);
    this.context = context;
    this.padding = padding;
    this.reference = reference;
  }

  /**
   * Pairs whose reference is still unknown, and taken for 0.
   *
   * @param context tokens of a text, at most
   * @param padding the token that fills rows up
   * @throws DataException if a text is longer than the context, or nothing of it is to be told
   */
  public static PreferredTexts of(List<Pair> pairs, int context, int padding) {
    for (Pair pair : pairs) {
      for (Text text : List.of(pair.chosen, pair.rejected)) {
        if (text.places() > context || text.targets() == 0) {
          throw new DataException(
              "%s: a text of %d tokens, %d of them to be told; cut it to a context of %d, and leave it out where nothing is to be told"
                  .formatted(pair.place, text.tokens().length, text.targets(), context));
        }
      }
    }
    return new PreferredTexts(pairs, context, padding, new float[2 * pairs.size()]);
  }

  /** The same with what a reference says: of each pair that of the chosen and the rejected text. */
  public PreferredTexts reference(float... logLikelihoods) {
    if (logLikelihoods.length != reference.length) {
      throw new DataException(
          "%d numbers for %d pairs; give two for each".formatted(logLikelihoods.length, size()));
    }
    return new PreferredTexts(pairs, context, padding, logLikelihoods.clone());
  }

  @Override
  public int size() {
    return pairs.size();
  }

  @Override
  public long bytes() {
    return pairs.stream().mapToLong(p -> 5L * (p.chosen.places() + p.rejected.places())).sum();
  }

  @Override
  public Shape features() {
    return Shape.of(2, 2, context);
  }

  @Override
  public Shape target() {
    return Shape.of(2);
  }

  @Override
  public String name(int row) {
    return pairs.get(row).place;
  }

  @Override
  public Batch gather(int... rows) {
    int longest = Arrays.stream(rows).map(row -> pairs.get(row).places()).max().orElse(1);
    int time = Math.min(context, Math.ceilDiv(longest, LabelledTexts.STEP) * LabelledTexts.STEP);
    int[] x = new int[4 * rows.length * time];
    float[] y = new float[2 * rows.length];
    for (int i = 0; i < rows.length; i++) {
      var pair = pairs.get(rows[i]);
      put(pair.chosen, x, 4 * i * time, time);
      put(pair.rejected, x, (4 * i + 2) * time, time);
      System.arraycopy(reference, 2 * rows[i], y, 2 * i, 2);
    }
    return new Batch(Tensor.of(x, rows.length, 2, 2, time), Tensor.of(y, rows.length, 2));
  }

  private void put(Text text, int[] x, int at, int time) {
    Arrays.fill(x, at, at + time, padding);
    Arrays.fill(x, at + time, at + 2 * time, MaskedTexts.IGNORED);
    text.put(x, at, x, at + time);
  }

  @Override
  public String fingerprint() {
    var sha = new Sha256().add("preferred").add(context, padding);
    for (var pair : pairs) {
      pair.chosen.addTo(sha);
      pair.rejected.addTo(sha);
    }
    return sha.hex();
  }
}
