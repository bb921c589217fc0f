package dev.merapi.grammar;

import dev.merapi.data.DataException;
import dev.merapi.grammar.JsonTexts.Bound;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.lucene.util.automaton.Automata;
import org.apache.lucene.util.automaton.Automaton;
import org.apache.lucene.util.automaton.Operations;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonPointer;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The JSON texts that a schema describes. All that it writes is valid; it does not write all that
 * is: members in the schema's order, and none that it does not name.
 *
 * <p>Known are type (one or several), enum, const, properties, required, additionalProperties,
 * items, prefixItems, minItems, maxItems, pattern, minLength, maxLength, some formats, minimum,
 * maximum, their exclusive twins (of numbers that are no integers: whole ones), anyOf, $ref within
 * the file and not into itself, true and {}. What else says something about values is an error.
 */
final class JsonSchema {
  private static final JsonMapper MAPPER =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

  private static final int DEPTH = 2; // of values about which a schema says nothing

  private static final Set<String> SILENT =
      Set.of(
          "$schema",
          "$id",
          "$anchor",
          "$comment",
          "$defs",
          "definitions",
          "title",
          "description",
          "default",
          "examples",
          "deprecated",
          "readOnly",
          "writeOnly");
  private static final Set<String> OF_OBJECTS =
      Set.of("properties", "required", "additionalProperties");
  private static final Set<String> OF_ARRAYS =
      Set.of("items", "prefixItems", "minItems", "maxItems", "uniqueItems");
  private static final Set<String> OF_STRINGS =
      Set.of("pattern", "minLength", "maxLength", "format");
  private static final Set<String> OF_NUMBERS =
      Set.of("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf");
  private static final Set<String> OF_ALL = Set.of("type", "enum", "const", "anyOf", "$ref");

  private static final String DAY =
      "[0-9]{4}-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)"
          + "|02-(0[1-9]|1[0-9]|2[0-8]))";
  private static final String TIME =
      "([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,6})?(Z|[-+]([01][0-9]|2[0-3]):[0-5][0-9])";
  private static final Map<String, String> FORMATS =
      Map.of(
          "date",
          DAY,
          "time",
          TIME,
          "date-time",
          DAY + "T" + TIME,
          "uuid",
          "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");

  private final Path file;
  private final JsonNode root;
  private final Map<String, Automaton> known = new HashMap<>();
  private final Deque<String> open = new ArrayDeque<>();

  private JsonSchema(Path file, JsonNode root) {
    this.file = file;
    this.root = root;
  }

  static Automaton read(Path file) {
    try {
      var root = MAPPER.readTree(Files.readAllBytes(file));
      return new JsonSchema(file, root).values(root, "");
    } catch (JacksonException e) {
      throw DataException.of(
          file, "this is not JSON (" + e.getOriginalMessage() + ")", "give a JSON schema");
    } catch (IOException e) {
      throw DataException.of(file, "read", e);
    }
  }

  /** The values of the schema at a place: a JSON pointer. */
  private Automaton values(JsonNode schema, String at) {
    if ((schema.isBoolean() && schema.booleanValue()) || (schema.isObject() && schema.isEmpty())) {
      return anything(DEPTH);
    }
    if (!schema.isObject()) {
      throw error(at, "this is no schema with values", "give an object, or true");
    }
    for (var member : schema.properties()) {
      check(member.getKey(), at);
    }
    if (schema.has("$ref")) {
      return referred(schema, at);
    }
    if (schema.has("const")) {
      return listed("const", List.of(schema.get("const")), schema, at);
    }
    if (schema.has("enum")) {
      return listed("enum", schema.get("enum").valueStream().toList(), schema, at);
    }
    if (schema.has("anyOf")) {
      return anyOf(schema, at);
    }
    return Automatons.plain(
        Automatons.either(types(schema, at).stream().map(t -> of(t, schema, at)).toList()));
  }

  private void check(String keyword, String at) {
    boolean fits =
        SILENT.contains(keyword)
            || OF_ALL.contains(keyword)
            || OF_OBJECTS.contains(keyword)
            || OF_ARRAYS.contains(keyword)
            || OF_STRINGS.contains(keyword)
            || OF_NUMBERS.contains(keyword);
    if (!fits) {
      throw error(
          at + "/" + keyword,
          "this is not supported",
          keyword.equals("oneOf") ? "write anyOf" : "leave it out, or say it in another way");
    }
  }

