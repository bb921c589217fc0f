package dev.merapi.text;

import dev.merapi.data.Batch;
import dev.merapi.data.Batches;
import dev.merapi.data.DataException;
import dev.merapi.data.Position;
import dev.merapi.data.Sha256;
import dev.merapi.tensor.Key;
import dev.merapi.tensor.Shape;
import dev.merapi.tensor.Tensor;
import java.util.Arrays;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.LongStream;

/**
 * Pieces of a text to learn the next token from: x are {@code context} tokens, (batch, context)
 * i32, and y the same places one token on.
 *
 * <p>In their order they lie end to end, the last one's end left out where it does not fill a
 * piece; so each token is told once. For training they may instead be drawn: an epoch is then so
 * many pieces that begin anywhere, others in each epoch; for measuring they may overlap.
 */
public final class TokenWindows implements TokenDataset {
  private static final int STREAM = 0x746f6b;

  private final TokenSequence tokens;
  private final int context;
  private final Optional<long[]> begins;
  private final boolean once; // whether a token is told by the first piece alone that reaches it
  private final OptionalInt drawn;
  private volatile String fingerprint; // null until somebody asks: it takes a pass over all tokens

  private TokenWindows(
      TokenSequence tokens, int context, Optional<long[]> begins, boolean once, OptionalInt drawn) {
    this.tokens = tokens;
    this.context = context;
    this.begins = begins;
    this.once = once;
    this.drawn = drawn;
  }

  /**
   * The pieces of a text, end to end.
   *
   * @param context tokens in each
   * @throws DataException if the text does not make one
   */
  public static TokenWindows of(TokenSequence tokens, int context) {
    if (context < 1 || tokens.size() <= context) {
      throw new DataException(
          "text: %d tokens do not make a piece of %d and the token behind it; give more text, or a smaller context"
              .formatted(tokens.size(), context));
    }
    return new TokenWindows(tokens, context, Optional.empty(), false, OptionalInt.empty());
  }

  /**
   * The same text; pieces begin with its first token and with each token {@code id}, where so many
   * follow: each is the beginning of a line, or of a document, as a model is asked to write it.
   */
  public TokenWindows beginningWith(int id) {
    var places = LongStream.builder().add(0);
    int[] one = new int[1];
    for (long at = 1; at < starts(); at++) {
      tokens.copy(at, 1, one, 0);
      if (one[0] == id) {
        places.add(at);
      }
    }
    return new TokenWindows(tokens, context, Optional.of(places.build().toArray()), false, drawn);
  }

  /**
   * The same text to be measured, with its end: pieces begin every {@code stride} tokens, the last
   * one where it ends with the text. Each token but the first is told once, by the first piece that
   * reaches it; where one was told before, y is {@link MaskedTexts#IGNORED}. So a token is told
   * from at least {@code context - stride + 1} tokens before it, those at the text's begin
   * excepted.
   *
   * @param stride from 1 to the context, which lays the pieces end to end
   */
  public TokenWindows covering(int stride) {
    if (stride < 1 || stride > context) {
      throw new DataException(
          "text: pieces of %d tokens cannot begin every %d; give a stride from 1 to %d"
              .formatted(context, stride, context));
    }
    var places = LongStream.builder();
    for (long at = 0; at < starts() - 1; at += stride) {
      places.add(at);
    }
    long[] all = places.add(starts() - 1).build().toArray();
    return new TokenWindows(tokens, context, Optional.of(all), true, OptionalInt.empty());
  }

  /** The same text; an epoch of training is {@code samples} pieces that begin anywhere. */
  public TokenWindows drawn(int samples) {
    if (samples < 1) {
      throw new DataException("text: an epoch of %d pieces; give at least 1".formatted(samples));
    }
    return new TokenWindows(tokens, context, begins, false, OptionalInt.of(samples));
  }

  /** Places where a piece can begin. */
  private long starts() {
    return tokens.size() - context;
  }

