package dev.merapi.nn;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.MerapiException;
import dev.merapi.tensor.Parameter;
import dev.merapi.tensor.Shape;
import dev.merapi.tensor.Tensor;
import java.util.List;

/**
 * The weight of a {@link Linear} that is frozen, in a few bits for each number. It is computed from
 * them where it is needed, once forwards and once backwards, and takes no memory in between.
 *
 * @param form how it is kept
 * @param shape of the weight, (out, in)
 * @param codes of its numbers
 * @param scales what they are multiplied by
 */
public record Compressed(Form form, Shape shape, Parameter codes, List<Parameter> scales) {
  /** Numbers that share a scale, of NF4. */
  private static final int BLOCK = 64;

  /** Scales that share a scale, where they are compressed, too. */
  private static final int SUPER_BLOCK = 256;

  private static final double LARGEST = 127;

  /**
   * The 16 numbers of NF4: quantiles of the normal distribution, 0 among them, as fractions of the
   * greatest size in their block (Dettmers et al., 2023, appendix E).
   */
  static final List<Double> NF4 =
      List.of(
          -1.0,
          -0.6961928009986877,
          -0.5250730514526367,
          -0.39491748809814453,
          -0.28444138169288635,
          -0.18477343022823334,
          -0.09105003625154495,
          0.0,
          0.07958029955625534,
          0.16093020141124725,
          0.24611230194568634,
          0.33791524171829224,
          0.44070982933044434,
          0.5626170039176941,
          0.7229568362236023,
          1.0);

  /** How numbers are kept. */
  public enum Form {
    /** 8 bits: a 127th of the greatest size in a row (Dettmers et al., 2022); 8 bits a number. */
    INT8,
    /** NormalFloat of 4 bits, in blocks of 64 with an f32 each: 4.5 bits a number. */
    NF4,
    /**
     * The same with the blocks' scales in 8 bits, less their mean, in blocks of 256 with an f32
     * each: 4.13 bits a number. QLoRA keeps them as floats of 8 bits; here they are integers.
     */
    NF4_DOUBLE
  }

  public Compressed {
    scales = List.copyOf(scales);
  }

  /** Compresses a weight, (out, in). It is computed when it is first needed. */
  public static Compressed of(Tensor weight, Form form) {
    var shape = weight.shape();
    if (shape.rank() != 2 || shape.elements() == 0) {
      throw new MerapiException(
          "Compressed: the weight %s must be a matrix, (out, in), and have numbers"
              .formatted(shape));
    }
    if (form == Form.INT8) {
      Tensor scale = weight.abs().max(true, 1).div(LARGEST);
      Tensor codes = weight.div(notZero(scale)).round().cast(DType.I8);
      return new Compressed(form, shape, kept(codes), List.of(kept(scale)));
    }
    int numbers = Math.toIntExact(shape.elements());
    Tensor blocks = blocks(weight.reshape(numbers), BLOCK);
    Tensor greatest = blocks.abs().max(true, 1); // (blocks, 1)
    Tensor places = places(blocks.div(notZero(greatest)));
    Tensor low = places.slice(1, 0, BLOCK / 2);
    Tensor high = places.slice(1, BLOCK / 2, BLOCK);
    Parameter codes = kept(low.add(high.mul(16)).cast(DType.U8));
    return new Compressed(
        form,
        shape,
        codes,
        form == Form.NF4 ? List.of(kept(greatest)) : scales(greatest.reshape(-1)));
  }

  private static Parameter kept(Tensor value) {
    return Parameter.state(value);
  }

  private static Tensor notZero(Tensor scale) {
    return scale.gt(0).where(scale, 1);
  }

  /** (n) → (⌈n / size⌉, size), filled up with zeros. */
  private static Tensor blocks(Tensor numbers, int size) {
    int count = numbers.shape().size(0);
    int blocks = Math.ceilDiv(count, size);
    return numbers.pad(0, 0, blocks * size - count, 0).reshape(blocks, size);
  }

  /** Which of the 16 numbers is the nearest. */
  private static Tensor places(Tensor x) {
    Tensor places = Tensor.zeros(x.shape().toArray());
    for (int i = 1; i < NF4.size(); i++) {
      double middle = (NF4.get(i - 1) + NF4.get(i)) / 2;
      places = places.add(x.gt(middle).cast(DType.F32));
    }
    return places;
  }

  private static List<Parameter> scales(Tensor greatest) {
    Tensor mean = greatest.mean();
    Tensor blocks = blocks(greatest.sub(mean), SUPER_BLOCK);
    Tensor scale = blocks.abs().max(true, 1).div(LARGEST);
    Tensor codes = blocks.div(notZero(scale)).round().cast(DType.I8);
    return List.of(kept(codes), kept(scale), kept(mean.reshape(1)));
  }

  /** The weight, (out, in). */
  public Tensor weight() {
    return weight(view());
  }

  /** The codes as they lie in memory, for {@link #weight(Tensor)}. */
  Tensor view() {
    return codes.reshape(-1);
  }

  /** The weight of a view of its codes. */
  Tensor weight(Tensor view) {
    Tensor said = view.reshape(codes.shape().toArray()).cast(DType.F32);
    if (form == Form.INT8) {
      return said.mul(scales.getFirst());
    }
    Tensor high = said.div(16).floor();
    Tensor low = said.sub(high.mul(16));
    Tensor numbers = Tensor.concat(1, List.of(number(low), number(high))).mul(greatest());
    int count = Math.toIntExact(shape.elements());
    return numbers.reshape(-1).slice(0, 0, count).reshape(shape.toArray());
  }

  /** The number at a place of the 16: a chain of choices is one kernel, a look-up is not. */
  private static Tensor number(Tensor place) {
    Tensor number = Tensor.full(NF4.getFirst().floatValue(), place.shape().toArray());
    for (int i = 1; i < NF4.size(); i++) {
      number = place.ge(i).where(NF4.get(i), number);
    }
    return number;
  }

  private Tensor greatest() {
    if (form == Form.NF4) {
      return scales.getFirst();
    }
    Tensor all = scales.get(0).cast(DType.F32).mul(scales.get(1)).add(scales.get(2));
    int blocks = codes.shape().size(0);
    return all.reshape(-1).slice(0, 0, blocks).unsqueeze(-1);
  }

  /** Bytes that it takes. */
  public long bytes() {
    long bytes = bytes(codes);
    for (Parameter scale : scales) {
      bytes += bytes(scale);
    }
    return bytes;
  }

  private static long bytes(Parameter parameter) {
    return parameter.shape().elements() * parameter.dtype().bytes();
  }
}
