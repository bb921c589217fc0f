package dev.merapi.nn;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;

/** Makes a model of another one with some layers changed, by walking its records. */
final class Rebuilding {
  /** Gives what stands in for a layer, or nothing for one that is walked into. */
  private final BiFunction<String, Layer, Optional<Layer>> change;

  private Rebuilding(BiFunction<String, Layer, Optional<Layer>> change) {
    this.change = change;
  }

  /** The model with each linear layer changed; named as by {@link Parameters}. */
  static <M> M linears(M model, BiFunction<String, Linear, Linear> change) {
    return layers(
        model,
        (name, layer) ->
            layer instanceof Linear linear
                ? Optional.of(change.apply(name, linear))
                : Optional.empty());
  }

  /** The model with some layers changed: those that the change gives a layer for. */
  @SuppressWarnings("unchecked") // a record is rebuilt by its own constructor
  static <M> M layers(M model, BiFunction<String, Layer, Optional<Layer>> change) {
    return (M) new Rebuilding(change).of("", model);
  }

  private Object of(String name, Object value) {
    var changed =
        value instanceof Layer layer ? change.apply(name, layer) : Optional.<Layer>empty();
    return changed.isPresent() ? changed.get() : inside(name, value);
  }

  private Object inside(String name, Object value) {
    return switch (value) {
      case Optional<?> optional -> optional.map(inner -> of(name, inner));
      case List<?> list -> {
        List<Object> all = new ArrayList<>();
        for (int i = 0; i < list.size(); i++) {
          all.add(of(Parameters.join(name, Integer.toString(i)), list.get(i)));
        }
        yield List.copyOf(all);
      }
      case Wrapper wrapper -> wrapper.around((Layer) of(name, wrapper.layer()));
      case Record record -> record(name, record);
      default -> value;
    };
  }

  private Record record(String name, Record record) {
    RecordComponent[] components = record.getClass().getRecordComponents();
    Object[] before = new Object[components.length];
    Object[] after = new Object[components.length];
    for (int i = 0; i < components.length; i++) {
      before[i] = Parameters.read(record, components[i]);
      after[i] = of(Parameters.join(name, components[i].getName()), before[i]);
    }
    if (Arrays.equals(before, after)) { // parameters are equal where they are the same
      return record;
    }
    try {
      Class<?>[] types =
          Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
      Constructor<? extends Record> canonical = record.getClass().getDeclaredConstructor(types);
      canonical.setAccessible(true);
      return canonical.newInstance(after);
    } catch (NoSuchMethodException | InstantiationException | IllegalAccessException e) {
      throw new IllegalStateException(e);
    } catch (InvocationTargetException e) {
      throw e.getCause() instanceof RuntimeException own ? own : new IllegalStateException(e);
    }
  }
}
