package dev.merapi.report;

import java.util.List;
import java.util.stream.IntStream;

/**
 * How much each token of a text looks at each one up to itself, in each head of each layer: numbers
 * from 0 to 1, row by row, of which each row sums to 1.
 *
 * @param rows how many tokens look: the last ones of the text
 * @param columns as many, or one more, the first: all the tokens before them together
 * @param layers the maps of each layer's heads, (rows, columns) each
 */
public record AttentionMaps(int rows, int columns, List<List<float[]>> layers) {
  public AttentionMaps {
    layers = layers.stream().map(List::copyOf).toList();
    if (columns < rows || columns > rows + 1) {
      throw new IllegalArgumentException("%d columns for %d rows".formatted(columns, rows));
    }
  }

  /** The mean of a layer's heads. */
  public float[] mean(int layer) {
    return mean(layers.get(layer));
  }

  /** The mean of all heads of all layers. */
  public float[] mean() {
    return mean(IntStream.range(0, layers.size()).mapToObj(this::mean).toList());
  }

  private float[] mean(List<float[]> maps) {
    float[] mean = new float[rows * columns];
    for (float[] map : maps) {
      for (int i = 0; i < mean.length; i++) {
        mean[i] += map[i] / maps.size();
      }
    }
    return mean;
  }

  /** Whether the token of a row can look at that of a column. */
  boolean sees(int row, int column) {
    return column <= row + columns - rows;
  }
}
