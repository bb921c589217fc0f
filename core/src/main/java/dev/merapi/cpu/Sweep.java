package dev.merapi.cpu;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A regular walk of a kernel's taps over source planes, along three axes: the geometry that forward
 * convolution and both gradients share.
 *
 * <p>A chunk of the walk copies its source planes once, with the zeros of the padding, so that
 * every tap lies at a constant distance: position {@code q} of the flattened planes meets tap
 * {@code t} at {@code q + offset[t]}. The rows of the patch matrix are then pieces of the planes
 * themselves, overlapping, and are never written out. The few positions that fall into the padding
 * between two lines are computed and thrown away. Where outputs are {@code step} source positions
 * apart, the planes are taken apart by residue, and within a residue the step is 1.
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
    this.axes = axes;
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
      this.source = source.size;
      this.step = source.step;
      this.result = result;
      this.outputs = outputs;
      int[] at = taps.toArray();
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
      Memory.zero(to, 4 * size());
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
      var width = axes.get(2);
      int fromHeight = inside(1, residue[1], 0);
      int heights = inside(1, residue[1], height.source) - fromHeight;
      int fromWidth = inside(2, residue[2], 0);
      int widths = inside(2, residue[2], width.source) - fromWidth;
      if (heights <= 0 || widths <= 0) {
        return;
      }
      for (int d = inside(0, residue[0], 0); d < inside(0, residue[0], axes.get(0).source); d++) {
        long row = (long) position(0, residue[0], d) * height.source;
        long line = (row + position(1, residue[1], fromHeight)) * width.source;
        long from = source + 4 * (line + position(2, residue[2], fromWidth));
        long stride = 4L * height.step * width.source;
        long target = to + 4 * (at(0, d, fromHeight) + fromWidth);
        if (width.step == 1) {
          kernel.copy(heights, widths, from, stride, target, 4L * extent[2]);
        } else {
          for (int h = 0; h < heights; h++) {
            every(widths, from + h * stride, 4L * width.step, target + 4L * h * extent[2], 4);
          }
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
            every(outputs[2], line, 4, there + h * stride, 4L * widths.step);
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

  private static void every(int count, long from, long fromStep, long to, long toStep) {
    for (int i = 0; i < count; i++) {
      Memory.setFloat(to + i * toStep, Memory.getFloat(from + i * fromStep));
    }
  }
}
