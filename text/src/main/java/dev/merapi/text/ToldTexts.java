package dev.merapi.text;

import dev.merapi.data.Batch;
import dev.merapi.data.DataException;
import dev.merapi.data.Sha256;
import dev.merapi.tensor.Shape;
import dev.merapi.tensor.Tensor;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Texts some of whose tokens are to be told from those before them, such as the answers in a
 * conversation: the targets y (batch, time) are the next tokens where those are to be told, and
 * {@value MaskedTexts#IGNORED} elsewhere.
 *
 * <p>Either each row is one text, x (batch, time), filled up at its end: its time is that of the
 * batch's longest text, rounded up to a multiple of {@value LabelledTexts#STEP}. Or rows are
 * packed: x (batch, 2, context) has in (batch, 0) several texts behind one another, and in (batch,
 * 1) where the text of each token begins; see {@code dev.merapi.nn.Packed}. Texts are packed once,
 * the longest first, each where it leaves the least room.
 */
public final class ToldTexts implements TokenDataset {
  /**
   * A text.
   *
   * @param tokens of it
   * @param told which of them are to be told
   */
  @SuppressWarnings("ArrayRecordComponent") // not compared; taken over
  public record Text(int[] tokens, boolean[] told) {
    public Text {
      if (tokens.length != told.length) {
        throw new IllegalArgumentException("a text's arrays are of different lengths");
      }
    }

    /** Its begin: so many tokens to read, and the one behind them. */
    public Text cut(int context) {
      return tokens.length <= context + 1
          ? this
          : new Text(Arrays.copyOf(tokens, context + 1), Arrays.copyOf(told, context + 1));
    }

    /** How many of its tokens are to be told; the first has nothing before it. */
    public int targets() {
      return (int) IntStream.range(1, told.length).filter(i -> told[i]).count();
    }

    /** How many places it takes: its last token is not read. */
    int places() {
      return tokens.length - 1;
    }

    /** Writes what is read into x, and what is to be told into y. */
    void put(int[] x, int xAt, int[] y, int yAt) {
      System.arraycopy(tokens, 0, x, xAt, places());
      for (int i = 0; i < places(); i++) {
        if (told[i + 1]) {
          y[yAt + i] = tokens[i + 1];
        }
      }
    }

    void addTo(Sha256 sha) {
      sha.add(tokens).add(IntStream.range(0, told.length).filter(i -> told[i]).toArray());
    }
  }

  private final List<List<Text>> rows;
  private final int context;
  private final boolean packed;
  private final int padding;

  private ToldTexts(List<List<Text>> rows, int context, boolean packed, int padding) {
    this.rows = rows;
    this.context = context;
    this.packed = packed;
    this.padding = padding;
  }

  /** One text a row, filled up with a token. */
  public static ToldTexts padded(List<Text> texts, int context, int padding) {
    check(texts, context);
    return new ToldTexts(texts.stream().map(List::of).toList(), context, false, padding);
  }

  /** As many texts in a row as it has room for; what is left of it is filled up with a token. */
  public static ToldTexts packed(List<Text> texts, int context, int padding) {
    check(texts, context);
    List<List<Text>> rows = new ArrayList<>();
    TreeMap<Integer, Deque<List<Text>>> room = new TreeMap<>();
    var longest = Comparator.comparingInt(Text::places).reversed();
    for (Text text : texts.stream().sorted(longest).toList()) {
      var found = room.ceilingEntry(text.places());
      List<Text> row;
      int left = context;
      if (found == null) {
        row = new ArrayList<>();
        rows.add(row);
      } else {
        left = found.getKey();
        row = found.getValue().removeFirst();
        if (found.getValue().isEmpty()) {
          room.remove(left);
        }
      }
      row.add(text);
      room.computeIfAbsent(left - text.places(), _ -> new ArrayDeque<>()).addLast(row);
    }
    return new ToldTexts(rows, context, true, padding);
  }

  private static void check(List<Text> texts, int context) {
    for (int i = 0; i < texts.size(); i++) {
      if (texts.get(i).places() > context || texts.get(i).targets() == 0) {
        throw new DataException(
            "text %d: %d tokens, %d of them to be told; cut it to a context of %d, and leave it out where nothing is to be told"
                .formatted(i + 1, texts.get(i).tokens.length, texts.get(i).targets(), context));
      }
    }
  }

  @Override
  public int size() {
    return rows.size();
  }

  /** How many of its rows' places are filled, from 0 to 1. */
  public double filled() {
    long places = rows.stream().flatMap(List::stream).mapToLong(Text::places).sum();
    return rows.isEmpty() ? 1 : (double) places / ((long) rows.size() * context);
  }

  @Override
  public long bytes() {
    return rows.stream().flatMap(List::stream).mapToLong(text -> 64 + 5L * text.places()).sum();
  }

  @Override
  public Shape features() {
    return packed ? Shape.of(2, context) : Shape.of(context);
  }

  @Override
  public Shape target() {
    return Shape.of(context);
  }

  @Override
  public String name(int row) {
    return packed ? "row " + (row + 1) : "text " + (row + 1);
  }

  @Override
  public Batch gather(int... chosen) {
    int time = packed ? context : time(chosen);
    int lines = packed ? 2 : 1;
    int[] x = new int[chosen.length * lines * time];
    int[] y = new int[chosen.length * time];
    Arrays.fill(y, MaskedTexts.IGNORED);
    for (int i = 0; i < chosen.length; i++) {
      int from = i * lines * time;
      Arrays.fill(x, from, from + time, padding);
      int at = 0;
      for (Text text : rows.get(chosen[i])) {
        text.put(x, from + at, y, i * time + at);
        if (packed) {
          Arrays.fill(x, from + time + at, from + time + at + text.places(), at);
        }
        at += text.places();
      }
      if (packed) {
        Arrays.fill(x, from + time + at, from + 2 * time, at);
      }
    }
    Tensor tokens =
        packed ? Tensor.of(x, chosen.length, 2, time) : Tensor.of(x, chosen.length, time);
    return new Batch(tokens, Tensor.of(y, chosen.length, time));
  }

  private int time(int... chosen) {
    int longest = 1;
    for (int row : chosen) {
      longest = Math.max(longest, rows.get(row).getFirst().places());
    }
    return Math.min(context, Math.ceilDiv(longest, LabelledTexts.STEP) * LabelledTexts.STEP);
  }

  @Override
  public String fingerprint() {
    var sha = new Sha256().add("told").add(context, packed ? 1 : 0, padding);
    for (var row : rows) {
      sha.add("row");
      for (Text text : row) {
        text.addTo(sha);
      }
    }
    return sha.hex();
  }
}
