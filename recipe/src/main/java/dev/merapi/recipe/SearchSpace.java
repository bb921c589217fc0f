package dev.merapi.recipe;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * What a search may change in a recipe, and to what. Each key is the path of a setting, and its
 * value a list of choices, or a range:
 *
 * <pre>{@code
 * training.optimizer.learning_rate: {from: 1e-4, to: 1e-1, scale: log}
 * training.batch: [16, 32, 64]
 * model.hidden: [[16], [32, 32]]
 * }</pre>
 */
public final class SearchSpace {
  private static final long MOST = 10_000;
  private static final long TRIES = 1000;
  private static final String OPTION = "--space ";

  private final String recipe;
  private final List<SearchAxis> axes;

  private SearchSpace(String recipe, List<SearchAxis> axes) {
    this.recipe = recipe;
    this.axes = List.copyOf(axes);
  }

  /**
   * Reads a space, and tries each of its values in the recipe.
   *
   * @param sources files of YAML, and {@code key=values} with the values in YAML; a list of choices
   *     needs no brackets there
   * @throws RecipeException if there are no such settings or values; the message says where
   */
  public static SearchSpace parse(List<String> sources, Recipe.Training recipe) {
    var written = new LinkedHashMap<String, Written>();
    for (var source : sources) {
      if (source.matches("[A-Za-z0-9_.]+=.*")) {
        var equals = source.indexOf('=');
        var node = inline(source, source.substring(equals + 1));
        add(written, source.substring(0, equals), new Written(node, node.getStartMark()));
      } else {
        file(source).forEach((key, value) -> add(written, key, value));
      }
    }
    if (written.isEmpty()) {
      throw new RecipeException(
          "there is nothing to search; give --space FILE.yaml, or --space training.batch=16,32,64");
    }
    var text = recipe.yaml();
    var axes = new ArrayList<SearchAxis>();
    written.forEach((path, value) -> axes.add(axis(text, path, value)));
    var space = new SearchSpace(text, axes);
    space.check();
    return space;
  }

  /** Values with or without the brackets of their list, or a range. */
  private static Node inline(String source, String values) {
    var list = (SequenceNode) YamlTree.parse(OPTION + source, "[" + values + "]");
    boolean hasBrackets =
        list.getValue().size() == 1 && !(list.getValue().getFirst() instanceof ScalarNode);
    return hasBrackets ? list.getValue().getFirst() : list;
  }

  /** A value, and where its key was written. */
  private record Written(Node node, Optional<Mark> mark) {
    String place() {
      return mark.map(YamlTree::place).orElse("space");
    }
  }

  private static Map<String, Written> file(String source) {
    if (!(YamlTree.parse(source, Recipes.read(Path.of(source))) instanceof MappingNode root)) {
      throw new RecipeException(
          source
              + ": a space is a mapping of settings to what they may be, such as training.batch:"
              + " [16, 32]");
    }
    var written = new LinkedHashMap<String, Written>();
    for (var entry : root.getValue()) {
      add(
          written,
          YamlTree.text(entry.getKeyNode()),
          new Written(entry.getValueNode(), entry.getKeyNode().getStartMark()));
    }
    return written;
  }

  private static void add(Map<String, Written> all, String key, Written value) {
    if (all.put(key, value) != null) {
      throw new RecipeException(
          "%s: the key `%s` is there twice; remove one".formatted(value.place(), key));
    }
  }

  private static SearchAxis axis(String recipe, String path, Written written) {
    if (written.node() instanceof SequenceNode list && !list.getValue().isEmpty()) {
      return new SearchAxis.Choices(path, written.mark(), list.getValue());
    }
    if (!(written.node() instanceof MappingNode)) {
      throw new RecipeException(
          "%s: `%s` is not searched so; give a list of choices, or {from: …, to: …}"
              .formatted(written.place(), path));
    }
    var limits = Settings.read(path, SearchAxis.Limits.class, written.node());
    // Whether whole numbers are meant is said by the setting, not by how the limits are written.
    var real = new SearchAxis.Numbers(path, written.mark(), limits, false);
    var whole = new SearchAxis.Numbers(path, written.mark(), limits, true);
    var read = new SearchSpace(recipe, List.of(whole)).recipe(List.of(whole.ends().getFirst()));
    return switch (Settings.at(read, path).orElse("")) {
      case Integer _, Long _ -> whole;
      case Double _ -> real;
      default ->
          throw new RecipeException(
              "%s: `%s` is no number and has no range; give a list of choices"
                  .formatted(written.place(), path));
    };
  }

