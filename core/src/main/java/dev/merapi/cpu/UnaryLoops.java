package dev.merapi.cpu;

import static dev.merapi.cpu.VectorLoops.floats;
import static dev.merapi.cpu.VectorLoops.put;
import static dev.merapi.cpu.VectorLoops.upToFloats;
import static dev.merapi.cpu.VectorMath.FLOATS;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/** The functions of one float, each a loop; all mask, since their work hides what that costs. */
final class UnaryLoops {
  private static final int LANES = FLOATS.length();
  private static final FloatVector ONE = FloatVector.broadcast(FLOATS, 1);

  private UnaryLoops() {}

  static void negate(long x, int xStep, long out, int n) {
    for (int i = 0; i < n; i += LANES) {
      var mask = upToFloats(n - i);
      put(out + 4L * i, floats(x + (long) i * xStep, mask).neg(), mask);
    }
  }

  static void abs(long x, int xStep, long out, int n) {
    for (int i = 0; i < n; i += LANES) {
      var mask = upToFloats(n - i);
      put(out + 4L * i, floats(x + (long) i * xStep, mask).abs(), mask);
    }
  }

  static void reciprocal(long x, int xStep, long out, int n) {
    for (int i = 0; i < n; i += LANES) {
      var mask = upToFloats(n - i);
      put(out + 4L * i, ONE.div(floats(x + (long) i * xStep, mask)), mask);
    }
  }

  static void sqrt(long x, int xStep, long out, int n) {
    for (int i = 0; i < n; i += LANES) {
      var mask = upToFloats(n - i);
      put(out + 4L * i, floats(x + (long) i * xStep, mask).sqrt(), mask);
    }
  }

  static void rsqrt(long x, int xStep, long out, int n) {
    for (int i = 0; i < n; i += LANES) {
      var mask = upToFloats(n - i);
      put(out + 4L * i, ONE.div(floats(x + (long) i * xStep, mask).sqrt()), mask);
    }
  }

  static void relu(long x, int xStep, long out, int n) {
    for (int i = 0; i < n; i += LANES) {
      var mask = upToFloats(n - i);
      var value = floats(x + (long) i * xStep, mask);
      put(out + 4L * i, value.blend(0, value.compare(VectorOperators.LE, 0)), mask);
    }
  }

  static void sign(long x, int xStep, long out, int n) {
    for (int i = 0; i < n; i += LANES) {
      var mask = upToFloats(n - i);
      put(out + 4L * i, VectorMath.sign(floats(x + (long) i * xStep, mask)), mask);
    }
  }

  static void exp(long x, int xStep, long out, int n) {
    for (int i = 0; i < n; i += LANES) {
      var mask = upToFloats(n - i);
      put(out + 4L * i, VectorMath.exp(floats(x + (long) i * xStep, mask)), mask);
    }
  }

  static void expm1(long x, int xStep, long out, int n) {
    for (int i = 0; i < n; i += LANES) {
      var mask = upToFloats(n - i);
      put(out + 4L * i, VectorMath.expm1(floats(x + (long) i * xStep, mask)), mask);
    }
  }

  static void log(long x, int xStep, long out, int n) {
    for (int i = 0; i < n; i += LANES) {
      var mask = upToFloats(n - i);
      put(out + 4L * i, VectorMath.log(floats(x + (long) i * xStep, mask)), mask);
    }
  }

  static void log1p(long x, int xStep, long out, int n) {
    for (int i = 0; i < n; i += LANES) {
      var mask = upToFloats(n - i);
      put(out + 4L * i, VectorMath.log1p(floats(x + (long) i * xStep, mask)), mask);
    }
  }

  static void sin(long x, int xStep, long out, int n) {
    for (int i = 0; i < n; i += LANES) {
      var mask = upToFloats(n - i);
      put(out + 4L * i, VectorMath.sin(floats(x + (long) i * xStep, mask)), mask);
    }
  }

  static void cos(long x, int xStep, long out, int n) {
    for (int i = 0; i < n; i += LANES) {
      var mask = upToFloats(n - i);
      put(out + 4L * i, VectorMath.cos(floats(x + (long) i * xStep, mask)), mask);
    }
  }

  static void tanh(long x, int xStep, long out, int n) {
    for (int i = 0; i < n; i += LANES) {
      var mask = upToFloats(n - i);
      put(out + 4L * i, VectorMath.tanh(floats(x + (long) i * xStep, mask)), mask);
    }
  }

  static void erf(long x, int xStep, long out, int n) {
    for (int i = 0; i < n; i += LANES) {
      var mask = upToFloats(n - i);
      put(out + 4L * i, VectorMath.erf(floats(x + (long) i * xStep, mask)), mask);
    }
  }

  static void sigmoid(long x, int xStep, long out, int n) {
    for (int i = 0; i < n; i += LANES) {
      var mask = upToFloats(n - i);
      put(out + 4L * i, VectorMath.sigmoid(floats(x + (long) i * xStep, mask)), mask);
    }
  }

  static void floor(long x, int xStep, long out, int n) {
    for (int i = 0; i < n; i += LANES) {
      var mask = upToFloats(n - i);
      put(out + 4L * i, VectorMath.floor(floats(x + (long) i * xStep, mask)), mask);
    }
  }

  static void ceil(long x, int xStep, long out, int n) {
    for (int i = 0; i < n; i += LANES) {
      var mask = upToFloats(n - i);
      put(out + 4L * i, VectorMath.ceil(floats(x + (long) i * xStep, mask)), mask);
    }
  }

  static void round(long x, int xStep, long out, int n) {
    for (int i = 0; i < n; i += LANES) {
      var mask = upToFloats(n - i);
      put(out + 4L * i, VectorMath.round(floats(x + (long) i * xStep, mask)), mask);
    }
  }
}
