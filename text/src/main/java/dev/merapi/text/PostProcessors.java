package dev.merapi.text;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The post-processors that a {@code tokenizer.json} may name: they put special tokens around. */
final class PostProcessors {
  private PostProcessors() {}

  /** Makes one list of tokens of a text, or of a pair of them. */
  @FunctionalInterface
  interface PostProcessor {
    /** {@code special} says whether to add special tokens. */
    Tokens process(List<Tokens> texts, boolean special);
  }

  static PostProcessor read(JsonPlace place, Vocabulary vocabulary) {
    var type = place.text("type");
    return switch (type) {
      case "TemplateProcessing" -> template(place);
      case "BertProcessing" -> {
        int first = pairId(place.get("cls"));
        int last = pairId(place.get("sep"));
        yield (texts, special) ->
            special ? around(texts, first, new int[] {last}, true) : joined(texts);
      }
      case "RobertaProcessing" -> {
        int first = pairId(place.get("cls"));
        int last = pairId(place.get("sep"));
        boolean trim = place.flag("trim_offsets", true);
        boolean prefix = place.flag("add_prefix_space", true);
        yield (texts, special) -> {
          if (trim) {
            texts.forEach(text -> trim(text, vocabulary, prefix));
          }
          return special ? around(texts, first, new int[] {last, last}, false) : joined(texts);
        };
      }
      case "ByteLevel" -> {
        boolean trim = place.flag("trim_offsets", true);
        boolean prefix = place.flag("add_prefix_space", true);
        yield (texts, _) -> {
          if (trim) {
            texts.forEach(text -> trim(text, vocabulary, prefix));
          }
          return joined(texts);
        };
      }
      case "Sequence" -> sequence(place, vocabulary);
      default -> throw place.error("the post-processor '" + type + "' is not supported");
    };
  }

  /** Whether spaces at the ends of tokens are taken out of where they stand. */
  static boolean trims(JsonPlace place) {
    return switch (place.text("type")) {
      case "RobertaProcessing", "ByteLevel" -> place.flag("trim_offsets", true);
      case "Sequence" ->
          place.get("processors").elements().stream().anyMatch(PostProcessors::trims);
      default -> false;
    };
  }

  /** One text after the other, the first of type 0, the second of type 1. */
  static Tokens joined(List<Tokens> texts) {
    var tokens = new Tokens();
    for (int i = 0; i < texts.size(); i++) {
      tokens.addAll(texts.get(i), i);
    }
    return tokens;
  }

  /** Those that only move offsets come first; of those that add tokens there may be one. */
  private static PostProcessor sequence(JsonPlace place, Vocabulary vocabulary) {
    var trims = new ArrayList<PostProcessor>();
    Optional<PostProcessor> adds = Optional.empty();
    for (var part : place.get("processors").elements()) {
      var processor = read(part, vocabulary);
      if (part.text("type").equals("ByteLevel")) {
        trims.add(processor);
      } else if (adds.isPresent()) {
        throw part.error("a second post-processor that adds tokens is not supported");
      } else {
        adds = Optional.of(processor);
      }
    }
    PostProcessor last = adds.orElse((texts, _) -> joined(texts));
    return (texts, special) -> {
      trims.forEach(trim -> trim.process(texts, special));
      return last.process(texts, special);
    };
  }

  private static int pairId(JsonPlace place) {
    var elements = place.elements();
    if (elements.size() != 2) {
      throw place.error("a token and its id are needed here");
    }
    return elements.get(1).integer();
  }

  /** {@code [CLS] A [SEP] B [SEP]}; RoBERTa has two separators between, and one type for all. */
  private static Tokens around(List<Tokens> texts, int first, int[] between, boolean types) {
    var tokens = new Tokens();
    tokens.addSpecial(first, 0);
    for (int i = 0; i < texts.size(); i++) {
      int type = types ? i : 0;
      for (int j = 1; i > 0 && j < between.length; j++) {
        tokens.addSpecial(between[j], type);
      }
      tokens.addAll(texts.get(i), type);
      tokens.addSpecial(between[0], type);
    }
    return tokens;
  }

  /** A text, with {@code text} 0 or 1 and no ids, or special tokens. */
  private record Piece(int text, List<Integer> ids, int type) {}

  private static PostProcessor template(JsonPlace place) {
    var special = new HashMap<String, List<Integer>>();
    for (var entry : place.get("special_tokens").members()) {
      var ids =
          new JsonPlace(
                  place.file(),
                  place.place() + ".special_tokens." + entry.getKey(),
                  entry.getValue())
              .get("ids");
      special.put(entry.getKey(), ids.elements().stream().map(JsonPlace::integer).toList());
    }
    var single = pieces(place.get("single"), special);
    var pair = pieces(place.get("pair"), special);
    return (texts, withSpecial) -> {
      var tokens = new Tokens();
      for (var piece : texts.size() == 1 ? single : pair) {
        if (piece.text >= 0) {
          tokens.addAll(texts.get(Math.min(piece.text, texts.size() - 1)), piece.type);
        } else if (withSpecial) {
          piece.ids.forEach(id -> tokens.addSpecial(id, piece.type));
        }
      }
      return tokens;
    };
  }

  private static List<Piece> pieces(JsonPlace place, Map<String, List<Integer>> special) {
    var pieces = new ArrayList<Piece>();
    for (var element : place.elements()) {
      var sequence = element.find("Sequence");
      var piece = sequence.orElseGet(() -> element.get("SpecialToken"));
      int type = piece.find("type_id").map(JsonPlace::integer).orElse(0);
      var id = piece.text("id");
      if (sequence.isPresent()) {
        pieces.add(new Piece(id.equals("B") ? 1 : 0, List.of(), type));
      } else if (special.containsKey(id)) {
        pieces.add(new Piece(-1, special.get(id), type));
      } else {
        throw piece.error("'" + id + "' is not among the special_tokens");
      }
    }
    return pieces;
  }

  /** Takes spaces at the ends of tokens out of where they stand. */
  private static void trim(Tokens tokens, Vocabulary vocabulary, boolean addedPrefix) {
    for (int i = 0; i < tokens.size(); i++) {
      if (!vocabulary.contains(tokens.id(i))) {
        continue;
      }
      var token = vocabulary.token(tokens.id(i));
      int leading = 0;
      while (leading < token.length() && isSpace(token.charAt(leading))) {
        leading++;
      }
      int trailing = 0;
      while (trailing < token.length() && isSpace(token.charAt(token.length() - 1 - trailing))) {
        trailing++;
      }
      int start = tokens.start(i);
      int end = tokens.end(i);
      if (leading > 0) {
        // A single one before all others is the one that was added.
        boolean isAdded = addedPrefix && leading == 1 && (i == 0 || start == 0);
        start = Math.min(start + (isAdded ? 0 : leading), end);
      }
      if (trailing == token.length()) {
        end = start;
      } else if (trailing > 0 && end >= trailing) {
        end = Math.max(end - trailing, start);
      }
      tokens.place(i, start, end);
    }
  }

  private static boolean isSpace(char c) {
    return c == ByteCharacters.of(' ') || CharacterKinds.isSpace(c);
  }
}
