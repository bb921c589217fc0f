package dev.merapi.graph;

import dev.merapi.backend.Backend;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Precision;
import dev.merapi.tensor.Shape;
import dev.merapi.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;

/**
 * The graph before it is cut into kernels: leaves become inputs by slot, equal nodes become one,
 * custom ops their definitions, and so do fused ops for which the backend has no kernel; what
 * computes nothing goes. No rule changes a result's bits, but for the order of a large sum, and for
 * the rounding that a step's precision asks for.
 */
final class Simplify {
  private record Identity(
      Class<?> op, Object attributes, List<Tensor> inputs, Shape shape, DType dtype) {}

  /**
   * How many elements a sum over everything combines at once, so that the work can be shared out.
   */
  private static final int CHUNK = 4096;

  private final Map<Tensor, Tensor> simplified = new HashMap<>();
  private final Map<Identity, Tensor> known = new HashMap<>();
  private final Rounded rounded = new Rounded(this::unique);
  private final Precision precision;

  private final Backend backend;

  private Simplify(Precision precision, Backend backend) {
    this.precision = precision;
    this.backend = backend;
  }

  /** The roots of the same graph, simplified; {@code slots} are the leaves that become inputs. */
  static List<Tensor> of(
      List<Tensor> order,
      List<Tensor> slots,
      List<Tensor> roots,
      Precision precision,
      Backend backend) {
    var pass = new Simplify(precision, backend);
    for (int i = 0; i < slots.size(); i++) {
      Tensor leaf = slots.get(i);
      pass.simplified.put(leaf, new Tensor(new Op.Input(i, leaf.dtype(), leaf.shape())));
    }
    for (Tensor node : order) {
      pass.visit(node);
    }
    return roots.stream().map(pass.simplified::get).toList();
  }

  private void visit(Tensor node) {
    if (!simplified.containsKey(node)) {
      List<Tensor> inputs = node.op().inputs().stream().map(simplified::get).toList();
      simplified.put(node, unique(node.op().with(inputs)));
    }
  }

  private Tensor unique(Op op) {
    Op exact = precision == Precision.BF16 ? rounded.factors(op) : op;
    return known(rewrite(new Tensor(exact)));
  }

  private Tensor known(Tensor x) {
    Op op = x.op();
    if (op instanceof Op.Input) {
      return x;
    }
    var identity = new Identity(op.getClass(), op.attributes(), op.inputs(), x.shape(), x.dtype());
    Tensor before = known.putIfAbsent(identity, x);
    return before == null ? x : before;
  }

  private Tensor rewrite(Tensor y) {
    Shape shape = y.shape();
    return switch (y.op()) {
      case Op.Constant _, Op.Data _, Op.Read _, Op.Input _, Op.Iota _, Op.Random _ -> y;
      case Op.Detach(var x) -> x;
      case Op.Again _ -> y;
      case Op.Recomputed recomputed -> recomputed.value();
      case Op.Custom custom -> custom.definition();
      case Op.Fused(var op, var inputs) ->
          backend.supports(op, inputs.stream().map(Tensor::shape).toList())
              ? y
              : defined(op.definition(inputs), inputs);
      case Op.Unary(var kind, var x) -> kind == UnaryKind.NEG ? negative(y, x) : y;
      case Op.Binary(var kind, var a, var b) -> binary(y, kind, a, b);
      case Op.Where _ -> y;
      case Op.Cast(var x, var dtype) -> x.dtype() == dtype ? x : y;
      case MovementOp.Reshape(var x, _) -> {
        Tensor source = x.op() instanceof MovementOp.Reshape(var z, _) ? z : x;
        yield source.shape().equals(shape)
            ? source
            : new Tensor(new MovementOp.Reshape(source, shape));
      }
      case MovementOp.Permute(var x, var axes) -> permute(y, x, axes);
      case MovementOp.Broadcast(var x, _) -> {
        Tensor source = x.op() instanceof MovementOp.Broadcast(var z, _) ? z : x;
        yield source.shape().equals(shape)
            ? source
            : new Tensor(new MovementOp.Broadcast(source, shape));
      }
      case MovementOp.Slice slice ->
          slice.x().shape().equals(shape) ? slice.x() : Pieces.taken(slice, y);
      case MovementOp.Flip(_, var axes) -> axes.size() == 0 ? ((MovementOp.Flip) y.op()).x() : y;
      case MovementOp.Pad(var x, _, _, _, _) -> x.shape().equals(shape) ? x : y;
      case MovementOp.Concat(var inputs, _) -> inputs.size() == 1 ? inputs.getFirst() : y;
      case ReductionOp.Reduce(var kind, var x, var axes) -> reduce(y, kind, x, axes);
      case ContractionOp.MatMul(var a, _) -> a.shape().size(-1) == 0 ? filled(y, 0) : y;
      case ReductionOp.ArgReduce _,
          ReductionOp.Cumsum _,
          ReductionOp.ArgSort _,
          Op.Gather _,
          Op.ScatterAdd _,
          ContractionOp.ArgPool _ ->
          y;
      case ContractionOp.Conv _, ContractionOp.ConvInput _, ContractionOp.ConvWeight _ -> y;
    };
  }

  /** A definition over inputs that are simple already, simplified. */
  private Tensor defined(Tensor definition, List<Tensor> inputs) {
    inputs.forEach(input -> simplified.put(input, input));
    Walk.inOrder(List.of(definition), Set.copyOf(inputs)).forEach(this::visit);
    return simplified.get(definition);
  }

