package dev.merapi.table;

import dev.merapi.data.Batch;
import dev.merapi.data.Batches;
import dev.merapi.data.DataException;
import dev.merapi.data.Dataset;
import dev.merapi.data.Normalisation;
import dev.merapi.data.Position;
import dev.merapi.data.Sha256;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Key;
import dev.merapi.tensor.Shape;
import dev.merapi.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SplittableRandom;

/**
 * The examples of a part of a table that is never in memory as a whole: each pass reads its source
 * anew, on a thread of its own, some thousand rows ahead. Training batches are drawn from a buffer
 * of rows that the key shuffles: a row comes out at a random place, near to where it was read.
 *
 * <p>{@link #gather} reads the source from its beginning; it is for a look at some rows.
 */
public final class TableStream implements Dataset {
  private final TableSource source;
  private final Prepared prepared;
  private final RowPart part;
  private final Use use;
  private final int size;
  private final int buffer;

  private TableStream(
      TableSource source, Prepared prepared, RowPart part, Use use, int size, int buffer) {
    this.source = source;
    this.prepared = prepared;
    this.part = part;
    this.use = use;
    this.size = size;
    this.buffer = buffer;
  }

  /**
   * A part of a source.
   *
   * @param use what its rows are for
   * @param buffer rows that are kept to shuffle; 1 for none
   */
  public static TableStream of(
      TableSource source, Prepared prepared, RowPart part, Use use, int buffer) {
    if (!prepared.window().isNone()) {
      throw new DataException(
          "a stream has no windows, whose rows have to follow each other; read the table as a"
              + " whole: set `data.stream` to false");
    }
    if (buffer < 1) {
      throw new DataException("stream: a buffer of %d rows; give at least 1".formatted(buffer));
    }
    long rows = 0;
    try (var reader = source.open(BadRows.skip())) {
      for (var read = reader.next(); read.size() > 0; read = reader.next()) {
        rows += prepared.apply(read.select(part.of(read)), use).size();
      }
    }
    return new TableStream(source, prepared, part, use, Math.toIntExact(rows), buffer);
  }

  @Override
  public int size() {
    return size;
  }

  /** What is in memory at a time: the buffer. */
  @Override
  public long bytes() {
    return 4L * Math.min(size, buffer) * (features().elements() + 1);
  }

  @Override
  public Shape features() {
    return prepared.shape();
  }

  @Override
  public Shape target() {
    return prepared.classifies() ? Shape.of() : Shape.of(1);
  }

  @Override
  public List<String> classes() {
    return prepared.classes();
  }

  @Override
  public int[] labels() {
    if (!prepared.classifies()) {
      throw new DataException("stream: its targets are numbers, not classes");
    }
    int[] labels = new int[size];
    int at = 0;
    for (var batch : batches(TableReader.PART).epoch(0)) {
      for (float label : batch.y().toArray()) {
        labels[at++] = (int) label;
      }
    }
    return labels;
  }

  @Override
  public Batch gather(int... rows) {
    Map<Integer, List<Integer>> wanted = new HashMap<>();
    for (int i = 0; i < rows.length; i++) {
      wanted.computeIfAbsent(Objects.checkIndex(rows[i], size), _ -> new ArrayList<>()).add(i);
    }
    int width = Math.toIntExact(features().elements());
    float[] x = new float[rows.length * width];
    float[] y = new float[rows.length];
    int row = 0;
    for (var batch : batches(TableReader.PART).epoch(0)) {
      float[] xs = batch.x().toArray();
      float[] ys = batch.y().cast(DType.F32).toArray();
      for (int i = 0; i < ys.length; i++, row++) {
        for (int to : wanted.getOrDefault(row, List.of())) {
          System.arraycopy(xs, i * width, x, to * width, width);
          y[to] = ys[i];
        }
      }
    }
    return batch(x, y, rows.length);
  }

  /** Some examples as tensors. */
  Batch batch(float[] x, float[] y, int count) {
    var shape = Shape.of(count).concat(features());
    var features = Tensor.wrap(DType.F32, MemorySegment.ofArray(x), shape);
    if (!prepared.classifies()) {
      return new Batch(
          features, Tensor.wrap(DType.F32, MemorySegment.ofArray(y), Shape.of(count, 1)));
    }
    int[] labels = new int[count];
    for (int i = 0; i < count; i++) {
      labels[i] = (int) y[i];
    }
    return new Batch(features, Tensor.of(labels, count));
  }

  /** A stream is scaled by its preparation. */
  @Override
  public Dataset normalised(Normalisation normalisation) {
    throw new DataException("stream: add `- {kind: standardise}` to its preparation instead");
  }

  @Override
  public Batches batches(int count) {
    return new Passes(count, Optional.empty(), Batches.Remainder.KEEP);
  }

  @Override
  public Batches batches(int count, Key shuffle, Batches.Remainder remainder) {
    return new Passes(count, Optional.of(shuffle), remainder);
  }

  @Override
  public String fingerprint() {
    return new Sha256()
        .add("stream")
        .add(source.fingerprint())
        .add(use.name())
        .add(size)
        .add(prepared.toString())
        .hex();
  }

  /** Reads pass after pass. */
  private final class Passes implements Batches {
    private final int count;
    private final Optional<Key> shuffle;
    private final Remainder remainder;

    Passes(int count, Optional<Key> shuffle, Remainder remainder) {
      if (count < 1) {
        throw new DataException("batches: the size is " + count + "; give at least 1");
      }
      this.count = count;
      this.shuffle = shuffle;
      this.remainder = remainder;
    }

    @Override
    public OptionalLong perEpoch() {
      return OptionalLong.of(
          remainder == Remainder.DROP ? size / count : Math.ceilDiv((long) size, count));
    }

    @Override
    public Iterator<Batch> from(Position position) {
      var ahead = ReadAhead.start(source, prepared, part, use);
      var draws = shuffle.map(key -> new SplittableRandom(key.fold(position.epoch()).value()));
      var batches =
          new ShuffleBuffer(
              TableStream.this, ahead, draws, shuffle.isPresent() ? buffer : 1, count, remainder);
      for (long i = 0; i < position.batch() && batches.hasNext(); i++) {
        batches.next();
      }
      return batches;
    }
  }
}
