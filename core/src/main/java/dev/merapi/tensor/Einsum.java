package dev.merapi.tensor;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;

/** Einstein summation, two operands at a time, each pair as one batched matrix product. */
final class Einsum {
  private Einsum() {}

  static Tensor of(String equation, List<Tensor> operands) {
    if (equation.contains(EinsumEllipsis.DOTS)) {
      return EinsumEllipsis.of(equation, operands);
    }
    String[] sides = equation.replace(" ", "").split("->", -1);
    String[] terms = sides[0].split(",", -1);
    if (sides.length > 2 || terms.length != operands.size() || operands.isEmpty()) {
      throw unequal(equation, operands.size());
    }
    Map<Character, Integer> sizes = new LinkedHashMap<>();
    for (int i = 0; i < terms.length; i++) {
      measure(equation, terms[i], operands.get(i), sizes);
    }
    String output = sides.length == 2 ? sides[1] : implicit(sides[0]);
    if (!output.chars().allMatch(c -> sizes.containsKey((char) c))
        || unique(output).length() < output.length()) {
      throw bad(
          equation, "each letter of the output must stand in an operand, and once in the output");
    }
    String labels = unique(terms[0]);
    Tensor result = diagonal(operands.get(0), terms[0]);
    for (int i = 1; i < terms.length; i++) {
      String later = output + String.join("", List.of(terms).subList(i + 1, terms.length));
      String right = unique(terms[i]);
      Tensor other = diagonal(operands.get(i), terms[i]);
      result = pair(result, labels, other, right, later, sizes);
      labels = paired(labels, right, later);
    }
    return arrange(sumOut(result, labels, output), keep(labels, output), output);
  }

  private static void measure(
      String equation, String term, Tensor x, Map<Character, Integer> sizes) {
    if (term.length() != x.shape().rank() || !term.chars().allMatch(Character::isLetter)) {
      throw bad(
          equation, "the term '" + term + "' must have one letter for each axis of " + x.shape());
    }
    for (int i = 0; i < term.length(); i++) {
      int size = x.shape().size(i);
      Integer before = sizes.putIfAbsent(term.charAt(i), size);
      if (before != null && before != size) {
        throw bad(
            equation,
            "'"
                + term.charAt(i)
                + "' is "
                + before
                + " in one operand and "
                + size
                + " in another");
      }
    }
  }

  /** Without "->": every letter that stands once, in the order of the alphabet. */
  static String implicit(String terms) {
    var text = new StringBuilder();
    terms
        .chars()
        .filter(Character::isLetter)
        .sorted()
        .distinct()
        .filter(c -> terms.indexOf(c) == terms.lastIndexOf(c))
        .forEach(c -> text.append((char) c));
    return text.toString();
  }

  private static String unique(String term) {
    var text = new StringBuilder();
    term.chars().distinct().forEach(c -> text.append((char) c));
    return text.toString();
  }

  /**
   * A letter that stands twice in one term takes the diagonal: masked by equal places and summed.
   */
  private static Tensor diagonal(Tensor x, String term) {
    Tensor result = x;
    String labels = term;
    for (int i = 0; i < labels.length(); i++) {
      int twin = labels.indexOf(labels.charAt(i), i + 1);
      while (twin > 0) {
        int n = result.shape().size(i);
        Tensor last = result.moveAxis(twin, -1).moveAxis(i, -2); // (…, n, n)
        result = last.mul(Tensor.eye(n)).sum(-1).moveAxis(-1, i);
        labels = labels.substring(0, twin) + labels.substring(twin + 1);
        twin = labels.indexOf(labels.charAt(i), i + 1);
      }
    }
    return result;
  }

  private static String only(String labels, IntPredicate condition) {
    var text = new StringBuilder();
    labels.chars().filter(condition).forEach(c -> text.append((char) c));
    return text.toString();
  }

  private static String paired(String a, String b, String later) {
    String needed = only(a + b, c -> later.indexOf(c) >= 0);
    return only(a, c -> b.indexOf(c) >= 0 && needed.indexOf(c) >= 0)
        + only(a, c -> b.indexOf(c) < 0 && needed.indexOf(c) >= 0)
        + only(b, c -> a.indexOf(c) < 0 && needed.indexOf(c) >= 0);
  }

  /**
   * Batch letters first, then the rows of a, then the columns of b; what neither side needs later
   * is summed.
   */
  private static Tensor pair(
      Tensor a, String la, Tensor b, String lb, String later, Map<Character, Integer> sizes) {
    String needed = later + lb;
    Tensor left = sumOut(a, la, needed);
    String leftLabels = keep(la, needed);
    Tensor right = sumOut(b, lb, later + la);
    String rightLabels = keep(lb, later + la);
    String shared = keep(leftLabels, rightLabels);
    String batch = keep(shared, later);
    String inner = only(shared, c -> later.indexOf(c) < 0);
    String rows = only(leftLabels, c -> shared.indexOf(c) < 0);
    String columns = only(rightLabels, c -> shared.indexOf(c) < 0);
    Tensor x =
        arrange(left, leftLabels, batch + rows + inner)
            .reshape(size(batch, sizes), size(rows, sizes), size(inner, sizes));
    Tensor y =
        arrange(right, rightLabels, batch + inner + columns)
            .reshape(size(batch, sizes), size(inner, sizes), size(columns, sizes));
    int[] shape = (batch + rows + columns).chars().map(c -> sizes.get((char) c)).toArray();
    return x.matmul(y).reshape(Shape.of(shape));
  }

  private static int size(CharSequence labels, Map<Character, Integer> sizes) {
    return labels.chars().map(c -> sizes.get((char) c)).reduce(1, Math::multiplyExact);
  }

  private static Tensor sumOut(Tensor x, String labels, String needed) {
    List<Integer> axes = new ArrayList<>();
    for (int i = 0; i < labels.length(); i++) {
      if (needed.indexOf(labels.charAt(i)) < 0) {
        axes.add(i);
      }
    }
    return axes.isEmpty() ? x : x.sum(axes.stream().mapToInt(i -> i).toArray());
  }

  private static String keep(String labels, String needed) {
    return only(labels, c -> needed.indexOf(c) >= 0);
  }

  private static Tensor arrange(Tensor x, String labels, String order) {
    return x.permute(order.chars().map(labels::indexOf).toArray());
  }

  static ShapeException unequal(String equation, int operands) {
    return bad(
        equation, "needs one term for each of the " + operands + " operands, as in \"ij,jk->ik\"");
  }

  static ShapeException bad(String equation, String why) {
    return new ShapeException("einsum \"" + equation + "\": " + why);
  }
}
