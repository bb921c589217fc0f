package dev.merapi.bench.libtorch;

import static dev.merapi.bench.libtorch.Weights.none;
import static dev.merapi.bench.libtorch.Weights.some;

import dev.merapi.bench.work.Workload;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/** The workloads' models as functions of their input; {@link Weights} keeps what they train. */
final class Models {
  private static final long[] ONE = {1, 1};
  private static final long[] TWO = {2, 2};
  private static final long[] NO_PADDING = {0, 0};

  private final Workload workload;
  private final Weights weights;

  Models(Workload workload, Weights weights) {
    this.workload = workload;
    this.weights = weights;
  }

  private int size(String name) {
    return workload.size(name);
  }

  UnaryOperator<Tensor> linear(long in, long out) {
    Tensor weight = weights.uniform(in, out, in);
    Tensor bias = weights.uniform(in, out);
    return x -> torch.linear(x, weight, some(bias));
  }

  UnaryOperator<Tensor> perceptron(UnaryOperator<Tensor> between) {
    var hidden = linear(size("in"), size("hidden"));
    var out =
        linear(size("hidden"), size(workload.kind() == Workload.Kind.AUTOENCODER ? "in" : "out"));
    return x -> out.apply(between.apply(hidden.apply(x)));
  }

  private UnaryOperator<Tensor> conv(long in, long out, int kernel, int stride, boolean bias) {
    Tensor weight = weights.uniform(in * kernel * kernel, out, in, kernel, kernel);
    var b = bias ? some(weights.uniform(in * kernel * kernel, out)) : none();
    long[] strides = {stride, stride};
    long[] padding = {kernel / 2, kernel / 2};
    return x -> torch.conv2d(x, weight, b, strides, padding, ONE, 1);
  }

  UnaryOperator<Tensor> cnn() {
    var first = conv(1, size("first"), 3, 1, true);
    var second = conv(size("first"), size("second"), 3, 1, true);
    long flat = 49L * size("second");
    var hidden = linear(flat, size("hidden"));
    var out = linear(size("hidden"), size("out"));
    return x -> {
      Tensor h = pool(first.apply(x).relu());
      h = pool(second.apply(h).relu()).reshape(-1, flat);
      return out.apply(hidden.apply(h).relu());
    };
  }

  private static Tensor pool(Tensor x) {
    return torch.max_pool2d(x, TWO, TWO, NO_PADDING, ONE, false);
  }

  UnaryOperator<Tensor> lstm() {
    List<Tensor> all = new ArrayList<>();
    long hidden = size("hidden");
    for (int layer = 0; layer < size("layers"); layer++) {
      long in = layer == 0 ? size("in") : hidden;
      all.add(weights.uniform(hidden, 4 * hidden, in));
      all.add(weights.uniform(hidden, 4 * hidden, hidden));
      all.add(weights.uniform(hidden, 4 * hidden));
      all.add(weights.uniform(hidden, 4 * hidden));
    }
    var parameters = new TensorVector(all.toArray(Tensor[]::new));
    Tensor zeros = torch.zeros(size("layers"), size("batch"), hidden);
    var state = new TensorVector(zeros, zeros);
    var head = linear(hidden, size("out"));
    return x -> {
      var result = torch.lstm(x, state, parameters, true, size("layers"), 0, true, false, true);
      return head.apply(result.get0().select(1, -1));
    };
  }

  private UnaryOperator<Tensor> norm(long width, boolean bias) {
    Tensor scale = weights.ones(width);
    var shift = bias ? some(weights.zeros(width)) : none();
    long[] shape = {width};
    return x -> torch.layer_norm(x, shape, some(scale), shift, 1e-5, true);
  }

  private UnaryOperator<Tensor> drawn(long in, long out, boolean bias) {
    Tensor weight = weights.normal(0.02, out, in);
    var b = bias ? some(weights.zeros(out)) : none();
    return x -> torch.linear(x, weight, b);
  }

  private UnaryOperator<Tensor> attention(boolean bias, boolean causal) {
    long width = size("width");
    long heads = size("heads");
    var qkv = drawn(width, 3 * width, bias);
    var out = drawn(width, width, bias);
    return x -> {
      long batch = x.size(0);
      long time = x.size(1);
      TensorVector parts = qkv.apply(x).split(width, 2);
      Tensor[] split = new Tensor[3];
      for (int i = 0; i < 3; i++) {
        split[i] = parts.get(i).view(batch, time, heads, width / heads).transpose(1, 2);
      }
      Tensor y =
          torch.scaled_dot_product_attention(
              split[0], split[1], split[2], none(), 0, causal, new DoubleOptional(), false);
      return out.apply(y.transpose(1, 2).reshape(batch, time, width));
    };
  }

