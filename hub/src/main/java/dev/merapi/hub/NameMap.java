package dev.merapi.hub;

import dev.merapi.nn.Parameters;
import dev.merapi.tensor.Parameter;
import dev.merapi.tensor.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * Where each parameter of a model is published. A row names a layer, and its weight and bias, those
 * that there are, go together; {@code *} stands for the number of a block.
 *
 * @param rows in any order; every parameter must be in one
 * @param prefix of published names, which the files of an encoder alone do without
 * @param ignored names that files may have beside the model's: buffers, other tasks' heads
 */
record NameMap(List<Row> rows, String prefix, Predicate<String> ignored) {

  /** How a published tensor lies. */
  enum Layout {
    AS_OURS,
    /** (in, out) where ours is (out, in), as in GPT-2. */
    TRANSPOSED
  }

  /**
   * One layer.
   *
   * @param ours the path of a layer in our model, or of a parameter
   * @param published names, whose tensors are ours one after another
   * @param shares how many equal parts of our rows each of them has
   */
  record Row(String ours, Layout layout, List<String> published, List<Integer> shares) {
    static Row of(String ours, String published) {
      return new Row(ours, Layout.AS_OURS, List.of(published), List.of(1));
    }

    static Row transposed(String ours, String published) {
      return new Row(ours, Layout.TRANSPOSED, List.of(published), List.of(1));
    }
  }

  /** A published tensor: rows {@code from} to {@code to} of a parameter. */
  record Part(String name, Parameter parameter, int from, int to, Layout layout) {

    /** Its shape where it is published. */
    List<Long> shape() {
      int[] sizes = parameter.shape().with(0, to - from).toArray();
      if (layout == Layout.TRANSPOSED && sizes.length == 2) {
        sizes = new int[] {sizes[1], sizes[0]};
      }
      return IntStream.of(sizes).asLongStream().boxed().toList();
    }
  }

  /**
   * The published tensors of a model.
   *
   * @throws IllegalStateException if a parameter is in no row
   */
  List<Part> parts(Object model) {
    Map<Pattern, Row> patterns = new LinkedHashMap<>();
    for (Row row : rows) {
      String path = Pattern.quote(row.ours).replace("*", "\\E(\\d+)\\Q");
      patterns.put(Pattern.compile(path + "(\\.weight|\\.bias|)"), row);
    }
    List<Part> parts = new ArrayList<>();
    Parameters.of(model)
        .forEach(
            (path, parameter) -> {
              int before = parts.size();
              patterns.forEach((pattern, row) -> add(parts, pattern, row, path, parameter));
              if (parts.size() == before) {
                throw new IllegalStateException("no row of the map has " + path);
              }
            });
    return parts;
  }

  private static void add(
      List<Part> parts, Pattern pattern, Row row, String path, Parameter parameter) {
    var found = pattern.matcher(path);
    if (!found.matches()) {
      return;
    }
    boolean numbered = found.groupCount() == 2;
    String suffix = found.group(found.groupCount());
    Shape shape = parameter.shape();
    int share = shape.size(0) / row.shares.stream().mapToInt(Integer::intValue).sum();
    int at = 0;
    for (int i = 0; i < row.published.size(); i++) {
      String name = row.published.get(i) + suffix;
      int next = at + row.shares.get(i) * share;
      parts.add(
          new Part(
              numbered ? name.replace("*", found.group(1)) : name,
              parameter,
              at,
              next,
              row.layout));
      at = next;
    }
  }
}
