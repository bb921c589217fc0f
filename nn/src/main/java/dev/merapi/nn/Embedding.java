package dev.merapi.nn;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.Key;
import dev.merapi.tensor.Parameter;
import dev.merapi.tensor.Shape;
import dev.merapi.tensor.Tensor;
import java.util.OptionalInt;

/**
 * A vector for each of {@code count} numbers: integers {@code (…) → (…, dim)}; weight {@code
 * (count, dim)}. A number outside 0 … count-1 is an error when the graph runs.
 *
 * @param padding the number that stands for nothing: its vector starts with zeros and gets no
 *     gradient
 */
public record Embedding(Parameter weight, OptionalInt padding) implements Layer {

  /** Vectors drawn from N(0, 1). */
  public static Embedding of(int count, int dim, Key key) {
    return of(count, dim, Init.normal(0, 1), key);
  }

  /** Vectors drawn by an initialiser. */
  public static Embedding of(int count, int dim, Init init, Key key) {
    return new Embedding(Parameter.of(init.draw(key, Shape.of(count, dim))), OptionalInt.empty());
  }

  /** Vectors drawn from N(0, 1), but zeros for the padding. */
  public static Embedding withPadding(int count, int dim, int padding, Key key) {
    return withPadding(count, dim, padding, Init.normal(0, 1), key);
  }

  /** Vectors drawn by an initialiser, but zeros for the padding. */
  public static Embedding withPadding(int count, int dim, int padding, Init init, Key key) {
    Tensor drawn = init.draw(key, Shape.of(count, dim));
    Tensor empty = Tensor.arange(count).eq(padding).unsqueeze(-1);
    return new Embedding(Parameter.of(empty.where(0, drawn)), OptionalInt.of(padding));
  }

  @Override
  public Tensor apply(Tensor numbers, Mode mode) {
    Tensor rows = weight.take(numbers, 0).cast(DType.F32);
    if (padding.isEmpty()) {
      return rows;
    }
    Tensor none = numbers.eq(padding.getAsInt()).unsqueeze(-1);
    return none.where(rows.detach(), rows);
  }
}
