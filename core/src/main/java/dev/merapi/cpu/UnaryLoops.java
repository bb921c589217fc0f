package dev.merapi.cpu;

import static dev.merapi.cpu.VectorConstants.FLOATS;
import static dev.merapi.cpu.VectorConstants.ONE;
import static dev.merapi.cpu.VectorConstants.ZERO;
import static dev.merapi.cpu.VectorLoops.floats;
import static dev.merapi.cpu.VectorLoops.put;

import dev.merapi.graph.UnaryKind;
import java.util.Optional;
import jdk.incubator.vector.VectorOperators;

/**
 * The functions of one float, each a loop over whole vectors.
 *
 * <p>C2 gives up inlining, and with that all speed, in bodies that grow too large. So there are no
 * masks here, and functions of several branches are put together in their loop.
 */
final class UnaryLoops {
  private static final int LANES = FLOATS.length();

  private UnaryLoops() {}

  /** The loop, or none. */
  static Optional<UnaryLoop> of(UnaryKind kind) {
    return switch (kind) {
      case NEG -> Optional.of(UnaryLoops::negate);
      case ABS -> Optional.of(UnaryLoops::abs);
      case SIGN -> Optional.of(UnaryLoops::sign);
      case RECIPROCAL -> Optional.of(UnaryLoops::reciprocal);
      case EXP -> Optional.of(UnaryLoops::exp);
      case EXPM1 -> Optional.of(UnaryLoops::expm1);
      case LOG -> Optional.of(UnaryLoops::log);
      case LOG1P -> Optional.of(UnaryLoops::log1p);
      case SQRT -> Optional.of(UnaryLoops::sqrt);
      case RSQRT -> Optional.of(UnaryLoops::rsqrt);
      case SIN -> Optional.of(UnaryLoops::sin);
      case COS -> Optional.of(UnaryLoops::cos);
      case TANH -> Optional.of(UnaryLoops::tanh);
      case ERF -> Optional.of(UnaryLoops::erf);
      case SIGMOID -> Optional.of(UnaryLoops::sigmoid);
      case RELU -> Optional.of(UnaryLoops::relu);
      case FLOOR -> Optional.of(UnaryLoops::floor);
      case CEIL -> Optional.of(UnaryLoops::ceil);
      case ROUND -> Optional.of(UnaryLoops::round);
      case NOT -> Optional.empty(); // of bool
    };
  }

  private static void negate(long x, int xStep, long out, int n) {
    for (int i = 0; i < n; i += LANES) {
      put(out + 4L * i, floats(x + (long) i * xStep).neg());
    }
  }

  private static void abs(long x, int xStep, long out, int n) {
    for (int i = 0; i < n; i += LANES) {
      put(out + 4L * i, floats(x + (long) i * xStep).abs());
    }
  }

  private static void reciprocal(long x, int xStep, long out, int n) {
    for (int i = 0; i < n; i += LANES) {
      put(out + 4L * i, ONE.div(floats(x + (long) i * xStep)));
    }
  }

  private static void sqrt(long x, int xStep, long out, int n) {
    for (int i = 0; i < n; i += LANES) {
      put(out + 4L * i, floats(x + (long) i * xStep).sqrt());
    }
  }

  private static void rsqrt(long x, int xStep, long out, int n) {
    for (int i = 0; i < n; i += LANES) {
      put(out + 4L * i, ONE.div(floats(x + (long) i * xStep).sqrt()));
    }
  }

  private static void relu(long x, int xStep, long out, int n) {
    for (int i = 0; i < n; i += LANES) {
      var value = floats(x + (long) i * xStep);
      put(out + 4L * i, value.blend(ZERO, value.compare(VectorOperators.LE, ZERO)));
    }
  }

  private static void sign(long x, int xStep, long out, int n) {
    for (int i = 0; i < n; i += LANES) {
      put(out + 4L * i, VectorMath.sign(floats(x + (long) i * xStep)));
    }
  }

  private static void exp(long x, int xStep, long out, int n) {
    for (int i = 0; i < n; i += LANES) {
      put(out + 4L * i, VectorMath.exp(floats(x + (long) i * xStep)));
    }
  }

  private static void expm1(long x, int xStep, long out, int n) {
    for (int i = 0; i < n; i += LANES) {
      put(out + 4L * i, VectorMath.expm1(floats(x + (long) i * xStep)));
    }
  }

  private static void log(long x, int xStep, long out, int n) {
    for (int i = 0; i < n; i += LANES) {
      put(out + 4L * i, VectorMath.log(floats(x + (long) i * xStep)));
    }
  }

  private static void log1p(long x, int xStep, long out, int n) {
    for (int i = 0; i < n; i += LANES) {
      put(out + 4L * i, VectorMath.log1p(floats(x + (long) i * xStep)));
    }
  }

  private static void sin(long x, int xStep, long out, int n) {
    for (int i = 0; i < n; i += LANES) {
      put(out + 4L * i, VectorMath.sin(floats(x + (long) i * xStep)));
    }
  }

  private static void cos(long x, int xStep, long out, int n) {
    for (int i = 0; i < n; i += LANES) {
      put(out + 4L * i, VectorMath.cos(floats(x + (long) i * xStep)));
    }
  }

  private static void floor(long x, int xStep, long out, int n) {
    for (int i = 0; i < n; i += LANES) {
      put(out + 4L * i, VectorMath.floor(floats(x + (long) i * xStep)));
    }
  }

  private static void ceil(long x, int xStep, long out, int n) {
    for (int i = 0; i < n; i += LANES) {
      put(out + 4L * i, VectorMath.ceil(floats(x + (long) i * xStep)));
    }
  }

  private static void round(long x, int xStep, long out, int n) {
    for (int i = 0; i < n; i += LANES) {
      put(out + 4L * i, VectorMath.round(floats(x + (long) i * xStep)));
    }
  }

  private static void sigmoid(long x, int xStep, long out, int n) {
    for (int i = 0; i < n; i += LANES) {
      var value = floats(x + (long) i * xStep);
      var e = VectorMath.exp(value.abs().neg());
      put(out + 4L * i, ONE.blend(e, value.compare(VectorOperators.LT, ZERO)).div(e.add(1)));
    }
  }

  private static void tanh(long x, int xStep, long out, int n) {
    for (int i = 0; i < n; i += LANES) {
      put(out + 4L * i, VectorMath.tanh(floats(x + (long) i * xStep)));
    }
  }

  private static void erf(long x, int xStep, long out, int n) {
    for (int i = 0; i < n; i += LANES) {
      var value = floats(x + (long) i * xStep);
      var a = value.abs();
      var large = ONE.sub(VectorMath.expModerate(VectorMath.logErfc(a)));
      put(out + 4L * i, VectorMath.erf(value, a, large));
    }
  }
}
