package dev.merapi.cpu;

import dev.merapi.graph.BinaryKind;
import dev.merapi.graph.Op;
import dev.merapi.graph.ReduceKind;
import dev.merapi.graph.UnaryKind;
import dev.merapi.tensor.DType;

/** {@link Loops} one element at a time, on any JVM. */
class ScalarLoops implements Loops {
  private static final int PARTIALS = 32;

  @Override
  public void unary(UnaryKind kind, Lane lane, long x, int xStep, long out, int n) {
    switch (lane) {
      case F32 -> {
        for (int i = 0; i < n; i++) {
          float value = Memory.getFloat(x + (long) i * xStep);
          Memory.setFloat(out + 4L * i, unary(kind, value));
        }
      }
      case I32 -> {
        for (int i = 0; i < n; i++) {
          int value = Memory.getInt(x + (long) i * xStep);
          Memory.setInt(out + 4L * i, (int) unary(kind, (long) value));
        }
      }
      case I64 -> {
        for (int i = 0; i < n; i++) {
          long value = Memory.getLong(x + (long) i * xStep);
          Memory.setLong(out + 8L * i, unary(kind, value));
        }
      }
    }
  }

  static float unary(UnaryKind kind, float x) {
    return switch (kind) {
      case NEG -> -x;
      case ABS -> Math.abs(x);
      case SIGN -> Math.signum(x);
      case RECIPROCAL -> 1 / x;
      case EXP -> ScalarMath.exp(x);
      case EXPM1 -> ScalarMath.expm1(x);
      case LOG -> ScalarMath.log(x);
      case LOG1P -> ScalarMath.log1p(x);
      case SQRT -> (float) Math.sqrt(x);
      case RSQRT -> 1 / (float) Math.sqrt(x);
      case SIN -> ScalarMath.sin(x);
      case COS -> ScalarMath.cos(x);
      case TANH -> ScalarMath.tanh(x);
      case ERF -> ScalarMath.erf(x);
      case SIGMOID -> ScalarMath.sigmoid(x);
      case RELU -> x <= 0 ? 0 : x;
      case FLOOR -> (float) Math.floor(x);
      case CEIL -> (float) Math.ceil(x);
      case ROUND -> (float) Math.rint(x);
      case NOT -> throw new IllegalArgumentException("NOT of f32");
    };
  }

  private static long unary(UnaryKind kind, long x) {
    return switch (kind) {
      case NEG -> -x;
      case ABS -> Math.abs(x);
      case SIGN -> Long.signum(x);
      case NOT -> x ^ 1;
      default -> throw new IllegalArgumentException(kind + " of integers");
    };
  }

  @Override
  public void binary(
      BinaryKind kind, Lane lane, long a, int aStep, long b, int bStep, long out, int n) {
    boolean compares = kind.compares();
    for (int i = 0; i < n; i++) {
      long p = a + (long) i * aStep;
      long q = b + (long) i * bStep;
      switch (lane) {
        case F32 -> {
          float x = Memory.getFloat(p);
          float y = Memory.getFloat(q);
          if (compares) {
            Memory.setInt(out + 4L * i, compare(kind, x, y));
          } else {
            Memory.setFloat(out + 4L * i, binary(kind, x, y));
          }
        }
        case I32 -> {
          int x = Memory.getInt(p);
          int y = Memory.getInt(q);
          Memory.setInt(
              out + 4L * i, compares ? compare(kind, x, y) : (int) binary(kind, (long) x, y));
        }
        case I64 -> {
          long x = Memory.getLong(p);
          long y = Memory.getLong(q);
          if (compares) {
            Memory.setInt(out + 4L * i, compare(kind, x, y));
          } else {
            Memory.setLong(out + 8L * i, binary(kind, x, y));
          }
        }
      }
    }
  }

  private static int compare(BinaryKind kind, float a, float b) {
    return switch (kind) {
      case EQ -> a == b ? 1 : 0;
      case NE -> a != b ? 1 : 0;
      case LT -> a < b ? 1 : 0;
      case LE -> a <= b ? 1 : 0;
      default -> throw new IllegalArgumentException(kind + " does not compare");
    };
  }

  private static int compare(BinaryKind kind, long a, long b) {
    return switch (kind) {
      case EQ -> a == b ? 1 : 0;
      case NE -> a != b ? 1 : 0;
      case LT -> a < b ? 1 : 0;
      case LE -> a <= b ? 1 : 0;
      default -> throw new IllegalArgumentException(kind + " does not compare");
    };
  }

