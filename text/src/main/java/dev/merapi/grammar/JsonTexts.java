package dev.merapi.grammar;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.lucene.util.automaton.Automata;
import org.apache.lucene.util.automaton.Automaton;
import org.apache.lucene.util.automaton.Transition;

/** How JSON writes numbers and strings: each value in one way. */
final class JsonTexts {
  private static final String ESCAPED = "\b\t\n\f\r";
  private static final String LETTERS = "btnfr";

  /** Numbers of so many digits are read back as they are, by everyone. */
  private static final BigInteger MOST = BigInteger.TEN.pow(15).subtract(BigInteger.ONE);

  private JsonTexts() {}

  /** A bound of numbers, with itself or without. */
  record Bound(BigInteger value, boolean exclusive) {
    Bound negated() {
      return new Bound(value.negate(), exclusive);
    }
  }

  /** Any number, not too long. */
  static String number() {
    return "-?(0|[1-9][0-9]{0,14})(\\.[0-9]{1,15})?([eE][-+]?[0-9]{1,2})?";
  }

  /** The whole numbers between two, as a regular expression; where one is missing, 15 digits. */
  static String integers(Optional<BigInteger> least, Optional<BigInteger> most) {
    BigInteger from = least.orElse(MOST.negate().min(most.orElse(BigInteger.ZERO)));
    BigInteger to = most.orElse(MOST.max(least.orElse(BigInteger.ZERO)));
    List<String> choices = new ArrayList<>();
    if (from.signum() < 0) {
      BigInteger nearest = to.min(BigInteger.ONE.negate()).negate();
      choices.add("-(" + digits(nearest, from.negate()) + ")");
    }
    if (to.signum() >= 0) {
      choices.add(digits(from.max(BigInteger.ZERO), to));
    }
    return String.join("|", choices);
  }

  /** The numbers between two whole ones, without exponents, as a regular expression. */
  static String numbers(Optional<Bound> least, Optional<Bound> most) {
    Bound zero = new Bound(BigInteger.ZERO, false);
    Bound from = least.orElse(new Bound(MOST.negate(), false));
    Bound to = most.orElse(new Bound(MOST, false));
    List<String> choices = new ArrayList<>();
    if (from.value.signum() < 0) {
      Bound nearest = to.value.signum() < 0 ? to.negated() : zero;
      positive(nearest, from.negated()).forEach(number -> choices.add("-" + number));
    }
    if (to.value.signum() >= 0) {
      choices.addAll(positive(from.value.signum() < 0 ? zero : from, to));
    }
    return String.join("|", choices);
  }

  private static List<String> positive(Bound from, Bound to) {
    List<String> choices = new ArrayList<>();
    BigInteger first = from.value;
    if (from.exclusive && first.compareTo(to.value) < 0) {
      choices.add("(" + first + ")\\.[0-9]{0,14}[1-9]");
      first = first.add(BigInteger.ONE);
    }
    BigInteger last = to.value.subtract(BigInteger.ONE);
    if (first.compareTo(last) <= 0) {
      choices.add("(" + digits(first, last) + ")(\\.[0-9]{1,15})?");
    }
    if (!to.exclusive
        && first.compareTo(to.value) <= 0
        && !(from.exclusive && to.value.equals(from.value))) {
      choices.add("(" + to.value + ")(\\.0{1,15})?");
    }
    return choices;
  }

  /** Numbers from 0 on, without zeros before them. */
  private static String digits(BigInteger from, BigInteger to) {
    List<String> choices = new ArrayList<>();
    int most = to.toString().length();
    for (int length = from.toString().length(); length <= most; length++) {
      BigInteger least = length == 1 ? BigInteger.ZERO : BigInteger.TEN.pow(length - 1);
      BigInteger greatest = BigInteger.TEN.pow(length).subtract(BigInteger.ONE);
      String a = from.max(least).toString();
      String b = to.min(greatest).toString();
      choices.add(between(a, b));
    }
    return String.join("|", choices);
  }

  /** Texts of as many digits, from the one to the other. */
  private static String between(String from, String to) {
    if (from.isEmpty()) {
      return "";
    }
    int rest = from.length() - 1;
    char a = from.charAt(0);
    char b = to.charAt(0);
    boolean all =
        from.substring(1).equals("0".repeat(rest)) && to.substring(1).equals("9".repeat(rest));
    if (all) {
      return digit(a, b) + any(rest);
    }
    if (a == b) {
      return a + "(" + between(from.substring(1), to.substring(1)) + ")";
    }
    List<String> choices = new ArrayList<>();
    choices.add(a + "(" + between(from.substring(1), "9".repeat(rest)) + ")");
    if (b - a > 1) {
      choices.add(digit((char) (a + 1), (char) (b - 1)) + any(rest));
    }
    choices.add(b + "(" + between("0".repeat(rest), to.substring(1)) + ")");
    return "(" + String.join("|", choices) + ")";
  }

  private static String digit(char from, char to) {
    return "[" + from + "-" + to + "]";
  }

  private static String any(int digits) {
    return digits == 0 ? "" : "[0-9]{" + digits + "}";
  }

  /**
   * The strings that stand for some texts, in their quotation marks; texts with control characters
   * that have no short form are left out.
   */
  static Automaton strings(Automaton texts) {
    var all = new Automaton.Builder();
    for (int state = 0; state < texts.getNumStates(); state++) {
      all.setAccept(all.createState(), texts.isAccept(state));
    }
    var step = new Transition();
    for (int state = 0; state < texts.getNumStates(); state++) {
      int count = texts.initTransition(state, step);
      for (int i = 0; i < count; i++) {
        texts.getNextTransition(step);
        plain(all, state, step, 0x20, '"' - 1);
        plain(all, state, step, '"' + 1, '\\' - 1);
        plain(all, state, step, '\\' + 1, Character.MAX_CODE_POINT);
        escaped(all, state, step, '"', '"');
        escaped(all, state, step, '\\', '\\');
        for (int c = 0; c < ESCAPED.length(); c++) {
          escaped(all, state, step, ESCAPED.charAt(c), LETTERS.charAt(c));
        }
      }
    }
    Automaton mark = Automata.makeChar('"');
    return Automatons.plain(Automatons.sequence(mark, all.finish(), mark));
  }

  private static void plain(Automaton.Builder all, int from, Transition step, int least, int most) {
    int a = Math.max(step.min, least);
    int b = Math.min(step.max, most);
    if (a <= b) {
      all.addTransition(from, step.dest, a, b);
    }
  }

  private static void escaped(
      Automaton.Builder all, int from, Transition step, char codePoint, char letter) {
    if (step.min <= codePoint && codePoint <= step.max) {
      int between = all.createState();
      all.addTransition(from, between, '\\');
      all.addTransition(between, step.dest, letter);
    }
  }
}