  /**
   * What stands alone beside keywords that say nothing, as the others would have to hold, too.
   *
   * @param but what may stand there nevertheless
   */
  private void alone(String keyword, JsonNode schema, String at, String... but) {
    for (var member : schema.properties()) {
      String other = member.getKey();
      if (!other.equals(keyword) && !SILENT.contains(other) && !List.of(but).contains(other)) {
        throw error(at + "/" + other, "this stands beside " + keyword, "say it within that");
      }
    }
  }

  private Automaton referred(JsonNode schema, String at) {
    alone("$ref", schema, at);
    String to = schema.get("$ref").asString("");
    if (!to.equals("#") && !to.startsWith("#/")) {
      throw error(
          at + "/$ref", to + " is not in this file", "copy it to $defs, and write #/$defs/…");
    }
    String pointer = to.substring(1);
    JsonNode found = root.at(JsonPointer.compile(pointer));
    if (found.isMissingNode()) {
      throw error(at + "/$ref", "there is no " + to, "check the name");
    }
    if (open.contains(pointer)) {
      throw error(at + "/$ref", to + " refers to itself", "write out as many levels as you need");
    }
    if (!known.containsKey(pointer)) {
      open.push(pointer);
      known.put(pointer, values(found, pointer));
      open.pop();
    }
    return known.get(pointer);
  }

  private Automaton anyOf(JsonNode schema, String at) {
    alone("anyOf", schema, at);
    List<Automaton> choices = new ArrayList<>();
    for (int i = 0; i < schema.get("anyOf").size(); i++) {
      choices.add(values(schema.get("anyOf").get(i), at + "/anyOf/" + i));
    }
    return Automatons.plain(Automatons.either(choices));
  }

  /** Those of some values that are of the schema's types. */
  private Automaton listed(String keyword, List<JsonNode> values, JsonNode schema, String at) {
    alone(keyword, schema, at, "type");
    List<Automaton> texts =
        values.stream()
            .filter(v -> !schema.has("type") || types(schema, at).stream().anyMatch(t -> is(v, t)))
            .map(value -> Automatons.text(MAPPER.writeValueAsString(value)))
            .toList();
    if (texts.isEmpty()) {
      throw error(at + "/" + keyword, "there is no value of this type", "give one");
    }
    return Automatons.either(texts);
  }

  private static boolean is(JsonNode value, String type) {
    return switch (type) {
      case "object" -> value.isObject();
      case "array" -> value.isArray();
      case "string" -> value.isString();
      case "integer" -> value.canConvertToExactIntegral();
      case "number" -> value.isNumber();
      case "boolean" -> value.isBoolean();
      default -> value.isNull();
    };
  }

  private List<String> types(JsonNode schema, String at) {
    JsonNode type = schema.path("type");
    if (type.isString()) {
      return List.of(type.stringValue());
    }
    if (type.isArray() && !type.isEmpty()) {
      return type.valueStream().map(t -> t.asString("")).toList();
    }
    if (!type.isMissingNode()) {
      throw error(at + "/type", "this is no type", "give a name, or several");
    }
    Map<String, Set<String>> kinds = new LinkedHashMap<>();
    kinds.put("object", OF_OBJECTS);
    kinds.put("array", OF_ARRAYS);
    kinds.put("string", OF_STRINGS);
    kinds.put("number", OF_NUMBERS);
    List<String> found =
        kinds.entrySet().stream()
            .filter(kind -> kind.getValue().stream().anyMatch(schema::has))
            .map(Map.Entry::getKey)
            .toList();
    return found.isEmpty()
        ? List.of("object", "array", "string", "number", "boolean", "null")
        : found;
  }

  private Automaton of(String type, JsonNode schema, String at) {
    return switch (type) {
      case "object" -> object(schema, at);
      case "array" -> array(schema, at);
      case "string" -> string(schema, at);
      case "integer" -> regex(integers(schema, at));
      case "number" -> regex(numbers(schema, at));
      case "boolean" -> regex("true|false");
      case "null" -> Automatons.text("null");
      default ->
          throw error(
              at + "/type",
              "there is no type '" + type + "'",
              "give object, array, string, number, integer, boolean or null");
    };
  }

  private static Automaton regex(String expression) {
    return RegularExpression.read(expression, false);
  }

  // ---- numbers

