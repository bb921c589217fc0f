package dev.merapi.text;

import java.text.Normalizer;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.function.UnaryOperator;

/** The normalisers that a {@code tokenizer.json} may name. */
final class Normalisers {
  private Normalisers() {}

  static UnaryOperator<Aligned> read(JsonPlace place) {
    var type = place.text("type");
    return switch (type) {
      case "NFC" -> unicode(Normalizer.Form.NFC);
      case "NFD" -> unicode(Normalizer.Form.NFD);
      case "NFKC" -> unicode(Normalizer.Form.NFKC);
      case "NFKD" -> unicode(Normalizer.Form.NFKD);
      case "Lowercase" -> Normalisers::lowercase;
      case "StripAccents" -> text -> without(text, CharacterKinds::isMark);
      case "Strip" -> strip(place.flag("strip_left", true), place.flag("strip_right", true));
      case "Prepend" -> prepend(place.text("prepend"));
      case "Replace" -> replace(TextPattern.read(place.get("pattern")), place.text("content"));
      case "Nmt" -> Normalisers::nmt;
      case "ByteLevel" -> ByteCharacters::map;
      case "BertNormalizer" -> bert(place);
      case "Precompiled" -> PrecompiledMap.read(place.get("precompiled_charsmap"))::byGraphemes;
      case "Sequence" ->
          sequence(place.get("normalizers").elements().stream().map(Normalisers::read).toList());
      default -> throw place.error("there is no normaliser '" + type + "'");
    };
  }

  private static UnaryOperator<Aligned> sequence(List<UnaryOperator<Aligned>> parts) {
    return text -> {
      for (var part : parts) {
        text = part.apply(text);
      }
      return text;
    };
  }

  static UnaryOperator<Aligned> unicode(Normalizer.Form form) {
    return text -> {
      if (Normalizer.isNormalized(text.text(), form)) {
        return text;
      }
      var rewriting = new Aligned.Rewriting(text);
      for (int from = 0; from < text.length(); ) {
        int to = from + Character.charCount(text.text().codePointAt(from));
        while (to < text.length() && joins(text.text().codePointAt(to))) {
          to += Character.charCount(text.text().codePointAt(to));
        }
        normalise(text.text().substring(from, to), form, rewriting);
        from = to;
      }
      return rewriting.finish();
    };
  }

  /** Writes code point by code point, where they do not act on each other, else all at once. */
  private static void normalise(String segment, Normalizer.Form form, Aligned.Rewriting rewriting) {
    var parts =
        segment
            .codePoints()
            .mapToObj(c -> Normalizer.normalize(Character.toString(c), form))
            .toList();
    var whole = Normalizer.normalize(segment, form);
    int from = rewriting.at();
    if (parts.size() == 1 || !String.join("", parts).equals(whole)) {
      rewriting.replace(from + segment.length(), whole);
      return;
    }
    for (int i = 0, at = 0; i < parts.size(); i++) {
      at = segment.offsetByCodePoints(at, 1);
      rewriting.replace(from + at, parts.get(i));
    }
  }

  /** Whether a code point may become one with, or change places with, what stands before it. */
  private static boolean joins(int c) {
    return c >= 0x300
        && (CharacterKinds.isMark(c)
            || CharacterKinds.in(c, 0x1160, 0x11FF) // Hangul vowels and finals
            || CharacterKinds.in(c, 0x3131, 0x318E)
            || CharacterKinds.in(c, 0xD7B0, 0xD7FF)
            || CharacterKinds.in(c, 0xFF9E, 0xFFDC) // half-width voiced sound marks and Hangul
            || CharacterKinds.in(c, 0x16D63, 0x16D6A)); // Kirat Rai vowels
  }

  private static Aligned lowercase(Aligned text) {
    var rewriting = new Aligned.Rewriting(text);
    while (rewriting.at() < text.length()) {
      int c = text.text().codePointAt(rewriting.at());
      if (c == 0x130) {
        rewriting.replace('i');
        rewriting.insert(0x307);
      } else {
        rewriting.replace(Character.toLowerCase(c));
      }
    }
    return rewriting.finish();
  }

