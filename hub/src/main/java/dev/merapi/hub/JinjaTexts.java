package dev.merapi.hub;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import jinjava.javax.el.BeanELResolver;
import jinjava.javax.el.ELContext;

/** What Python's texts and dictionaries can do that Java's do otherwise, or not at all. */
final class JinjaTexts extends BeanELResolver {
  @Override
  public Object invoke(
      ELContext context, Object base, Object method, Class<?>[] types, Object[] arguments) {
    Object result =
        switch (base) {
          case CharSequence text -> text(text.toString(), method.toString(), arguments);
          case Map<?, ?> map -> map(map, method.toString(), arguments);
          case null, default -> null;
        };
    context.setPropertyResolved(result != null);
    return result;
  }

  @Override
  public Object getValue(ELContext context, Object base, Object property) {
    return null; // to the next resolver
  }

  private static Object map(Map<?, ?> map, String method, Object... arguments) {
    return switch (method) {
      case "get" ->
          map.containsKey(arguments[0])
              ? map.get(arguments[0])
              : arguments.length > 1 ? arguments[1] : null;
      case "items" ->
          map.entrySet().stream().map(e -> Arrays.asList(e.getKey(), e.getValue())).toList();
      case "keys" -> List.copyOf(map.keySet());
      default -> null;
    };
  }

  private static Object text(String text, String method, Object... arguments) {
    String first = arguments.length > 0 && arguments[0] != null ? arguments[0].toString() : "";
    boolean bare = first.isEmpty();
    return switch (method) {
      case "strip" -> stripped(text, first, bare, true, true);
      case "lstrip" -> stripped(text, first, bare, true, false);
      case "rstrip" -> stripped(text, first, bare, false, true);
      case "startswith" -> text.startsWith(first);
      case "endswith" -> text.endsWith(first);
      case "upper" -> text.toUpperCase(java.util.Locale.ROOT);
      case "lower" -> text.toLowerCase(java.util.Locale.ROOT);
      case "find" -> (long) text.indexOf(first);
      case "split" -> split(text, first, bare, arguments);
      case "splitlines" -> text.lines().toList();
      default -> null;
    };
  }

  private static String stripped(
      String text, String characters, boolean bare, boolean left, boolean right) {
    int start = 0;
    int end = text.length();
    while (left && start < end && drops(text.charAt(start), characters, bare)) {
      start++;
    }
    while (right && end > start && drops(text.charAt(end - 1), characters, bare)) {
      end--;
    }
    return text.substring(start, end);
  }

  private static boolean drops(char c, String characters, boolean bare) {
    return bare
        ? Character.isWhitespace(c) || c == '\u00a0' || c == '\u0085'
        : characters.indexOf(c) >= 0;
  }

  private static List<String> split(String text, String at, boolean bare, Object... arguments) {
    int most = arguments.length > 1 ? ((Number) arguments[1]).intValue() : -1;
    if (bare) {
      String trimmed = stripped(text, "", true, true, true);
      return trimmed.isEmpty()
          ? List.of()
          : List.of(trimmed.split("\\s+", most < 0 ? 0 : most + 1));
    }
    return List.of(text.split(java.util.regex.Pattern.quote(at), most < 0 ? -1 : most + 1));
  }
}
