package dev.merapi.grammar;

import dev.merapi.data.DataException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.apache.lucene.util.automaton.Automata;
import org.apache.lucene.util.automaton.Automaton;
import org.apache.lucene.util.automaton.Operations;
import org.apache.lucene.util.automaton.TooComplexToDeterminizeException;
import org.apache.lucene.util.automaton.UTF32ToUTF8;

/** Automata over Unicode's scalar values: all code points but surrogates, which no UTF-8 holds. */
final class Automatons {
  private static final int WORK = 20_000_000;
  private static final int STATES = 200_000;

  private Automatons() {}

  /** Any one scalar value. */
  static Automaton any() {
    return Automata.makeCharClass(new int[] {0, 0xE000}, new int[] {0xD7FF, 0x10FFFF});
  }

  /** One of these code points. */
  static Automaton one(BitSet codePoints) {
    if (codePoints.isEmpty()) {
      return Automata.makeEmpty();
    }
    List<Integer> from = new ArrayList<>();
    List<Integer> to = new ArrayList<>();
    for (int start = codePoints.nextSetBit(0); start >= 0; ) {
      int end = codePoints.nextClearBit(start);
      from.add(start);
      to.add(end - 1);
      start = codePoints.nextSetBit(end);
    }
    return Automata.makeCharClass(
        from.stream().mapToInt(Integer::intValue).toArray(),
        to.stream().mapToInt(Integer::intValue).toArray());
  }

  static Automaton text(String text) {
    return Automata.makeString(text);
  }

  static Automaton sequence(Automaton... parts) {
    return Operations.concatenate(List.of(parts));
  }

  static Automaton either(List<Automaton> choices) {
    return Operations.union(choices);
  }

  /** So many, one after another; at most −1 is without end. */
  static Automaton times(Automaton of, int least, int most) {
    long states = (long) of.getNumStates() * Math.max(1, Math.max(least, most));
    if (states > STATES) {
      throw tooLarge("%d repetitions of something long".formatted(Math.max(least, most)));
    }
    return most < 0 ? Operations.repeat(of, least) : Operations.repeat(of, least, most);
  }

  /** The same language with at most one way to read a text, and none that leads nowhere. */
  static Automaton plain(Automaton automaton) {
    try {
      var plain = Operations.determinize(Operations.removeDeadStates(automaton), WORK);
      if (plain.getNumStates() > STATES) {
        throw tooLarge("%,d states".formatted(plain.getNumStates()));
      }
      return Operations.removeDeadStates(plain);
    } catch (TooComplexToDeterminizeException e) {
      throw tooLarge("it would need a great many states");
    }
  }

  /** The same texts, byte by byte. */
  static Automaton utf8(Automaton characters) {
    // Where a range has characters of several lengths, Lucene lets through what is no UTF-8.
    var bytes = new UTF32ToUTF8().convert(characters);
    return plain(Operations.intersection(plain(bytes), wellFormed()));
  }

  /** Sequences of bytes that are UTF-8 (Unicode's table 3-7). */
  private static Automaton wellFormed() {
    return Operations.repeat(
        either(
            List.of(
                Automata.makeCharRange(0, 0x7F),
                bytes(0xC2, 0xDF),
                bytes(0xE0, 0xE0, 0xA0, 0xBF),
                bytes(0xE1, 0xEC, 0x80, 0xBF),
                bytes(0xED, 0xED, 0x80, 0x9F),
                bytes(0xEE, 0xEF, 0x80, 0xBF),
                bytes(0xF0, 0xF0, 0x90, 0xBF, 0x80, 0xBF),
                bytes(0xF1, 0xF3, 0x80, 0xBF, 0x80, 0xBF),
                bytes(0xF4, 0xF4, 0x80, 0x8F, 0x80, 0xBF))));
  }

  /** Pairs of the least and the greatest byte, and behind them a last one of any character. */
  private static Automaton bytes(int... ranges) {
    List<Automaton> parts = new ArrayList<>();
    for (int i = 0; i < ranges.length; i += 2) {
      parts.add(Automata.makeCharRange(ranges[i], ranges[i + 1]));
    }
    parts.add(Automata.makeCharRange(0x80, 0xBF));
    return Operations.concatenate(parts);
  }

  private static DataException tooLarge(String why) {
    return new DataException(
        "what may be written is too complicated (%s); give smaller limits to what repeats"
            .formatted(why));
  }
}
