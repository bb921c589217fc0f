package dev.merapi.text;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import tools.jackson.databind.node.ObjectNode;

/**
 * A unigram language model of pieces: of all ways to cut a text the one whose pieces have the
 * largest sum of log probabilities, by Viterbi's algorithm (Kudo, 2018). What no piece covers is
 * unknown, at the worst piece's score less {@value #PENALTY} a character.
 */
final class Unigram implements Model {
  private static final double PENALTY = 10;

  private final Vocabulary vocabulary;
  private final double[] scores;
  private final int unknown; // -1: none
  private final Trie trie;
  private final double unknownScore;
  private final int[] bytes; // of the tokens <0x00> to <0xFF>; empty without a fallback to them

  Unigram(Vocabulary vocabulary, double[] scores, int unknown, boolean byteFallback) {
    this.vocabulary = vocabulary;
    this.scores = scores;
    this.unknown = unknown;
    trie = new Trie(scores.length);
    for (int id = 0; id < scores.length; id++) {
      trie.add(vocabulary.token(id), id);
    }
    unknownScore = Arrays.stream(scores).min().orElse(0) - PENALTY;
    bytes = byteFallback ? Bpe.byteTokens(vocabulary) : new int[0];
  }

  @Override
  public Vocabulary vocabulary() {
    return vocabulary;
  }

  @Override
  public void tokenise(Aligned piece, Tokens into) {
    var text = piece.text();
    var cuts = Lattice.best(text, trie, id -> scores[id], unknownScore, false);
    for (int i = 0, from = 0; i < cuts.length; i += 2) {
      int id = cuts[i];
      int to = cuts[i + 1];
      // What is unknown and stands together is one piece, which the vocabulary may know after all.
      while (id < 0 && i + 2 < cuts.length && cuts[i + 2] < 0) {
        i += 2;
        to = cuts[i + 1];
      }
      if (id < 0) {
        id = vocabulary.id(text.substring(from, to));
      }
      if (id >= 0) {
        into.add(id, piece.start(from), piece.end(to - 1));
      } else {
        addUnknown(piece, from, to, into);
      }
      from = to;
    }
  }

  private void addUnknown(Aligned piece, int from, int to, Tokens into) {
    int start = piece.start(from);
    int end = piece.end(to - 1);
    var text = piece.text().substring(from, to);
    if (bytes.length > 0) {
      var utf8 = text.getBytes(StandardCharsets.UTF_8);
      boolean all = true;
      for (byte b : utf8) {
        all &= bytes[b & 0xFF] >= 0;
      }
      if (all) {
        for (byte b : utf8) {
          into.add(bytes[b & 0xFF], start, end);
        }
        return;
      }
    }
    if (unknown < 0) {
      throw Model.unknown(text);
    }
    into.add(unknown, start, end);
  }

  @Override
  public void write(ObjectNode into) {
    into.put("type", "Unigram");
    if (unknown < 0) {
      into.putNull("unk_id");
    } else {
      into.put("unk_id", unknown);
    }
    var list = into.putArray("vocab");
    for (int id = 0; id < scores.length; id++) {
      list.addArray().add(vocabulary.token(id)).add(scores[id]);
    }
    into.put("byte_fallback", bytes.length > 0);
  }
}