  @Override
  public int size() {
    long all = begins.map(each -> (long) each.length).orElse((tokens.size() - 1) / context);
    return drawn.orElse((int) Math.min(Integer.MAX_VALUE, all));
  }

  @Override
  public long bytes() {
    return tokens.bytes();
  }

  @Override
  public Shape features() {
    return Shape.of(context);
  }

  @Override
  public Shape target() {
    return Shape.of(context);
  }

  @Override
  public String name(int row) {
    return "token " + start(row);
  }

  @Override
  public Batch gather(int... rows) {
    long[] starts = new long[rows.length];
    for (int i = 0; i < rows.length; i++) {
      starts[i] = start(Objects.checkIndex(rows[i], size()));
    }
    return at(starts, Arrays.stream(rows).map(this::told).toArray());
  }

  /** How many tokens of a piece an earlier one has told. */
  private int told(int row) {
    return once && row > 0 ? (int) (start(row - 1) + context - start(row)) : 0;
  }

  /** In their order, drawn pieces are spread evenly. */
  private long start(int row) {
    if (drawn.isPresent()) {
      return place((long) ((double) row / size() * places()));
    }
    return begins.map(each -> each[row]).orElse((long) row * context);
  }

  /** How many places a drawn piece can begin at. */
  private long places() {
    return begins.map(each -> (long) each.length).orElse(starts());
  }

  private long place(long number) {
    return begins.map(each -> each[(int) number]).orElse(number);
  }

  private Batch at(long[] starts, int... told) {
    int[] x = new int[starts.length * context];
    int[] y = new int[x.length];
    for (int i = 0; i < starts.length; i++) {
      tokens.copy(starts[i], context, x, i * context);
      tokens.copy(starts[i] + 1, context, y, i * context);
      Arrays.fill(y, i * context, i * context + told[i], MaskedTexts.IGNORED);
    }
    return new Batch(Tensor.of(x, starts.length, context), Tensor.of(y, starts.length, context));
  }

  @Override
  public Batches batches(int size, Key shuffle, Batches.Remainder remainder) {
    var ordered = TokenDataset.super.batches(size, shuffle, remainder);
    return drawn.isEmpty() ? ordered : new Drawn(size, shuffle.fold(STREAM), ordered.perEpoch());
  }

  /** What a batch holds follows from the key, the epoch and the batch's number alone. */
  private final class Drawn implements Batches {
    private final int batch;
    private final Key key;
    private final OptionalLong perEpoch;

    Drawn(int batch, Key key, OptionalLong perEpoch) {
      this.batch = batch;
      this.key = key;
      this.perEpoch = perEpoch;
    }

    @Override
    public OptionalLong perEpoch() {
      return perEpoch;
    }

    @Override
    public Iterator<Batch> from(Position position) {
      return new Iterator<>() {
        private long next = position.batch();

        @Override
        public boolean hasNext() {
          return next < perEpoch.getAsLong();
        }

        @Override
        public Batch next() {
          if (!hasNext()) {
            throw new NoSuchElementException("the epoch has %d batches".formatted(next));
          }
          var own = key.fold(position.epoch()).fold(next);
          long[] starts = new long[(int) Math.min(batch, size() - next * batch)];
          for (int i = 0; i < starts.length; i++) {
            starts[i] = place((own.fold(i).value() >>> 1) % places());
          }
          next++;
          return at(starts, new int[starts.length]);
        }
      };
    }
  }

  @Override
  public String fingerprint() {
    if (fingerprint == null) {
      var sha = new Sha256().add("text").add(context, drawn.orElse(0));
      begins.ifPresent(places -> sha.add(Arrays.toString(places)));
      if (once) {
        sha.add("once");
      }
      int[] part = new int[1 << 16];
      int count;
      for (long from = 0; from < tokens.size(); from += count) {
        count = (int) Math.min(part.length, tokens.size() - from);
        part = count == part.length ? part : new int[count];
        tokens.copy(from, count, part, 0);
        sha.add(part);
      }
      fingerprint = sha.hex();
    }
    return fingerprint;
  }
}