  private static Aligned without(Aligned text, IntPredicate unwanted) {
    var rewriting = new Aligned.Rewriting(text);
    for (int i = 0; i < text.length(); ) {
      int c = text.text().codePointAt(i);
      int next = i + Character.charCount(c);
      if (unwanted.test(c)) {
        rewriting.copy(i);
        rewriting.skip(next);
      }
      i = next;
    }
    return rewriting.finish();
  }

  private static UnaryOperator<Aligned> strip(boolean left, boolean right) {
    return text -> {
      int from = 0;
      int to = text.length();
      while (left && from < to && CharacterKinds.isSpace(text.text().charAt(from))) {
        from++;
      }
      while (right && to > from && CharacterKinds.isSpace(text.text().charAt(to - 1))) {
        to--;
      }
      return text.slice(from, to);
    };
  }

  static UnaryOperator<Aligned> prepend(String before) {
    return text -> {
      if (text.isEmpty()) {
        return text;
      }
      int c = text.text().codePointAt(0);
      var rewriting = new Aligned.Rewriting(text);
      rewriting.replace(Character.charCount(c), before + Character.toString(c));
      return rewriting.finish();
    };
  }

  static UnaryOperator<Aligned> replace(TextPattern pattern, String by) {
    return text -> {
      var rewriting = new Aligned.Rewriting(text);
      pattern.forEach(
          text.text(),
          (from, to, matches) -> {
            if (matches) {
              rewriting.copy(from);
              rewriting.skip(to);
              by.codePoints().forEach(rewriting::insert);
            }
          });
      return rewriting.at() == 0 ? text : rewriting.finish();
    };
  }

  private static Aligned nmt(Aligned text) {
    var clean =
        without(
            text,
            c ->
                CharacterKinds.in(c, 1, 8)
                    || c == 0xB
                    || CharacterKinds.in(c, 0xE, 0x1F)
                    || c == 0x7F
                    || c == 0x8F
                    || c == 0x9F);
    return spaces(
        clean,
        c ->
            switch (c) {
              case 9, 0xA, 0xC, 0xD, 0x1680, 0x2028, 0x2029, 0x2581, 0xFEFF, 0xFFFD -> true;
              default -> CharacterKinds.in(c, 0x200B, 0x200F);
            });
  }

  private static Aligned spaces(Aligned text, IntPredicate isSpace) {
    var rewriting = new Aligned.Rewriting(text);
    while (rewriting.at() < text.length()) {
      int c = text.text().codePointAt(rewriting.at());
      rewriting.replace(isSpace.test(c) ? ' ' : c);
    }
    return rewriting.finish();
  }

  private static UnaryOperator<Aligned> bert(JsonPlace place) {
    boolean clean = place.flag("clean_text", true);
    boolean chinese = place.flag("handle_chinese_chars", true);
    boolean lower = place.flag("lowercase", true);
    boolean accents = !place.flag("strip_accents", lower);
    var nfd = unicode(Normalizer.Form.NFD);
    return text -> {
      if (clean) {
        var clear = without(text, c -> c == 0 || c == 0xFFFD || CharacterKinds.isControl(c));
        text = spaces(clear, CharacterKinds::isSpace);
      }
      if (chinese) {
        text = setChineseApart(text);
      }
      if (!accents) {
        text = without(nfd.apply(text), CharacterKinds::isNonSpacingMark);
      }
      return lower ? lowercase(text) : text;
    };
  }

  private static Aligned setChineseApart(Aligned text) {
    if (text.text().codePoints().noneMatch(CharacterKinds::isChinese)) {
      return text;
    }
    var rewriting = new Aligned.Rewriting(text);
    while (rewriting.at() < text.length()) {
      int c = text.text().codePointAt(rewriting.at());
      if (CharacterKinds.isChinese(c)) {
        rewriting.replace(' ');
        rewriting.insert(c);
        rewriting.insert(' ');
      } else {
        rewriting.replace(c);
      }
    }
    return rewriting.finish();
  }
}
