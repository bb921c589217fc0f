package dev.merapi.tensor;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongFunction;

/**
 * Tensors as text, by numpy's rules: 8 digits, columns aligned, the middle of more than 1,000
 * elements left out.
 */
final class Printing {
  private static final int DIGITS = 8;
  private static final int THRESHOLD = 1000;
  private static final int EDGE = 3;
  private static final int LINE = 75;

  private final Shape shape;
  private final LongFunction<String> element;
  private final boolean summarised;
  private int width;

  private Printing(Shape shape, LongFunction<String> element) {
    this.shape = shape;
    this.element = element;
    this.summarised = shape.elements() > THRESHOLD;
  }

  static String of(Tensor x) {
    Shape shape = x.shape();
    if (x.dtype() == DType.BOOL) {
      int[] values = x.toIntArray();
      return new Printing(shape, i -> values[(int) i] != 0 ? "True" : "False").text();
    }
    if (x.dtype().isInteger()) {
      long[] values = x.toLongArray();
      return new Printing(shape, i -> Long.toString(values[(int) i])).text();
    }
    float[] values = x.toArray();
    var printing = new Printing(shape, _ -> "");
    List<Long> shown = new ArrayList<>();
    printing.collect(0, 0, shown);
    List<Float> finite = new ArrayList<>();
    for (long i : shown) {
      if (Float.isFinite(values[(int) i])) {
        finite.add(values[(int) i]);
      }
    }
    LongFunction<String> format = format(finite);
    return new Printing(shape, i -> special(values[(int) i], format, i, values)).text();
  }

  private static String special(float value, LongFunction<String> format, long i, float[] values) {
    return Float.isNaN(value)
        ? "nan"
        : Float.isInfinite(value)
            ? (value > 0 ? "inf" : "-inf")
            : format.apply(Float.floatToRawIntBits(values[(int) i]));
  }

  /**
   * From a float's bits to text, with one number of fraction digits for all, or all in powers of
   * ten.
   */
  private static LongFunction<String> format(List<Float> values) {
    double largest = 0;
    double least = Double.MAX_VALUE;
    int fraction = 0;
    int mantissa = 0;
    for (float value : values) {
      if (value != 0) {
        largest = Math.max(largest, Math.abs(value));
        least = Math.min(least, Math.abs(value));
      }
      var exact = new BigDecimal(Float.toString(value));
      fraction =
          Math.max(
              fraction,
              exact
                  .setScale(Math.min(DIGITS, Math.max(0, exact.scale())), RoundingMode.HALF_EVEN)
                  .stripTrailingZeros()
                  .scale());
      mantissa =
          Math.max(
              mantissa,
              exact.round(new MathContext(DIGITS + 1)).stripTrailingZeros().precision() - 1);
    }
    boolean powers = largest >= 1e8 || (largest > 0 && (least < 1e-4 || largest / least > 1000));
    int digits = Math.max(0, fraction);
    int significant = mantissa;
    return powers
        ? bits -> scientific(Float.intBitsToFloat((int) bits), significant)
        : bits -> fixed(Float.intBitsToFloat((int) bits), digits);
  }

  private static String fixed(float value, int digits) {
    String sign = Float.floatToRawIntBits(value) < 0 && value == 0 ? "-" : "";
    String text =
        new BigDecimal(Float.toString(value))
            .setScale(digits, RoundingMode.HALF_EVEN)
            .toPlainString();
    if (digits == 0) {
      return sign + text + ".";
    }
    int end = text.length();
    while (text.charAt(end - 1) == '0') {
      end--;
    }
    return sign
        + text.substring(0, end)
        + " ".repeat(text.length() - end); // numpy pads trimmed zeros
  }

  private static String scientific(float value, int digits) {
    String sign = Float.floatToRawIntBits(value) < 0 && value == 0 ? "-" : "";
    var exact = value == 0 ? BigDecimal.ZERO : new BigDecimal(Float.toString(value));
    return (sign + String.format(java.util.Locale.ROOT, "%." + digits + "e", exact))
        .replaceFirst("^(-?\\d)e", "$1.e");
  }

  private String text() {
    if (shape.rank() == 0) {
      String text = element.apply(0).strip();
      return text.endsWith(".") ? text + "0" : text;
    }
    if (shape.elements() == 0) {
      return "[]";
    }
    List<Long> shown = new ArrayList<>();
    collect(0, 0, shown);
    for (long i : shown) {
      width = Math.max(width, element.apply(i).length());
    }
    var out = new StringBuilder();
    print(0, 0, out);
    return out.toString();
  }

  private boolean cut(int axis) {
    return summarised && shape.size(axis) > 2 * EDGE;
  }

  private long stride(int axis) {
    return shape.slice(axis + 1, shape.rank()).elements();
  }

  private void collect(int axis, long offset, List<Long> shown) {
    if (axis == shape.rank()) {
      shown.add(offset);
      return;
    }
    int size = shape.size(axis);
    for (int i = 0; i < size; i++) {
      if (!cut(axis) || i < EDGE || i >= size - EDGE) {
        collect(axis + 1, offset + i * stride(axis), shown);
      }
    }
  }

  private void print(int axis, long offset, StringBuilder out) {
    int size = shape.size(axis);
    boolean last = axis == shape.rank() - 1;
    out.append('[');
    int line = out.length() - out.lastIndexOf("\n") - 1;
    for (int i = 0; i < size; i++) {
      boolean gap = cut(axis) && i == EDGE;
      if (i > 0 && !last) {
        out.append("\n".repeat(shape.rank() - 1 - axis)).append(" ".repeat(axis + 1));
      }
      if (gap) {
        i = size - EDGE;
        if (last) {
          extend(out, "...", false, line);
        } else {
          out.append("...\n" + "\n".repeat(shape.rank() - 2 - axis) + " ".repeat(axis + 1));
        }
      }
      if (last) {
        String text = element.apply(offset + i);
        extend(out, " ".repeat(width - text.length()) + text, i == 0, line);
      } else {
        print(axis + 1, offset + i * stride(axis), out);
      }
    }
    out.append(']');
  }

  /**
   * The next word of a row, on a new line where the closing brackets would pass the last column.
   */
  private void extend(StringBuilder out, String word, boolean first, int indent) {
    int column = out.length() - out.lastIndexOf("\n") - 1;
    if (first) {
      out.append(word);
    } else if (column + 1 + word.length() > LINE - shape.rank()) {
      while (out.charAt(out.length() - 1) == ' ') {
        out.setLength(out.length() - 1);
      }
      out.append('\n').append(" ".repeat(indent)).append(word);
    } else {
      out.append(' ').append(word);
    }
  }
}