  private Tensor negative(Tensor y, Tensor x) {
    if (x.op() instanceof Op.Unary(var kind, var z) && kind == UnaryKind.NEG) {
      return z;
    }
    OptionalDouble value = uniform(x);
    return value.isPresent() && x.dtype() == DType.F32 ? filled(y, -value.getAsDouble()) : y;
  }

  private Tensor binary(Tensor y, BinaryKind kind, Tensor a, Tensor b) {
    OptionalDouble left = uniform(a);
    OptionalDouble right = uniform(b);
    return switch (kind) {
      case ADD -> is(left, 0) ? b : is(right, 0) ? a : Pieces.joined(y);
      case SUB -> is(right, 0) ? a : y;
      case MUL -> is(left, 1) ? b : is(right, 1) ? a : product(y, left, right);
      case DIV -> is(right, 1) ? a : y;
      case REM, POW, MAX, MIN, EQ, NE, LT, LE, AND, OR, XOR -> y;
    };
  }

  private Tensor product(Tensor y, OptionalDouble left, OptionalDouble right) {
    boolean fold = left.isPresent() && right.isPresent() && y.dtype() == DType.F32;
    return fold ? filled(y, (float) left.getAsDouble() * (float) right.getAsDouble()) : y;
  }

  private static boolean is(OptionalDouble value, double number) {
    return value.isPresent() && value.getAsDouble() == number;
  }

  /** The one value of a tensor that is known to be the same everywhere. */
  private static OptionalDouble uniform(Tensor x) {
    Tensor source = x;
    while (source.op() instanceof MovementOp.Reshape
        || source.op() instanceof MovementOp.Broadcast
        || source.op() instanceof MovementOp.Permute) {
      source = source.op().inputs().getFirst();
    }
    return source.op() instanceof Op.Constant(_, double value)
        ? OptionalDouble.of(value)
        : OptionalDouble.empty();
  }

  private Tensor filled(Tensor like, double value) {
    Tensor one = known(Tensor.constant(like.dtype(), value));
    int rank = like.shape().rank();
    Tensor raised =
        rank == 0
            ? one
            : unique(new MovementOp.Reshape(one, Shape.of(Ints.fill(rank, 1).toArray())));
    return raised.shape().equals(like.shape())
        ? raised
        : unique(new MovementOp.Broadcast(raised, like.shape()));
  }

  private Tensor permute(Tensor y, Tensor x, Ints axes) {
    if (axes.equals(Ints.range(axes.size()))) {
      return x;
    }
    if (x.op() instanceof ContractionOp.MatMul(var a, var b) && axes.equals(swapped(axes.size()))) {
      Tensor left =
          unique(
              new MovementOp.Permute(
                  b, axes)); // (A B)ᵀ = Bᵀ Aᵀ: the product comes out as it is wanted
      return unique(new ContractionOp.MatMul(left, unique(new MovementOp.Permute(a, axes))));
    }
    if (x.op() instanceof MovementOp.Permute(var z, var inner)) {
      int[] both = new int[axes.size()];
      for (int i = 0; i < both.length; i++) {
        both[i] = inner.get(axes.get(i));
      }
      return unique(new MovementOp.Permute(z, Ints.of(both)));
    }
    return y;
  }

  private static Ints swapped(int rank) {
    int[] axes = Ints.range(rank).toArray();
    axes[rank - 1] = rank - 2;
    axes[rank - 2] = rank - 1;
    return Ints.of(axes);
  }

  /**
   * Reductions are brought to single runs of axes, the last run first, and sums over everything to
   * two stages.
   */
  private Tensor reduce(Tensor y, ReduceKind kind, Tensor x, Ints axes) {
    if (x.shape().elements() == 0) {
      return filled(
          y,
          switch (kind) {
            case SUM -> 0;
            case PROD -> 1;
            case MAX -> y.dtype().least();
            case MIN -> y.dtype().greatest();
          });
    }
    List<Integer> real = new ArrayList<>();
    for (int i = 0; i < axes.size(); i++) {
      if (x.shape().size(axes.get(i)) != 1) {
        real.add(axes.get(i));
      }
    }
    if (real.isEmpty()) {
      return x;
    }
    int first = real.size() - 1;
    while (first > 0 && adjacent(x.shape(), real.get(first - 1), real.get(first))) {
      first--;
    }
    if (first > 0) {
      Tensor partly =
          unique(new ReductionOp.Reduce(kind, x, ints(real.subList(first, real.size()))));
      return unique(new ReductionOp.Reduce(kind, partly, ints(real.subList(0, first))));
    }
    long n = x.shape().elements();
    int chunk = y.shape().elements() == 1 && n > 2 * CHUNK ? divisor(n) : 1;
    if (chunk > 1) {
      Tensor rows = unique(new MovementOp.Reshape(x, Shape.of(Math.toIntExact(n / chunk), chunk)));
      Tensor partial = unique(new ReductionOp.Reduce(kind, rows, Ints.of(1)));
      Tensor total = unique(new ReductionOp.Reduce(kind, partial, Ints.of(0)));
      return unique(new MovementOp.Reshape(total, y.shape()));
    }
    return real.size() == axes.size() ? y : unique(new ReductionOp.Reduce(kind, x, ints(real)));
  }

  private static boolean adjacent(Shape shape, int a, int b) {
    return shape.slice(a + 1, b).elements() == 1;
  }

  /** The largest divisor up to {@link #CHUNK}, if it is worth a stage of its own. */
  private static int divisor(long n) {
    int best = CHUNK;
    while (n % best != 0) {
      best--;
    }
    return best >= 64 ? best : 1;
  }

  private static Ints ints(List<Integer> values) {
    return Ints.of(values.stream().mapToInt(i -> i).toArray());
  }
}
