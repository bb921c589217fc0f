package dev.merapi.bench.work;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * One thing to train: a kind of model and its sizes, which every engine reads from here.
 *
 * @param name what the command line and the tables call it
 * @param kind what is trained
 * @param sizes by name, in the order in which they are shown
 */
public record Workload(String name, Kind kind, Map<String, Integer> sizes) {

  /** The models. What the sizes leave open is said here. */
  public enum Kind {
    /** Linear, ReLU, linear; cross-entropy, SGD. */
    MLP,
    /** Two 3x3 convolutions with "same" padding, each with ReLU and a 2x2 pool; an MLP; Adam. */
    CNN,
    /** Layers of LSTM over a sequence, the last output through a linear layer; Adam. */
    LSTM,
    /** Linear, ReLU, dropout 0.5, linear; binary cross-entropy from logits, Adam. */
    AUTOENCODER,
    /** Linear, sigmoid, linear; binary cross-entropy from logits, SGD: pure overhead. */
    SIGMOID,
    /** Pre-norm blocks, no biases, exact GELU, tied head; AdamW. */
    GPT,
    /** The same with biases and GELU's tanh form: GPT-2; AdamW. */
    GPT2,
    /** Post-norm blocks, exact GELU, a pooler of the first token, 2 classes: BERT; AdamW. */
    ENCODER,
    /** ResNet for 32x32 pictures with 1x1 convolution shortcuts; SGD with momentum 0.9. */
    RESNET,
    /** Greedy decoding of GPT-2 with a cache of keys and values; nothing is trained. */
    DECODE;

    /** As the measured processes are told. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** Whether convolutions do the work, whose layout a peer may choose. */
    public boolean isConvolutional() {
      return this == CNN || this == RESNET;
    }
  }

  public Workload {
    sizes = Map.copyOf(new LinkedHashMap<>(sizes));
  }

  /** A size by name. */
  public int size(String name) {
    Integer size = sizes.get(name);
    if (size == null) {
      throw new IllegalArgumentException(
          "the workload %s has no size %s; it has %s".formatted(this.name, name, sizes.keySet()));
    }
    return size;
  }

  /** The same with one size changed, under a name that says so. */
  public Workload with(String size, int value) {
    size(size);
    var changed = new LinkedHashMap<>(sizes);
    changed.put(size, value);
    return new Workload(name + " " + size + "=" + value, kind, changed);
  }

  /** What is counted in a second: tokens where the model reads text, else samples. */
  public String unit() {
    return switch (kind) {
      case GPT, GPT2, ENCODER, DECODE -> "tokens";
      case MLP, CNN, LSTM, AUTOENCODER, SIGMOID, RESNET -> "samples";
    };
  }

  /** How many {@link #unit units} a step works through. */
  public int unitsAStep() {
    return switch (kind) {
      case GPT, GPT2, ENCODER -> size("batch") * size("context");
      case DECODE -> 1;
      case MLP, CNN, LSTM, AUTOENCODER, SIGMOID, RESNET -> size("batch");
    };
  }

  /** The workloads of the benchmark, in order. */
  public static List<Workload> all() {
    return List.of(
        mlp(64),
        mlp(512),
        cnn(32),
        cnn(128),
        of(
            "w3",
            Kind.LSTM,
            Map.of("in", 100, "hidden", 256, "layers", 2, "out", 10, "batch", 32, "context", 50)),
        of("w4", Kind.AUTOENCODER, Map.of("in", 784, "hidden", 32, "batch", 256)),
        of("w5", Kind.SIGMOID, Map.of("in", 3, "hidden", 10, "out", 1, "batch", 3)),
        gpt("w6a", Kind.GPT, 4, 4, 128, 64, 12, 65),
        gpt("w6b", Kind.GPT, 6, 6, 384, 256, 8, 65),
        gpt("w7", Kind.GPT2, 12, 12, 768, 64, 4, 50_257),
        gpt("w8", Kind.ENCODER, 4, 4, 256, 128, 16, 30_522).plus("hidden", 1024).plus("out", 2),
        of("w9", Kind.RESNET, Map.of("blocks", 3, "width", 16, "out", 10, "batch", 128)),
        gpt("w10", Kind.DECODE, 12, 12, 768, 64, 1, 50_257).plus("new", 64));
  }

  private static Workload mlp(int batch) {
    return of("w1-" + batch, Kind.MLP, Map.of("in", 784, "hidden", 128, "out", 10, "batch", batch));
  }

  private static Workload cnn(int batch) {
    return of(
        "w2-" + batch,
        Kind.CNN,
        Map.of("first", 32, "second", 64, "hidden", 128, "out", 10, "batch", batch));
  }

  private static Workload gpt(
      String name,
      Kind kind,
      int layers,
      int heads,
      int width,
      int context,
      int batch,
      int vocabulary) {
    return of(
        name,
        kind,
        Map.of(
            "layers",
            layers,
            "heads",
            heads,
            "width",
            width,
            "context",
            context,
            "batch",
            batch,
            "vocabulary",
            vocabulary));
  }

  private Workload plus(String size, int value) {
    var more = new LinkedHashMap<>(sizes);
    more.put(size, value);
    return new Workload(name, kind, more);
  }

  private static Workload of(String name, Kind kind, Map<String, Integer> sizes) {
    return new Workload(name, kind, sizes);
  }

  /** The workload in words: {@code gpt: batch 8, context 256, …}. */
  public String description() {
    var words = new StringBuilder(kind.word());
    String before = ": ";
    for (String size : sizes.keySet().stream().sorted().toList()) {
      words.append(before).append(size).append(' ').append(sizes.get(size));
      before = ", ";
    }
    return words.toString();
  }
}
