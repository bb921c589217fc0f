package dev.merapi.text;

import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * SentencePiece's way to write spaces: each becomes {@code ▁}, one is put before the text, and
 * words begin with it.
 */
final class Metaspace implements PreTokenisers.PreTokeniser {
  private final String replacement;
  private final Scheme scheme;
  private final boolean split;
  private final TextPattern space = TextPattern.each(c -> c == ' ');
  private final PreTokenisers.PreTokeniser words;

  /** Where a replacement is put before a text. */
  private enum Scheme {
    FIRST,
    NEVER,
    ALWAYS
  }

  private Metaspace(String replacement, Scheme scheme, boolean split) {
    this.replacement = replacement;
    this.scheme = scheme;
    this.split = split;
    words =
        PreTokenisers.split(
            TextPattern.regex(Pattern.compile(Pattern.quote(replacement))),
            PreTokenisers.Behaviour.MERGED_WITH_NEXT,
            false);
  }

  static Metaspace read(JsonPlace place) {
    return new Metaspace(place.text("replacement"), scheme(place), place.flag("split", true));
  }

  private static Scheme scheme(JsonPlace place) {
    var scheme = place.find("prepend_scheme");
    if (scheme.isEmpty()) {
      return place.flag("add_prefix_space", true) ? Scheme.ALWAYS : Scheme.NEVER;
    }
    return switch (scheme.get().text()) {
      case "first" -> Scheme.FIRST;
      case "never" -> Scheme.NEVER;
      case "always" -> Scheme.ALWAYS;
      default -> throw scheme.get().error("this is none of first, never and always");
    };
  }

  @Override
  public void cut(Aligned text, Consumer<Aligned> pieces) {
    var written = Normalisers.replace(space, replacement).apply(text);
    boolean prepend =
        switch (scheme) {
          case ALWAYS -> true;
          case FIRST -> !text.isEmpty() && text.start(0) == 0;
          case NEVER -> false;
        };
    if (prepend && !written.text().startsWith(replacement)) {
      written = Normalisers.prepend(replacement).apply(written);
    }
    if (split) {
      words.cut(written, pieces);
    } else {
      pieces.accept(written);
    }
  }

  /** Undoes it: the decoder of the same name. */
  static Decoders.Decoder decoder(JsonPlace place) {
    int replacement = place.text("replacement").codePointAt(0);
    boolean leading = scheme(place) != Scheme.NEVER;
    return tokens -> {
      var texts = new java.util.ArrayList<String>(tokens.size());
      for (int i = 0; i < tokens.size(); i++) {
        boolean first = i == 0 && leading;
        var text = new StringBuilder();
        tokens
            .get(i)
            .codePoints()
            .forEach(
                c -> {
                  if (c != replacement) {
                    text.appendCodePoint(c);
                  } else if (!first) {
                    text.append(' ');
                  }
                });
        texts.add(text.toString());
      }
      return List.copyOf(texts);
    };
  }
}
