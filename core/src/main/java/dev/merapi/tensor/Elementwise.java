package dev.merapi.tensor;

import dev.merapi.graph.BinaryKind;
import dev.merapi.graph.Op;
import dev.merapi.graph.UnaryKind;

/**
 * A tensor's arithmetic, functions, comparisons and choices: element by element, shapes broadcast.
 */
public sealed interface Elementwise permits Reductions, Tensor {

  private Tensor self() {
    return (Tensor) this;
  }

  // ---- arithmetic

  private static Tensor binary(BinaryKind kind, DType dtype, Tensor a, Tensor b) {
    Shape common = Shape.broadcast(a.shape(), b.shape());
    return new Tensor(
        new Op.Binary(kind, a.cast(dtype).broadcastTo(common), b.cast(dtype).broadcastTo(common)));
  }

  private static Tensor arithmetic(BinaryKind kind, Tensor a, Tensor b) {
    DType dtype = DType.promote(a.dtype(), b.dtype());
    return binary(kind, dtype == DType.BOOL ? DType.I32 : dtype, a, b);
  }

  /** A number as an operand beside x: of x's type if that can hold it, else f32. */
  private static Tensor number(Tensor x, double value) {
    boolean whole = value == Math.rint(value) && Math.abs(value) <= Integer.MAX_VALUE;
    return Tensor.constant(whole ? numeric(x) : DType.F32, value);
  }

  private Tensor number(double value) {
    return number(self(), value);
  }

  /** The type that numbers of this tensor are computed in: its compute type, and i32 for bool. */
  private static DType numeric(Tensor x) {
    DType dtype = x.dtype();
    return dtype == DType.BOOL ? DType.I32 : dtype.computed();
  }

  private Tensor unary(UnaryKind kind) {
    return new Tensor(new Op.Unary(kind, cast(DType.F32)));
  }

  private Tensor signed(UnaryKind kind) {
    return new Tensor(new Op.Unary(kind, cast(numeric(self()))));
  }

  default Tensor add(Tensor other) {
    return arithmetic(BinaryKind.ADD, self(), other);
  }

  default Tensor add(double other) {
    return add(number(other));
  }

  default Tensor sub(Tensor other) {
    return arithmetic(BinaryKind.SUB, self(), other);
  }

  default Tensor sub(double other) {
    return sub(number(other));
  }

  default Tensor mul(Tensor other) {
    return arithmetic(BinaryKind.MUL, self(), other);
  }

  default Tensor mul(double other) {
    return mul(number(other));
  }

  /** The true quotient: f32, of integers too. */
  default Tensor div(Tensor other) {
    return binary(BinaryKind.DIV, DType.F32, self(), other);
  }

  default Tensor div(double other) {
    return div(Tensor.constant(DType.F32, other));
  }

  /** The quotient rounded down. Integers stay integers, and by 0 give 0. */
  default Tensor floorDiv(Tensor other) {
    Tensor quotient = arithmetic(BinaryKind.DIV, self(), other);
    return quotient.dtype().isFloat() ? quotient.floor() : quotient;
  }

  default Tensor floorDiv(double other) {
    return floorDiv(number(other));
  }

  /** {@code a - b ⌊a / b⌋}: the remainder with the sign of b. */
  default Tensor remainder(Tensor other) {
    return arithmetic(BinaryKind.REM, self(), other);
  }

  default Tensor remainder(double other) {
    return remainder(number(other));
  }

  default Tensor pow(Tensor exponent) {
    return binary(BinaryKind.POW, DType.F32, self(), exponent);
  }

  /** The power; exponents 2, 1, 0.5 and -1 become products, roots and reciprocals. */
  default Tensor pow(double exponent) {
    if (exponent == 2) {
      return mul(self());
    }
    return exponent == 1
        ? self()
        : exponent == 0.5
            ? sqrt()
            : exponent == -1 ? reciprocal() : pow(Tensor.constant(DType.F32, exponent));
  }

  /** The greater of both; NaN where either is. */
  default Tensor max(Tensor other) {
    return arithmetic(BinaryKind.MAX, self(), other);
  }

  /** The lesser of both; NaN where either is. */
  default Tensor min(Tensor other) {
    return arithmetic(BinaryKind.MIN, self(), other);
  }

  /** Each element brought into [low, high]. */
  default Tensor clamp(double low, double high) {
    return max(number(low)).min(number(high));
  }

  default Tensor neg() {
    return signed(UnaryKind.NEG);
  }

  default Tensor abs() {
    return signed(UnaryKind.ABS);
  }

  default Tensor sign() {
    return signed(UnaryKind.SIGN);
  }

