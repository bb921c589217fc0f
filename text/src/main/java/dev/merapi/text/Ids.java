package dev.merapi.text;

import dev.merapi.data.DataException;

/** What is asked of ids that come from outside. */
final class Ids {
  private Ids() {}

  /**
   * Returns the id.
   *
   * @throws DataException if it is not from 0 to {@code size - 1}
   */
  static int check(int id, int size) {
    if (id < 0 || id >= size) {
      throw new DataException(
          "id %d is outside the vocabulary, whose ids are 0 to %d; is it another tokenizer's?"
              .formatted(id, size - 1));
    }
    return id;
  }
}
