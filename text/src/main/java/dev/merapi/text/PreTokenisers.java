package dev.merapi.text;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** The pre-tokenisers that a {@code tokenizer.json} may name: they cut a text into pieces. */
final class PreTokenisers {
  private PreTokenisers() {}

  /** Gives the pieces of a text, in their order. */
  @FunctionalInterface
  interface PreTokeniser {
    void cut(Aligned text, Consumer<Aligned> pieces);
  }

  /** What becomes of the parts that a pattern matches. */
  enum Behaviour {
    REMOVED,
    ISOLATED,
    MERGED_WITH_PREVIOUS,
    MERGED_WITH_NEXT,
    CONTIGUOUS;

    static Behaviour read(JsonPlace place) {
      return switch (place.text()) {
        case "Removed" -> REMOVED;
        case "Isolated" -> ISOLATED;
        case "MergedWithPrevious" -> MERGED_WITH_PREVIOUS;
        case "MergedWithNext" -> MERGED_WITH_NEXT;
        case "Contiguous" -> CONTIGUOUS;
        default -> throw place.error("there is no behaviour '" + place.text() + "'");
      };
    }
  }

  static PreTokeniser read(JsonPlace place) {
    var type = place.text("type");
    return switch (type) {
      case "ByteLevel" ->
          byteLevel(place.flag("add_prefix_space", true), place.flag("use_regex", true));
      case "Whitespace" ->
          split(TextPattern.regex(Regexes.compile("\\w+|[^\\w\\s]+")), Behaviour.REMOVED, true);
      case "WhitespaceSplit" -> spaces();
      case "BertPreTokenizer" ->
          sequence(
              List.of(
                  spaces(),
                  split(
                      TextPattern.each(CharacterKinds::isPunctuation), Behaviour.ISOLATED, false)));
      case "Metaspace" -> Metaspace.read(place);
      case "Split" ->
          split(
              TextPattern.read(place.get("pattern")),
              Behaviour.read(place.get("behavior")),
              place.flag("invert", false));
      case "Punctuation" ->
          split(
              TextPattern.each(CharacterKinds::isPunctuation),
              place.find("behavior").map(Behaviour::read).orElse(Behaviour.ISOLATED),
              false);
      case "Digits" ->
          split(
              TextPattern.each(CharacterKinds::isNumber),
              place.flag("individual_digits", false) ? Behaviour.ISOLATED : Behaviour.CONTIGUOUS,
              false);
      case "CharDelimiterSplit" -> {
        int delimiter = place.text("delimiter").codePointAt(0);
        yield split(TextPattern.each(c -> c == delimiter), Behaviour.REMOVED, false);
      }
      case "Sequence" ->
          sequence(
              place.get("pretokenizers").elements().stream().map(PreTokenisers::read).toList());
      default -> throw place.error("the pre-tokeniser '" + type + "' is not supported");
    };
  }

  static PreTokeniser sequence(List<PreTokeniser> parts) {
    return (text, pieces) -> {
      var all = List.of(text);
      for (var part : parts) {
        var next = new ArrayList<Aligned>();
        all.forEach(piece -> part.cut(piece, next::add));
        all = next;
      }
      all.forEach(pieces);
    };
  }

  private static PreTokeniser spaces() {
    return split(TextPattern.each(CharacterKinds::isSpace), Behaviour.REMOVED, false);
  }

  private static PreTokeniser byteLevel(boolean addPrefixSpace, boolean useRegex) {
    var words = split(TextPattern.scanner(new Gpt2Scanner()), Behaviour.ISOLATED, false);
    return (text, pieces) -> {
      var spaced =
          addPrefixSpace && !text.text().startsWith(" ")
              ? Normalisers.prepend(" ").apply(text)
              : text;
      if (useRegex) {
        words.cut(spaced, word -> pieces.accept(ByteCharacters.map(word)));
      } else {
        pieces.accept(ByteCharacters.map(spaced));
      }
    };
  }

  /** Cuts by a pattern. */
  static PreTokeniser split(TextPattern pattern, Behaviour behaviour, boolean invert) {
    return (text, pieces) -> {
      var parts = new ArrayList<Part>();
      pattern.forEach(
          text.text(), (from, to, matches) -> parts.add(new Part(from, to, matches != invert)));
      for (var part : arrange(parts, behaviour)) {
        if (part.to > part.from && !(behaviour == Behaviour.REMOVED && part.matches)) {
          pieces.accept(text.slice(part.from, part.to));
        }
      }
    };
  }

  private record Part(int from, int to, boolean matches) {}

  private static List<Part> arrange(List<Part> parts, Behaviour behaviour) {
    if (behaviour == Behaviour.ISOLATED || behaviour == Behaviour.REMOVED) {
      return parts;
    }
    var arranged = new ArrayList<Part>();
    for (var part : parts) {
      boolean joins =
          !arranged.isEmpty()
              && switch (behaviour) {
                case CONTIGUOUS -> arranged.getLast().matches == part.matches;
                // A match joins what stands before it, unless that is a match, too, or ends in one.
                case MERGED_WITH_PREVIOUS -> part.matches && !arranged.getLast().matches;
                case MERGED_WITH_NEXT -> !part.matches && arranged.getLast().matches;
                case ISOLATED, REMOVED -> false;
              };
      if (joins) {
        // The kind is that of the part which joins last.
        arranged.add(new Part(arranged.removeLast().from, part.to, part.matches));
      } else {
        arranged.add(part);
      }
    }
    return arranged;
  }
}
