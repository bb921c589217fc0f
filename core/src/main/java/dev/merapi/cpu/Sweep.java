package dev.merapi.cpu;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A regular walk of a kernel's taps over source planes, along three axes: the geometry that forward
 * convolution and both gradients share.
 *
 * <p>A chunk of the walk copies its source planes, with the zeros of the padding, so that every tap
 * lies at a constant distance: position {@code q} of the flattened planes meets tap {@code t} at
 * {@code q + offset[t]}. Each tap along the width has planes of its own, whose lines are as long as
 * those of the result, so that lines follow each other without a gap; the taps along the other axes
 * share them: the rows of the patch matrix are pieces of the planes, overlapping, and are never
 * written out. The few positions that fall between two images are computed and thrown away. Where
 * outputs are {@code step} source positions apart, the planes are taken apart by residue, and
 * within a residue the step is 1.
 */
final class Sweep {
  private final List<Axis> axes;

  /** The axis that is cut into bands: the outermost real one. */
  private final int banded;

  private final int channels;

  /**
   * A walk.
   *
   * @param axes depth, height, width
   * @param rank how many of them are real; the others, in front, have size 1
   * @param channels source channels that are summed over
   */
  Sweep(List<Axis> axes, int rank, int channels) {
    this.axes = List.of(axes.get(0), axes.get(1), axes.get(2).apart());
    this.banded = 3 - rank;
    this.channels = channels;
  }

  /** The walk of a forward convolution. */
  static Sweep forward(ConvShape shape) {
    var axes =
        shape.threeAxes().stream()
            .map(
                a ->
                    new Axis(
                        new Line(a.input(), 0, a.stride()),
                        new Line(a.output(), 0, 1),
                        a.output(),
                        IntStream.range(0, a.kernel()).map(t -> t * a.dilation() - a.padLow())))
            .toList();
    return new Sweep(axes, shape.axes().size(), shape.groupIn());
  }

  /** Products in one sum. */
  int terms() {
    return channels * axes.stream().mapToInt(Axis::taps).reduce(1, Math::multiplyExact);
  }

  /** Outputs of one image. */
  int outputs() {
    return axes.stream().mapToInt(a -> a.outputs).reduce(1, Math::multiplyExact);
  }

  /** Outputs along the banded axis. */
  int bandedOutputs() {
    return axes.get(banded).outputs;
  }

  /** Positions to compute for one line, or one slab, of the banded axis. */
  int positionsPerBand() {
    int positions = 1;
    for (int d = banded + 1; d < 3; d++) {
      positions *= axes.get(d).outputs + axes.get(d).reach;
    }
    return positions;
  }

  /** Halo lines that each band reads beyond its own. */
  int reach() {
    return axes.get(banded).reach;
  }

  /** Source planes of one image: channels times residues. */
  int planes() {
    return channels * axes.stream().mapToInt(a -> a.residues.length).reduce(1, Math::multiplyExact);
  }

  /**
   * A piece of the walk: several whole images, or a band of one.
   *
   * @param firstImage first image
   * @param images how many
   * @param first first output along the banded axis
   * @param outputs how many
   */
  record Piece(int firstImage, int images, int first, int outputs) {}

  /** Positions of a tensor along one axis: {@code first + i * step} of {@code size}. */
  record Line(int size, int first, int step) {}

  /** One axis of the walk. */
  static final class Axis {
    private final int source;
    private final int step;
    private final Line result;
    private final int outputs;
    private final int[] taps;
    private final int[] residues;
    private final int[] tapResidue;
    private final int[] tapShift;
    private final int low;
    private final int reach;

    /**
     * An axis.
     *
     * @param source size of the source, and the step between outputs
     * @param result where output {@code o} lies in the result
     * @param outputs positions walked
     * @param taps source position of each tap at output 0
     */
    Axis(Line source, Line result, int outputs, IntStream taps) {
      this(source, result, outputs, taps.toArray(), false);
    }

    private Axis(Line source, Line result, int outputs, int[] at, boolean apart) {
      this.source = source.size;
      this.step = source.step;
      this.result = result;
      this.outputs = outputs;
      this.taps = at;
      if (apart) {
        residues = at;
        tapResidue = IntStream.range(0, at.length).toArray();
        tapShift = new int[at.length];
        low = 0;
        reach = 0;
        return;
      }
      residues = Arrays.stream(at).map(t -> Math.floorMod(t, step)).distinct().sorted().toArray();
      tapResidue =
          Arrays.stream(at)
              .map(t -> Arrays.binarySearch(residues, Math.floorMod(t, step)))
              .toArray();
      int[] shift = Arrays.stream(at).map(t -> Math.floorDiv(t, step)).toArray();
      low = Arrays.stream(shift).min().orElse(0);
      reach = Arrays.stream(shift).max().orElse(0) - low;
      tapShift = Arrays.stream(shift).map(s -> s - low).toArray();
    }

