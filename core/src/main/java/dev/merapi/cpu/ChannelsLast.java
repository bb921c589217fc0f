package dev.merapi.cpu;

import java.util.ArrayList;
import java.util.List;

/**
 * The gradient of a convolution's kernel where there are many channels: for each group the product
 * (output channels × positions) · (positions × terms).
 *
 * <p>The input is laid out with its channels last, so that at one position the terms of
 * neighbouring taps lie side by side: a row of the right factor is read where it lies, at any
 * stride, by a table of the positions' offsets. The output's gradient is the left factor as it is.
 *
 * <p>Pieces of the batch are shared out to a fixed number of parts; each part adds its pieces in
 * order, and then the parts are added in order.
 */
final class ChannelsLast {
  /** Bytes of all partial sums that are wanted, and bounds on their number. */
  private static final long PARTIAL_BYTES = 1 << 21;

  private static final int FEWEST_PARTS = 4;

  private static final int MOST_PARTS = 16;

  private final TileKernel kernel;
  private final ConvShape shape;
  private final List<ConvShape.Axis> axes;

  /** The axis that is cut into bands: the outermost real one. */
  private final int banded;

  /** Where in the planes, in positions, each panel of terms begins, and how many terms it has. */
  private record Panel(int tap, int firstChannel, int terms) {}

  private final List<Panel> panels = new ArrayList<>();
  private final int rows;
  private final int band;
  private final int images;

  ChannelsLast(TileKernel kernel, ConvShape shape) {
    this.kernel = kernel;
    this.shape = shape;
    axes = shape.threeAxes();
    banded = 3 - shape.axes().size();
    rows = Math.ceilDiv(shape.groupOut(), kernel.rows()) * kernel.rows();
    int line = shape.outputs() / Math.max(1, axes.get(banded).output());
    band =
        Math.clamp(TileKernel.DEPTH / Math.max(1, line), 1, Math.max(1, axes.get(banded).output()));
    boolean whole = band == axes.get(banded).output();
    images =
        whole
            ? Math.clamp(
                TileKernel.DEPTH / Math.max(1, shape.outputs()), 1, Math.max(1, shape.batch()))
            : 1;
    for (int tap = 0; tap < shape.taps(); tap += run()) {
      for (int term = 0; term < run() * shape.groupIn(); term += kernel.columns()) {
        panels.add(
            new Panel(tap, term, Math.min(kernel.columns(), run() * shape.groupIn() - term)));
      }
    }
  }

  /** How much of the panels is terms, and not edges that are computed for nothing. */
  static double use(TileKernel kernel, ConvShape shape) {
    int terms = run(shape) * shape.groupIn();
    return terms / (double) (Math.ceilDiv(terms, kernel.columns()) * kernel.columns());
  }

  /** Taps that lie side by side in the planes. */
  private int run() {
    return run(shape);
  }

  private static int run(ConvShape shape) {
    var width = shape.axes().getLast();
    return width.dilation() == 1 ? width.kernel() : 1;
  }

  void run(ComputePool pool, long x, long dy, long dw) {
    int groups = shape.groups();
    int bands = Math.ceilDiv(axes.get(banded).output(), band);
    int count = shape.outputs() == 0 ? 0 : Math.ceilDiv(shape.batch(), images) * bands;
    int wanted = Math.clamp(PARTIAL_BYTES / (partBytes() * groups), FEWEST_PARTS, MOST_PARTS);
    int parts = Math.clamp(Math.min(wanted, count), 1, MOST_PARTS);
    long partials = Scratch.get().partials(partBytes() * parts * groups);
    pool.parallelFor(
        parts * groups,
        task -> {
          int part = task / groups;
          int from = Math.toIntExact((long) part * count / parts);
          int to = Math.toIntExact((part + 1L) * count / parts);
          var sums = new Sums(task % groups, partials + task * partBytes());
          for (int piece = from; piece < to; piece++) {
            int image = piece / bands * images;
            int first = piece % bands * band;
            sums.add(
                x,
                dy,
                image,
                Math.min(images, shape.batch() - image),
                first,
                Math.min(band, axes.get(banded).output() - first));
          }
        });
    Ranges.run(
        pool,
        shape.channelsOut(),
        stride() / 4 * parts,
        (from, to) -> {
          for (long out = from; out < to; out++) {
            finish((int) out, parts, partials, dw);
          }
        });
  }

  /** Bytes of the sums of one output channel. */
  private long stride() {
    return 4L * panels.size() * kernel.columns();
  }

  private long partBytes() {
    return rows * stride();
  }

  /** Adds the parts of one output channel, and writes them channel by channel and tap by tap. */
  private void finish(int out, int parts, long partials, long dw) {
    int group = out / shape.groupOut();
    long row = out % shape.groupOut() * stride();
    long sums = partials + group * partBytes() + row;
    for (int part = 1; part < parts; part++) {
      long from = partials + (part * (long) shape.groups() + group) * partBytes() + row;
      kernel.add(Math.toIntExact(stride() / 4), from, sums);
    }
    int taps = shape.taps();
    long to = dw + 4L * out * shape.groupIn() * taps;
    for (int p = 0; p < panels.size(); p++) {
      var panel = panels.get(p);
      for (int i = 0; i < panel.terms; i++) {
        int term = panel.firstChannel + i;
        int tap = panel.tap + term / shape.groupIn();
        int channel = term % shape.groupIn();
        int value = Memory.getInt(sums + 4L * (p * kernel.columns() + i));
        Memory.setInt(to + 4L * (channel * taps + tap), value);
      }
    }
  }

