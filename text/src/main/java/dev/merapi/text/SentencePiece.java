package dev.merapi.text;

import dev.merapi.data.Aside;
import dev.merapi.data.DataException;
import dev.merapi.text.SentencePieceModel.Kind;
import dev.merapi.text.SentencePieceModel.Piece;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A SentencePiece model (Kudo and Richardson, 2018), as that library runs it: the whole text is
 * normalised and cut into pieces, without a look at words. It is saved as {@code tokenizer.model},
 * for a {@code tokenizer.json} cannot say all of it.
 */
final class SentencePiece implements Tokenizer {
  static final String NAME = "tokenizer.model";
  private static final double PENALTY = 10;

  private final SentencePieceModel model;
  private final List<Piece> pieces;
  private final Map<String, Integer> ids = new HashMap<>();
  private final Trie userDefined;
  private final SentencePieceNormaliser normaliser;
  private final int[] bytes = new int[256];
  private final int unknown;
  private final Trie trie; // of a unigram model
  private final double[] scores;
  private final double unknownScore;
  private final Merges merges; // of byte-pair encoding

  private SentencePiece(SentencePieceModel model, Optional<PrecompiledMap> rules, int unknown) {
    this.model = model;
    this.unknown = unknown;
    pieces = model.pieces();
    userDefined = new Trie(16);
    Arrays.fill(bytes, -1);
    for (int id = 0; id < pieces.size(); id++) {
      var piece = pieces.get(id);
      switch (piece.kind()) {
        case NORMAL, USER_DEFINED, UNUSED -> ids.putIfAbsent(piece.text(), id);
        case BYTE -> {
          int at = id;
          Decoders.byteOf(piece.text()).ifPresent(b -> bytes[b] = at);
        }
        case NONE, UNKNOWN, CONTROL -> {}
      }
      if (piece.kind() == Kind.USER_DEFINED) {
        userDefined.add(piece.text(), id);
      }
    }
    normaliser = new SentencePieceNormaliser(model, rules, userDefined);
    trie = new Trie(model.unigram() ? pieces.size() : 1);
    scores = new double[pieces.size()];
    unknownScore = model.unigram() ? fillTrie() : 0;
    merges = model.unigram() ? new Merges(1) : merges();
  }

  static SentencePiece read(Path file) {
    var model = SentencePieceModel.read(file);
    Optional<PrecompiledMap> rules;
    try {
      rules =
          model.charsMap().length == 0
              ? Optional.empty()
              : Optional.of(PrecompiledMap.of(model.charsMap()));
    } catch (IllegalArgumentException e) {
      throw DataException.of(
          file, "its normalisation is damaged (" + e.getMessage() + ")", "copy the file again");
    }
    int unknown = -1;
    for (int id = 0; id < model.pieces().size(); id++) {
      var kind = model.pieces().get(id).kind();
      if (kind == Kind.UNKNOWN) {
        unknown = id;
      } else if (kind == Kind.UNUSED && !model.unigram()) {
        throw DataException.of(
            file, "BPE with pieces that are not used is not supported", "use another model");
      }
    }
    if (unknown < 0) {
      throw DataException.of(file, "it has no piece for the unknown", "copy the file again");
    }
    return new SentencePiece(model, rules, unknown);
  }

  /** Returns the score of a character that is no piece. */
  private double fillTrie() {
    float least = Float.MAX_VALUE;
    float most = -Float.MAX_VALUE;
    for (var piece : pieces) {
      if (piece.kind() == Kind.NORMAL) {
        least = Math.min(least, piece.score());
        most = Math.max(most, piece.score());
      }
    }
    for (int id = 0; id < pieces.size(); id++) {
      var piece = pieces.get(id);
      if (piece.kind() == Kind.NORMAL || piece.kind() == Kind.USER_DEFINED) {
        trie.add(piece.text(), id);
      }
      // What users define always wins.
      int length = piece.text().getBytes(StandardCharsets.UTF_8).length;
      scores[id] = piece.kind() == Kind.USER_DEFINED ? length * most - 0.1 : piece.score();
    }
    return (float) (least - PENALTY);
  }

  /** Two pieces whose texts make a third merge by its score: the highest first. */
  private Merges merges() {
    var inOrder =
        pieces.stream().map(Piece::score).distinct().sorted((a, b) -> Float.compare(b, a)).toList();
    var ranks = HashMap.<Float, Integer>newHashMap(inOrder.size());
    for (var score : inOrder) {
      ranks.put(score, ranks.size());
    }
    var all = new Merges(4 * pieces.size());
    for (int id = 0; id < pieces.size(); id++) {
      var piece = pieces.get(id);
      if (piece.kind() != Kind.NORMAL || ids.get(piece.text()) != id) {
        continue;
      }
      for (int cut = 1; cut < piece.text().length(); cut++) {
        var left = ids.get(piece.text().substring(0, cut));
        var right = ids.get(piece.text().substring(cut));
        if (left != null && right != null) {
          all.add(left, right, ranks.get(piece.score()), id);
        }
      }
    }
    return all;
  }

  @Override
  public int size() {
    return pieces.size();
  }

  @Override
  public Encoding encoding(String text, boolean special) {
    return PostProcessors.joined(List.of(tokens(text, special))).toEncoding();
  }

  @Override
  public Encoding encoding(String first, String second, boolean special) {
    return PostProcessors.joined(List.of(tokens(first, special), tokens(second, special)))
        .toEncoding();
  }