  default Tensor reciprocal() {
    return unary(UnaryKind.RECIPROCAL);
  }

  default Tensor exp() {
    return unary(UnaryKind.EXP);
  }

  /** eˣ - 1, exact near 0. */
  default Tensor expm1() {
    return unary(UnaryKind.EXPM1);
  }

  /** The natural logarithm. */
  default Tensor log() {
    return unary(UnaryKind.LOG);
  }

  /** log(1 + x), exact near 0. */
  default Tensor log1p() {
    return unary(UnaryKind.LOG1P);
  }

  default Tensor sqrt() {
    return unary(UnaryKind.SQRT);
  }

  /** 1 / √x. */
  default Tensor rsqrt() {
    return unary(UnaryKind.RSQRT);
  }

  default Tensor sin() {
    return unary(UnaryKind.SIN);
  }

  default Tensor cos() {
    return unary(UnaryKind.COS);
  }

  default Tensor tanh() {
    return unary(UnaryKind.TANH);
  }

  /** The Gauss error function. */
  default Tensor erf() {
    return unary(UnaryKind.ERF);
  }

  /** 1 / (1 + e⁻ˣ). */
  default Tensor sigmoid() {
    return unary(UnaryKind.SIGMOID);
  }

  /** max(x, 0). */
  default Tensor relu() {
    return unary(UnaryKind.RELU);
  }

  default Tensor floor() {
    return unary(UnaryKind.FLOOR);
  }

  default Tensor ceil() {
    return unary(UnaryKind.CEIL);
  }

  /** To the nearest integer, ties to even. */
  default Tensor round() {
    return unary(UnaryKind.ROUND);
  }

  // ---- comparisons and choice

  private static Tensor compare(BinaryKind kind, Tensor a, Tensor b) {
    DType dtype = DType.promote(a.dtype(), b.dtype());
    boolean order = kind == BinaryKind.LT || kind == BinaryKind.LE;
    return binary(kind, order && dtype == DType.BOOL ? DType.I32 : dtype, a, b);
  }

  default Tensor eq(Tensor other) {
    return compare(BinaryKind.EQ, self(), other);
  }

  default Tensor eq(double other) {
    return eq(number(other));
  }

  default Tensor ne(Tensor other) {
    return compare(BinaryKind.NE, self(), other);
  }

  default Tensor ne(double other) {
    return ne(number(other));
  }

  default Tensor lt(Tensor other) {
    return compare(BinaryKind.LT, self(), other);
  }

  default Tensor lt(double other) {
    return lt(number(other));
  }

  default Tensor le(Tensor other) {
    return compare(BinaryKind.LE, self(), other);
  }

  default Tensor le(double other) {
    return le(number(other));
  }

  default Tensor gt(Tensor other) {
    return other.lt(self());
  }

  default Tensor gt(double other) {
    return number(other).lt(self());
  }

  default Tensor ge(Tensor other) {
    return other.le(self());
  }

  default Tensor ge(double other) {
    return number(other).le(self());
  }

  default Tensor and(Tensor other) {
    return binary(BinaryKind.AND, DType.BOOL, self(), other);
  }

  default Tensor or(Tensor other) {
    return binary(BinaryKind.OR, DType.BOOL, self(), other);
  }

  default Tensor xor(Tensor other) {
    return binary(BinaryKind.XOR, DType.BOOL, self(), other);
  }

  default Tensor not() {
    return new Tensor(new Op.Unary(UnaryKind.NOT, cast(DType.BOOL)));
  }

  /** Where self() bool tensor holds {@code a}, elsewhere {@code b}. */
  default Tensor where(Tensor a, Tensor b) {
    DType type = a.dtype() == b.dtype() ? a.dtype() : DType.promote(a.dtype(), b.dtype());
    Shape common = Shape.broadcast(self().shape(), Shape.broadcast(a.shape(), b.shape()));
    return new Tensor(
        new Op.Where(
            cast(DType.BOOL).broadcastTo(common),
            a.cast(type).broadcastTo(common),
            b.cast(type).broadcastTo(common)));
  }

  default Tensor where(Tensor a, double b) {
    return where(a, number(a, b));
  }

  default Tensor where(double a, Tensor b) {
    return where(number(b, a), b);
  }

  /**
   * Another dtype: float to integer cuts towards zero and saturates, anything to bool is {@code x
   * != 0}.
   */
  default Tensor cast(DType dtype) {
    return dtype == self().dtype() ? self() : new Tensor(new Op.Cast(self(), dtype));
  }

  /** The same value as a constant for gradients. */
  default Tensor detach() {
    return new Tensor(new Op.Detach(self()));
  }
}
