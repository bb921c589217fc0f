package dev.merapi.cpu;

import dev.merapi.backend.Accelerator;
import dev.merapi.backend.Accelerators;
import dev.merapi.backend.Backend;
import dev.merapi.graph.FusedAttention;
import dev.merapi.graph.FusedAttentionGradient;
import dev.merapi.graph.FusedCrossEntropy;
import dev.merapi.graph.FusedCrossEntropyGradient;
import dev.merapi.graph.FusedGru;
import dev.merapi.graph.FusedGruGradient;
import dev.merapi.graph.FusedLstm;
import dev.merapi.graph.FusedLstmGradient;
import dev.merapi.graph.FusedOp;
import dev.merapi.graph.FusedWrite;
import dev.merapi.graph.Kernel;
import dev.merapi.tensor.Shape;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The default backend: pure Java on one thread pool, with contractions of bf16 on the accelerator
 * where one is found.
 */
public final class CpuBackend implements Backend {
  private static final boolean FUSED = !"false".equals(System.getProperty("merapi.fused"));

  private static final class Shared {
    static final CpuBackend BACKEND = new CpuBackend(ComputePool.shared());
  }

  private final ComputePool pool;
  private final Loops loops;
  private final Supplier<Optional<Accelerator>> accelerator;

  /** On a pool, with vector loops where the JVM has them. */
  public CpuBackend(ComputePool pool) {
    this(pool, Loops.best());
  }

  /** The backend of the process, on {@link ComputePool#shared()}. */
  public static CpuBackend shared() {
    return Shared.BACKEND;
  }

  CpuBackend(ComputePool pool, Loops loops) {
    this(pool, loops, () -> Accelerators.found().accelerator());
  }

  CpuBackend(ComputePool pool, Loops loops, Supplier<Optional<Accelerator>> accelerator) {
    this.pool = pool;
    this.loops = loops;
    this.accelerator = accelerator;
  }

  @Override
  public String name() {
    return "cpu";
  }

  @Override
  public Task prepare(Kernel kernel) {
    var contractions = new Contractions(pool, loops, accelerator);
    var along = new AlongRows(pool, loops);
    return switch (kernel) {
      case Kernel.Rows rows -> new RowsTask(pool, loops, rows, true);
      case Kernel.Iota(int out, int n) ->
          buffers -> {
            for (int i = 0; i < n; i++) {
              Memory.setInt(buffers[out] + 4L * i, i);
            }
          };
      case Kernel.Random random -> buffers -> RandomNumbers.draw(pool, loops, random, buffers);
      case Kernel.ArgReduce reduce -> buffers -> along.argReduce(reduce, buffers);
      case Kernel.Cumsum cumsum -> buffers -> along.cumsum(cumsum, buffers);
      case Kernel.ArgSort sort -> buffers -> Sorting.argSort(pool, sort, buffers);
      case Kernel.Gather gather -> buffers -> Lookups.gather(pool, gather, buffers);
      case Kernel.ScatterAdd scatter ->
          buffers -> Lookups.scatterAdd(pool, loops, scatter, buffers);
      case Kernel.ArgPool pooling -> {
        var argPool = new ArgPool(loops, pooling);
        yield buffers -> argPool.run(pool, buffers);
      }
      case Kernel.MatMul product -> contractions.matMul(product);
      case Kernel.Convolve convolution -> contractions.convolve(convolution);
      case Kernel.Fused fused -> prepare(fused);
    };
  }

  @Override
  public boolean supports(FusedOp op, List<Shape> shapes) {
    return FUSED
        && switch (op) {
          case FusedAttention _, FusedAttentionGradient _ ->
              shapes.getFirst().size(3) <= TileKernel.DEPTH;
          case FusedCrossEntropy _, FusedCrossEntropyGradient _ -> true;
          case FusedLstm _, FusedLstmGradient _, FusedGru _, FusedGruGradient _ -> true;
          case FusedWrite _ -> true;
        };
  }

  private Task prepare(Kernel.Fused fused) {
    return switch (fused.op()) {
      case FusedAttention op -> new Attention(pool, AttentionLoops.best(), op, fused);
      case FusedAttentionGradient op ->
          new AttentionGradient(pool, AttentionLoops.best(), op, fused);
      case FusedCrossEntropy op -> new CrossEntropy(pool, SoftmaxLoops.best(), op, fused)::losses;
      case FusedCrossEntropyGradient(var op) ->
          new CrossEntropy(pool, SoftmaxLoops.best(), op, fused)::gradient;
      case FusedLstm _ -> new Lstm(pool, loops, fused);
      case FusedLstmGradient _ -> new LstmGradient(pool, loops, fused);
      case FusedGru _ -> new Gru(pool, loops, fused);
      case FusedGruGradient _ -> new GruGradient(pool, fused);
      case FusedWrite _ -> new CacheWrite(fused);
    };
  }
}
