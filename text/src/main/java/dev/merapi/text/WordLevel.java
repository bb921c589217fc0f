package dev.merapi.text;

import tools.jackson.databind.node.ObjectNode;

/** One token a piece. */
record WordLevel(Vocabulary vocabulary, String unknown) implements Model {
  @Override
  public void tokenise(Aligned piece, Tokens into) {
    int id = vocabulary.id(piece.text());
    if (id < 0) {
      id = vocabulary.id(unknown);
    }
    if (id < 0) {
      throw Model.unknown(piece.text());
    }
    into.add(id, piece.start(0), piece.end(piece.length() - 1));
  }

  @Override
  public void write(ObjectNode into) {
    into.put("type", "WordLevel");
    vocabulary.write(into.putObject("vocab"));
    into.put("unk_token", unknown);
  }
}