  /** Tries every choice and both ends of every range, the other settings at their first value. */
  private void check() {
    var first = axes.stream().map(axis -> axis.ends().getFirst()).toList();
    for (int i = 0; i < axes.size(); i++) {
      for (var value : axes.get(i).ends()) {
        var values = new ArrayList<>(first);
        values.set(i, value);
        recipe(values);
      }
    }
  }

  /** The settings that are searched. */
  List<SearchAxis> axes() {
    return axes;
  }

  /** The recipe with a value for each setting. */
  Recipe.Training recipe(List<Node> values) {
    var root = (MappingNode) YamlTree.parse("recipe", recipe);
    for (int i = 0; i < axes.size(); i++) {
      YamlTree.set(root, axes.get(i).path(), YamlTree.copy(values.get(i)), axes.get(i).mark());
    }
    return (Recipe.Training) Settings.read(Recipe.class, root);
  }

  /** The values by the paths of their settings. */
  Map<String, Object> plain(List<Node> values) {
    var plain = new LinkedHashMap<String, Object>();
    for (int i = 0; i < axes.size(); i++) {
      plain.put(axes.get(i).path(), YamlTree.plain(values.get(i)));
    }
    return plain;
  }

  /** The space as YAML that {@link #parse} reads. */
  public String yaml() {
    var text = new StringBuilder();
    axes.forEach(
        axis ->
            text.append(axis.path()).append(": ").append(YamlTree.line(axis.plain())).append('\n'));
    return text.toString();
  }

  /**
   * Every combination of the values, the last setting changing first.
   *
   * @throws RecipeException if a range has endlessly many, or there are more than 10,000
   */
  List<List<Node>> grid() {
    var values = axes.stream().map(SearchAxis::grid).toList();
    long size = 1;
    for (var each : values) {
      size *= each.size();
      if (size > MOST) {
        throw new RecipeException(
            "the grid has more than %d combinations; take fewer values, or search at random"
                .formatted(MOST));
      }
    }
    List<List<Node>> grid = List.of(List.of());
    for (var each : values) {
      var longer = new ArrayList<List<Node>>();
      for (var begun : grid) {
        for (var value : each) {
          var next = new ArrayList<>(begun);
          next.add(value);
          longer.add(next);
        }
      }
      grid = longer;
    }
    return grid;
  }

  /**
   * Combinations that chance chooses, no two of them alike; all there are, if they are not so many.
   */
  List<List<Node>> random(int count, long seed) {
    if (combinations().map(all -> all <= count).orElse(false)) {
      return every().grid();
    }
    var random = new SplittableRandom(seed);
    var seen = new HashSet<Map<String, Object>>();
    var drawn = new ArrayList<List<Node>>();
    // A narrow range may have fewer values than are wanted.
    for (long tries = 0; drawn.size() < count && tries < TRIES * count; tries++) {
      var values = axes.stream().map(axis -> axis.draw(random)).toList();
      if (seen.add(plain(values))) {
        drawn.add(values);
      }
    }
    return drawn;
  }

  /** The same with every whole number of a range. */
  private SearchSpace every() {
    return new SearchSpace(
        recipe,
        axes.stream()
            .map(
                axis ->
                    axis instanceof SearchAxis.Numbers(var path, var mark, var limits, var whole)
                        ? new SearchAxis.Numbers(
                            path,
                            mark,
                            new SearchAxis.Limits(
                                limits.from(), limits.to(), limits.scale(), Optional.empty()),
                            whole)
                        : axis)
            .toList());
  }

  /** How many combinations there are; empty for endlessly or very many. */
  private Optional<Long> combinations() {
    long product = 1;
    for (var axis : axes) {
      if (axis.size().isEmpty() || axis.size().get() > MOST) {
        return Optional.empty();
      }
      product *= axis.size().get();
      if (product > MOST) {
        return Optional.empty();
      }
    }
    return Optional.of(product);
  }
}