  static float binary(BinaryKind kind, float a, float b) {
    return switch (kind) {
      case ADD -> a + b;
      case SUB -> a - b;
      case MUL -> a * b;
      case DIV -> a / b;
      case REM -> ScalarMath.remainder(a, b);
      case POW -> (float) Math.pow(a, b);
      case MAX -> Math.max(a, b);
      case MIN -> Math.min(a, b);
      default -> throw new IllegalArgumentException(kind + " of f32");
    };
  }

  private static long binary(BinaryKind kind, long a, long b) {
    return switch (kind) {
      case ADD -> a + b;
      case SUB -> a - b;
      case MUL -> a * b;
      case DIV -> b == 0 ? 0 : Math.floorDiv(a, b);
      case REM -> b == 0 ? 0 : Math.floorMod(a, b);
      case POW -> power(a, b);
      case MAX -> Math.max(a, b);
      case MIN -> Math.min(a, b);
      case AND -> a & b;
      case OR -> a | b;
      case XOR -> a ^ b;
      default -> throw new IllegalArgumentException(kind + " of integers");
    };
  }

  /** Wraps around as multiplication does; negative exponents as in floating point, cut. */
  private static long power(long a, long b) {
    if (b < 0) {
      return (long) Math.pow((double) a, (double) b);
    }
    long result = 1;
    long square = a;
    for (long rest = b; rest != 0; rest >>= 1) {
      if ((rest & 1) != 0) {
        result *= square;
      }
      square *= square;
    }
    return result;
  }

  @Override
  public void where(
      Lane lane, long condition, int cStep, long a, int aStep, long b, int bStep, long out, int n) {
    for (int i = 0; i < n; i++) {
      boolean first = Memory.getInt(condition + (long) i * cStep) != 0;
      long from = first ? a + (long) i * aStep : b + (long) i * bStep;
      if (lane == Lane.I64) {
        Memory.setLong(out + 8L * i, Memory.getLong(from));
      } else {
        Memory.setInt(out + 4L * i, Memory.getInt(from));
      }
    }
  }

  @Override
  public void cast(DType from, DType to, long x, int xStep, long out, int n) {
    Lane lane = Lane.of(from);
    for (int i = 0; i < n; i++) {
      long at = x + (long) i * xStep;
      if (lane == Lane.F32) {
        float value = Memory.getFloat(at);
        switch (Lane.of(to)) {
          case F32 -> Memory.setFloat(out + 4L * i, Numbers.rounded(value, to));
          case I32 -> Memory.setInt(out + 4L * i, Numbers.toInt(value, to));
          case I64 -> Memory.setLong(out + 8L * i, (long) value);
        }
      } else {
        long value = lane == Lane.I32 ? Memory.getInt(at) : Memory.getLong(at);
        switch (Lane.of(to)) {
          case F32 -> Memory.setFloat(out + 4L * i, Numbers.rounded((float) value, to));
          case I32 -> Memory.setInt(out + 4L * i, Numbers.toInt(value, to));
          case I64 -> Memory.setLong(out + 8L * i, value);
        }
      }
    }
  }

  @Override
  public void load(DType dtype, long x, long out, int n) {
    switch (dtype) {
      case F32, I32 -> Memory.copy(x, out, 4L * n);
      case I64 -> Memory.copy(x, out, 8L * n);
      case BF16 -> {
        for (int i = 0; i < n; i++) {
          Memory.setInt(out + 4L * i, Memory.getShort(x + 2L * i) << 16);
        }
      }
      case F16 -> {
        for (int i = 0; i < n; i++) {
          Memory.setFloat(out + 4L * i, Float.float16ToFloat(Memory.getShort(x + 2L * i)));
        }
      }
      case U8, BOOL -> {
        for (int i = 0; i < n; i++) {
          Memory.setInt(out + 4L * i, Memory.getByte(x + i) & 0xFF);
        }
      }
      case I8 -> {
        for (int i = 0; i < n; i++) {
          Memory.setInt(out + 4L * i, Memory.getByte(x + i));
        }
      }
    }
  }

  @Override
  public void store(DType dtype, long x, long out, int n) {
    switch (dtype) {
      case F32, I32 -> Memory.copy(x, out, 4L * n);
      case I64 -> Memory.copy(x, out, 8L * n);
      case BF16 -> {
        for (int i = 0; i < n; i++) {
          Memory.setShort(out + 2L * i, (short) (Numbers.bf16(Memory.getInt(x + 4L * i)) >>> 16));
        }
      }
      case F16 -> {
        for (int i = 0; i < n; i++) {
          Memory.setShort(out + 2L * i, Float.floatToFloat16(Memory.getFloat(x + 4L * i)));
        }
      }
      case U8, I8, BOOL -> {
        for (int i = 0; i < n; i++) {
          Memory.setByte(out + i, (byte) Memory.getInt(x + 4L * i));
        }
      }
    }
  }

