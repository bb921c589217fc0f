package dev.merapi.optim;

import dev.merapi.nn.Lora;
import dev.merapi.tensor.Parameter;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.regex.Pattern;

/**
 * Some parameters of a model with a rule of their own, in place of the model's; or with none, and
 * then they stay as they are.
 *
 * {@snippet :
 * var rule = AdamW.of(1e-3).weightDecay(0.1);
 * StepOptions.DEFAULT
 *     .group(Group.frozen("encoder.*"))
 *     .group(Group.of("*.bias", rule.weightDecay(0)));
 * }
 *
 * @param description what the members are, for messages
 * @param members which parameters, by name and value
 * @param optimizer their rule; empty keeps them as they are
 */
public record Group(
    String description, BiPredicate<String, Parameter> members, Optional<Optimizer> optimizer) {

  /** The parameters with names of a pattern, in which {@code *} stands for any text. */
  public static Group of(String pattern, Optimizer optimizer) {
    return new Group(pattern, named(pattern), Optional.of(optimizer));
  }

  /** Some parameters, one by one. */
  public static Group of(Collection<Parameter> parameters, Optimizer optimizer) {
    Set<Parameter> members = Set.copyOf(parameters);
    return new Group(
        members.size() + " parameters", (_, p) -> members.contains(p), Optional.of(optimizer));
  }

  /** The parameters with at most one axis: biases, and the scales of norms. */
  public static Group ofVectors(Optimizer optimizer) {
    return new Group(
        "parameters of at most one axis",
        (_, parameter) -> parameter.shape().rank() <= 1,
        Optional.of(optimizer));
  }

  /** The parameters with names of a pattern; they are not trained. */
  public static Group frozen(String pattern) {
    return new Group(pattern, named(pattern), Optional.empty());
  }

  /** All parameters but those of adapters ({@link dev.merapi.nn.Lora}); they are not trained. */
  public static Group frozenBase() {
    return new Group("all but adapters", (name, _) -> !Lora.isAdapter(name), Optional.empty());
  }

  private static BiPredicate<String, Parameter> named(String pattern) {
    String expression = Pattern.quote(pattern).replace("*", "\\E.*\\Q");
    var matches = Pattern.compile(expression).asMatchPredicate();
    return (name, _) -> matches.test(name);
  }
}
