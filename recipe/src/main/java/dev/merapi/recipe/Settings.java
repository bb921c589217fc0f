package dev.merapi.recipe;

import dev.merapi.data.Nearest;
import dev.merapi.tensor.MerapiException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * Makes records of YAML and YAML of records.
 *
 * <p>A record is a mapping: its component {@code learningRate} is the key {@code learning_rate},
 * which a {@link Default} lets a text leave out and a {@link Range} limits. Of a sealed interface
 * the key {@code kind} chooses the record: {@code fashion-mnist} is {@code FashionMnist}. Whatever
 * does not fit is an error that says where it was written.
 */
final class Settings {
  private static final String KIND = "kind";

  private Settings() {}

  // ---- reading

  /** Makes a record of a node. */
  static <T> T read(Class<T> type, Node node) {
    return type.cast(value("", type, node));
  }

  /**
   * Makes a record of a node.
   *
   * @param path what to call the node in messages
   */
  static <T> T read(String path, Class<T> type, Node node) {
    return type.cast(value(path, type, node));
  }

  /** The value of a setting of a record: {@code training.batch}; empty where there is none. */
  static Optional<Object> at(Object record, String path) {
    Object value = record;
    for (var key : path.split("\\.", -1)) {
      value = component(value, key);
    }
    return value instanceof Optional<?> optional
        ? optional.map(Object.class::cast)
        : Optional.of(value);
  }

  private static Object component(Object value, String key) {
    return switch (value) {
      case Optional<?> optional -> optional.isEmpty() ? value : component(optional.get(), key);
      case Map<?, ?> map -> Optional.ofNullable(map.get(key));
      case Record record ->
          Arrays.stream(record.getClass().getRecordComponents())
              .filter(component -> key(component).equals(key))
              .findFirst()
              .map(component -> read(record, component))
              .orElse(Optional.empty());
      default -> Optional.empty();
    };
  }

  private static Object value(String path, Type type, Node node) {
    if (type instanceof ParameterizedType generic) {
      var inner = generic.getActualTypeArguments()[0];
      if (generic.getRawType() == Map.class) {
        return map(path, generic.getActualTypeArguments()[1], mapping(path, node));
      }
      return generic.getRawType() == Optional.class
          ? isNull(node) ? Optional.empty() : Optional.of(value(path, inner, node))
          : list(path, inner, node);
    }
    var plain = (Class<?>) type;
    if (plain.isSealed()) {
      return variant(path, plain, mapping(path, node));
    }
    return plain.isRecord() ? record(path, plain, mapping(path, node)) : scalar(path, plain, node);
  }

  private static List<Object> list(String path, Type inner, Node node) {
    if (!(node instanceof SequenceNode sequence)) {
      throw wrong(path, node, "a list such as [a, b]");
    }
    var values = new ArrayList<>();
    for (var element : sequence.getValue()) {
      values.add(value(path, inner, element));
    }
    return List.copyOf(values);
  }

  /** Keys of the user's own choice. */
  private static Map<String, Object> map(String path, Type inner, MappingNode node) {
    Map<String, Object> values = new LinkedHashMap<>();
    for (NodeTuple entry : node.getValue()) {
      var key = YamlTree.text(entry.getKeyNode());
      if (values.put(key, value(join(path, key), inner, entry.getValueNode())) != null) {
        throw twice(key, entry.getKeyNode());
      }
    }
    return values;
  }

  private static RecipeException twice(String key, Node node) {
    return new RecipeException(
        "%s: the key `%s` is there twice; remove one".formatted(YamlTree.place(node), key));
  }

  private static String join(String path, String key) {
    return path.isEmpty() ? key : path + "." + key;
  }

  private static MappingNode mapping(String path, Node node) {
    if (node instanceof MappingNode mapping) {
      return mapping;
    }
    throw wrong(path, node, "a mapping of keys to values");
  }