  /** The sums of one part of one group. */
  private final class Sums {
    private final int group;
    private final long sums;
    private final Scratch scratch = Scratch.get();

    /** Source positions that the present piece reads, along each axis, and the first of them. */
    private final int[] extent = new int[3];

    private final int[] first = new int[3];
    private final int[] outputs = new int[3];
    private int imagesInTable;

    Sums(int group, long sums) {
      this.group = group;
      this.sums = sums;
      Memory.zero(sums, partBytes());
    }

    /** Adds the products of some images, and of so many outputs along the banded axis. */
    void add(long x, long dy, int image, int count, int firstBand, int bands) {
      boolean fresh = imagesInTable != count || outputs[banded] != bands;
      for (int d = 0; d < 3; d++) {
        var axis = axes.get(d);
        outputs[d] = d == banded ? bands : axis.output();
        first[d] = (d == banded ? firstBand : 0) * axis.stride() - axis.padLow();
        extent[d] = (outputs[d] - 1) * axis.stride() + (axis.kernel() - 1) * axis.dilation() + 1;
      }
      long size = (long) extent[0] * extent[1] * extent[2] * shape.groupIn();
      long planes = scratch.planes(4 * (count * size + kernel.columns()));
      int positions = outputs[0] * outputs[1] * outputs[2];
      long table = scratch.table(8L * count * positions);
      if (fresh) {
        writeTable(table, count, 4 * size);
        imagesInTable = count;
      }
      Memory.zero(planes, 4L * count * size);
      for (int i = 0; i < count; i++) {
        fill(shape.input(x).at(image + i, group, 0), planes + 4L * i * size);
      }
      long skipped = (long) firstBand * (shape.outputs() / axes.get(banded).output());
      long left = scratch.sums(rows * TileKernel.ROW_STRIDE);
      int all = count * positions;
      for (int q = 0; q < all; q += TileKernel.DEPTH) {
        int depth = Math.min(TileKernel.DEPTH, all - q);
        int each = Math.min(positions, depth); // several images only where they fit one pass
        for (int i = 0; i < count; i++) {
          long from = shape.output(dy).at(image + i, group, 0) + 4 * (skipped + q);
          kernel.copy(
              shape.groupOut(),
              each,
              from,
              4L * shape.outputs(),
              left + 4L * i * positions,
              TileKernel.ROW_STRIDE);
        }
        multiply(depth, left, planes, table + 8L * q);
      }
    }

    private void multiply(int depth, long left, long planes, long table) {
      int taps = axes.get(2).kernel();
      for (int row = 0; row < rows; row += kernel.rows()) {
        for (int p = 0; p < panels.size(); p++) {
          var panel = panels.get(p);
          int line = panel.tap / taps;
          int depthTap = line / axes.get(1).kernel() * axes.get(0).dilation();
          int heightTap = line % axes.get(1).kernel() * axes.get(1).dilation();
          int widthTap = panel.tap % taps * axes.get(2).dilation();
          long at = ((long) depthTap * extent[1] + heightTap) * extent[2] + widthTap;
          long b = planes + 4 * (at * shape.groupIn() + panel.firstChannel);
          long c = sums + row * stride() + 4L * p * kernel.columns();
          kernel.multiplyGathered(
              depth, left + row * TileKernel.ROW_STRIDE, b, table, c, stride(), c, stride());
        }
      }
    }

    /** Where the first tap of each output lies in the planes, in bytes. */
    private void writeTable(long table, int count, long imageBytes) {
      long entry = table;
      long step = 4L * shape.groupIn() * axes.get(2).stride();
      for (int i = 0; i < count; i++) {
        for (int d = 0; d < outputs[0]; d++) {
          for (int h = 0; h < outputs[1]; h++) {
            long line =
                (long) d * axes.get(0).stride() * extent[1] + (long) h * axes.get(1).stride();
            long at = i * imageBytes + 4 * line * extent[2] * shape.groupIn();
            for (int w = 0; w < outputs[2]; w++) {
              Memory.setLong(entry, at + w * step);
              entry += 8;
            }
          }
        }
      }
    }

    /** Transposes the lines of an image that the piece reads, and sets them between the zeros. */
    private void fill(long source, long to) {
      int from = Math.clamp(first[2], 0, axes.get(2).input());
      int width = Math.clamp(first[2] + extent[2], from, axes.get(2).input()) - from;
      int fromLine = Math.clamp(first[1], 0, axes.get(1).input());
      int lines = Math.clamp(first[1] + extent[1], fromLine, axes.get(1).input()) - fromLine;
      int channels = shape.groupIn();
      int whole = axes.get(2).input();
      long turned = scratch.turned(4L * lines * whole * channels);
      for (int d = 0; d < extent[0]; d++) {
        int slab = first[0] + d;
        if (slab < 0 || slab >= axes.get(0).input() || lines == 0 || width == 0) {
          continue;
        }
        long line = (long) slab * axes.get(1).input() + fromLine;
        kernel.transpose(
            channels,
            lines * whole,
            source + 4 * line * whole,
            4L * shape.inputs(),
            turned,
            4L * channels);
        for (int h = 0; h < lines; h++) {
          long row = (long) d * extent[1] + fromLine - first[1] + h;
          kernel.copy(
              1,
              width * channels,
              turned + 4L * (h * whole + from) * channels,
              0,
              to + 4 * (row * extent[2] + from - first[2]) * channels,
              0);
        }
      }
    }
  }
}
