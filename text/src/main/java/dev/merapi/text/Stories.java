package dev.merapi.text;

import dev.merapi.data.Draws;
import dev.merapi.tensor.Key;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Small stories that the product writes itself, for a first language model without a download: a
 * child's animal has a thing, loses it, and somebody helps.
 *
 * <p>A story is one sentence or more from each part of a grammar. Its slots hang together: who the
 * story is about, what was lost and who found it stay the same to the end, and "she" is never said
 * of Tom. So whoever writes stories that {@link #isStory parse} has learned more than words.
 */
public final class Stories {
  private static final Pattern SLOT = Pattern.compile("\\{(\\w+)}");

  /** Ways to write each part, in the order of the parts; no slot is used before it is filled. */
  private static final List<List<String>> PARTS =
      List.of(
          List.of(
              "{name} the {animal} had a {colour} {thing}.",
              "Once there was a {animal} named {name}. {She} had a {colour} {thing}.",
              "A {animal} named {name} found a {colour} {thing}."),
          List.of(
              " One day the {thing} fell into the {place}.",
              " One day {she} lost the {thing} near the {place}.",
              " But the wind blew the {thing} into the {place}."),
          List.of(" {name} was sad.", " {name} cried.", " {She} looked for it all day.", ""),
          List.of(
              " A {helper} found the {thing}.",
              " A {helper} went to the {place} and brought the {thing} back.",
              " A {helper} saw the {colour} {thing}."),
          List.of(
              " \"Thank you, {helper}!\" said {name}.",
              " {name} gave the {helper} a hug.",
              " {name} was happy."),
          List.of(
              " {name} and the {helper} became friends.",
              " {name} and the {helper} played until dark.",
              " Now {name} keeps the {thing} at home."));

  private static final List<String> SHE = List.of("Mia", "Ada", "Lily", "Rosa", "Nora", "Eva");
  private static final List<String> HE = List.of("Tom", "Ben", "Max", "Leo", "Sam", "Paul");
  private static final List<String> ANIMALS =
      List.of("fox", "bear", "mouse", "cat", "dog", "rabbit", "goose", "duck", "frog", "mole");

  private static final Map<String, List<String>> WORDS =
      Map.of(
          "name", join(SHE, HE),
          "animal", ANIMALS,
          "helper", ANIMALS,
          "colour", List.of("red", "blue", "green", "yellow", "white", "black"),
          "thing", List.of("ball", "hat", "kite", "boat", "drum", "book", "scarf", "bell"),
          "place", List.of("river", "well", "forest", "garden", "lake", "snow"));

  private Stories() {}

  private static List<String> join(List<String> first, List<String> second) {
    var both = new ArrayList<>(first);
    both.addAll(second);
    return List.copyOf(both);
  }

  /**
   * {@code count} stories, a line each. The i-th depends on the key and i alone: the same key gives
   * the same text on every machine, and more stories begin with the fewer.
   */
  public static String of(int count, Key key) {
    var text = new StringBuilder();
    for (int i = 0; i < count; i++) {
      text.append(story(new Draws(key.fold(i)))).append('\n');
    }
    return text.toString();
  }

  private static String story(Draws draws) {
    Map<String, String> filled = new HashMap<>();
    var story = new StringBuilder();
    for (var ways : PARTS) {
      var way = ways.get(draws.below(ways.size()));
      var slots = SLOT.matcher(way);
      while (slots.find()) {
        slots.appendReplacement(story, fill(slots.group(1), filled, draws));
      }
      slots.appendTail(story);
    }
    return story.toString();
  }

  private static String fill(String slot, Map<String, String> filled, Draws draws) {
    var known = known(slot, filled);
    if (known != null) {
      return known;
    }
    var choices = choices(slot, filled);
    var word = choices.get(draws.below(choices.size()));
    filled.put(slot, word);
    return word;
  }

  /** What a slot is filled with already, or follows from the others; null if it is free. */
  private static String known(String slot, Map<String, String> filled) {
    boolean isShe = SHE.contains(filled.getOrDefault("name", ""));
    return switch (slot) {
      case "she" -> isShe ? "she" : "he";
      case "She" -> isShe ? "She" : "He";
      default -> filled.get(slot);
    };
  }

  /** Nobody is helped by their own kind. */
  private static List<String> choices(String slot, Map<String, String> filled) {
    var words = WORDS.get(slot);
    return slot.equals("helper")
        ? words.stream().filter(word -> !word.equals(filled.get("animal"))).toList()
        : words;
  }

  /** Whether a line is a story of this grammar, with all that has to hang together. */
  public static boolean isStory(String line) {
    return parses(0, "", line, new HashMap<>());
  }

  /**
   * Whether the rest of a line is the rest of a way, and then the parts from {@code part} on.
   *
   * @param way what is left of the present part
   */
  private static boolean parses(int part, String way, String line, Map<String, String> filled) {
    var slots = SLOT.matcher(way);
    boolean hasSlot = slots.find();
    var plain = hasSlot ? way.substring(0, slots.start()) : way;
    if (!line.startsWith(plain)) {
      return false;
    }
    var rest = line.substring(plain.length());
    if (!hasSlot) {
      return part == PARTS.size()
          ? rest.isEmpty()
          : PARTS.get(part).stream()
              .anyMatch(next -> parses(part + 1, next, rest, new HashMap<>(filled)));
    }
    var slot = slots.group(1);
    var after = way.substring(slots.end());
    var known = known(slot, filled);
    var candidates = known == null ? choices(slot, filled) : List.of(known);
    return candidates.stream()
        .filter(rest::startsWith)
        .anyMatch(
            word -> {
              var next = new HashMap<>(filled);
              next.put(slot, word);
              return parses(part, after, rest.substring(word.length()), next);
            });
  }
}
