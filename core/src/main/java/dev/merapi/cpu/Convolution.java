package dev.merapi.cpu;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Convolution in fp32 over one, two or three axes, with stride, padding, dilation and groups:
 * forward, and the gradients of both arguments. See {@link ConvShape} for the layouts. Immutable;
 * make it once for a shape.
 *
 * <p>All three are sums over patches and ride on the tile kernel of the matrix product; {@link
 * Sweep} tells how patches are read without being written out. Work is cut by size, and partial
 * sums are added in order: bits do not depend on the number of threads.
 */
public final class Convolution {
  /** So much of its panels may be edges more than the other way's, before channels come last. */
  private static final double PREFERENCE = 0.7;

  private final TileKernel kernel;
  private final ComputePool pool;
  private final ConvShape shape;
  private final Sweep forward;

  /** The phases of the input's gradient, one for each residue of the strides. */
  private final List<Phase> phases;

  /** A convolution of one shape on the threads of {@code pool}. */
  public Convolution(ComputePool pool, ConvShape shape) {
    this(TileKernel.best(), pool, shape);
  }

  Convolution(TileKernel kernel, ComputePool pool, ConvShape shape) {
    this.kernel = kernel;
    this.pool = pool;
    this.shape = shape;
    this.forward = Sweep.forward(shape);
    this.phases = phases(shape);
  }

  /**
   * {@code y = x ∗ w}.
   *
   * @param epilogue run on finished outputs, one channel of one picture at a time: row = channel,
   *     column = flat position
   */
  public void forward(long x, long w, long y, Epilogue epilogue) {
    if (shape.isPointwise()) {
      var product =
          new Gemm.Shape(shape.batch(), shape.channelsOut(), shape.outputs(), shape.channelsIn());
      Gemm.multiply(
          kernel,
          pool,
          product,
          new Matrix(w, 0, shape.channelsIn(), 1),
          Matrix.of(x, shape.channelsIn(), shape.inputs()),
          Gemm.Output.of(y, shape.channelsOut(), shape.outputs()).then(epilogue));
      return;
    }
    var weights = Matrix.of(w, shape.groupOut(), forward.terms());
    new SweepPass(kernel, shape, forward, shape.output(y), weights, epilogue)
        .run(pool, shape.input(x));
  }

  /**
   * {@code dx}, the gradient of the input. Read the other way it is the transposed convolution of
   * {@code dy}.
   *
   * @param dx is overwritten
   */
  public void inputGradient(long dy, long w, long dx) {
    if (shape.isPointwise()) {
      var product =
          new Gemm.Shape(shape.batch(), shape.channelsIn(), shape.outputs(), shape.channelsOut());
      Gemm.multiply(
          kernel,
          pool,
          product,
          new Matrix(w, 0, 1, shape.channelsIn()),
          Matrix.of(dy, shape.channelsOut(), shape.outputs()),
          Gemm.Output.of(dx, shape.channelsIn(), shape.inputs()));
      return;
    }
    for (var phase : phases) {
      int terms = phase.sweep.terms();
      long packed = Scratch.get().partials(4L * shape.channelsIn() * terms);
      pool.parallelFor(shape.channelsIn(), channel -> phase.packWeights(shape, channel, w, packed));
      var weights = Matrix.of(packed, shape.groupIn(), terms);
      new SweepPass(kernel, shape, phase.sweep, shape.input(dx), weights, Epilogue.NONE)
          .run(pool, shape.output(dy));
    }
  }

  /**
   * {@code dw}, the gradient of the kernel.
   *
   * @param dw is overwritten
   */
  public void weightGradient(long x, long dy, long dw) {
    if (shape.groupIn() == 0 || shape.groupOut() == 0) {
      return;
    }
    double otherUse = WeightGradient.use(kernel, shape);
    if (ChannelsLast.use(kernel, shape) > PREFERENCE * otherUse) {
      new ChannelsLast(kernel, shape).run(pool, x, dy, dw);
    } else {
      new WeightGradient(kernel, shape, forward).run(pool, x, dy, dw);
    }
  }

  private static List<Phase> phases(ConvShape shape) {
    var axes = shape.threeAxes();
    var phases = new ArrayList<Phase>();
    for (int d = 0; d < axes.get(0).stride(); d++) {
      for (int h = 0; h < axes.get(1).stride(); h++) {
        for (int w = 0; w < axes.get(2).stride(); w++) {
          phases.add(Phase.of(shape, List.of(d, h, w)));
        }
      }
    }
    return phases;
  }

  /**
   * The input positions of one residue, modulo the stride: those that the same taps reach.
   *
   * @param sweep of the output's gradient, to these positions
   * @param taps flat numbers of the taps that reach them
   */
  private record Phase(Sweep sweep, List<Integer> taps) {
    static Phase of(ConvShape shape, List<Integer> residues) {
      var axes = shape.threeAxes();
      var walks = new ArrayList<Sweep.Axis>();
      List<Integer> flat = List.of(0);
      for (int d = 0; d < 3; d++) {
        var axis = axes.get(d);
        int residue = residues.get(d);
        int[] taps =
            IntStream.range(0, axis.kernel())
                .filter(t -> Math.floorMod(distance(axis, residue, t), axis.stride()) == 0)
                .toArray();
        walks.add(
            new Sweep.Axis(
                new Sweep.Line(axis.output(), 0, 1),
                new Sweep.Line(axis.input(), residue, axis.stride()),
                Math.max(0, Math.ceilDiv(axis.input() - residue, axis.stride())),
                IntStream.of(taps).map(t -> distance(axis, residue, t) / axis.stride())));
        flat =
            flat.stream()
                .flatMap(f -> IntStream.of(taps).mapToObj(t -> f * axis.kernel() + t))
                .toList();
      }
      return new Phase(new Sweep(walks, shape.axes().size(), shape.groupOut()), flat);
    }

    /**
     * Output position, times the stride, that tap {@code t} joins to the input position {@code
     * residue}.
     */
    private static int distance(ConvShape.Axis axis, int residue, int t) {
      return residue + axis.padLow() - t * axis.dilation();
    }

    /**
     * One row of the weights as a left factor: input channel by (output channel of its group, tap).
     */
    void packWeights(ConvShape shape, int channel, long w, long packed) {
      long to = packed + 4L * channel * sweep.terms();
      long firstOut = (long) (channel / shape.groupIn()) * shape.groupOut();
      for (int out = 0; out < shape.groupOut(); out++) {
        long from =
            w + 4 * ((firstOut + out) * shape.groupIn() + channel % shape.groupIn()) * shape.taps();
        for (int tap : taps) {
          Memory.setFloat(to, Memory.getFloat(from + 4L * tap));
          to += 4;
        }
      }
    }
  }
}
