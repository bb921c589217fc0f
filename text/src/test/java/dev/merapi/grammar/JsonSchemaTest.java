package dev.merapi.grammar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.merapi.data.DataException;
import dev.merapi.text.Characters;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

/** Whatever a schema's language holds is valid, as another validator says. */
class JsonSchemaTest {
  @TempDir Path folder;

  private Language language(String schema) {
    try {
      return Language.ofJsonSchema(Files.writeString(folder.resolve("schema.json"), schema));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A text of the language, byte by byte, that does not grow for long. */
  private static String drawn(Language language, Random random) {
    int[] missing = language.missing(true);
    int most = missing[language.start()] + random.nextInt(60);
    var bytes = new byte[most];
    int state = language.start();
    int length = 0;
    while (true) {
      int from = state;
      int left = most - length - 1;
      int[] next =
          IntStream.range(0, 256)
              .filter(b -> language.next(from, (byte) b) != Language.NONE)
              .filter(b -> missing[language.next(from, (byte) b)] <= left)
              .toArray();
      if (next.length == 0 || (language.isEnd(from) && random.nextInt(4) == 0)) {
        return new String(Arrays.copyOf(bytes, length), StandardCharsets.UTF_8);
      }
      bytes[length] = (byte) next[random.nextInt(next.length)];
      state = language.next(state, bytes[length++]);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'type':'object','properties':{'name':{'type':'string','minLength':1,'maxLength':8},"
            + "'age':{'type':'integer','minimum':0,'maximum':130},'born':{'type':'string','format':'date'},"
            + "'tags':{'type':'array','items':{'enum':['a','b\\u00e9',3,null]},'minItems':1,'maxItems':3}},"
            + "'required':['name','age'],'additionalProperties':false}",
        "{'type':'array','items':{'type':'number'},'minItems':2}",
        "{'type':'array','prefixItems':[{'type':'integer'},{'type':'boolean'}],'items':false}",
        "{'type':'array','maxItems':0}",
        "{'type':['string','null'],'maxLength':5}",
        "{'type':'string','pattern':'^[A-Z]{2}-\\\\d+$'}",
        "{'type':'string','pattern':'a|\\\"','maxLength':4}",
        "{'type':'string','pattern':'[\\\\u0020-\\\\u007f]{2}[\\\\n\\\\t]'}",
        "{'type':'number','minimum':-3,'exclusiveMaximum':12}",
        "{'type':'number','exclusiveMinimum':0}",
        "{'type':'number','maximum':-1}",
        "{'type':'number','minimum':5,'maximum':5}",
        "{'type':'integer','exclusiveMinimum':-105,'maximum':-7}",
        "{'type':'integer','minimum':98.5,'exclusiveMaximum':1205}",
        "{'type':'integer'}",
        "{'type':'string','format':'date-time'}",
        "{'type':'string','format':'uuid'}",
        "{'const':{'a':[1,'x']}}",
        "{'anyOf':[{'type':'null'},{'$ref':'#/$defs/pair'}],'$defs':{'pair':{'type':'object',"
            + "'properties':{'x':{'type':'integer'},'y':{'type':'integer'}}}}}",
        "{'type':'object','additionalProperties':{'type':'integer'}}",
        "{'properties':{'a/b':{'type':'boolean'},'c':{}},'required':['c'],'title':'T'}",
        "{'enum':['x',1,2.5,true],'type':['integer','boolean']}",
        "{}",
        "true"
      })
  void whatItHoldsIsValid(String quoted) {
    var text = quoted.replace('\'', '"');
    var language = language(text);
    Schema schema =
        SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12).getSchema(text);
    var random = new Random(1);
    for (int i = 0; i < 60; i++) {
      var drawn = drawn(language, random);
      JsonMapper.shared().readTree(drawn);
      var errors =
          schema.validate(
              drawn,
              InputFormat.JSON,
              context -> context.executionConfig(config -> config.formatAssertionsEnabled(true)));
      assertEquals(List.of(), errors, drawn);
      assertTrue(language.holds(drawn));
    }
  }

  @Test
  void holdsWhatOneWrites() {
    var person =
        language(
            """
            {"type": "object",
             "properties": {"name": {"type": "string"}, "age": {"type": "integer"},
                            "ok": {"type": "boolean"}},
             "required": ["age"]}
            """);
    for (var text :
        List.of(
            "{\"name\": \"Ada\", \"age\": 36, \"ok\": true}",
            "{\"name\":\"\",\"age\":-5}",
            "{\"age\": 0, \"ok\":false}",
            "{\"name\": \"a \\\"b\\\" \\\\ \\n é𝄞\", \"age\": 7}")) {
      assertTrue(person.holds(text), text);
    }
    for (var text :
        List.of(
            "{}",
            "{\"age\": 01}",
            "{\"age\": 1,}",
            "{\"age\": 1, \"name\": \"b\"}",
            "{\"age\": 1.5}",
            "{\"name\": \"a\nb\", \"age\": 1}",
            "{\"age\": 1} ",
            "{, \"age\": 1}",
            "{\"name\": \"a\\x\", \"age\": 1}")) {
      assertFalse(person.holds(text), text);
    }
  }

  @Test
  void holdsExactlyTheNumbersBetweenTwo() {
    for (int[] ends : new int[][] {{0, 0}, {3, 7}, {0, 130}, {-12, 105}, {-305, -99}, {95, 1203}}) {
      var whole =
          language(
              "{\"type\":\"integer\",\"minimum\":%d,\"maximum\":%d}".formatted(ends[0], ends[1]));
      var all =
          language(
              "{\"type\":\"number\",\"minimum\":%d,\"maximum\":%d}".formatted(ends[0], ends[1]));
      for (int i = -1300; i < 1300; i++) {
        boolean inside = ends[0] <= i && i <= ends[1];
        assertEquals(inside, whole.holds(Integer.toString(i)), i + " in " + Arrays.toString(ends));
        assertEquals(inside, all.holds(Integer.toString(i)), i + " in " + Arrays.toString(ends));
        double half = i + 0.5;
        boolean within = ends[0] <= half && half <= ends[1];
        assertEquals(
            within, all.holds(Double.toString(half)), half + " in " + Arrays.toString(ends));
      }
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '@',
      quoteCharacter = '~',
      value = {
        "{'oneOf': []} @ /oneOf: this is not supported; write anyOf",
        "{'properties': {'a': {'not': {}}}} @ /properties/a/not",
        "{'type': 'text'} @ there is no type 'text'",
        "{'type': 'string', 'format': 'email'} @ format email",
        "{'type': 'array', 'uniqueItems': true} @ /uniqueItems",
        "{'type': 'number', 'multipleOf': 2} @ /multipleOf",
        "{'type': 'number', 'minimum': 0.5} @ /minimum",
        "{'type': 'integer', 'minimum': 5, 'maximum': 4} @ between its bounds",
        "{'$ref': '#/$defs/a', '$defs': {'a': {'items': {'$ref': '#/$defs/a'}}}} @ refers to"
            + " itself",
        "{'$ref': 'other.json'} @ not in this file",
        "{'$ref': '#/$defs/b'} @ there is no #/$defs/b",
        "{'required': ['a']} @ 'a' is not among the properties",
        "{'type': 'string', 'pattern': 'a(?=b)'} @ is not supported",
        "{'type': 'string', 'pattern': '^abc$', 'maxLength': 2} @ no string has this length",
        "{'enum': ['a'], 'type': 'integer'} @ /enum",
        "{'enum': ['abc', 'd'], 'minLength': 2} @ /minLength: this stands beside enum",
        "{'const': 7, 'maximum': 5} @ /maximum: this stands beside const",
        "{'type': 'array', 'minItems': 3, 'maxItems': 2} @ no array",
        "{'maxLength': -1} @ /maxLength",
        "false @ no schema with values",
        "[1] @ no schema with values",
        "{'a': @ this is not JSON"
      })
  void namesWhatItDoesNotKnow(String schema, String said) {
    var error =
        assertThrows(DataException.class, () -> language(schema.replace('\'', '"')), schema);
    assertTrue(error.getMessage().contains(said), error.getMessage());
    assertTrue(
        error.getMessage().contains("schema.json") || said.equals("is not supported"),
        error.getMessage());
    assertEquals(1, error.getMessage().lines().count());
  }

  @Test
  void masksOfASchemaNeedNoMoreThanItsShortestText() {
    var language = language("{\"type\":\"array\",\"items\":{\"type\":\"integer\"},\"minItems\":2}");
    var masks = TokenMasks.of(Characters.of("[]0123456789, "), language, Set.of());
    assertEquals("[0,0]".length(), masks.needed());
  }
}
