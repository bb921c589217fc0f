package dev.merapi.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.merapi.tensor.Key;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StoriesTest {
  private static final String STORY =
      "Mia the fox had a red ball. One day the ball fell into the river. Mia was sad."
          + " A frog found the ball. \"Thank you, frog!\" said Mia."
          + " Mia and the frog became friends.";

  @Test
  void readsEveryStoryThatItWrites() {
    Stories.of(2_000, Key.of(1)).lines().forEach(line -> assertTrue(Stories.isStory(line), line));
    assertTrue(Stories.of(2_000, Key.of(1)).lines().distinct().count() > 1_990);
  }

  @Test
  void writesTheSameByTheSameKey() {
    assertTrue(Stories.of(20, Key.of(2)).startsWith(Stories.of(7, Key.of(2))));
    assertFalse(Stories.of(7, Key.of(3)).equals(Stories.of(7, Key.of(2))));
    assertEquals(7, Stories.of(7, Key.of(2)).lines().count());
  }

  @Test
  void readsAStory() {
    assertTrue(Stories.isStory(STORY));
    assertTrue(Stories.isStory(STORY.replace(" Mia was sad.", ""))); // a part that may be left out
    assertTrue(Stories.isStory(STORY.replace("Mia was sad", "She looked for it all day")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Mia was sad|Tom was sad", // another hero
        "found the ball|found the hat", // another thing
        "frog became|duck became", // another helper
        "Mia was sad|He looked for it all day", // of Mia
        "red|pink", // a word that it does not know
        "Mia the fox|Mia the frog", // helped by its own kind
        " friends.| friends. ", // more than a story
        " friends.| friends", // less than a story
        "One day|One night",
      })
  void readsNoStoryThatDoesNotHangTogether(String change) {
    int bar = change.indexOf('|');
    var changed = STORY.replace(change.substring(0, bar), change.substring(bar + 1));
    assertFalse(changed.equals(STORY));
    assertFalse(Stories.isStory(changed), changed);
  }
}
