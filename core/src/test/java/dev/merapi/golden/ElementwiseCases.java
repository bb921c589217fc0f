package dev.merapi.golden;

import dev.merapi.golden.Golden.Case;
import dev.merapi.tensor.Tensor;
import java.util.Map;

/** The ops of elementwise.json. */
final class ElementwiseCases {
  private ElementwiseCases() {}

  static Tensor build(Case c, Map<String, Tensor> in) {
    if (c.op().equals("where")) {
      return in.get("condition").where(in.get("a"), in.get("b"));
    }
    return in.containsKey("x") ? unary(c, in.get("x")) : binary(c.op(), in.get("a"), in.get("b"));
  }

  private static Tensor unary(Case c, Tensor x) {
    return switch (c.op()) {
      case "neg" -> x.neg();
      case "exp" -> x.exp();
      case "log" -> x.log();
      case "log1p" -> x.log1p();
      case "expm1" -> x.expm1();
      case "sqrt" -> x.sqrt();
      case "rsqrt" -> x.rsqrt();
      case "reciprocal" -> x.reciprocal();
      case "square" -> x.mul(x);
      case "sin" -> x.sin();
      case "cos" -> x.cos();
      case "tanh" -> x.tanh();
      case "erf" -> x.erf();
      case "abs" -> x.abs();
      case "sign" -> x.sign();
      case "floor" -> x.floor();
      case "ceil" -> x.ceil();
      case "round" -> x.round();
      case "sigmoid" -> x.sigmoid();
      case "relu" -> x.relu();
      case "pow_scalar" -> x.pow(c.attributes().number("exponent"));
      default -> throw new IllegalArgumentException(c.op());
    };
  }

  private static Tensor binary(String op, Tensor a, Tensor b) {
    return switch (op) {
      case "add" -> a.add(b);
      case "sub" -> a.sub(b);
      case "mul" -> a.mul(b);
      case "div" -> a.div(b);
      case "pow" -> a.pow(b);
      case "max" -> a.max(b);
      case "min" -> a.min(b);
      case "remainder" -> a.remainder(b);
      case "eq" -> a.eq(b);
      case "ne" -> a.ne(b);
      case "lt" -> a.lt(b);
      case "le" -> a.le(b);
      case "gt" -> a.gt(b);
      case "ge" -> a.ge(b);
      default -> throw new IllegalArgumentException(op);
    };
  }
}