    int taps() {
      return tapShift.length;
    }

    /** The same walk, with planes for each tap instead of for each residue. */
    Axis apart() {
      return new Axis(new Line(source, 0, step), result, outputs, taps, true);
    }
  }

  /** The planes of a piece. */
  Layout layout(Piece piece) {
    return new Layout(piece);
  }

  /** How the planes of one piece lie in memory: channel, residue, image, depth, height, width. */
  final class Layout {
    private final Piece piece;
    private final int[] first = new int[3];
    private final int[] outputs = new int[3];
    private final int[] extent = new int[3];
    private final long plane;

    private Layout(Piece piece) {
      this.piece = piece;
      long size = piece.images;
      for (int d = 0; d < 3; d++) {
        var axis = axes.get(d);
        first[d] = d == banded ? piece.first : 0;
        outputs[d] = d == banded ? piece.outputs : axis.outputs;
        extent[d] = outputs[d] + axis.reach;
        size *= extent[d];
      }
      plane = size;
    }

    /** Floats of all planes. */
    long size() {
      return plane * planes();
    }

    /** Positions from the first output to the last, with the gaps between. */
    int span() {
      return Math.toIntExact(at(piece.images - 1, outputs[0] - 1, outputs[1] - 1) + outputs[2]);
    }

    /** Outputs of one image of the piece. */
    int outputsPerImage() {
      return outputs[0] * outputs[1] * outputs[2];
    }

    /** Floats from the first output of an image to that of the next. */
    int imageSpan() {
      return extent[0] * extent[1] * extent[2];
    }

    /** Whether the outputs of an image lie in the planes as they do in the result. */
    boolean inOrder() {
      return outputs[0] == 1
          && axes.get(1).result.step == 1
          && axes.get(2).result.step == 1
          && axes.get(2).result.size == outputs[2];
    }

    private long at(int image, int depth, int height) {
      return (((long) image * extent[0] + depth) * extent[1] + height) * extent[2];
    }

    /** Writes the offset of each term of the sums, channel by channel and tap by tap. */
    void writeOffsets(long table) {
      long entry = table;
      int heights = axes.get(1).residues.length;
      int widths = axes.get(2).residues.length;
      for (int channel = 0; channel < channels; channel++) {
        long base = plane * channel * (planes() / channels);
        for (int d = 0; d < axes.get(0).taps(); d++) {
          for (int h = 0; h < axes.get(1).taps(); h++) {
            for (int w = 0; w < axes.get(2).taps(); w++) {
              long residue =
                  ((long) axes.get(0).tapResidue[d] * heights + axes.get(1).tapResidue[h]) * widths
                      + axes.get(2).tapResidue[w];
              long shift =
                  at(0, axes.get(0).tapShift[d], axes.get(1).tapShift[h]) + axes.get(2).tapShift[w];
              Memory.setLong(entry, 4 * (base + residue * plane + shift));
              entry += 8;
            }
          }
        }
      }
    }

    /**
     * Copies the source into the planes.
     *
     * @param source first channel of the group in the first image of the batch
     * @param imageStride floats from one image to the next
     */
    void fill(TileKernel kernel, long source, long imageStride, long to) {
      var depth = axes.get(0);
      var height = axes.get(1);
      var width = axes.get(2);
      long positions = (long) depth.source * height.source * width.source;
      long target = to;
      for (int channel = 0; channel < channels; channel++) {
        for (int rd : depth.residues) {
          for (int rh : height.residues) {
            for (int rw : width.residues) {
              for (int image = 0; image < piece.images; image++) {
                long from =
                    source + 4 * ((piece.firstImage + image) * imageStride + channel * positions);
                fillImage(kernel, from, new int[] {rd, rh, rw}, target + 4 * at(image, 0, 0));
              }
              target += 4 * plane;
            }
          }
        }
      }
    }

    private void fillImage(TileKernel kernel, long source, int[] residue, long to) {
      var height = axes.get(1);
      int fromHeight = inside(1, residue[1], 0);
      int heights = inside(1, residue[1], height.source) - fromHeight;
      int fromWidth = inside(2, residue[2], 0);
      int widths = inside(2, residue[2], axes.get(2).source) - fromWidth;
      int fromDepth = inside(0, residue[0], 0);
      int toDepth = inside(0, residue[0], axes.get(0).source);
      long slab = 4L * extent[1] * extent[2];
      if (heights <= 0 || widths <= 0 || fromDepth >= toDepth) {
        Memory.zero(to, extent[0] * slab);
        return;
      }
      Memory.zero(to, fromDepth * slab);
      Memory.zero(to + toDepth * slab, (extent[0] - toDepth) * slab);
      for (int d = fromDepth; d < toDepth; d++) {
        long row = (long) position(0, residue[0], d) * height.source;
        long line = row + position(1, residue[1], fromHeight);
        var lines = new Lines(heights, fromWidth, widths, position(2, residue[2], fromWidth));
        long at = to + d * slab;
        Memory.zero(at, 4L * fromHeight * extent[2]);
        long end = 4L * (fromHeight + heights) * extent[2];
        Memory.zero(at + end, slab - end);
        fillLines(
            kernel,
            lines,
            source + 4 * line * axes.get(2).source,
            at + 4L * fromHeight * extent[2]);
      }
    }

