package dev.merapi.tensor;

import dev.merapi.graph.Op;
import dev.merapi.reference.Reference;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * One way to call a public op, at any sizes.
 *
 * <p>Each input is named by its axes: {@code "ab, b"} is a matrix and a row that broadcasts. A
 * letter is an axis whose size varies, a digit a fixed size. {@code "ab?"} holds truth values, and
 * {@code "i<A"} i32 indices below the size of A. An axis with a small letter may have any size; one
 * with a capital letter has at least {@link #least} elements, and with fewer the op must refuse.
 *
 * @param name the method of {@link Tensor}, then after a colon what tells this call from others
 */
record OpCase(
    String name,
    List<String> inputs,
    Function<List<Tensor>, List<Tensor>> call,
    Values values,
    int least) {

  /** A function of three tensors. */
  @FunctionalInterface
  interface Ternary {
    Tensor apply(Tensor a, Tensor b, Tensor c);
  }

  /** An op called: the leaves that its inputs are read from, and what it gave. */
  record Called(List<Tensor> leaves, List<Tensor> outputs) {

    /** The leaves that gradients are taken for. */
    List<Tensor> differentiable() {
      return leaves.stream().filter(x -> x.dtype().isFloat()).toList();
    }

    /** A scalar whose gradients are those of Σ outputs · dy for a fixed random dy. */
    Tensor loss() {
      Tensor loss = Tensor.zeros();
      for (Tensor y : outputs) {
        if (y.dtype().isFloat()) {
          double[] dy =
              Values.SIGNED.draw(new SplittableRandom(7), (int) y.shape().elements(), DType.F32);
          loss = loss.add(y.mul(leaf(dy, DType.F32, y.shape())).sum());
        }
      }
      return loss;
    }
  }

  static OpCase op(String name, String inputs, UnaryOperator<Tensor> call) {
    return all(name, inputs, in -> List.of(call.apply(in.get(0))));
  }

  static OpCase op(String name, String inputs, BinaryOperator<Tensor> call) {
    return all(name, inputs, in -> List.of(call.apply(in.get(0), in.get(1))));
  }

  static OpCase op(String name, String inputs, Ternary call) {
    return all(name, inputs, in -> List.of(call.apply(in.get(0), in.get(1), in.get(2))));
  }

  static OpCase all(String name, String inputs, Function<List<Tensor>, List<Tensor>> call) {
    List<String> axes = Arrays.stream(inputs.split(",", -1)).map(String::strip).toList();
    return new OpCase(name, axes, call, Values.SIGNED, 1);
  }

  OpCase on(Values other) {
    return new OpCase(name, inputs, call, other, least);
  }

  OpCase least(int size) {
    return new OpCase(name, inputs, call, values, size);
  }

  /** The method of {@link Tensor} that is called. */
  String method() {
    return name.replaceFirst(":.*", "");
  }

  /** The axes that vary, each with a small size that suits it. */
  Map<Character, Integer> sizes() {
    Map<Character, Integer> sizes = new LinkedHashMap<>();
    for (String input : inputs) {
      for (int i = 0; i < input.length(); i++) {
        char axis = input.charAt(i);
        if (Character.isLetter(axis)) {
          int small = Character.isUpperCase(axis) ? least + 1 : 2;
          sizes.putIfAbsent(axis, small + sizes.size() % 2);
        }
      }
    }
    return sizes;
  }

  /** Whether the op has to refuse these sizes. */
  boolean refuses(Map<Character, Integer> sizes) {
    return sizes.entrySet().stream()
        .anyMatch(size -> Character.isUpperCase(size.getKey()) && size.getValue() < least);
  }

  /** Calls the op; the first input lies as asked, the others each in another way. */
  Called call(Map<Character, Integer> sizes, Layout layout, DType dtype) {
    List<Tensor> leaves = new ArrayList<>();
    List<Tensor> given = new ArrayList<>();
    for (int i = 0; i < inputs.size(); i++) {
      Shape shape = shape(inputs.get(i), sizes);
      Layout how = layout.later(i);
      Tensor leaf =
          leaf(inputs.get(i), how.leaf(shape), sizes, new SplittableRandom(31 + i), dtype);
      leaves.add(leaf);
      given.add(how.view(leaf, shape));
    }
    return new Called(leaves, call.apply(given));
  }

  private Tensor leaf(
      String input,
      Shape shape,
      Map<Character, Integer> sizes,
      SplittableRandom random,
      DType dtype) {
    int n = Math.toIntExact(shape.elements());
    if (input.endsWith("?")) {
      return leaf(Values.TRUTH.draw(random, n, DType.BOOL), DType.BOOL, shape);
    }
    int limit = input.indexOf('<');
    if (limit >= 0) {
      int bound = Math.max(1, size(input.charAt(limit + 1), sizes));
      return leaf(random.doubles(n, 0, bound).map(Math::floor).toArray(), DType.I32, shape);
    }
    return leaf(values.draw(random, n, dtype), dtype, shape);
  }

  /** A leaf of the graph of any dtype. */
  static Tensor leaf(double[] values, DType dtype, Shape shape) {
    return new Tensor(new Op.Data(Reference.write(values, dtype), shape));
  }

  private static Shape shape(String input, Map<Character, Integer> sizes) {
    return Shape.of(
        input.replaceFirst("[?<].*", "").chars().map(c -> size((char) c, sizes)).toArray());
  }

  private static int size(char axis, Map<Character, Integer> sizes) {
    return Character.isDigit(axis) ? axis - '0' : sizes.get(axis);
  }

  @Override
  public String toString() {
    return name;
  }
}