  private String integers(JsonNode schema, String at) {
    if (schema.has("multipleOf")
        && decimal(schema, "multipleOf", at).compareTo(BigDecimal.ONE) != 0) {
      throw error(at + "/multipleOf", "this is not supported", "leave it out");
    }
    Optional<BigInteger> least =
        greater(
            find(schema, "minimum", at).map(d -> rounded(d, RoundingMode.CEILING)),
            find(schema, "exclusiveMinimum", at)
                .map(d -> rounded(d, RoundingMode.FLOOR).add(BigInteger.ONE)));
    Optional<BigInteger> most =
        greater(
                find(schema, "maximum", at).map(d -> rounded(d, RoundingMode.FLOOR).negate()),
                find(schema, "exclusiveMaximum", at)
                    .map(d -> rounded(d, RoundingMode.CEILING).subtract(BigInteger.ONE).negate()))
            .map(BigInteger::negate);
    if (least.isPresent() && most.isPresent() && least.get().compareTo(most.get()) > 0) {
      throw error(at, "no number is between its bounds", "give a maximum above the minimum");
    }
    return JsonTexts.integers(least, most);
  }

  private static Optional<BigInteger> greater(Optional<BigInteger> a, Optional<BigInteger> b) {
    return a.isPresent() && b.isPresent() ? Optional.of(a.get().max(b.get())) : a.or(() -> b);
  }

  private static BigInteger rounded(BigDecimal d, RoundingMode mode) {
    return d.setScale(0, mode).toBigInteger();
  }

  private String numbers(JsonNode schema, String at) {
    if (schema.has("multipleOf")) {
      throw error(at + "/multipleOf", "this is not supported", "leave it out");
    }
    Optional<Bound> least = bound(schema, "minimum", "exclusiveMinimum", at);
    Optional<Bound> most = bound(schema, "maximum", "exclusiveMaximum", at);
    if (least.isEmpty() && most.isEmpty()) {
      return JsonTexts.number();
    }
    String numbers = JsonTexts.numbers(least, most);
    if (numbers.isEmpty()) {
      throw error(at, "no number is between its bounds", "give a maximum above the minimum");
    }
    return numbers;
  }

  private Optional<Bound> bound(JsonNode schema, String with, String without, String at) {
    if (schema.has(with) && schema.has(without)) {
      throw error(at + "/" + without, "this stands beside " + with, "give one of them");
    }
    String name = schema.has(with) ? with : without;
    return find(schema, name, at)
        .map(
            d -> {
              if (d.stripTrailingZeros().scale() > 0) {
                throw error(at + "/" + name, "a bound of numbers must be whole here", "round it");
              }
              return new Bound(d.toBigInteger(), name.equals(without));
            });
  }

  private Optional<BigDecimal> find(JsonNode schema, String name, String at) {
    return schema.has(name) ? Optional.of(decimal(schema, name, at)) : Optional.empty();
  }

  private BigDecimal decimal(JsonNode schema, String name, String at) {
    JsonNode number = schema.get(name);
    if (!number.isNumber() || Math.abs(number.doubleValue()) > 1e30) {
      throw error(at + "/" + name, "a number is needed here", "give one, not too large");
    }
    return number.decimalValue();
  }

  // ---- strings

  private Automaton string(JsonNode schema, String at) {
    int least = count(schema, "minLength", 0, at);
    int most = count(schema, "maxLength", -1, at);
    Automaton texts = Automatons.times(Automatons.any(), least, most);
    if (schema.has("pattern")) {
      var pattern = RegularExpression.read(schema.get("pattern").asString(""), true);
      texts = Operations.intersection(texts, pattern);
    }
    if (schema.has("format")) {
      String name = schema.get("format").asString("");
      if (!FORMATS.containsKey(name)) {
        throw error(
            at + "/format", "the format " + name + " is not supported", "give a pattern instead");
      }
      texts = Operations.intersection(texts, regex(FORMATS.get(name)));
    }
    Automaton strings = JsonTexts.strings(Automatons.plain(texts));
    if (Operations.isEmpty(strings)) {
      throw error(at, "no string has this length and form", "change one of them");
    }
    return strings;
  }

  private int count(JsonNode schema, String name, int otherwise, String at) {
    if (!schema.has(name)) {
      return otherwise;
    }
    JsonNode number = schema.get(name);
    if (!number.canConvertToExactIntegral() || number.asInt(-1) < 0 || number.asInt(-1) > 10_000) {
      throw error(at + "/" + name, "a number from 0 to 10,000 is needed here", "change it");
    }
    return number.asInt();
  }

  // ---- arrays

