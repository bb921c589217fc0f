package dev.merapi.grammar;

import dev.merapi.data.DataException;
import dev.merapi.text.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;

/**
 * Tells which tokens keep a text within a language, so that it is one of its texts when it ends. A
 * token's bytes may end within a character; the next ones have to complete it.
 *
 * <p>A state's tokens are found by one walk over all tokens in the order of their bytes, where what
 * two share is walked once, and are kept.
 */
public final class TokenMasks {
  private final Language language;
  private final Set<Integer> ends;
  private final byte[][] texts; // of all tokens, by their bytes
  private final int[] ids; // of the same
  private final int[] shared; // how many bytes each begins with as the one before it
  private final byte[][] byId;
  private final int[] missing; // tokens to the end, at most
  private final int farthest;
  private final int longest;
  private final Map<Integer, BitSet> masks = new ConcurrentHashMap<>();

  private TokenMasks(Language language, byte[][] byId, Set<Integer> ends, boolean bytes) {
    this.language = language;
    this.ends = Set.copyOf(ends);
    this.byId = byId;
    ids =
        IntStream.range(0, byId.length)
            .filter(id -> byId[id].length > 0 && !ends.contains(id))
            .boxed()
            .sorted((a, b) -> Arrays.compareUnsigned(byId[a], byId[b]))
            .mapToInt(Integer::intValue)
            .toArray();
    texts = Arrays.stream(ids).mapToObj(id -> byId[id]).toArray(byte[][]::new);
    shared = new int[ids.length];
    for (int i = 1; i < ids.length; i++) {
      int same = Arrays.mismatch(texts[i - 1], texts[i]);
      shared[i] = same < 0 ? texts[i].length : same;
    }
    missing = language.missing(bytes);
    longest = Arrays.stream(texts).mapToInt(text -> text.length).max().orElse(0);
    farthest = Arrays.stream(missing).max().orElse(0);
  }

  /**
   * The masks of a language.
   *
   * @param tokenizer whose tokens are written
   * @param ends tokens that end a text; they may come where the language lets a text end
   * @throws DataException if the tokens can write no text of the language
   */
  public static TokenMasks of(Tokenizer tokenizer, Language language, Set<Integer> ends) {
    byte[][] byId = new byte[tokenizer.size()][];
    Arrays.setAll(byId, id -> tokenizer.bytes(id).orElse(new byte[0]));
    var single = new BitSet();
    Arrays.stream(byId).filter(b -> b.length == 1).forEach(b -> single.set(b[0] & 0xFF));
    boolean bytes =
        single.get(0, 0xC0).cardinality() == 0xC0 && single.get(0xC2, 0xF5).cardinality() == 0x33;
    if (bytes) {
      return checked(language, byId, ends, true);
    }
    var written = language.within(characters(byId, single));
    return checked(written, byId, ends, false);
  }

  private static TokenMasks checked(
      Language language, byte[][] byId, Set<Integer> ends, boolean bytes) {
    if (language.isEmpty()) {
      throw new DataException(
          "no text of those that are allowed can be written with the model's tokens; allow others,"
              + " or take a model whose tokenizer knows all characters");
    }
    return new TokenMasks(language, byId, ends, bytes);
  }

  /** The characters that tokens can write, one after another: by one token, or by bytes. */
  private static BitSet characters(byte[][] tokens, BitSet bytes) {
    var characters = new BitSet();
    for (byte[] token : tokens) {
      String text = new String(token, StandardCharsets.UTF_8);
      if (token.length > 0
          && text.codePointCount(0, text.length()) == 1
          && Arrays.equals(token, text.getBytes(StandardCharsets.UTF_8))) {
        characters.set(text.codePointAt(0));
      }
    }
    for (int c = 0; c <= Character.MAX_CODE_POINT; c++) {
      if (c < Character.MIN_SURROGATE || c > Character.MAX_SURROGATE) {
        boolean all = true;
        for (byte b : Character.toString(c).getBytes(StandardCharsets.UTF_8)) {
          all &= bytes.get(b & 0xFF);
        }
        characters.set(c, characters.get(c) || all);
      }
    }
    return characters;
  }

  /** How many tokens a text may need, if they are the shortest: at least so many must be left. */
  public int needed() {
    return missing[language.start()];
  }

  /**
   * The tokens that may follow: with each, a text can still end in time.
   *
   * @param written all tokens of the text so far, each of them allowed in its turn
   * @param left how many tokens may come, the next one included
   * @return none where the text has to end, and no token says so
   */
  public BitSet next(int[] written, int left) {
    int state = state(written);
    return farthest < left
        ? masks.computeIfAbsent(state, s -> walk(s, Integer.MAX_VALUE))
        : walk(state, left - 1);
  }

  /** Whether nothing can follow: the text is whole, and no longer one goes on with it. */
  public boolean isOver(int[] written) {
    int state = state(written);
    return language.isEnd(state)
        && IntStream.range(0, 256).allMatch(b -> language.next(state, (byte) b) == Language.NONE);
  }

  private int state(int[] written) {
    int state = language.start();
    for (int id : written) {
      for (byte b : byId[id]) {
        state = language.next(state, b);
      }
    }
    return state;
  }

  /** The tokens behind which the rest of a text has at most so many. */
  private BitSet walk(int from, int most) {
    var mask = new BitSet();
    if (language.isEnd(from)) {
      ends.forEach(mask::set);
    }
    int[] states = new int[longest + 1];
    states[0] = from;
    int alive = 0; // so many bytes of the token before led somewhere
    for (int i = 0; i < texts.length; i++) {
      if (shared[i] > alive) {
        continue; // it begins with what led nowhere
      }
      alive = shared[i];
      byte[] text = texts[i];
      while (alive < text.length) {
        int next = language.next(states[alive], text[alive]);
        if (next == Language.NONE) {
          break;
        }
        states[++alive] = next;
      }
      if (alive == text.length && missing[states[alive]] <= most) {
        mask.set(ids[i]);
      }
    }
    return mask;
  }
}
