package dev.merapi.recipe;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/** A setting that is searched, and what it may be. */
sealed interface SearchAxis {
  /** The setting: {@code training.batch}. */
  String path();

  /** Where it was written. */
  Optional<Mark> mark();

  /** Those values that have to be legal for all to be. */
  List<Node> ends();

  /**
   * The values of a grid.
   *
   * @throws RecipeException if there are endlessly many
   */
  List<Node> grid();

  /** How many values there are; empty for endlessly many. */
  Optional<Long> size();

  /** A value that chance chooses. */
  Node draw(SplittableRandom random);

  /** What is searched, as it is written in YAML. */
  Object plain();

  /** Some values, all equally likely. */
  record Choices(String path, Optional<Mark> mark, List<Node> choices) implements SearchAxis {
    public Choices {
      choices = List.copyOf(choices);
    }

    @Override
    public List<Node> ends() {
      return choices;
    }

    @Override
    public List<Node> grid() {
      return choices;
    }

    @Override
    public Optional<Long> size() {
      return Optional.of((long) choices.size());
    }

    @Override
    public Node draw(SplittableRandom random) {
      return choices.get(random.nextInt(choices.size()));
    }

    @Override
    public Object plain() {
      return choices.stream().map(YamlTree::plain).toList();
    }
  }

  /** How numbers lie between two others. */
  enum Scale {
    /** {@code x} is uniform. */
    LINEAR,
    /** {@code ln x} is uniform. */
    LOG
  }

  /**
   * How a range is written.
   *
   * @param from the least value
   * @param to the greatest
   * @param steps values of a grid
   */
  record Limits(
      double from,
      double to,
      @Default("linear") Scale scale,
      @Default("null") @Range(from = 2, to = 1000) Optional<Integer> steps) {
    public Limits {
      if (!(from < to)) {
        throw new RecipeException(
            "a range from %s to %s is empty; give a smaller `from`".formatted(from, to));
      }
      if (scale == Scale.LOG && from <= 0) {
        throw new RecipeException(
            "the logarithm of %s is not finite; give a `from` above 0".formatted(from));
      }
    }

    /** What lies at a share of the way, from 0 to 1. */
    double at(double share) {
      return scale == Scale.LOG
          ? Math.exp(Math.log(from) + share * (Math.log(to) - Math.log(from)))
          : from + share * (to - from);
    }

    /** The inverse of {@link #at}. */
    double share(double value) {
      return scale == Scale.LOG
          ? Math.log(value / from) / Math.log(to / from)
          : (value - from) / (to - from);
    }
  }

  /**
   * All numbers between two others.
   *
   * @param whole whether only whole numbers are meant
   */
  record Numbers(String path, Optional<Mark> mark, Limits limits, boolean whole)
      implements SearchAxis {
    /** Digits of a number that chance chooses: more are of no use, and hard to read. */
    private static final MathContext DIGITS = new MathContext(4);

    @Override
    public List<Node> ends() {
      return List.of(number(limits.from()), number(limits.to()));
    }

    @Override
    public Optional<Long> size() {
      return whole ? Optional.of((long) (limits.to() - limits.from()) + 1) : Optional.empty();
    }

    @Override
    public List<Node> grid() {
      if (limits.steps().isEmpty()) {
        if (!whole) {
          throw new RecipeException(
              "%s: `%s` has endlessly many values; add `steps: 5` for a grid, or search at random"
                  .formatted(mark.map(YamlTree::place).orElse("space"), path));
        }
        return LongStream.rangeClosed((long) limits.from(), (long) limits.to())
            .mapToObj(this::number)
            .toList();
      }
      int steps = limits.steps().get();
      var distinct = new LinkedHashSet<Double>();
      for (int i = 0; i < steps; i++) {
        distinct.add(rounded(limits.at((double) i / (steps - 1))));
      }
      var nodes = new ArrayList<Node>();
      distinct.forEach(value -> nodes.add(number(value)));
      return nodes;
    }

    @Override
    public Node draw(SplittableRandom random) {
      if (!whole) {
        return number(rounded(limits.at(random.nextDouble())));
      }
      // Each whole number has the stretch up to the next.
      var stretched = new Limits(limits.from(), limits.to() + 1, limits.scale(), limits.steps());
      return number(Math.min(Math.floor(stretched.at(random.nextDouble())), limits.to()));
    }

    private double rounded(double value) {
      double near = whole ? Math.rint(value) : new BigDecimal(value).round(DIGITS).doubleValue();
      return Math.clamp(near, limits.from(), limits.to());
    }

    private Node number(double value) {
      var text =
          whole && value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
      return new ScalarNode(whole ? Tag.INT : Tag.FLOAT, true, text, ScalarStyle.PLAIN, mark, mark);
    }

    @Override
    public Object plain() {
      var map = new java.util.LinkedHashMap<String, Object>();
      map.put("from", YamlTree.plain(number(limits.from())));
      map.put("to", YamlTree.plain(number(limits.to())));
      map.put("scale", Settings.word(limits.scale()));
      limits.steps().ifPresent(steps -> map.put("steps", steps));
      return map;
    }
  }
}
