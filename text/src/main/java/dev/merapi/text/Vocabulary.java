package dev.merapi.text;

import java.util.HashMap;
import java.util.Map;
import tools.jackson.databind.node.ObjectNode;

/** Tokens and their ids. There may be gaps between the ids. */
final class Vocabulary {
  private final Map<String, Integer> ids;
  private final String[] tokens;

  private Vocabulary(Map<String, Integer> ids, String[] tokens) {
    this.ids = ids;
    this.tokens = tokens;
  }

  /** Tokens whose ids are their places in the list; of a token that is there twice, the first. */
  static Vocabulary of(Iterable<String> tokens, int count) {
    var ids = HashMap.<String, Integer>newHashMap(count);
    var all = new String[count];
    int id = 0;
    for (var token : tokens) {
      all[id] = token;
      ids.putIfAbsent(token, id++);
    }
    return new Vocabulary(ids, all);
  }

  /** Reads {@code {"token": id, …}}. */
  static Vocabulary read(JsonPlace place) {
    var members = place.node().properties();
    var ids = HashMap.<String, Integer>newHashMap(members.size());
    int largest = -1;
    for (var member : place.members()) {
      var value = member.getValue();
      // Ids from nowhere would ask for as much memory; gaps of real files are small.
      if (!value.isInt() || value.intValue() < 0 || value.intValue() > 10 * members.size() + 1000) {
        throw place.error("the id of '" + member.getKey() + "' is " + value + ", which cannot be");
      }
      ids.put(member.getKey(), value.intValue());
      largest = Math.max(largest, value.intValue());
    }
    if (largest < 0) {
      throw place.error("the vocabulary is empty");
    }
    var tokens = new String[largest + 1];
    for (var entry : ids.entrySet()) {
      if (tokens[entry.getValue()] != null) {
        throw place.error(
            "'%s' and '%s' have the same id %d"
                .formatted(tokens[entry.getValue()], entry.getKey(), entry.getValue()));
      }
      tokens[entry.getValue()] = entry.getKey();
    }
    return new Vocabulary(ids, tokens);
  }

  /** One more than the largest id. */
  int size() {
    return tokens.length;
  }

  /** The id of a token; -1 where there is none. */
  int id(String token) {
    return ids.getOrDefault(token, -1);
  }

  boolean contains(String token) {
    return ids.containsKey(token);
  }

  /** Whether there is a token of this id. */
  boolean contains(int id) {
    return id >= 0 && id < tokens.length && tokens[id] != null;
  }

  /** The token of an id, of which {@link #contains(int)} is true. */
  String token(int id) {
    return tokens[id];
  }

  void write(ObjectNode into) {
    for (int id = 0; id < tokens.length; id++) {
      if (tokens[id] != null) {
        into.put(tokens[id], id);
      }
    }
  }
}
