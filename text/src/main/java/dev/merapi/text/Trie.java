package dev.merapi.text;

import java.util.Arrays;

/** Strings with ids, to find all that a text begins with. */
final class Trie {
  private final LongIntMap edges; // (node, char) to node
  private int[] ids; // of a node; -1 where no string ends
  private int nodes = 1;

  Trie(int expected) {
    edges = new LongIntMap(4 * expected);
    ids = new int[Math.max(16, 4 * expected)];
    Arrays.fill(ids, -1);
  }

  void add(String string, int id) {
    int node = 0;
    for (int i = 0; i < string.length(); i++) {
      long key = LongIntMap.key(node, string.charAt(i));
      int child = edges.get(key);
      if (child == LongIntMap.NONE) {
        child = nodes++;
        edges.put(key, child);
        if (child == ids.length) {
          ids = Arrays.copyOf(ids, 2 * child);
          Arrays.fill(ids, child, ids.length, -1);
        }
      }
      node = child;
    }
    if (ids[node] < 0) {
      ids[node] = id;
    }
  }

  /** The root, from which {@link #next} goes on. */
  int root() {
    return 0;
  }

  /** The node that a char leads to; -1 where none. */
  int next(int node, char c) {
    return edges.get(LongIntMap.key(node, c));
  }

  /** The id of the string that ends at a node; -1 where none. */
  int id(int node) {
    return ids[node];
  }
}
