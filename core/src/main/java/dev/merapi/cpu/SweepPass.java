package dev.merapi.cpu;

/**
 * Sums of weights times patches, for every position of a sweep: forward convolution, and one phase
 * of the gradient of its input.
 *
 * @param kernel inner loops
 * @param shape of the convolution
 * @param sweep over the source
 * @param result where sums go
 * @param weights a matrix for each group: (channels of the result, terms of a sum)
 * @param epilogue run on finished channels
 */
record SweepPass(
    TileKernel kernel,
    ConvShape shape,
    Sweep sweep,
    ConvShape.Channels result,
    Matrix weights,
    Epilogue epilogue) {

  void run(ComputePool pool, ConvShape.Channels source) {
    var pieces = Pieces.of(sweep, shape.batch(), result.channels());
    pool.parallelFor(
        Math.multiplyExact(pieces.count(), shape.groups()),
        task -> piece(source, task % shape.groups(), pieces.get(task / shape.groups())));
  }

  private void piece(ConvShape.Channels source, int group, Sweep.Piece piece) {
    var layout = sweep.layout(piece);
    if (layout.outputsPerImage() == 0 || result.channels() == 0) {
      return;
    }
    int width = kernel.columns();
    int columns = Math.ceilDiv(layout.span(), width) * width;
    long stride = 4L * (columns + 16); // + 16: not a power of two apart
    int rows = Math.ceilDiv(result.channels(), kernel.rows()) * kernel.rows();
    var scratch = Scratch.get();
    long planes = scratch.planes(4 * (layout.size() + width));
    long table = scratch.table(8L * sweep.terms());
    long sums = scratch.sums(rows * stride);
    layout.fill(kernel, source.at(0, group, 0), source.imageStride(), planes);
    layout.writeOffsets(table);
    if (sweep.terms() == 0) {
      Memory.zero(sums, rows * stride);
    }
    for (int term = 0; term < sweep.terms(); term += TileKernel.DEPTH) {
      int depth = Math.min(TileKernel.DEPTH, sweep.terms() - term);
      int strip = Scratch.stripRows(kernel, columns);
      for (int row = 0; row < result.channels(); row += strip) {
        int stripRows = Math.min(strip, result.channels() - row);
        weights.packRows(
            kernel, new Operand.Block(group, row, stripRows, term, depth), scratch.strip);
        for (int i = 0; i < stripRows; i += kernel.rows()) {
          long a = scratch.strip + i * TileKernel.ROW_STRIDE;
          long c = sums + (row + i) * stride;
          for (int q = 0; q < columns; q += width) {
            long to = c + 4L * q;
            long seed = term == 0 ? scratch.zeros : to;
            kernel.multiplyGathered(
                depth,
                a,
                planes + 4L * q,
                table + 8L * term,
                seed,
                term == 0 ? 0 : stride,
                to,
                stride);
          }
        }
      }
    }
    store(layout, group, piece, sums, stride);
  }

  private void store(Sweep.Layout layout, int group, Sweep.Piece piece, long sums, long stride) {
    int first = layout.firstOutput();
    int count = layout.outputsPerImage();
    for (int i = 0; i < piece.images(); i++) {
      int image = piece.firstImage() + i;
      for (int channel = 0; channel < result.channels(); channel++) {
        long to = result.at(image, group, channel);
        layout.store(kernel, i, sums + channel * stride, to);
        if (!epilogue.equals(Epilogue.NONE)) {
          int row = group * result.channels() + channel;
          epilogue.apply(
              new Epilogue.Rows(
                  image, row, 1, first, count, to + 4L * first, 4L * result.positions()));
        }
      }
    }
  }
}
