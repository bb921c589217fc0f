package dev.merapi.text;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * SentencePiece's normalisation: the longest rule at each place; spaces that are doubled or at the
 * ends go, one comes before the text, and each is written as {@code ▁}.
 */
final class SentencePieceNormaliser {
  private static final String SPACE = "\u2581";

  private final SentencePieceModel model;
  private final Optional<PrecompiledMap> rules;
  private final Trie userDefined;

  SentencePieceNormaliser(
      SentencePieceModel model, Optional<PrecompiledMap> rules, Trie userDefined) {
    this.model = model;
    this.rules = rules;
    this.userDefined = userDefined;
  }

  /** The normalised text. */
  Aligned apply(String text) {
    return new Run(text).normalise();
  }

  /** One text on its way. */
  private final class Run {
    private final String text;
    private final byte[] utf8;
    private final Aligned.Rewriting rewriting;
    private int at; // of the text
    private int byteAt;
    private int next; // behind what prefix() found
    private int nextByte;

    Run(String text) {
      this.text = text;
      utf8 = text.getBytes(StandardCharsets.UTF_8);
      rewriting = new Aligned.Rewriting(Aligned.of(text));
    }

    Aligned normalise() {
      boolean remove = model.removeExtraSpaces();
      while (remove && at < text.length() && prefix().equals(" ")) {
        advance();
      }
      rewriting.skip(at);
      if (at == text.length()) {
        return rewriting.finish();
      }
      var space = model.escapeSpaces() ? SPACE : " ";
      if (!model.spaceAsSuffix() && model.dummyPrefix()) {
        rewriting.insertBefore(space);
      }
      boolean afterSpace = remove;
      while (at < text.length()) {
        var found = prefix();
        while (afterSpace && found.startsWith(" ")) {
          found = found.substring(1);
        }
        if (!found.isEmpty()) {
          afterSpace = remove && found.endsWith(" ");
        } else {
          afterSpace = remove && afterSpace;
        }
        rewriting.replace(next, found.replace(" ", space));
        advance();
      }
      var all = rewriting.finish();
      int end = all.length();
      while (remove
          && end >= space.length()
          && all.text().startsWith(space, end - space.length())) {
        end -= space.length();
      }
      return model.spaceAsSuffix() && model.dummyPrefix()
          ? all.slice(0, end).followedBy(space)
          : all.slice(0, end);
    }

    private void advance() {
      at = next;
      byteAt = nextByte;
    }

    /** What to write for what comes next, which ends at {@code next}. */
    private String prefix() {
      int node = userDefined.root();
      int found = -1;
      for (int i = at; i < text.length(); i++) {
        node = userDefined.next(node, text.charAt(i));
        if (node < 0) {
          break;
        }
        if (userDefined.id(node) >= 0) {
          found = i + 1;
        }
      }
      if (found > 0) {
        return as(found, text.substring(at, found));
      }
      if (rules.isPresent()) {
        var match = rules.get().longest(utf8, byteAt);
        if (match != null) {
          int end = at;
          for (int bytes = 0; bytes < match.length(); ) {
            int c = text.codePointAt(end);
            bytes += Utf8.length(c);
            end += Character.charCount(c);
          }
          return as(end, match.text());
        }
      }
      int end = at + Character.charCount(text.codePointAt(at));
      return as(end, text.substring(at, end));
    }

    private String as(int end, String found) {
      next = end;
      nextByte = byteAt;
      for (int i = at; i < end; ) {
        int c = text.codePointAt(i);
        nextByte += Utf8.length(c);
        i += Character.charCount(c);
      }
      return found;
    }
  }
}
