package dev.merapi.nn;

import dev.merapi.graph.BinaryKind;
import dev.merapi.graph.MovementOp;
import dev.merapi.graph.Op;
import dev.merapi.graph.ReduceKind;
import dev.merapi.graph.ReductionOp;
import dev.merapi.graph.UnaryKind;
import dev.merapi.tensor.Shape;
import dev.merapi.tensor.Tensor;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Finds the commonest mistake of all, a loss that wants logits and gets probabilities, and one of
 * its kin, a choice between one class. Nothing fails and little is learnt, so nobody notices; but
 * the graph knows what the loss was given.
 */
final class Advice {
  private static final System.Logger LOG = System.getLogger("dev.merapi.nn");
  private static final Set<String> SAID = ConcurrentHashMap.newKeySet();

  private Advice() {}

  /** Says it in the log, the first time; returns whether this was that. */
  static boolean once(String advice) {
    boolean first = SAID.add(advice);
    if (first) {
      LOG.log(System.Logger.Level.WARNING, advice);
    }
    return first;
  }

  /** What is wrong with the logits of a loss, if anything is. */
  static Optional<String> onLogits(String loss, Tensor logits) {
    return activation(logits)
        .map(
            found ->
                found.equals("LogSoftmax")
                    ? "%s: these logits are the output of a log-softmax, which the loss takes itself; the result is the same, and cheaper without the LogSoftmax layer"
                        .formatted(loss)
                    : "%s: these logits are the output of a %s; remove the %s layer before it"
                        .formatted(loss, found.toLowerCase(Locale.ROOT), found));
  }

  /** What is wrong with the number of classes, if anything is. */
  static Optional<String> onOneClass(String loss, Shape logits, int axis) {
    return axis >= 0 && logits.size(axis) == 1
        ? Optional.of(
            "%s: one class alone is always certain, so this loss is 0; for yes or no from one logit use binaryCrossEntropy"
                .formatted(loss))
        : Optional.empty();
  }

  /** What is wrong with the log-probabilities of a loss, if anything is. */
  static Optional<String> onLogProbabilities(String loss, Tensor logProbabilities) {
    return activation(logProbabilities)
        .filter(found -> !found.equals("LogSoftmax"))
        .map(
            found ->
                "%s: these log-probabilities are the output of a %s; put a LogSoftmax in place of the %s layer before it"
                    .formatted(loss, found.toLowerCase(Locale.ROOT), found));
  }

  /** The layer that made a tensor, as far as it matters here. */
  private static Optional<String> activation(Tensor x) {
    return switch (unmoved(x).op()) {
      case Op.Unary(var kind, _) when kind == UnaryKind.SIGMOID -> Optional.of("Sigmoid");
      case Op.Binary(var kind, var e, var sum) when kind == BinaryKind.DIV && sums(sum, e) ->
          Optional.of("Softmax");
      case Op.Binary(var kind, var centred, var log)
          when kind == BinaryKind.SUB && isLogSumExp(log, centred) ->
          Optional.of("LogSoftmax");
      default -> Optional.empty();
    };
  }

  /** The tensor before it was reshaped, cast or the like. */
  private static Tensor unmoved(Tensor x) {
    Tensor y = x;
    while (y.op() instanceof MovementOp.Reshape
        || y.op() instanceof Op.Cast
        || y.op() instanceof MovementOp.Permute
        || y.op() instanceof MovementOp.Broadcast) {
      y = y.op().inputs().getFirst();
    }
    return y;
  }

  /** Whether a tensor is the sum of exponentials. */
  private static boolean sums(Tensor sum, Tensor exponentials) {
    return unmoved(sum).op() instanceof ReductionOp.Reduce(var kind, var e, _)
        && kind == ReduceKind.SUM
        && e.equals(exponentials)
        && e.op() instanceof Op.Unary(var function, _)
        && function == UnaryKind.EXP;
  }

  private static boolean isLogSumExp(Tensor log, Tensor centred) {
    return unmoved(log).op() instanceof Op.Unary(var function, var sum)
        && function == UnaryKind.LOG
        && sum.op() instanceof ReductionOp.Reduce(var kind, var e, _)
        && kind == ReduceKind.SUM
        && e.op() instanceof Op.Unary(var exp, var x)
        && exp == UnaryKind.EXP
        && x.equals(centred);
  }
}
