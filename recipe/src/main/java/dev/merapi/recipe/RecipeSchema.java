package dev.merapi.recipe;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** A JSON schema (2020-12) of recipes, by which editors complete and check them. */
public final class RecipeSchema {
  private final Map<String, Object> definitions = new LinkedHashMap<>();

  private RecipeSchema() {}

  /** The schema, as maps, lists and plain values that any JSON library writes. */
  public static Map<String, Object> of() {
    var schema = new RecipeSchema();
    var root = new LinkedHashMap<String, Object>();
    root.put("$schema", "https://json-schema.org/draft/2020-12/schema");
    root.put("title", "Merapi recipe");
    root.putAll(schema.reference(Recipe.class));
    root.put("$defs", schema.definitions);
    return root;
  }

  private Map<String, Object> type(Type type) {
    if (type instanceof ParameterizedType generic) {
      Type[] inner = generic.getActualTypeArguments();
      if (generic.getRawType() == Optional.class) {
        return Map.of("anyOf", List.of(type(inner[0]), Map.of("type", "null")));
      }
      return generic.getRawType() == Map.class
          ? ordered("type", "object", "additionalProperties", type(inner[1]))
          : ordered("type", "array", "items", type(inner[0]));
    }
    var plain = (Class<?>) type;
    if (plain.isEnum()) {
      return Map.of(
          "enum",
          Arrays.stream(plain.getEnumConstants()).map(c -> Settings.word((Enum<?>) c)).toList());
    }
    return switch (plain.getName()) {
      case "java.lang.String" -> Map.of("type", "string");
      case "boolean" -> Map.of("type", "boolean");
      case "int", "long", "java.lang.Integer" -> Map.of("type", "integer");
      case "double", "java.lang.Double" -> Map.of("type", "number");
      default -> reference(plain);
    };
  }

  /** A record or a choice of records, defined once. */
  private Map<String, Object> reference(Class<?> type) {
    var name = type.getName().substring(type.getPackageName().length() + 1).replace('$', '.');
    if (!definitions.containsKey(name)) {
      definitions.put(name, Map.of()); // it may come again in itself
      definitions.put(
          name,
          type.isSealed()
              ? Map.of("oneOf", Settings.variants(type).map(this::reference).toList())
              : object(type));
    }
    return Map.of("$ref", "#/$defs/" + name);
  }

  private Map<String, Object> object(Class<?> record) {
    var properties = new LinkedHashMap<String, Object>();
    List<String> required = new ArrayList<>();
    if (Settings.isVariant(record)) {
      properties.put("kind", Map.of("const", Settings.kind(record)));
      required.add("kind");
    }
    for (var component : record.getRecordComponents()) {
      var key = Settings.key(component);
      properties.put(key, property(component));
      if (component.getAnnotation(Default.class) == null) {
        required.add(key);
      }
    }
    var object = ordered("type", "object", "properties", properties);
    object.put("required", required);
    object.put("additionalProperties", false);
    return object;
  }

  private Map<String, Object> property(RecordComponent component) {
    var property = new LinkedHashMap<>(type(component.getGenericType()));
    var range = component.getAnnotation(Range.class);
    if (range != null && property.containsKey("type") && !property.containsKey("items")) {
      property.put("minimum", range.from());
      if (range.to() != Double.MAX_VALUE) {
        property.put("maximum", range.to());
      }
    }
    var preset = component.getAnnotation(Default.class);
    if (preset != null) {
      property.put(
          "default", new Load(LoadSettings.builder().build()).loadFromString(preset.value()));
    }
    return property;
  }

  private static Map<String, Object> ordered(
      String key, Object value, String other, Object second) {
    var map = new LinkedHashMap<String, Object>();
    map.put(key, value);
    map.put(other, second);
    return map;
  }
}
