package dev.merapi.bench;

import dev.merapi.nn.Layer;
import dev.merapi.nn.LayerNorm;
import dev.merapi.nn.Loss;
import dev.merapi.nn.Mode;
import dev.merapi.tensor.AttentionOptions;
import dev.merapi.tensor.ConvOptions;
import dev.merapi.tensor.Fused;
import dev.merapi.tensor.Gradients;
import dev.merapi.tensor.Key;
import dev.merapi.tensor.Parameter;
import dev.merapi.tensor.Shape;
import dev.merapi.tensor.Step;
import dev.merapi.tensor.Step.Assignment;
import dev.merapi.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The kernels that {@code bench kernels} measures: each a step that the engine runs as a training
 * would, its results written in place into parameters, so that nothing is copied out.
 */
final class Kernels {
  /** What limits a kernel. */
  enum Limit {
    /** Arithmetic: GFLOP/s beside fused multiply-adds in registers. */
    ARITHMETIC,
    /** Memory: GB/s beside a streaming triad. */
    MEMORY
  }

  /**
   * A kernel.
   *
   * @param work floating-point operations, or bytes that have to be read and written
   */
  record Case(String group, String name, Limit limit, double work, Step step) {}

  private final List<Case> cases = new ArrayList<>();
  private long seed;

  private Kernels() {}

  static List<Case> all() {
    var kernels = new Kernels();
    kernels.products();
    kernels.convolutions();
    kernels.attention();
    kernels.rows();
    kernels.chains();
    kernels.updates();
    return kernels.cases;
  }

  private void products() {
    product("1024x1024x1024", 1, 1024, 1024, 1024);
    product("64x784x128", 1, 64, 784, 128);
    product("512x2048x512", 1, 512, 2048, 512);
    product("8192x384x1536", 1, 8192, 384, 1536);
    product("48*256x64x256", 48, 256, 64, 256);
  }

  /**
   * Sizes m x k x n, as a layer forwards ({@code A Bᵀ}) and as its weight's gradient ({@code Aᵀ
   * B}).
   */
  private void product(String sizes, int batch, int m, int k, int n) {
    double operations = 2.0 * batch * m * k * n;
    Parameter a = parameter(batch, m, k);
    Parameter b = parameter(batch, n, k);
    arithmetic("GEMM", sizes + " A Bᵀ", operations, parameter(batch, m, n), a.matmul(b.mT()));
    Parameter left = parameter(batch, k, m);
    Parameter right = parameter(batch, k, n);
    arithmetic(
        "GEMM", sizes + " Aᵀ B", operations, parameter(batch, m, n), left.mT().matmul(right));
  }

  private void convolutions() {
    convolution(32, 32, 64, 14);
    convolution(128, 16, 16, 32);
    convolution(128, 64, 64, 8);
  }

  /** 3x3, the size kept: forwards, and both gradients. */
  private void convolution(int batch, int in, int out, int size) {
    double operations = 2.0 * batch * in * out * size * size * 9;
    String name = "%d x %d to %d, %d x %d".formatted(batch, in, out, size, size);
    Parameter x = parameter(batch, in, size, size);
    Parameter weight = parameter(out, in, 3, 3);
    Parameter dy = parameter(batch, out, size, size);
    Tensor y = x.conv(weight, ConvOptions.DEFAULT.padding(1, 1));
    Tensor loss = y.mul(dy).sum();
    arithmetic("convolution", name + " forward", operations, like(dy), y);
    arithmetic(
        "convolution",
        name + " to its input",
        operations,
        like(x),
        Gradients.of(loss, List.of(x)).getFirst());
    arithmetic(
        "convolution",
        name + " to its weight",
        operations,
        like(weight),
        Gradients.of(loss, List.of(weight)).getFirst());
  }

