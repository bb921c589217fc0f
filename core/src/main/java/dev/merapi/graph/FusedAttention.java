package dev.merapi.graph;

import dev.merapi.tensor.Shape;
import dev.merapi.tensor.ShapeException;
import dev.merapi.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * Attention {@code softmax(scale · q kᵀ + bias) v} without its matrix of scores (Dao, 2023,
 * "FlashAttention-2").
 *
 * <p>Inputs: q (batch, heads, time, dim); k and v (batch, kvHeads, timeK, dim), each of their heads
 * serving heads / kvHeads of q; if {@code biased}, numbers (batch, timeK) added to all scores of a
 * key; if {@code dropout} is above 0, the i64 key of a uniform tensor (batch, heads, time, timeK),
 * of which what is below 1 - dropout is kept.
 *
 * <p>The result is y (batch, time, heads, dim), and then the logarithms of the sums of exponentials
 * (batch, heads, time), which are the gradient's and have none themselves; both in one row. A query
 * that sees no key gets zeros.
 *
 * @param causal a query sees the keys up to its own time; the last query sees all
 */
public record FusedAttention(double scale, boolean causal, boolean biased, double dropout)
    implements FusedOp {

  /** The sizes of the inputs. */
  record Sizes(int batch, int heads, int kvHeads, int time, int timeK, int dim) {
    static Sizes of(List<Shape> shapes) {
      Shape q = shapes.get(0);
      Shape k = shapes.get(1);
      return new Sizes(q.size(0), q.size(1), k.size(1), q.size(2), k.size(2), q.size(3));
    }

    Shape query() {
      return Shape.of(batch, heads, time, dim);
    }

    Shape keys() {
      return Shape.of(batch, kvHeads, timeK, dim);
    }

    /** Elements of y, before those of the logarithms. */
    int outputs() {
      return Math.toIntExact(query().elements());
    }
  }

  @Override
  public String label() {
    return causal ? "causal attention" : "attention";
  }

  @Override
  public Shape shape(List<Shape> shapes) {
    check(shapes);
    var sizes = Sizes.of(shapes);
    return Shape.of(
        Math.toIntExact(sizes.outputs() + (long) sizes.batch * sizes.heads * sizes.time));
  }

  private void check(List<Shape> shapes) {
    Shape q = shapes.get(0);
    Shape k = shapes.get(1);
    Shape v = shapes.get(2);
    if (q.rank() != 4 || k.rank() != 4 || !k.equals(v)) {
      throw new ShapeException(
          "attention: q must be (batch, heads, time, dim), k and v of one shape (batch, kvHeads, timeK, dim), but they are %s, %s and %s"
              .formatted(q, k, v));
    }
    if (q.size(0) != k.size(0) || q.size(3) != k.size(3)) {
      throw new ShapeException("attention: batch and dim of q %s and k %s differ".formatted(q, k));
    }
    if (k.size(1) == 0 ? q.size(1) != 0 : q.size(1) % k.size(1) != 0) {
      throw new ShapeException(
          "attention: the %d heads of q %s must be a multiple of the %d heads of k %s"
              .formatted(q.size(1), q, k.size(1), k));
    }
    Shape mask = Shape.of(k.size(0), k.size(2));
    if (biased && !shapes.get(3).equals(mask)) {
      throw new ShapeException(
          "attention: the mask must have one element a key, (batch, timeK) = %s, but is %s"
              .formatted(mask, shapes.get(3)));
    }
  }

  /** Of the score products that are made and the row functions; of causal attention the half. */
  @Override
  public long flops(List<Shape> shapes) {
    return scores(shapes) * (4L * shapes.getFirst().size(3) + 3);
  }

  /** How many pairs of a query and a key there are. */
  long scores(List<Shape> shapes) {
    var sizes = Sizes.of(shapes);
    long hidden = causal ? (long) sizes.time * (sizes.time - 1) / 2 : 0;
    return (long) sizes.batch * sizes.heads * ((long) sizes.time * sizes.timeK - hidden);
  }

  @Override
  public Tensor definition(List<Tensor> inputs) {
    var sizes = Sizes.of(inputs.stream().map(Tensor::shape).toList());
    var softmax = softmax(inputs, sizes);
    Tensor y = attended(inputs, sizes, softmax.probabilities).permute(0, 2, 1, 3);
    return Tensor.concat(
        0, List.of(y.reshape(sizes.outputs()), softmax.logSums.detach().flatten(0, -1)));
  }

  /** y (batch, heads, time, dim) in plain ops. */
  Tensor plain(List<Tensor> inputs) {
    var sizes = Sizes.of(inputs.stream().map(Tensor::shape).toList());
    return attended(inputs, sizes, softmax(inputs, sizes).probabilities);
  }

  private record Softmax(Tensor probabilities, Tensor logSums) {}

  private Softmax softmax(List<Tensor> inputs, Sizes sizes) {
    Tensor k = repeated(inputs.get(1), sizes);
    Tensor scores = inputs.get(0).matmul(k.mT()).mul(scale); // (batch, heads, time, timeK)
    if (biased) {
      scores = scores.add(inputs.get(3).reshape(sizes.batch, 1, 1, sizes.timeK));
    }
    if (causal) {
      Tensor last = Tensor.arange(sizes.time).add(sizes.timeK - sizes.time).unsqueeze(1);
      scores = last.ge(Tensor.arange(sizes.timeK)).where(scores, Double.NEGATIVE_INFINITY);
    }
    Tensor greatest = scores.max(true, -1).detach();
    Tensor shift = greatest.eq(Double.NEGATIVE_INFINITY).where(0, greatest);
    Tensor exponentials = scores.sub(shift).exp();
    Tensor sum = exponentials.sum(true, -1);
    Tensor total = sum.eq(0).where(1, sum);
    return new Softmax(exponentials.div(total), shift.add(total.log()));
  }

  private Tensor attended(List<Tensor> inputs, Sizes sizes, Tensor probabilities) {
    Tensor p = probabilities;
    if (dropout > 0) {
      var kind = Op.Random.Distribution.UNIFORM;
      Tensor drawn = new Tensor(new Op.Random(kind, inputs.get(biased ? 4 : 3), p.shape()));
      p = drawn.lt(1 - dropout).where(p.div(1 - dropout), 0);
    }
    return p.matmul(repeated(inputs.get(2), sizes));
  }

  /** (batch, kvHeads, timeK, dim) → (batch, heads, timeK, dim). */
  private static Tensor repeated(Tensor x, Sizes sizes) {
    if (sizes.heads == sizes.kvHeads) {
      return x;
    }
    int times = sizes.heads / sizes.kvHeads;
    return x.unsqueeze(2)
        .broadcastTo(sizes.batch, sizes.kvHeads, times, sizes.timeK, sizes.dim)
        .reshape(sizes.batch, sizes.heads, sizes.timeK, sizes.dim);
  }

  /** y of the result: (batch, heads, time, dim). */
  public Tensor output(Tensor result, Shape q) {
    int n = Math.toIntExact(q.elements());
    return result
        .slice(0, 0, n)
        .reshape(q.size(0), q.size(2), q.size(1), q.size(3)) // (batch, time, heads, dim)
        .permute(0, 2, 1, 3);
  }

  @Override
  public List<Tensor> gradient(List<Tensor> inputs, Tensor y, Tensor dy) {
    Shape q = inputs.getFirst().shape();
    List<Tensor> all = new ArrayList<>(inputs);
    all.add(y);
    all.add(output(dy, q));
    var op = new FusedAttentionGradient(this);
    List<Tensor> gradients = new ArrayList<>(op.parts(op.of(all), inputs));
    while (gradients.size() < inputs.size()) {
      gradients.add(GradientRules.NONE);
    }
    return gradients;
  }
}