    private void fillLines(TileKernel kernel, Lines lines, long source, long to) {
      var width = axes.get(2);
      int extentWidth = extent[2];
      long stride = 4L * axes.get(1).step * width.source;
      long from = source + 4L * lines.source;
      long target = to + 4L * lines.first;
      if (width.step == 1 && stride == 4L * extentWidth) { // all lines are one
        kernel.copy(1, (lines.count - 1) * extentWidth + lines.width, from, 0, target, 0);
      } else if (width.step == 1) {
        kernel.copy(lines.count, lines.width, from, stride, target, 4L * extentWidth);
      } else {
        for (int h = 0; h < lines.count; h++) {
          take(kernel, lines.width, from + h * stride, width.step, target + 4L * h * extentWidth);
        }
      }
      clearColumns(lines.count, 0, lines.first, to);
      clearColumns(lines.count, lines.first + lines.width, extentWidth, to);
    }

    private void clearColumns(int lines, int first, int end, long to) {
      for (int h = 0; h < lines; h++) {
        for (int column = first; column < end; column++) {
          Memory.setInt(to + 4L * (h * extent[2] + column), 0);
        }
      }
    }

    /** Source position of a place in the planes. */
    private int position(int d, int residue, int place) {
      var axis = axes.get(d);
      return (place + first[d] + axis.low) * axis.step + residue;
    }

    /** The first place in the planes whose source position is not below {@code bound}. */
    private int inside(int d, int residue, int bound) {
      var axis = axes.get(d);
      int place = Math.ceilDiv(bound - residue, axis.step) - axis.low - first[d];
      return Math.clamp(place, 0, extent[d]);
    }

    /** Copies the outputs of one channel from flattened planes to one image of the result. */
    void store(TileKernel kernel, int image, long from, long result) {
      move(kernel, image, from, result, true);
    }

    /** Copies one image of the result to flattened planes; what lies between the lines is left. */
    void load(TileKernel kernel, int image, long result, long to) {
      move(kernel, image, to, result, false);
    }

    private void move(TileKernel kernel, int image, long planes, long result, boolean store) {
      var heights = axes.get(1).result;
      var widths = axes.get(2).result;
      for (int d = 0; d < outputs[0]; d++) {
        long row = (long) place(0, d) * heights.size + place(1, 0);
        long there = result + 4 * (row * widths.size + place(2, 0));
        long stride = 4L * heights.step * widths.size;
        long here = planes + 4 * at(image, d, 0);
        long extentBytes = 4L * extent[2];
        if (widths.step == 1 && store) {
          kernel.copy(outputs[1], outputs[2], here, extentBytes, there, stride);
        } else if (widths.step == 1) {
          kernel.copy(outputs[1], outputs[2], there, stride, here, extentBytes);
        } else {
          for (int h = 0; h < outputs[1]; h++) {
            long line = here + h * extentBytes;
            if (store) {
              put(kernel, outputs[2], line, widths.step, there + h * stride);
            } else {
              take(kernel, outputs[2], there + h * stride, widths.step, line);
            }
          }
        }
      }
    }

    private int place(int d, int output) {
      var result = axes.get(d).result;
      return result.first + (first[d] + output) * result.step;
    }

    /** Flat position, within one image of the result, of the first output. */
    int firstOutput() {
      return (place(0, 0) * axes.get(1).result.size + place(1, 0)) * axes.get(2).result.size
          + place(2, 0);
    }
  }

  /**
   * Lines to copy.
   *
   * @param first place of the first float in a line of the planes
   * @param width floats of each line
   * @param source position of the first in a line of the source
   */
  private record Lines(int count, int first, int width, int source) {}

  /** {@code to[i] = from[step * i]}. */
  private static void take(TileKernel kernel, int count, long from, int step, long to) {
    if (step == 2) {
      kernel.takeSecond(count, from, to);
      return;
    }
    for (int i = 0; i < count; i++) {
      Memory.setFloat(to + 4L * i, Memory.getFloat(from + 4L * i * step));
    }
  }

  /** {@code to[step * i] = from[i]}. */
  private static void put(TileKernel kernel, int count, long from, int step, long to) {
    if (step == 2) {
      kernel.putSecond(count, from, to);
      return;
    }
    for (int i = 0; i < count; i++) {
      Memory.setFloat(to + 4L * i * step, Memory.getFloat(from + 4L * i));
    }
  }
}
