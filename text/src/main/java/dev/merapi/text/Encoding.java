package dev.merapi.text;

import java.util.Arrays;

/**
 * The ids of a text, and where in it each of them stands.
 *
 * @param ids one a token
 * @param types 0 for the first text of a pair and what goes with it, 1 for the second
 * @param starts where in its text each token begins, as an index into the string
 * @param ends one past where it ends; a token that was added stands from 0 to 0
 * @param added whether the token was put around the text and is no part of it
 */
@SuppressWarnings("ArrayRecordComponent") // not compared; taken over
public record Encoding(int[] ids, int[] types, int[] starts, int[] ends, boolean[] added) {
  /** An encoding of {@code ids.length} tokens. */
  public Encoding {
    int length = ids.length;
    if (types.length != length
        || starts.length != length
        || ends.length != length
        || added.length != length) {
      throw new IllegalArgumentException("an encoding's arrays are of different lengths");
    }
  }

  /** The number of tokens. */
  public int size() {
    return ids.length;
  }

  @Override
  public String toString() {
    return "Encoding" + Arrays.toString(ids);
  }
}
