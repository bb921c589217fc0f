package dev.merapi.text;

import dev.merapi.data.Batch;
import dev.merapi.data.Batches;
import dev.merapi.data.Draws;
import dev.merapi.data.Sha256;
import dev.merapi.tensor.Key;
import dev.merapi.tensor.Shape;
import dev.merapi.tensor.Tensor;
import java.util.Arrays;

/**
 * Texts some of whose tokens are hidden, to be told from the others (Devlin et al., "BERT", 2019):
 * x (batch, time) i32, and y the same places with the tokens that are to be told, and {@value
 * #IGNORED} at all others.
 *
 * <p>Of each text {@code round(share · n)} of its n tokens, but at least one, are to be told; of
 * those 80 % are replaced by the mask, 10 % by any token, and 10 % stay. For training they are
 * others in each epoch; to measure they are always the same.
 */
public final class MaskedTexts implements TokenDataset {
  /** The target of a token that is not to be told. */
  public static final int IGNORED = -100;

  private final LabelledTexts texts;
  private final Masking masking;

  /**
   * How tokens are hidden.
   *
   * @param tokenizer which tells special tokens, that are never hidden
   * @param mask the token that hides others
   * @param padding the token that fills texts up
   * @param share of a text's tokens that are to be told, from 0 to 1
   */
  public record Masking(Tokenizer tokenizer, int mask, int padding, double share) {}

  private MaskedTexts(LabelledTexts texts, Masking masking) {
    this.texts = texts;
    this.masking = masking;
  }

  /** Hides tokens of texts, whose classes do not matter. */
  public static MaskedTexts of(LabelledTexts texts, Masking masking) {
    return new MaskedTexts(texts, masking);
  }

  @Override
  public int size() {
    return texts.size();
  }

  @Override
  public long bytes() {
    return texts.bytes();
  }

  @Override
  public Shape features() {
    return texts.features();
  }

  @Override
  public Shape target() {
    return texts.features();
  }

  @Override
  public MaskedTexts select(int... rows) {
    return new MaskedTexts(texts.select(rows), masking);
  }

  @Override
  public Batch gather(int... rows) {
    Key[] keys = Arrays.stream(rows).mapToObj(Key.of(0)::fold).toArray(Key[]::new);
    return hidden(texts.gather(rows), keys);
  }

  private Batch hidden(Batch batch, Key... keys) {
    int time = batch.x().shape().size(1);
    int[] x = batch.x().toIntArray();
    int[] y = new int[x.length];
    Arrays.fill(y, IGNORED);
    for (int row = 0; row < keys.length; row++) {
      hide(x, y, row * time, time, new Draws(keys[row]));
    }
    return new Batch(Tensor.of(x, keys.length, time), Tensor.of(y, keys.length, time));
  }

  private void hide(int[] x, int[] y, int from, int time, Draws draws) {
    int[] places = new int[time];
    int count = 0;
    for (int at = from; at < from + time; at++) {
      if (x[at] != masking.padding && !masking.tokenizer.isSpecial(x[at])) {
        places[count++] = at;
      }
    }
    int chosen = count == 0 ? 0 : Math.max(1, (int) Math.round(masking.share * count));
    for (int i = 0; i < chosen; i++) {
      int other = i + draws.below(count - i);
      int at = places[other];
      places[other] = places[i];
      y[at] = x[at];
      int lot = draws.below(10);
      if (lot < 8) {
        x[at] = masking.mask;
      } else if (lot == 8) {
        x[at] = draws.below(masking.tokenizer.size());
      }
    }
  }

  @Override
  public Batches batches(int size, Key shuffle, Batches.Remainder remainder) {
    return texts
        .batches(size, shuffle.fold(0), remainder)
        .map(
            (batch, at) -> {
              var own = shuffle.fold(1).fold(at.epoch()).fold(at.batch());
              Key[] keys = new Key[batch.size()];
              Arrays.setAll(keys, own::fold);
              return hidden(batch, keys);
            });
  }

  @Override
  public String fingerprint() {
    return new Sha256()
        .add("masked")
        .add(texts.fingerprint())
        .add(masking.mask, (int) Math.round(masking.share * 1e6))
        .hex();
  }
}