  private Automaton array(JsonNode schema, String at) {
    if (schema.path("uniqueItems").asBoolean(false)) {
      throw error(at + "/uniqueItems", "this is not supported", "leave it out");
    }
    int least = count(schema, "minItems", 0, at);
    int most = count(schema, "maxItems", -1, at);
    if (schema.has("prefixItems")) {
      return tuple(schema, least, most, at);
    }
    JsonNode items = schema.path("items");
    Automaton item = items.isMissingNode() ? anything(DEPTH - 1) : values(items, at + "/items");
    if (most >= 0 && most < least) {
      throw error(at, "no array has between %d and %d items".formatted(least, most), "mend one");
    }
    return list(item, least, most);
  }

  private static Automaton list(Automaton item, int least, int most) {
    Automaton more = Automatons.sequence(regex(", ?"), item);
    Automaton some =
        Automatons.sequence(
            item, Automatons.times(more, Math.max(0, least - 1), most < 0 ? -1 : most - 1));
    Automaton none = Automata.makeEmptyString();
    List<Automaton> choices = new ArrayList<>();
    if (least == 0) {
      choices.add(none);
    }
    if (most != 0) {
      choices.add(some);
    }
    return Automatons.plain(
        Automatons.sequence(
            Automatons.text("["), Automatons.either(choices), Automatons.text("]")));
  }

  /** All items of the prefix, and no more. */
  private Automaton tuple(JsonNode schema, int least, int most, String at) {
    int size = schema.get("prefixItems").size();
    if (size == 0 || size < least || (most >= 0 && size > most)) {
      throw error(
          at + "/prefixItems",
          "there are %d".formatted(size),
          "give as many as minItems to maxItems");
    }
    List<Automaton> parts = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      parts.add(i == 0 ? Automatons.text("[") : regex(", ?"));
      parts.add(values(schema.get("prefixItems").get(i), at + "/prefixItems/" + i));
    }
    parts.add(Automatons.text("]"));
    return Automatons.plain(Automatons.sequence(parts.toArray(Automaton[]::new)));
  }

  // ---- objects

  private Automaton object(JsonNode schema, String at) {
    JsonNode properties = schema.path("properties");
    List<String> required =
        schema.path("required").valueStream().map(name -> name.asString("")).toList();
    Map<String, Automaton> members = new LinkedHashMap<>();
    for (var property : properties.properties()) {
      String name = property.getKey();
      if (property.getValue().isBoolean() && !property.getValue().booleanValue()) {
        continue;
      }
      String place = at + "/properties/" + name.replace("~", "~0").replace("/", "~1");
      members.put(name, member(name, values(property.getValue(), place)));
    }
    for (String name : required) {
      if (!members.containsKey(name)) {
        throw error(
            at + "/required", "'" + name + "' is not among the properties", "say there what it is");
      }
    }
    if (members.isEmpty()) {
      return named(schema.path("additionalProperties"), at + "/additionalProperties");
    }
    return Members.object(members, required);
  }

  private static Automaton member(String name, Automaton value) {
    return Automatons.sequence(
        Automatons.text(MAPPER.writeValueAsString(name)), regex(": ?"), value);
  }

  /** Objects whose members have any names. */
  private Automaton named(JsonNode schema, String at) {
    if (schema.isBoolean() && !schema.booleanValue()) {
      return Automatons.text("{}");
    }
    Automaton value = schema.isMissingNode() ? anything(DEPTH - 1) : values(schema, at);
    return named(value);
  }

  private static Automaton named(Automaton value) {
    Automaton names = JsonTexts.strings(Automatons.times(Automatons.any(), 1, -1));
    Automaton member = Automatons.sequence(names, regex(": ?"), value);
    Automaton more = Automatons.times(Automatons.sequence(regex(", ?"), member), 0, -1);
    Automaton all = Operations.optional(Automatons.sequence(member, more));
    return Automatons.plain(Automatons.sequence(Automatons.text("{"), all, Automatons.text("}")));
  }

  /** Values about which nothing is said, with so many levels of objects and arrays in them. */
  private Automaton anything(int depth) {
    String name = "any " + depth;
    if (!known.containsKey(name)) {
      List<Automaton> choices = new ArrayList<>();
      choices.add(regex("true|false|null"));
      choices.add(regex(JsonTexts.number()));
      choices.add(JsonTexts.strings(Automatons.times(Automatons.any(), 0, -1)));
      if (depth > 0) {
        Automaton inner = anything(depth - 1);
        choices.add(list(inner, 0, -1));
        choices.add(named(inner));
      }
      known.put(name, Automatons.plain(Automatons.either(choices)));
    }
    return known.get(name);
  }

  private DataException error(String at, String what, String mend) {
    return DataException.of(file, (at.isEmpty() ? "" : at + ": ") + what, mend);
  }
}
