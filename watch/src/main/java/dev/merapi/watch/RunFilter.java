package dev.merapi.watch;

import dev.merapi.tensor.MerapiException;
import java.util.Comparator;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** Which runs are wanted, and in which order. */
public final class RunFilter {
  private static final Pattern CONDITION =
      Pattern.compile("\\s*(?<key>[^\\s=!<>~]+)\\s*(?<how><=|>=|!=|=|<|>|~)\\s*(?<value>.*?)\\s*");

  private RunFilter() {}

  /**
   * Reads a condition: {@code KEY=VALUE}, {@code !=}, {@code <}, {@code <=}, {@code >}, {@code >=},
   * or {@code KEY~TEXT} for what contains a text. Numbers are compared as numbers. A run without
   * the key fulfils only {@code !=}. {@code tag=NAME} looks for one of the tags.
   *
   * @throws MerapiException if it is no condition
   */
  public static Predicate<RunRecord> condition(String text) {
    var match = CONDITION.matcher(text);
    if (!match.matches()) {
      throw new MerapiException(
          "`%s` is no condition; write for instance val_loss<0.5, recipe=digits or name~cnn"
              .formatted(text));
    }
    var key = match.group("key");
    var how = match.group("how");
    var value = match.group("value");
    if (key.equals("tag") && (how.equals("=") || how.equals("!="))) {
      return run -> run.tags().contains(value) == how.equals("=");
    }
    return run -> run.value(key).map(is -> holds(is, how, value)).orElse(how.equals("!="));
  }

  private static boolean holds(Object is, String how, String value) {
    if (how.equals("~")) {
      return is.toString().contains(value);
    }
    var left = number(is.toString());
    var right = number(value);
    boolean numbers = left.isPresent() && right.isPresent();
    if (numbers && (left.get().isNaN() || right.get().isNaN())) {
      return how.equals("!=");
    }
    int order = numbers ? Double.compare(left.get(), right.get()) : is.toString().compareTo(value);
    return switch (how) {
      case "=" -> order == 0;
      case "!=" -> order != 0;
      case "<" -> order < 0;
      case "<=" -> order <= 0;
      case ">" -> order > 0;
      default -> order >= 0;
    };
  }

  /**
   * By a value, the least first, numbers before words; runs without it are last in either order.
   */
  public static Comparator<RunRecord> by(String key, boolean reversed) {
    Comparator<Object> values = RunFilter::compare;
    var order = reversed ? values.reversed() : values;
    return Comparator.comparing((RunRecord run) -> run.value(key), (a, b) -> emptyLast(a, b, order))
        .thenComparing(RunRecord::name);
  }

  private static int emptyLast(Optional<Object> a, Optional<Object> b, Comparator<Object> order) {
    if (a.isEmpty() || b.isEmpty()) {
      return Boolean.compare(a.isEmpty(), b.isEmpty());
    }
    return order.compare(a.get(), b.get());
  }

  private static int compare(Object a, Object b) {
    var left = number(a.toString());
    var right = number(b.toString());
    if (left.isPresent() && right.isPresent()) {
      return Double.compare(left.get(), right.get());
    }
    return left.isEmpty() && right.isEmpty()
        ? a.toString().compareTo(b.toString())
        : Boolean.compare(left.isEmpty(), right.isEmpty());
  }

  private static Optional<Double> number(String text) {
    try {
      return Optional.of(Double.valueOf(text.strip()));
    } catch (NumberFormatException _) {
      return Optional.empty();
    }
  }
}