  private static Object variant(String path, Class<?> type, MappingNode node) {
    Map<String, Class<?>> kinds = new LinkedHashMap<>();
    variants(type).forEach(each -> kinds.put(kind(each), each));
    var chosen =
        node.getValue().stream()
            .filter(entry -> YamlTree.text(entry.getKeyNode()).equals(KIND))
            .findFirst();
    if (chosen.isEmpty()) {
      throw new RecipeException(
          "%s: %s has no `kind`; it is one of %s"
              .formatted(YamlTree.place(node), label(path), names(kinds.keySet())));
    }
    var name = chosen.get().getValueNode();
    var record = kinds.get(YamlTree.text(name));
    if (record == null) {
      throw new RecipeException(
          "%s: %s cannot be of the kind `%s`%s (there are %s)"
              .formatted(
                  YamlTree.place(name),
                  label(path),
                  YamlTree.text(name),
                  Nearest.hint(YamlTree.text(name), kinds.keySet()),
                  names(kinds.keySet())));
    }
    return record(path, record, node);
  }

  private static Object record(String path, Class<?> type, MappingNode node) {
    var components = type.getRecordComponents();
    var known = new ArrayList<String>();
    if (isVariant(type)) {
      known.add(KIND);
    }
    Arrays.stream(components).map(Settings::key).forEach(known::add);
    var given = entries(path, node, known);
    var values = new Object[components.length];
    for (int i = 0; i < components.length; i++) {
      values[i] = component(path, components[i], given, node);
    }
    var types = Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
    try {
      var constructor = type.getDeclaredConstructor(types);
      return constructor.newInstance(values);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof MerapiException cause) {
        throw new RecipeException(YamlTree.place(node) + ": " + cause.getMessage(), cause);
      }
      throw new IllegalStateException(type + " cannot be made", e);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(type + " cannot be made", e);
    }
  }

  static boolean isVariant(Class<?> record) {
    return Arrays.stream(record.getInterfaces()).anyMatch(Class::isSealed);
  }

  private static SequencedMap<String, Node> entries(
      String path, MappingNode node, List<String> known) {
    SequencedMap<String, Node> given = new LinkedHashMap<>();
    for (NodeTuple entry : node.getValue()) {
      var key = YamlTree.text(entry.getKeyNode());
      var place = YamlTree.place(entry.getKeyNode());
      if (!known.contains(key)) {
        throw new RecipeException(
            "%s: %s has no key `%s`%s (there are %s)"
                .formatted(place, label(path), key, Nearest.hint(key, known), names(known)));
      }
      if (given.put(key, entry.getValueNode()) != null) {
        throw twice(key, entry.getKeyNode());
      }
    }
    return given;
  }

  private static Object component(
      String path, RecordComponent component, Map<String, Node> given, MappingNode node) {
    var key = key(component);
    var inner = join(path, key);
    var preset = component.getAnnotation(Default.class);
    Node written = given.get(key);
    if (written == null && preset == null) {
      throw new RecipeException(
          "%s: %s is missing; add the key".formatted(YamlTree.place(node), label(inner)));
    }
    if (written == null) {
      written = YamlTree.parse("the default of " + key, preset.value());
    }
    var value = value(inner, component.getGenericType(), written);
    var range = component.getAnnotation(Range.class);
    if (range != null) {
      check(inner, value, range, written);
    }
    return value;
  }

  private static void check(String path, Object value, Range range, Node node) {
    switch (value) {
      case Optional<?> optional -> optional.ifPresent(inner -> check(path, inner, range, node));
      case List<?> list -> {
        var elements = ((SequenceNode) node).getValue();
        for (int i = 0; i < list.size(); i++) {
          check(path, list.get(i), range, elements.get(i));
        }
      }
      case Number number -> {
        if (number.doubleValue() < range.from() || number.doubleValue() > range.to()) {
          throw wrong(
              path,
              node,
              range.to() == Double.MAX_VALUE
                  ? "at least " + plain(range.from())
                  : "a number from %s to %s".formatted(plain(range.from()), plain(range.to())));
        }
      }
      default -> throw new IllegalStateException(path + " is no number and cannot have a range");
    }
  }

  private static String plain(double number) {
    return number == Math.rint(number) ? Long.toString((long) number) : Double.toString(number);
  }

  private static Object scalar(String path, Class<?> type, Node node) {
    if (!(node instanceof ScalarNode) || isNull(node)) {
      throw wrong(path, node, type.isEnum() ? "a word" : "a single value");
    }
    var text = YamlTree.text(node);
    if (type.isEnum()) {
      return constant(path, type, node);
    }
    try {
      return switch (type.getName()) {
        case "java.lang.String" -> text;
        case "boolean" -> truth(path, node);
        case "int", "java.lang.Integer" -> Integer.parseInt(text);
        case "long" -> Long.parseLong(text);
        case "double", "java.lang.Double" -> finite(path, node);
        default -> throw new IllegalStateException("settings cannot hold a " + type);
      };
    } catch (NumberFormatException e) {
      throw new RecipeException(
          wrong(path, node, type == double.class ? "a number" : "a whole number").getMessage(), e);
    }
  }

  private static boolean truth(String path, Node node) {
    return switch (YamlTree.text(node)) {
      case "true" -> true;
      case "false" -> false;
      default -> throw wrong(path, node, "true or false");
    };
  }

  private static double finite(String path, Node node) {
    double value = Double.parseDouble(YamlTree.text(node));
    if (!Double.isFinite(value)) {
      throw wrong(path, node, "a finite number");
    }
    return value;
  }

  private static Object constant(String path, Class<?> type, Node node) {
    Map<String, Object> words = new LinkedHashMap<>();
    for (var constant : type.getEnumConstants()) {
      words.put(word((Enum<?>) constant), constant);
    }
    var value = words.get(YamlTree.text(node));
    if (value == null) {
      throw new RecipeException(
          "%s: %s cannot be `%s`%s (there are %s)"
              .formatted(
                  YamlTree.place(node),
                  label(path),
                  YamlTree.text(node),
                  Nearest.hint(YamlTree.text(node), words.keySet()),
                  names(words.keySet())));
    }
    return value;
  }

  private static boolean isNull(Node node) {
    return node.getTag().equals(Tag.NULL);
  }

  private static RecipeException wrong(String path, Node node, String wanted) {
    var given = node instanceof ScalarNode ? "`" + YamlTree.text(node) + "`" : "this";
    return new RecipeException(
        "%s: %s cannot be %s; give %s".formatted(YamlTree.place(node), label(path), given, wanted));
  }

  private static String label(String path) {
    return path.isEmpty() ? "the recipe" : "`" + path + "`";
  }

  private static String names(Iterable<String> names) {
    var all = new ArrayList<String>();
    names.forEach(all::add);
    return String.join(", ", all);
  }

  // ---- names

  static String key(RecordComponent component) {
    return separated(component.getName(), "_");
  }

  /** The records of a sealed interface. */
  static Stream<Class<?>> variants(Class<?> type) {
    return Arrays.stream(type.getPermittedSubclasses())
        .flatMap(each -> each.isSealed() ? variants(each) : Stream.of(each));
  }

  static String kind(Class<?> record) {
    return separated(record.getSimpleName(), "-");
  }

  static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static String separated(String camelCase, String separator) {
    return camelCase.replaceAll("(?<=[a-z0-9])(?=[A-Z])", separator).toLowerCase(Locale.ROOT);
  }

  // ---- writing

  /** The YAML of a record, with every value, that {@link #read} makes the same record of. */
  static String write(Object record) {
    var settings =
        DumpSettings.builder()
            .setDefaultFlowStyle(FlowStyle.AUTO)
            .setWidth(100)
            .setSplitLines(false)
            .build();
    return new Dump(settings).dumpToString(plain(record));
  }

  private static Object plain(Object value) {
    return switch (value) {
      case Optional<?> optional -> optional.map(Settings::plain).orElse(null);
      case List<?> list -> list.stream().map(Settings::plain).collect(Collectors.toList());
      case Map<?, ?> map -> {
        var mapping = new LinkedHashMap<String, Object>();
        map.forEach((key, inner) -> mapping.put(key.toString(), plain(inner)));
        yield mapping;
      }
      case Enum<?> constant -> word(constant);
      case Record record -> {
        var mapping = new LinkedHashMap<String, Object>();
        if (isVariant(record.getClass())) {
          mapping.put(KIND, kind(record.getClass()));
        }
        for (var component : record.getClass().getRecordComponents()) {
          mapping.put(key(component), plain(read(record, component)));
        }
        yield mapping;
      }
      default -> value;
    };
  }

  private static Object read(Record record, RecordComponent component) {
    try {
      return component.getAccessor().invoke(record);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(component + " cannot be read", e);
    }
  }
}
