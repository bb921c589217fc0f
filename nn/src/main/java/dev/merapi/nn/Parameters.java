package dev.merapi.nn;

import dev.merapi.tensor.MerapiException;
import dev.merapi.tensor.Parameter;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The parameters of a model, by name, in the order of its components.
 *
 * <p>A name is the path to a parameter: component names, and indices in lists, as in {@code
 * layers.0.weight}. Records, Lists and Optionals are walked. A parameter that is found twice is
 * shared; it is listed once, under its first name.
 */
public final class Parameters {
  private final SequencedMap<String, Parameter> found = new LinkedHashMap<>();
  private final Set<Parameter> seen = new HashSet<>();

  private Parameters() {}

  /**
   * Computes the first values of a model's parameters now, and lets go of what nobody needs after
   * that: the weights that compressed or rounded ones were made from, if the caller holds them no
   * longer. It asks for a collection of garbage, for memory outside the heap is freed with its
   * owner.
   */
  public static void settle(Object model) {
    of(model).values().forEach(Parameter::storage);
    System.gc();
  }

  /**
   * All parameters of a model: a record, or a List of models.
   *
   * @throws MerapiException if a record cannot be read by reflection, or if a layer could hide
   *     parameters: a class or lambda with fields, an array, a Map or a Set of layers
   */
  public static SequencedMap<String, Parameter> of(Object model) {
    Parameters walk = new Parameters();
    walk.visit("", model);
    return Collections.unmodifiableSequencedMap(walk.found);
  }

  /** Those that are trained. */
  public static SequencedMap<String, Parameter> trained(Object model) {
    return filtered(model, true);
  }

  /** State that is saved but not trained, such as running statistics. */
  public static SequencedMap<String, Parameter> state(Object model) {
    return filtered(model, false);
  }

  /** How many numbers are trained. */
  public static long count(Object model) {
    return trained(model).values().stream().mapToLong(p -> p.shape().elements()).sum();
  }

  private static SequencedMap<String, Parameter> filtered(Object model, boolean trained) {
    SequencedMap<String, Parameter> kept = new LinkedHashMap<>(of(model));
    kept.values().removeIf(parameter -> parameter.trained() != trained);
    return Collections.unmodifiableSequencedMap(kept);
  }

  private void visit(String name, Object value) {
    switch (value) {
      case Parameter parameter -> {
        if (seen.add(parameter)) {
          found.put(name, parameter);
        }
      }
      case Optional<?> optional -> optional.ifPresent(inner -> visit(name, inner));
      case List<?> list -> {
        for (int i = 0; i < list.size(); i++) {
          visit(join(name, Integer.toString(i)), list.get(i));
        }
      }
      case Wrapper wrapper -> visit(name, wrapper.layer());
      case Linear linear when linear.compressed().isPresent() -> { // whose weight is none
        visit(join(name, "bias"), linear.bias());
        visit(join(name, "adapters"), linear.adapters());
        visit(join(name, "compressed"), linear.compressed());
      }
      case Record model -> {
        for (RecordComponent component : model.getClass().getRecordComponents()) {
          visit(join(name, component.getName()), read(model, component));
        }
      }
      case Object[] array -> refuse(name, value, Arrays.stream(array));
      case Map<?, ?> map -> refuse(name, value, map.values().stream());
      case Collection<?> others -> refuse(name, value, others.stream());
      case Layer layer -> requireNoFields(name, layer);
      default -> {} // a number, a string, a shape: no parameters in it
    }
  }

  static String join(String name, String part) {
    return name.isEmpty() ? part : name + "." + part;
  }

  static Object read(Record model, RecordComponent component) {
    Method accessor = component.getAccessor();
    if (!accessor.trySetAccessible()) {
      Class<?> type = model.getClass();
      throw new MerapiException(
          "the parameters of %s cannot be read: make the record public in an exported package, or write `opens %s to dev.merapi.nn;` into the module-info of %s"
              .formatted(type.getName(), type.getPackageName(), type.getModule().getName()));
    }
    try {
      return accessor.invoke(model);
    } catch (IllegalAccessException | InvocationTargetException e) {
      throw new MerapiException(
          "the component %s of %s cannot be read"
              .formatted(component.getName(), model.getClass().getName()),
          e);
    }
  }

  private static void refuse(String name, Object value, Stream<?> elements) {
    if (elements.anyMatch(e -> e instanceof Parameter || e instanceof Layer)) {
      throw new MerapiException(
          "%s is a %s of layers or parameters, whose order or names are not fixed; make it a List"
              .formatted(name, value.getClass().getSimpleName()));
    }
  }

  /**
   * A layer that is no record would hide the parameters in its fields: a lambda's captures, say.
   */
  private static void requireNoFields(String name, Layer layer) {
    boolean hides =
        Arrays.stream(layer.getClass().getDeclaredFields())
            .anyMatch(f -> !Modifier.isStatic(f.getModifiers()) && !f.getType().isPrimitive());
    if (hides && !(layer instanceof Enum<?>)) {
      throw new MerapiException(
          "%s is a layer with fields but no record (%s), so its parameters cannot be found; write it as a record"
              .formatted(name.isEmpty() ? "the model" : name, layer.getClass().getName()));
    }
  }
}