  private void attention() {
    int heads = 6;
    int time = 256;
    int dim = 64;
    int batch = 8;
    Parameter q = parameter(batch, heads, time, dim);
    Parameter k = parameter(batch, heads, time, dim);
    Parameter v = parameter(batch, heads, time, dim);
    Tensor y = Fused.attention(q, k, v, AttentionOptions.DEFAULT);
    // Two products forwards; backwards the weights once more, and four gradients of products.
    double operations = 4.0 * batch * heads * time * time * dim;
    String name = "%d x %d x %d x %d".formatted(batch, heads, time, dim);
    arithmetic("attention", name + " forward", operations, like(q), y);
    Parameter dy = parameter(batch, heads, time, dim);
    Tensor loss = y.mul(dy).sum();
    List<Tensor> gradients = Gradients.of(loss, List.of(q, k, v));
    List<Assignment> all = new ArrayList<>();
    for (Tensor gradient : gradients) {
      all.add(new Assignment(like(q), gradient));
    }
    cases.add(
        new Case(
            "attention",
            name + " forward and backward",
            Limit.ARITHMETIC,
            3.5 * operations,
            new Step(List.of(), all)));
  }

  private void rows() {
    int n = 8192;
    int width = 768;
    Parameter x = parameter(n, width);
    memory(
        "norm", "layer norm 8192 x 768", 8.0 * n * width, like(x), apply(LayerNorm.of(width), x));
    memory("softmax", "softmax 8192 x 768", 8.0 * n * width, like(x), x.softmax(-1));
    int words = 50_257;
    Parameter logits = parameter(256, words);
    Tensor targets = Tensor.of(new int[256]);
    Tensor loss = Loss.crossEntropy().apply(logits, targets);
    memory("cross-entropy", "256 x 50257 forward", 4.0 * 256 * words, parameter(), loss);
    memory(
        "cross-entropy",
        "256 x 50257 forward and backward",
        8.0 * 256 * words,
        like(logits),
        Gradients.of(loss, List.of(logits)).getFirst());
  }

  private static Tensor apply(Layer layer, Tensor x) {
    return layer.apply(x, Mode.evaluation());
  }

  private void chains() {
    int n = 16_000_000;
    Parameter a = parameter(n);
    Parameter b = parameter(n);
    Parameter c = parameter(n);
    memory("element-wise", "a b + c", 16.0 * n, like(a), a.mul(b).add(c));
    memory("element-wise", "relu(a + b)", 12.0 * n, like(a), a.add(b).relu());
    memory("element-wise", "tanh(a)", 8.0 * n, like(a), a.tanh());
    memory("element-wise", "exp(a)", 8.0 * n, like(a), a.exp());
  }

  private void updates() {
    int n = 10_000_000;
    Parameter p = parameter(n);
    Parameter g = parameter(n);
    memory("optimizer", "SGD", 12.0 * n, p, p.sub(g.mul(1e-3)));
    Parameter m = parameter(n);
    Parameter v = parameter(n);
    Parameter w = parameter(n);
    Tensor first = m.mul(0.9).add(g.mul(0.1));
    Tensor second = v.mul(0.999).add(g.mul(g).mul(0.001));
    Tensor next = w.mul(0.99999).sub(first.mul(1e-4).div(second.sqrt().add(1e-8)));
    cases.add(
        new Case(
            "optimizer",
            "AdamW",
            Limit.MEMORY,
            28.0 * n,
            new Step(
                List.of(),
                List.of(
                    new Assignment(w, next),
                    new Assignment(m, first),
                    new Assignment(v, second)))));
  }

  private void arithmetic(
      String group, String name, double operations, Parameter into, Tensor value) {
    add(new Case(group, name, Limit.ARITHMETIC, operations, into(into, value)));
  }

  private void memory(String group, String name, double bytes, Parameter into, Tensor value) {
    add(new Case(group, name, Limit.MEMORY, bytes, into(into, value)));
  }

  private void add(Case one) {
    cases.add(one);
  }

  private static Step into(Parameter target, Tensor value) {
    return new Step(List.of(), List.of(new Assignment(target, value)));
  }

  private Parameter parameter(int... shape) {
    int[] sizes = shape.length == 3 && shape[0] == 1 ? Arrays.copyOfRange(shape, 1, 3) : shape;
    return Parameter.of(Key.of(++seed).uniform(0.1, 1, Shape.of(sizes)));
  }

  private static Parameter like(Tensor x) {
    return Parameter.of(Tensor.zeros(x.shape().toArray()));
  }
}
