package dev.merapi.tensor;

import java.util.ArrayList;
import java.util.List;

/**
 * The {@code ...} of an einsum: axes without letters, which broadcast as numpy's do. They are given
 * letters of their own here; an axis of size 1 that others stretch is dropped, and then {@link
 * Einsum} has an equation without dots.
 */
final class EinsumEllipsis {
  static final String DOTS = "...";
  private static final String LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

  private EinsumEllipsis() {}

  /** A term and its operand. */
  private record Named(String term, Tensor x) {}

  static Tensor of(String equation, List<Tensor> operands) {
    String[] sides = equation.replace(" ", "").split("->", -1);
    String[] terms = sides[0].split(",", -1);
    if (sides.length > 2 || terms.length != operands.size()) {
      throw Einsum.unequal(equation, operands.size());
    }
    Shape common = Shape.of();
    for (int i = 0; i < terms.length; i++) {
      common = Shape.broadcast(common, unnamed(equation, terms[i], operands.get(i).shape()));
    }
    String letters = spare(equation, common.rank());
    List<Tensor> fitted = new ArrayList<>();
    List<String> named = new ArrayList<>();
    for (int i = 0; i < terms.length; i++) {
      var each = named(equation, terms[i], operands.get(i), letters, common);
      named.add(each.term());
      fitted.add(each.x());
    }
    String output =
        sides.length == 2
            ? sides[1].replace(DOTS, letters)
            : letters + Einsum.implicit(sides[0].replace(DOTS, ""));
    return Einsum.of(String.join(",", named) + "->" + output, fitted);
  }

  /** The sizes of the axes that the dots of a term stand for. */
  private static Shape unnamed(String equation, String term, Shape shape) {
    int start = term.indexOf(DOTS);
    if (start < 0) {
      return Shape.of();
    }
    int letters = term.length() - DOTS.length();
    if (letters > shape.rank()) {
      throw Einsum.bad(equation, "the term '" + term + "' has more letters than axes: " + shape);
    }
    return shape.slice(start, start + shape.rank() - letters);
  }

  private static Named named(
      String equation, String term, Tensor operand, String letters, Shape common) {
    int start = term.indexOf(DOTS);
    if (start < 0) {
      return new Named(term, operand);
    }
    Shape own = unnamed(equation, term, operand.shape());
    int missing = common.rank() - own.rank();
    Tensor x = operand;
    var kept = new StringBuilder(letters.substring(missing));
    for (int i = own.rank() - 1; i >= 0; i--) {
      if (own.size(i) == 1 && common.size(missing + i) != 1) {
        x = x.squeeze(start + i);
        kept.deleteCharAt(i);
      }
    }
    return new Named(term.substring(0, start) + kept + term.substring(start + DOTS.length()), x);
  }

  /** Letters that the equation does not use. */
  private static String spare(String equation, int count) {
    var text = new StringBuilder();
    LETTERS
        .chars()
        .filter(c -> equation.indexOf(c) < 0)
        .limit(count)
        .forEach(c -> text.append((char) c));
    return text.toString();
  }
}
