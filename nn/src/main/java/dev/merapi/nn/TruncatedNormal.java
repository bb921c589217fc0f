package dev.merapi.nn;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.Key;
import dev.merapi.tensor.Shape;
import dev.merapi.tensor.Tensor;

/** Normal numbers cut off, by the inverse of their distribution function. */
final class TruncatedNormal {
  // Giles, Approximating the erfinv function (2010), table 5, highest power first:
  // erf⁻¹(x) = x · p(w) with w = -log(1 - x²), in the middle and in the tail.
  private static final double[] MIDDLE = {
    2.81022636e-08,
    3.43273939e-07,
    -3.5233877e-06,
    -4.39150654e-06,
    0.00021858087,
    -0.00125372503,
    -0.00417768164,
    0.246640727,
    1.50140941
  };
  private static final double[] TAIL = {
    -0.000200214257,
    0.000100950558,
    0.00134934322,
    -0.00367342844,
    0.00573950773,
    -0.0076224613,
    0.00943887047,
    1.00167406,
    2.83297682
  };

  private TruncatedNormal() {}

  /** Mean 0 and deviation 1 before the cut. */
  static Tensor draw(Key key, Shape shape, double cut) {
    Tensor inside = Tensor.constant(DType.F32, cut * Math.sqrt(0.5)).erf(); // P(|z| < cut)
    Tensor x = key.uniform(-1, 1, shape).mul(inside);
    return inverseErf(x).mul(Math.sqrt(2)).clamp(-cut, cut);
  }

  static Tensor inverseErf(Tensor x) {
    Tensor w = x.neg().add(1).mul(x.add(1)).log().neg();
    Tensor middle = polynomial(MIDDLE, w.sub(2.5));
    Tensor tail = polynomial(TAIL, w.sqrt().sub(3));
    return w.lt(5).where(middle, tail).mul(x);
  }

  private static Tensor polynomial(double[] coefficients, Tensor x) {
    Tensor p = Tensor.constant(DType.F32, coefficients[0]);
    for (int i = 1; i < coefficients.length; i++) {
      p = p.mul(x).add(coefficients[i]);
    }
    return p;
  }
}
