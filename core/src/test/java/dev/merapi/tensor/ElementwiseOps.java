package dev.merapi.tensor;

import static dev.merapi.tensor.OpCase.op;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BinaryOperator;
import java.util.stream.Stream;

/** The ops that work element by element, and those that make tensors. */
final class ElementwiseOps {
  private ElementwiseOps() {}

  static List<OpCase> all() {
    List<OpCase> ops = new ArrayList<>(unary());
    broadcast("add", Values.SIGNED, (a, b) -> a.add(b)).forEach(ops::add);
    broadcast("sub", Values.SIGNED, (a, b) -> a.sub(b)).forEach(ops::add);
    broadcast("mul", Values.SIGNED, (a, b) -> a.mul(b)).forEach(ops::add);
    broadcast("div", Values.SIGNED, (a, b) -> a.div(b)).forEach(ops::add);
    broadcast("pow", Values.POSITIVE, (a, b) -> a.pow(b)).forEach(ops::add);
    broadcast("max", Values.DISTINCT, (a, b) -> a.max(b.mul(0.97))).forEach(ops::add);
    broadcast("min", Values.DISTINCT, (a, b) -> a.min(b.mul(0.97))).forEach(ops::add);
    broadcast("and", Values.TRUTH, Tensor::and).forEach(ops::add);
    broadcast("or", Values.TRUTH, Tensor::or).forEach(ops::add);
    broadcast("xor", Values.TRUTH, Tensor::xor).forEach(ops::add);
    broadcast("floorDiv", Values.OFF_HALVES, (a, b) -> a.floorDiv(divisor(b))).forEach(ops::add);
    broadcast("remainder", Values.OFF_HALVES, (a, b) -> a.remainder(divisor(b))).forEach(ops::add);
    for (Values values : List.of(Values.DISTINCT, Values.TRUTH)) { // unequal, and often equal
      broadcast("eq", values, (a, b) -> a.eq(b)).forEach(ops::add);
      broadcast("ne", values, (a, b) -> a.ne(b)).forEach(ops::add);
      broadcast("lt", values, (a, b) -> a.lt(b)).forEach(ops::add);
      broadcast("le", values, (a, b) -> a.le(b)).forEach(ops::add);
      broadcast("gt", values, (a, b) -> a.gt(b)).forEach(ops::add);
      broadcast("ge", values, (a, b) -> a.ge(b)).forEach(ops::add);
    }
    ops.addAll(numbers());
    ops.addAll(chosen());
    ops.addAll(made());
    return ops;
  }

  private static List<OpCase> unary() {
    return List.of(
        op("neg", "ab", Tensor::neg),
        op("abs", "ab", Tensor::abs),
        op("sign", "ab", Tensor::sign),
        op("reciprocal", "ab", Tensor::reciprocal),
        op("exp", "ab", Tensor::exp),
        op("expm1", "ab", Tensor::expm1),
        op("log", "ab", Tensor::log).on(Values.POSITIVE),
        op("log1p", "ab", Tensor::log1p).on(Values.POSITIVE),
        op("sqrt", "ab", Tensor::sqrt).on(Values.POSITIVE),
        op("rsqrt", "ab", Tensor::rsqrt).on(Values.POSITIVE),
        op("sin", "ab", Tensor::sin),
        op("cos", "ab", Tensor::cos),
        op("tanh", "ab", Tensor::tanh),
        op("erf", "ab", Tensor::erf),
        op("sigmoid", "ab", Tensor::sigmoid),
        op("relu", "ab", Tensor::relu),
        op("floor", "ab", Tensor::floor).on(Values.OFF_HALVES),
        op("ceil", "ab", Tensor::ceil).on(Values.OFF_HALVES),
        op("round", "ab", Tensor::round).on(Values.OFF_HALVES),
        op("not", "ab", Tensor::not));
  }

  /** Equal shapes, and every way to broadcast. */
  private static Stream<OpCase> broadcast(String name, Values values, BinaryOperator<Tensor> call) {
    return Stream.of("ab, ab", "ab, b", "a1, ab", "a1, 1b", "c, abc", "ab, ", ", a")
        .map(shapes -> op(name + ": " + shapes + " of " + values, shapes, call).on(values));
  }

  /** One number for all: quotients by it are off the integers. */
  private static Tensor divisor(Tensor like) {
    return like.mul(0).add(like.dtype().isFloat() ? 0.5 : 3);
  }

  private static List<OpCase> numbers() {
    return List.of(
        op("add: a number", "ab", x -> x.add(2.5)),
        op("sub: a number", "ab", x -> x.sub(3)),
        op("mul: a number", "ab", x -> x.mul(-2)),
        op("div: a number", "ab", x -> x.div(3)),
        op("floorDiv: a number", "ab", x -> x.floorDiv(2)).on(Values.OFF_HALVES),
        op("remainder: a number", "ab", x -> x.remainder(2)).on(Values.OFF_HALVES),
        op("pow: to 1", "ab", x -> x.pow(1)),
        op("pow: to 2", "ab", x -> x.pow(2)),
        op("pow: to 3", "ab", x -> x.pow(3)),
        op("pow: to -1", "ab", x -> x.pow(-1)),
        op("pow: to 0.5", "ab", x -> x.pow(0.5)).on(Values.POSITIVE),
        op("pow: to 1.7", "ab", x -> x.pow(1.7)).on(Values.POSITIVE),
        op("clamp", "ab", x -> x.clamp(-0.8125, 1)),
        op("eq: a number", "ab", x -> x.eq(1)).on(Values.TRUTH),
        op("ne: a number", "ab", x -> x.ne(1)).on(Values.TRUTH),
        op("lt: a number", "ab", x -> x.lt(1)).on(Values.TRUTH),
        op("le: a number", "ab", x -> x.le(1)).on(Values.TRUTH),
        op("gt: a number", "ab", x -> x.gt(0)).on(Values.TRUTH),
        op("ge: a number", "ab", x -> x.ge(1)).on(Values.TRUTH));
  }

  private static List<OpCase> chosen() {
    return List.of(
        op("where", "ab?, ab, ab", Tensor::where),
        op("where: a condition that broadcasts", "a1?, ab, b", Tensor::where),
        op("where: sides that broadcast", "ab?, , a1", Tensor::where),
        op("where: else a number", "ab?, ab", (c, a) -> c.where(a, 2.5)),
        op("where: a number", "ab?, ab", (c, b) -> c.where(-1, b)));
  }

  private static List<OpCase> made() {
    return List.of(
        op("zeros", "ab", x -> x.add(Tensor.zeros(x.shape().toArray()))),
        op("ones", "ab", x -> x.add(Tensor.ones(x.shape().toArray()))),
        op("full", "ab", x -> x.mul(Tensor.full(-1.5, x.shape().toArray()))),
        op("arange", "ab", x -> x.mul(Tensor.arange(x.shape().size(1)))),
        op("eye", "a1", x -> x.mul(Tensor.eye(x.shape().size(0)))));
  }
}
