package dev.merapi.recipe;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.composer.Composer;
import org.snakeyaml.engine.v2.constructor.StandardConstructor;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.parser.ParserImpl;
import org.snakeyaml.engine.v2.scanner.StreamReader;

/** YAML as a tree whose every node knows where it was written. */
final class YamlTree {
  private static final String OPTION = "--";
  private static final String SET = "--set ";

  private YamlTree() {}

  /**
   * Reads a text.
   *
   * @param source what to call it in messages, such as its file
   */
  static Node parse(String source, String text) {
    var settings = LoadSettings.builder().setLabel(source).build();
    try {
      return new Composer(settings, new ParserImpl(settings, new StreamReader(settings, text)))
          .getSingleNode()
          .orElseThrow(() -> new RecipeException(source + ": it is empty; write a recipe into it"));
    } catch (MarkedYamlEngineException e) {
      throw new RecipeException(
          "%s: this is not YAML: %s"
              .formatted(e.getProblemMark().map(YamlTree::place).orElse(source), e.getProblem()),
          e);
    } catch (StackOverflowError e) { // the parser calls itself for each level
      throw new RecipeException(source + ": it is nested too deeply to be a recipe", e);
    } catch (YamlEngineException e) {
      throw new RecipeException(source + ": this is not YAML: " + e.getMessage(), e);
    }
  }

  /**
   * Replaces one value.
   *
   * @param assignment {@code key.key=value}, the value in YAML
   * @throws RecipeException if it is not of that form
   */
  static void set(MappingNode root, String assignment) {
    int equals = assignment.indexOf('=');
    if (equals < 1 || equals == assignment.length() - 1) {
      throw new RecipeException(
          SET + assignment + ": write key=value, for instance --set training.epochs=3");
    }
    var value = parse(SET + assignment, assignment.substring(equals + 1));
    set(root, assignment.substring(0, equals), value, value.getStartMark());
  }

  /**
   * Replaces one value.
   *
   * @param path {@code key.key}
   * @param mark where whoever asked for it wrote the path
   */
  static void set(MappingNode root, String path, Node value, Optional<Mark> mark) {
    var keys = List.of(path.split("\\.", -1));
    var node = root;
    for (var key : keys.subList(0, keys.size() - 1)) {
      var next = get(node, key);
      if (next.isPresent() && next.get() instanceof MappingNode inner) {
        node = inner;
      } else {
        var made = new MappingNode(Tag.MAP, true, new ArrayList<>(), FlowStyle.BLOCK, mark, mark);
        put(node, key, made, mark);
        node = made;
      }
    }
    put(node, keys.getLast(), value, mark);
  }

  /** A tree of its own, with the same marks: what is set in one is not set in the other. */
  static Node copy(Node node) {
    return switch (node) {
      case MappingNode mapping ->
          new MappingNode(
              mapping.getTag(),
              true,
              mapping.getValue().stream()
                  .map(entry -> new NodeTuple(entry.getKeyNode(), copy(entry.getValueNode())))
                  .collect(Collectors.toCollection(ArrayList::new)),
              mapping.getFlowStyle(),
              mapping.getStartMark(),
              mapping.getEndMark());
      case SequenceNode sequence ->
          new SequenceNode(
              sequence.getTag(),
              true,
              sequence.getValue().stream()
                  .map(YamlTree::copy)
                  .collect(Collectors.toCollection(ArrayList::new)),
              sequence.getFlowStyle(),
              sequence.getStartMark(),
              sequence.getEndMark());
      default -> node;
    };
  }

  /** What is written there, as maps, lists, numbers, texts and truths. */
  static Object plain(Node node) {
    return new StandardConstructor(LoadSettings.builder().build())
        .constructSingleDocument(Optional.of(node));
  }

  /** Such a value as YAML in one line. */
  static String line(Object plain) {
    var settings =
        DumpSettings.builder()
            .setDefaultFlowStyle(FlowStyle.FLOW)
            .setWidth(Integer.MAX_VALUE)
            .setSplitLines(false)
            .build();
    return new Dump(settings).dumpToString(plain).strip();
  }

  private static Optional<Node> get(MappingNode mapping, String key) {
    return mapping.getValue().stream()
        .filter(entry -> text(entry.getKeyNode()).equals(key))
        .map(NodeTuple::getValueNode)
        .findFirst();
  }

  private static void put(MappingNode mapping, String key, Node value, Optional<Mark> mark) {
    var entries = new ArrayList<>(mapping.getValue());
    entries.removeIf(entry -> text(entry.getKeyNode()).equals(key));
    entries.add(
        new NodeTuple(new ScalarNode(Tag.STR, true, key, ScalarStyle.PLAIN, mark, mark), value));
    mapping.setValue(entries);
  }

  /** The text of a scalar; of anything else, something that is no key. */
  static String text(Node node) {
    return node instanceof ScalarNode scalar ? scalar.getValue() : "(not a word)";
  }

  /** Where a node stands: {@code recipe.yaml:3:5}, or the option that it came with. */
  static String place(Node node) {
    return node.getStartMark().map(YamlTree::place).orElse("recipe");
  }

  static String place(Mark mark) {
    return mark.getName().startsWith(OPTION)
        ? mark.getName()
        : "%s:%d:%d".formatted(mark.getName(), mark.getLine() + 1, mark.getColumn() + 1);
  }
}