  private UnaryOperator<Tensor> feedForward(long hidden, boolean bias, String approximate) {
    var up = drawn(size("width"), hidden, bias);
    var down = drawn(hidden, size("width"), bias);
    return x -> down.apply(torch.gelu(up.apply(x), approximate));
  }

  UnaryOperator<Tensor> gpt() {
    boolean bias = workload.kind() == Workload.Kind.GPT2;
    long width = size("width");
    Tensor words = weights.normal(0.02, size("vocabulary"), width);
    Tensor positions = weights.normal(0.02, size("context"), width);
    List<UnaryOperator<Tensor>> steps = new ArrayList<>();
    for (int i = 0; i < size("layers"); i++) {
      var norm1 = norm(width, bias);
      var attention = attention(bias, true);
      var norm2 = norm(width, bias);
      var network = feedForward(4 * width, bias, bias ? "tanh" : "none");
      steps.add(x -> x.add(attention.apply(norm1.apply(x))));
      steps.add(x -> x.add(network.apply(norm2.apply(x))));
    }
    var norm = norm(width, bias);
    return tokens -> {
      Tensor x = torch.embedding(words, tokens).add(positions);
      for (var step : steps) {
        x = step.apply(x);
      }
      return torch.linear(norm.apply(x), words).view(-1, size("vocabulary"));
    };
  }

  UnaryOperator<Tensor> encoder() {
    long width = size("width");
    Tensor words = weights.normal(0.02, size("vocabulary"), width);
    Tensor positions = weights.normal(0.02, size("context"), width);
    List<UnaryOperator<Tensor>> steps = new ArrayList<>();
    steps.add(norm(width, true));
    for (int i = 0; i < size("layers"); i++) {
      var attention = attention(true, false);
      var norm1 = norm(width, true);
      var network = feedForward(size("hidden"), true, "none");
      var norm2 = norm(width, true);
      steps.add(x -> norm1.apply(x.add(attention.apply(x))));
      steps.add(x -> norm2.apply(x.add(network.apply(x))));
    }
    var pooler = drawn(width, width, true);
    var head = drawn(width, size("out"), true);
    return tokens -> {
      Tensor x = torch.embedding(words, tokens).add(positions);
      for (var step : steps) {
        x = step.apply(x);
      }
      return head.apply(pooler.apply(x.select(1, 0)).tanh());
    };
  }

  private UnaryOperator<Tensor> convNorm(long in, long out, int kernel, int stride) {
    var conv = conv(in, out, kernel, stride, false);
    Tensor scale = weights.ones(out);
    Tensor shift = weights.zeros(out);
    Tensor mean = torch.zeros(out);
    Tensor variance = torch.ones(out);
    return x ->
        torch.batch_norm(
            conv.apply(x),
            some(scale),
            some(shift),
            some(mean),
            some(variance),
            true,
            0.1,
            1e-5,
            true);
  }

  UnaryOperator<Tensor> resnet() {
    long width = size("width");
    List<UnaryOperator<Tensor>> steps = new ArrayList<>();
    var stem = convNorm(3, width, 3, 1);
    steps.add(x -> stem.apply(x).relu());
    long before = width;
    for (int stage = 0; stage < 3; stage++) {
      for (int block = 0; block < size("blocks"); block++) {
        int stride = stage > 0 && block == 0 ? 2 : 1;
        long out = width << stage;
        var first = convNorm(before, out, 3, stride);
        var second = convNorm(out, out, 3, 1);
        UnaryOperator<Tensor> shortcut =
            stride == 1 && before == out ? x -> x : convNorm(before, out, 1, stride);
        steps.add(x -> second.apply(first.apply(x).relu()).add(shortcut.apply(x)).relu());
        before = out;
      }
    }
    var head = linear(before, size("out"));
    return x -> {
      Tensor h = x;
      for (var step : steps) {
        h = step.apply(h);
      }
      return head.apply(torch.adaptive_avg_pool2d(h, 1, 1).flatten(1, -1));
    };
  }
}
