package dev.merapi.text;

import dev.merapi.data.DataException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * One token a character: the code points of a text, numbered from 0 in their own order. Its {@code
 * tokenizer.json} is a word-level model over single characters, which other libraries read, too.
 */
public final class Characters implements Tokenizer {
  private final int[] codePoints; // ascending: their index is their id

  private Characters(int[] codePoints) {
    this.codePoints = codePoints;
  }

  /**
   * The tokenizer of all characters of a text.
   *
   * @throws DataException if the text is empty
   */
  public static Characters of(String text) {
    return of(text.codePoints().map(Characters::scalar));
  }

  /**
   * The tokenizer of all characters of a text that comes in pieces.
   *
   * @throws DataException if the text is empty
   */
  public static Characters of(Stream<String> pieces) {
    var seen = new BitSet();
    pieces.forEach(piece -> piece.codePoints().map(Characters::scalar).forEach(seen::set));
    return of(seen.stream());
  }

  /**
   * The tokenizer of these code points; one may come often.
   *
   * @throws DataException if there is none
   */
  static Characters of(IntStream codePoints) {
    var distinct = codePoints.sorted().distinct().toArray();
    if (distinct.length == 0) {
      throw new DataException(
          "characters: the text is empty, so there is nothing to learn; give some text");
    }
    return new Characters(distinct);
  }

  /** The code points, in the order of their ids. */
  int[] codePoints() {
    return codePoints.clone();
  }

  @Override
  public int size() {
    return codePoints.length;
  }

  @Override
  public int[] encode(String text) {
    var ids = new int[text.length()];
    int count = 0;
    for (int i = 0; i < text.length(); ) {
      int codePoint = text.codePointAt(i);
      ids[count++] = id(codePoint, i);
      i += Character.charCount(codePoint);
    }
    return Arrays.copyOf(ids, count);
  }

  @Override
  public Encoding encoding(String text, boolean special) {
    return encoding(text, "", special);
  }

  @Override
  public Encoding encoding(String first, String second, boolean special) {
    var ids =
        IntStream.concat(Arrays.stream(encode(first)), Arrays.stream(encode(second))).toArray();
    var types = new int[ids.length];
    var starts = new int[ids.length];
    var ends = new int[ids.length];
    int count = first.codePointCount(0, first.length());
    Arrays.fill(types, count, ids.length, 1);
    for (int i = 0; i < ids.length; i++) {
      starts[i] = i == 0 || i == count ? 0 : ends[i - 1];
      ends[i] =
          starts[i] + Character.charCount((i < count ? first : second).codePointAt(starts[i]));
    }
    return new Encoding(ids, types, starts, ends, new boolean[ids.length]);
  }

  @Override
  public String decode(int[] ids, boolean skipSpecial) {
    var text = new StringBuilder(ids.length);
    for (int id : ids) {
      text.appendCodePoint(codePoints[Ids.check(id, codePoints.length)]);
    }
    return text.toString();
  }

  @Override
  public Optional<String> token(int id) {
    return id < 0 || id >= codePoints.length
        ? Optional.empty()
        : Optional.of(Character.toString(codePoints[id]));
  }

  @Override
  public Optional<byte[]> bytes(int id) {
    return token(id).map(token -> token.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public OptionalInt id(String token) {
    if (token.isEmpty() || token.codePointCount(0, token.length()) != 1) {
      return OptionalInt.empty();
    }
    int id = Arrays.binarySearch(codePoints, token.codePointAt(0));
    return id < 0 ? OptionalInt.empty() : OptionalInt.of(id);
  }

  @Override
  public boolean isSpecial(int id) {
    return false;
  }

  @Override
  public void save(Path folder) {
    TokenizerFiles.write(folder, CharactersJson.write(this));
  }

  private int id(int codePoint, int at) {
    int id = Arrays.binarySearch(codePoints, scalar(codePoint));
    if (id < 0) {
      throw new DataException(
          "character '%s' (U+%04X) at %d is not among the %d that the tokenizer knows; leave it out, or train with text that has it"
              .formatted(Character.toString(codePoint), codePoint, at, codePoints.length));
    }
    return id;
  }

  private static int scalar(int codePoint) {
    return codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE
        ? 0xFFFD
        : codePoint;
  }
}
