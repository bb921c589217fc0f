package dev.merapi.text;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** Finds added tokens in texts: the longest one at each place, from left to right. */
final class AddedTokens {
  private final List<AddedToken> tokens;
  private final Map<String, AddedToken> byContent = new HashMap<>();
  private final Map<Integer, AddedToken> byId = new HashMap<>();
  private final Finder raw;
  private final Finder normalised;

  AddedTokens(List<AddedToken> tokens, UnaryOperator<Aligned> normaliser) {
    this.tokens = List.copyOf(tokens);
    var inRaw = new HashMap<String, AddedToken>();
    var inNormalised = new HashMap<String, AddedToken>();
    for (var token : tokens) {
      byContent.put(token.content(), token);
      byId.put(token.id(), token);
      if (token.normalised()) {
        var text = normaliser.apply(Aligned.of(token.content())).text();
        if (!text.isEmpty()) {
          inNormalised.put(text, token);
        }
      } else {
        inRaw.put(token.content(), token);
      }
    }
    raw = new Finder(inRaw);
    normalised = new Finder(inNormalised);
  }

  List<AddedToken> tokens() {
    return tokens;
  }

  /** The token of a text; null where there is none. */
  AddedToken byContent(String content) {
    return byContent.get(content);
  }

  /** The token of an id; null where there is none. */
  AddedToken byId(int id) {
    return byId.get(id);
  }

  /** Cuts a text that is not normalised yet. */
  void inRaw(Aligned text, Parts parts) {
    raw.find(text, parts);
  }

  /** Cuts a text that is normalised. */
  void inNormalised(Aligned text, Parts parts) {
    normalised.find(text, parts);
  }

  /** Whether a text holds none of the tokens for sure, looked at before normalisation. */
  boolean noneIn(String text) {
    return raw.noneIn(text) && normalised.isEmpty();
  }

  /** Takes a part of a text; the token is null where the part is none. */
  @FunctionalInterface
  interface Parts {
    void accept(AddedToken token, Aligned part);
  }

  /** Looks for some texts. */
  private static final class Finder {
    private final Map<String, AddedToken> tokens;
    private final BitSet firsts = new BitSet();
    private final Trie trie;
    private final List<AddedToken> inOrder;

    Finder(Map<String, AddedToken> tokens) {
      this.tokens = tokens;
      trie = new Trie(16 * tokens.size());
      inOrder = new ArrayList<>();
      tokens.forEach(
          (text, token) -> {
            firsts.set(text.charAt(0));
            trie.add(text, inOrder.size());
            inOrder.add(token);
          });
    }

    boolean isEmpty() {
      return tokens.isEmpty();
    }

    boolean noneIn(String text) {
      for (int i = 0; !tokens.isEmpty() && i < text.length(); i++) {
        if (firsts.get(text.charAt(i)) && longest(text, i) >= 0) {
          return false;
        }
      }
      return true;
    }

    void find(Aligned text, Parts parts) {
      int done = 0;
      var string = text.text();
      for (int i = 0; !tokens.isEmpty() && i < string.length(); i++) {
        long found = firsts.get(string.charAt(i)) ? longest(string, i) : -1;
        if (found < 0) {
          continue;
        }
        int start = i;
        int end = (int) (found >>> 32);
        var token = inOrder.get((int) found);
        i = end - 1;
        if (token.singleWord() && !standsAlone(string, start, end)) {
          continue;
        }
        while (token.leftStrip()
            && start > done
            && CharacterKinds.isSpace(string.charAt(start - 1))) {
          start--;
        }
        while (token.rightStrip()
            && end < string.length()
            && CharacterKinds.isSpace(string.charAt(end))) {
          end++;
        }
        if (start > done) {
          parts.accept(null, text.slice(done, start));
        }
        parts.accept(token, text.slice(Math.max(start, done), end));
        done = end;
        i = Math.max(i, end - 1);
      }
      if (done < string.length()) {
        parts.accept(null, text.slice(done, string.length()));
      }
    }

    /** The longest token at an index: {@code its end << 32 | its place in the list}; -1: none. */
    private long longest(String text, int from) {
      long found = -1;
      int node = trie.root();
      for (int at = from; at < text.length(); at++) {
        node = trie.next(node, text.charAt(at));
        if (node < 0) {
          break;
        }
        if (trie.id(node) >= 0) {
          found = (long) (at + 1) << 32 | trie.id(node);
        }
      }
      return found;
    }

    private static boolean standsAlone(String text, int start, int end) {
      return (start == 0 || !CharacterKinds.isWord(text.codePointBefore(start)))
          && (end == text.length() || !CharacterKinds.isWord(text.codePointAt(end)));
    }
  }
}
