package dev.merapi.hub;

import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import com.hubspot.jinjava.lib.filter.Filter;
import java.util.Collection;
import java.util.Iterator;
import java.util.Map;

/** The filter {@code tojson}, with the spaces that Python's {@code json.dumps} puts. */
final class JinjaJson implements Filter {
  @Override
  public String getName() {
    return "tojson";
  }

  @Override
  public Object filter(Object value, JinjavaInterpreter interpreter, String... arguments) {
    return written(value, -1, 0);
  }

  @Override
  public Object filter(
      Object value, JinjavaInterpreter interpreter, Object[] arguments, Map<String, Object> named) {
    Object indent = named.getOrDefault("indent", arguments.length > 0 ? arguments[0] : null);
    return written(value, indent instanceof Number spaces ? spaces.intValue() : -1, 0);
  }

  /**
   * @param indent spaces a level; below 0 all is one line
   */
  private static String written(Object value, int indent, int depth) {
    return switch (value) {
      case Map<?, ?> map -> list(map.entrySet(), "{", "}", indent, depth);
      case Collection<?> all -> list(all, "[", "]", indent, depth);
      case Map.Entry<?, ?> e ->
          Config.JSON.writeValueAsString(String.valueOf(e.getKey()))
              + ": "
              + written(e.getValue(), indent, depth);
      case CharSequence text -> Config.JSON.writeValueAsString(text.toString());
      case null, default -> Config.JSON.writeValueAsString(value);
    };
  }

  private static String list(Collection<?> all, String open, String close, int indent, int depth) {
    if (all.isEmpty()) {
      return open + close;
    }
    String line = indent < 0 ? "" : "\n" + " ".repeat(indent * (depth + 1));
    var text = new StringBuilder(open);
    for (Iterator<?> each = all.iterator(); each.hasNext(); ) {
      text.append(line).append(written(each.next(), indent, depth + 1));
      if (each.hasNext()) {
        text.append(indent < 0 ? ", " : ",");
      }
    }
    if (indent >= 0) {
      text.append("\n").append(" ".repeat(indent * depth));
    }
    return text.append(close).toString();
  }
}
