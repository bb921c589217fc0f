package dev.merapi.hub;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Says in Jinjava's words what chat templates say in Jinja's. Jinjava does not read steps of
 * slices, operators without spaces, and operators in a named argument; and it takes other spaces
 * away than Jinja does with {@code trim_blocks} and {@code lstrip_blocks}, which chat templates are
 * written for.
 */
final class JinjaDialect {
  private static final String TEXT = "'(?:\\\\.|[^'\\\\])*'|\"(?:\\\\.|[^\"\\\\])*\"";
  private static final Pattern TAG =
      Pattern.compile(
          "\\{#-?.*?-?#}|\\{%-?\\s*raw\\s*-?%}.*?\\{%-?\\s*endraw\\s*-?%}"
              + "|(?<open>\\{[{%][-+]?)(?<body>(?:"
              + TEXT
              + "|.)*?)(?<close>[-+]?[}%]})",
          Pattern.DOTALL);
  private static final Pattern WORD =
      Pattern.compile(
          "'(?:\\\\.|[^'\\\\])*'|\"(?:\\\\.|[^\"\\\\])*\"|[\\w.]+|//|\\*\\*|[=!<>]=|\\s+|.",
          Pattern.DOTALL);
  private static final List<String> OPERATORS = List.of("+", "-", "*", "/", "//", "%", "~", "**");

  private final List<String> words = new ArrayList<>();

  private JinjaDialect(String body) {
    Matcher word = WORD.matcher(body);
    while (word.find()) {
      words.add(word.group());
    }
  }

  /** The template in Jinjava's words. */
  static String of(String template) {
    String whole = // Jinja drops the last line's end
        template.endsWith("\n") ? template.substring(0, template.length() - 1) : template;
    var text = new StringBuilder();
    Matcher tag = TAG.matcher(whole);
    int done = 0;
    boolean trims = false;
    while (tag.find()) {
      boolean expression = tag.group().startsWith("{{");
      text.append(
          between(whole, done, tag.start(), trims, !expression && tag.group().charAt(2) != '+'));
      if (tag.group().startsWith("{#")) {
        text.append(tag.group().startsWith("{#-") ? "{%- if true %}" : "{% if true %}");
        text.append(tag.group().endsWith("-#}") ? "{% endif -%}" : "{% endif %}");
      } else if (tag.group("open") == null) {
        text.append(tag.group());
      } else {
        text.append(tag.group("open").replace("+", ""));
        text.append(translated(tag.group("body")));
        text.append(tag.group("close").replace("+", ""));
      }
      done = tag.end();
      trims = !expression && whole.charAt(done - 3) != '+';
    }
    return text.append(between(whole, done, whole.length(), trims, false)).toString();
  }

  /**
   * What stands between two tags.
   *
   * @param trims whether the tag before takes the line's end behind it
   * @param strips whether the tag behind takes the spaces before it, where it begins a line
   */
  private static String between(String all, int from, int to, boolean trims, boolean strips) {
    boolean trimmed = trims && from < to && all.charAt(from) == '\n';
    String text = all.substring(trimmed ? from + 1 : from, to);
    int line = text.lastIndexOf('\n') + 1;
    boolean begins = line > 0 || trimmed || from == 0;
    return strips && begins && text.substring(line).isBlank() ? text.substring(0, line) : text;
  }

  /** The names of the filters that a template uses. */
  static Set<String> filters(String template) {
    Set<String> names = new TreeSet<>();
    for (Matcher tag = TAG.matcher(template); tag.find(); ) {
      if (tag.group("open") != null) {
        var words = new JinjaDialect(tag.group("body")).words;
        words.removeIf(String::isBlank);
        for (int i = 0; i + 1 < words.size(); i++) {
          if (words.get(i).equals("|")) {
            names.add(words.get(i + 1));
          }
        }
      }
    }
    return names;
  }

  private static String translated(String body) {
    if (body.strip().startsWith("macro")) {
      return body; // names of parameters, and their defaults
    }
    var dialect = new JinjaDialect(body);
    return dialect.written(0, dialect.words.size());
  }

  private String written(int from, int to) {
    var text = new StringBuilder();
    int at = from;
    while (at < to) {
      String word = words.get(at);
      int next = at + 1;
      if (word.equals("[") && spelled(at, to).equals("[::-1]")) {
        text.append("|reverse");
        next = after(at, 6);
      } else if (word.equals("=") && isNamed(at)) {
        next = argumentEnd(at + 1, to);
        text.append("=(").append(written(at + 1, next)).append(")");
      } else if (OPERATORS.contains(word) && isBinary(at)) {
        text.append(" ").append(word).append(" ");
      } else {
        text.append(word);
      }
      at = next;
    }
    return text.toString();
  }

  /** The next six words that are no spaces. */
  private String spelled(int from, int to) {
    var spelled = new StringBuilder();
    for (int at = from; at < to && spelled.length() < 6; at++) {
      spelled.append(words.get(at).strip());
    }
    return spelled.toString();
  }

  private int after(int from, int count) {
    int at = from;
    for (int left = count; left > 0; at++) {
      left -= words.get(at).isBlank() ? 0 : 1;
    }
    return at;
  }

  /** Whether an equals sign stands behind the name of an argument. */
  private boolean isNamed(int at) {
    int name = before(at);
    return name >= 0
        && words.get(name).matches("[A-Za-z_]\\w*")
        && before(name) >= 0
        && List.of("(", ",").contains(words.get(before(name)));
  }

  private int before(int at) {
    int earlier = at - 1;
    while (earlier >= 0 && words.get(earlier).isBlank()) {
      earlier--;
    }
    return earlier;
  }

  private int argumentEnd(int from, int to) {
    int depth = 0;
    for (int at = from; at < to; at++) {
      switch (words.get(at)) {
        case "(", "[", "{" -> depth++;
        case ")", "]", "}" -> depth--;
        default -> {}
      }
      if (depth < 0 || (depth == 0 && words.get(at).equals(","))) {
        return at;
      }
    }
    return to;
  }

  /** Whether something that has a value stands before an operator. */
  private boolean isBinary(int at) {
    int left = before(at);
    return left >= 0
        && words.get(left).matches("(?s)[\\w.]+|['\"].*|[)\\]}]")
        && !words.get(left).matches("and|or|not|in|is|if|else|elif|return|set");
  }
}
