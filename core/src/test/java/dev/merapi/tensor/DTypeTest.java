package dev.merapi.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.merapi.reference.Reference;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Casts between all dtypes, storage that is read in place, and arithmetic on whole numbers. */
final class DTypeTest {

  /** What each dtype can hold of these, and rounding's edges in bf16 and f16. */
  private static final double[] NUMBERS = {
    0,
    -0.0,
    0.5,
    -0.5,
    1,
    -1,
    1.5,
    2.5,
    -2.5,
    126.9,
    127.5,
    128,
    -128.9,
    -129,
    254.9,
    255,
    256,
    300,
    1 + 0x1p-8,
    1 + 0x1p-8 + 0x1p-20,
    1 + 0x3p-8,
    1 + 0x1p-11,
    1 + 0x3p-11,
    65504,
    65519,
    65520,
    0x1p-24,
    0x1p-25,
    0x3p-25,
    0x1p-126,
    0x1p-149,
    0x1p-134,
    16777218,
    2147483648.0,
    -2147483648.0,
    1e10,
    -1e10,
    3.4e38,
    -3.4e38,
    Double.POSITIVE_INFINITY,
    Double.NEGATIVE_INFINITY,
    Double.NaN
  };

  private static Tensor numbers(DType dtype) {
    double[] held =
        Arrays.stream(NUMBERS)
            .filter(v -> dtype.isFloat() || (v >= dtype.least() && v <= dtype.greatest()))
            .map(v -> dtype.isFloat() ? v : Math.rint(v))
            .toArray();
    return OpCase.leaf(held, dtype, Shape.of(held.length));
  }

  @ParameterizedTest
  @EnumSource
  void castToEveryOther(DType from) {
    List<Tensor> casts = new ArrayList<>();
    for (DType to : DType.values()) {
      casts.add(numbers(from).cast(to));
      casts.add(numbers(from).cast(to).cast(from)); // there and back is no empty work
    }
    for (Tensor cast : casts) {
      Agreement.checkEach(from + " to " + cast.dtype(), List.of(cast));
    }
    Agreement.checkEach(from + " to all in one program", casts);
  }

  @ParameterizedTest
  @EnumSource
  void memoryOfEveryDtypeIsReadInPlace(DType dtype) {
    double[] values = Reference.evaluate(numbers(dtype));
    MemorySegment segment = Reference.write(values, dtype).segment();
    Tensor wrapped = Tensor.wrap(dtype, segment, Shape.of(values.length, 1));
    Agreement.checkEach("wrapped " + dtype, List.of(wrapped, wrapped.mT(), wrapped.add(0)));
  }

  @Test
  void wholeNumbersOf32BitsWrapAround() {
    Tensor x = Tensor.of(new int[] {Integer.MAX_VALUE, Integer.MIN_VALUE, 65536});
    assertArrayEquals(
        new int[] {Integer.MIN_VALUE, Integer.MIN_VALUE + 1, 65537}, x.add(1).toIntArray());
    assertArrayEquals(new int[] {1, 0, 0}, x.mul(x).toIntArray());
    assertArrayEquals(
        new int[] {-Integer.MAX_VALUE, Integer.MIN_VALUE, -65536}, x.neg().toIntArray());
    assertEquals(65535, x.sum().item());
  }

  @Test
  void wholeNumbersOf64BitsAreExact() {
    long large = (1L << 62) + 1;
    Tensor x = Tensor.of(new long[] {large, -large, 7, -7});
    assertArrayEquals(new long[] {large + 2, -large + 2, 9, -5}, x.add(2).toLongArray());
    assertArrayEquals(new long[] {large * 3, -large * 3, 21, -21}, x.mul(3).toLongArray());
    assertArrayEquals(
        new long[] {Math.floorDiv(large, 2), Math.floorDiv(-large, 2), 3, -4},
        x.floorDiv(2).toLongArray());
    assertArrayEquals(new long[] {1, 1, 1, 1}, x.remainder(2).toLongArray());
    assertArrayEquals(new long[] {large, 0, 7, 0}, x.cumsum(0).toLongArray());
    assertArrayEquals(new long[] {-large, -7, 7, large}, x.sort(0, false).values().toLongArray());
    assertArrayEquals(new long[] {large}, x.max(true).toLongArray());
    assertArrayEquals(new int[] {0}, new int[] {(int) x.argmax(0).item()});
    assertEquals(0, x.eq(x.add(1)).cast(DType.I32).sum().item());
  }

  @Test
  void reductionsOfNothingGiveTheEndsOfTheDtype() {
    Tensor none = Tensor.of(new long[0], 0, 1);
    assertArrayEquals(new long[] {Long.MIN_VALUE}, none.max(0).toLongArray());
    assertArrayEquals(new long[] {Long.MAX_VALUE}, none.min(0).toLongArray());
    assertEquals(Integer.MIN_VALUE, none.cast(DType.I32).max().item());
    assertEquals("[-inf]", none.cast(DType.F32).max(0).toString());
    assertEquals("True", none.all().toString());
    assertEquals("False", none.any().toString());
  }

  @Test
  void detachedValuesPassNoGradientBack() {
    Tensor x = Tensor.of(new float[] {2, 3});
    Tensor y = x.mul(x.detach());
    assertArrayEquals(new float[] {4, 9}, y.toArray());
    assertArrayEquals(new float[] {2, 3}, Gradients.of(y.sum(), List.of(x)).getFirst().toArray());
    assertArrayEquals(
        new float[] {0, 0}, Gradients.of(x.detach().sum(), List.of(x)).getFirst().toArray());
  }

  @Test
  void numbersAreCopiedIn() {
    float[] values = {1, 2};
    Tensor x = Tensor.of(values);
    values[0] = 9;
    assertArrayEquals(new float[] {1, 2}, x.toArray());
    assertEquals(2.5, Tensor.scalar(2.5f).item());
    assertEquals(7, Tensor.constant(DType.I64, 7).item());
    assertArrayEquals(new int[] {200, 0}, Tensor.of(new byte[] {(byte) 200, 0}).toIntArray());
    assertArrayEquals(new int[] {1, 0}, Tensor.of(new boolean[] {true, false}).toIntArray());
  }
}
