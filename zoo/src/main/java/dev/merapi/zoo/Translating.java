package dev.merapi.zoo;

import dev.merapi.nn.Continuation;
import dev.merapi.nn.Memory;
import dev.merapi.nn.Mode;
import dev.merapi.tensor.Step;
import dev.merapi.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Targets of texts that were read, as a search writes them on. */
final class Translating implements TokenReader {
  private final EncoderDecoder model;
  private final Memory memory;
  private EncoderDecoder.Source source;
  private int[] sources; // which of the sources each text is a target of

  Translating(EncoderDecoder model, Tensor numbers, int capacity) {
    this.model = model;
    this.memory = Memory.of(capacity);
    var read = model.encode(numbers, Mode.evaluation());
    List<Tensor> computed = Step.compute(read.states(), read.mask());
    this.source = new EncoderDecoder.Source(computed.getFirst(), computed.getLast());
    this.sources = IntStream.range(0, numbers.shape().size(0)).toArray();
  }

  @Override
  public float[][] read(int[][] more) {
    int[] flat = Arrays.stream(more).flatMapToInt(Arrays::stream).toArray();
    Continuation pass = memory.next(more[0].length);
    Tensor logits =
        model.decode(Tensor.of(flat, more.length, more[0].length), source, pass).select(1, -1);
    return TokenReader.rows(pass.run(logits).getFirst());
  }

  @Override
  public void take(int... texts) {
    memory.take(texts);
    int[] taken = Arrays.stream(texts).map(text -> sources[text]).toArray();
    if (!Arrays.equals(taken, sources)) {
      Tensor rows = Tensor.of(texts);
      List<Tensor> computed =
          Step.compute(source.states().take(rows, 0), source.mask().take(rows, 0));
      source = new EncoderDecoder.Source(computed.getFirst(), computed.getLast());
      sources = taken;
    }
  }
}