  /**
   * With special tokens: the piece that begins a text, as Llama has it, or, where the model has
   * none, the piece that ends it, as T5 does.
   */
  private Tokens tokens(String text, boolean special) {
    var tokens = new Tokens();
    boolean begins = isPiece(model.begin());
    if (special && begins) {
      tokens.addSpecial(model.begin(), 0);
    }
    var normalised = normaliser.apply(Utf8.wellFormed(text));
    if (!normalised.isEmpty()) {
      add(
          normalised,
          model.unigram() ? byScores(normalised.text()) : byMerges(normalised.text()),
          tokens);
    }
    if (special && !begins && isPiece(model.end())) {
      tokens.addSpecial(model.end(), 0);
    }
    return tokens;
  }

  private boolean isPiece(int id) {
    return id >= 0 && id < pieces.size() && pieces.get(id).kind() == Kind.CONTROL;
  }

  /** Pairs of an id, -1 for the unknown, and where it ends. */
  private int[] byScores(String text) {
    return Lattice.best(text, trie, id -> scores[id], unknownScore, true);
  }

  private int[] byMerges(String text) {
    var symbols = new int[text.length()];
    var lengths = new int[text.length()];
    int count = 0;
    for (int from = 0; from < text.length(); ) {
      int node = userDefined.root();
      int to = from + Character.charCount(text.codePointAt(from));
      int symbol = ids.getOrDefault(text.substring(from, to), -1);
      for (int i = from; i < text.length(); i++) {
        node = userDefined.next(node, text.charAt(i));
        if (node < 0) {
          break;
        }
        if (userDefined.id(node) >= 0) {
          to = i + 1;
          symbol = -2 - userDefined.id(node); // no merge knows it
        }
      }
      symbols[count] = symbol;
      lengths[count++] = to - from;
      from = to;
    }
    count = merges.apply(symbols, lengths, count);
    var cuts = new int[2 * count];
    for (int i = 0, at = 0; i < count; i++) {
      at += lengths[i];
      cuts[2 * i] = symbols[i] < -1 ? -2 - symbols[i] : symbols[i];
      cuts[2 * i + 1] = at;
    }
    return cuts;
  }

  private void add(Aligned text, int[] cuts, Tokens into) {
    for (int i = 0, from = 0; i < cuts.length; i += 2) {
      int to = cuts[i + 1];
      if (cuts[i] >= 0) {
        into.add(cuts[i], text.start(from), text.end(to - 1));
      } else if (model.byteFallback()) {
        for (byte b : text.text().substring(from, to).getBytes(StandardCharsets.UTF_8)) {
          int id = bytes[b & 0xFF];
          into.add(id < 0 ? unknown : id, text.start(from), text.end(to - 1));
        }
      } else {
        // What is unknown and stands together is one token.
        while (i + 2 < cuts.length && cuts[i + 2] < 0) {
          i += 2;
          to = cuts[i + 1];
        }
        into.add(unknown, text.start(from), text.end(to - 1));
      }
      from = to;
    }
  }

  @Override
  public String decode(int[] ids, boolean skipSpecial) {
    var text = new ByteArrayOutputStream();
    boolean start = model.dummyPrefix() || model.removeExtraSpaces();
    for (int id : ids) {
      var piece = pieces.get(Ids.check(id, pieces.size()));
      switch (piece.kind()) {
        case BYTE -> {
          text.write(Decoders.byteOf(piece.text()).orElse('?'));
          start = false;
        }
        case UNKNOWN -> {
          if (!skipSpecial) {
            text.writeBytes(model.unknownSurface().getBytes(StandardCharsets.UTF_8));
          }
          start = false;
        }
        case CONTROL -> {
          if (!skipSpecial) {
            text.writeBytes(piece.text().getBytes(StandardCharsets.UTF_8));
          }
        }
        case NONE, NORMAL, USER_DEFINED, UNUSED -> {
          var surface = piece.text();
          boolean consumed = start && !model.spaceAsSuffix() && surface.startsWith("\u2581");
          if (consumed) {
            surface = surface.substring(1);
          }
          text.writeBytes(surface.replace('\u2581', ' ').getBytes(StandardCharsets.UTF_8));
          start &= surface.isEmpty() && (model.removeExtraSpaces() || !consumed);
        }
      }
    }
    return text.toString(StandardCharsets.UTF_8);
  }

  @Override
  public Optional<String> token(int id) {
    return id < 0 || id >= pieces.size() ? Optional.empty() : Optional.of(pieces.get(id).text());
  }

  @Override
  public Optional<byte[]> bytes(int id) {
    if (id < 0 || id >= pieces.size() || isSpecial(id)) {
      return Optional.empty();
    }
    var piece = pieces.get(id);
    return Optional.of(
        piece.kind() == Kind.BYTE
            ? new byte[] {(byte) Decoders.byteOf(piece.text()).orElse('?')}
            : piece.text().replace('\u2581', ' ').getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public OptionalInt id(String token) {
    var known = ids.get(token);
    if (known != null) {
      return OptionalInt.of(known);
    }
    for (int id = 0; id < pieces.size(); id++) {
      if (pieces.get(id).text().equals(token)) {
        return OptionalInt.of(id);
      }
    }
    return OptionalInt.empty();
  }

  @Override
  public boolean isSpecial(int id) {
    var kind = pieces.get(Ids.check(id, pieces.size())).kind();
    return kind == Kind.CONTROL || kind == Kind.UNKNOWN;
  }

  @Override
  public void save(Path folder) {
    Aside.write(folder.resolve(NAME), out -> out.write(model.bytes()));
  }
}