  @Override
  public void copy(int bytes, long x, int xStep, long out, int n) {
    if (xStep != 0) {
      Memory.copy(x, out, (long) bytes * n);
    } else {
      spread(bytes, x, out, 1, n);
    }
  }

  @Override
  public void spread(int bytes, long x, long out, int rows, int columns) {
    move(bytes, x, new Grid(bytes, 0), out, new Grid((long) bytes * columns, bytes), rows, columns);
  }

  @Override
  public void move(int bytes, long from, Grid source, long to, Grid target, int rows, int columns) {
    if (source.column() == bytes && target.column() == bytes) {
      for (int row = 0; row < rows; row++) {
        Memory.copy(from + row * source.row(), to + row * target.row(), (long) bytes * columns);
      }
      return;
    }
    for (int row = 0; row < rows; row++) {
      long p = from + row * source.row();
      long q = to + row * target.row();
      long pStep = source.column();
      long qStep = target.column();
      switch (bytes) {
        case 1 -> {
          for (int i = 0; i < columns; i++) {
            Memory.setByte(q + i * qStep, Memory.getByte(p + i * pStep));
          }
        }
        case 2 -> {
          for (int i = 0; i < columns; i++) {
            Memory.setShort(q + i * qStep, Memory.getShort(p + i * pStep));
          }
        }
        case 4 -> {
          for (int i = 0; i < columns; i++) {
            Memory.setInt(q + i * qStep, Memory.getInt(p + i * pStep));
          }
        }
        default -> {
          for (int i = 0; i < columns; i++) {
            Memory.setLong(q + i * qStep, Memory.getLong(p + i * pStep));
          }
        }
      }
    }
  }

  @Override
  public void reduce(
      ReduceKind kind, Lane lane, long x, int rows, int columns, long out, long workspace) {
    int bytes = lane.bytes();
    BinaryKind combine = combine(kind);
    for (int row = 0; row < rows; row++) {
      long start = x + (long) row * columns * bytes;
      Numbers.identity(kind, lane, workspace, PARTIALS);
      for (int i = 0; i < columns; i += PARTIALS) {
        int n = Math.min(PARTIALS, columns - i);
        long block = start + (long) i * bytes;
        binary(combine, lane, workspace, bytes, block, bytes, workspace, n);
      }
      halve(combine, lane, workspace, PARTIALS, out + (long) row * bytes);
    }
  }

  /** Combines {@code count} results in halves. */
  static void halve(BinaryKind combine, Lane lane, long partials, int count, long out) {
    switch (lane) {
      case F32 -> {
        for (int half = count / 2; half > 0; half /= 2) {
          for (int i = 0; i < half; i++) {
            float a = Memory.getFloat(partials + 4L * i);
            float b = Memory.getFloat(partials + 4L * (i + half));
            Memory.setFloat(partials + 4L * i, binary(combine, a, b));
          }
        }
        Memory.setFloat(out, Memory.getFloat(partials));
      }
      case I32 -> {
        int result = Memory.getInt(partials);
        for (int i = 1; i < count; i++) {
          result = (int) binary(combine, (long) result, Memory.getInt(partials + 4L * i));
        }
        Memory.setInt(out, result);
      }
      case I64 -> {
        long result = Memory.getLong(partials);
        for (int i = 1; i < count; i++) {
          result = binary(combine, result, Memory.getLong(partials + 8L * i));
        }
        Memory.setLong(out, result);
      }
    }
  }

  /** The op that a reduction repeats. */
  static BinaryKind combine(ReduceKind kind) {
    return switch (kind) {
      case SUM -> BinaryKind.ADD;
      case PROD -> BinaryKind.MUL;
      case MAX -> BinaryKind.MAX;
      case MIN -> BinaryKind.MIN;
    };
  }

  @Override
  public void firstGreatest(
      int[] offsets, long x, int place, int stride, long end, long out, int n) {
    for (int i = 0; i < n; i++) {
      int best = -1;
      float greatest = Float.NEGATIVE_INFINITY;
      for (int offset : offsets) {
        int at = place + i * stride + offset;
        float value = Memory.getFloat(x + 4L * at);
        if (best < 0 || (!(value <= greatest) && !Float.isNaN(greatest))) {
          best = at;
          greatest = value;
        }
      }
      Memory.setInt(out + 4L * i, best);
    }
  }

  @Override
  public void random(
      Op.Random.Distribution distribution, long key, long firstBlock, long out, long workspace) {
    RandomNumbers.chunk(distribution, key, firstBlock, out);
  }
}
