package dev.merapi.text;

import tools.jackson.databind.node.ArrayNode;

/**
 * A token that is found in a text before anything else looks at it.
 *
 * @param id its id
 * @param content its text
 * @param singleWord whether it may not be a part of a word
 * @param leftStrip whether spaces before it belong to it
 * @param rightStrip whether spaces behind it belong to it
 * @param normalised whether it is looked for in the normalised text
 * @param special whether it stands for no text
 */
record AddedToken(
    int id,
    String content,
    boolean singleWord,
    boolean leftStrip,
    boolean rightStrip,
    boolean normalised,
    boolean special) {
  static AddedToken special(int id, String content) {
    return new AddedToken(id, content, false, false, false, false, true);
  }

  static AddedToken read(JsonPlace place) {
    var content = place.text("content");
    if (content.isEmpty()) {
      throw place.error("an added token is empty");
    }
    int id = place.get("id").integer();
    if (id < 0) {
      throw place.error("its id is negative");
    }
    boolean special = place.flag("special", false);
    return new AddedToken(
        id,
        content,
        place.flag("single_word", false),
        place.flag("lstrip", false),
        place.flag("rstrip", false),
        place.flag("normalized", !special),
        special);
  }

  void write(ArrayNode into) {
    into.addObject()
        .put("id", id)
        .put("content", content)
        .put("single_word", singleWord)
        .put("lstrip", leftStrip)
        .put("rstrip", rightStrip)
        .put("normalized", normalised)
        .put("special", special);
  }
}
