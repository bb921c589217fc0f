package dev.merapi.cpu;

import dev.merapi.backend.Backend;
import dev.merapi.graph.FusedWrite;
import dev.merapi.graph.Kernel;
import dev.merapi.tensor.Shape;

/** {@link FusedWrite}: copies what comes, and the cache only where the result lies elsewhere. */
record CacheWrite(Kernel.Fused k) implements Backend.Task {

  @Override
  public void run(long[] buffers) {
    Kernel.View cache = k.inputs().get(0);
    Kernel.View place = k.inputs().get(2);
    int capacity = k.shapes().get(0).size(1);
    if (cache.buffer() != k.out()) {
      copy(buffers, 0, 0, capacity);
    }
    int first = Memory.getInt(buffers[place.buffer()] + 4 * place.offset());
    copy(buffers, 1, first, k.shapes().get(1).size(1));
  }

  /** Copies so many times of an input to those of the result from {@code first} on. */
  private void copy(long[] buffers, int input, int first, int times) {
    Kernel.View view = k.inputs().get(input);
    Shape cache = k.shapes().get(0);
    long from = buffers[view.buffer()] + 4 * view.offset();
    int heads = cache.size(2);
    long bytes = 4L * cache.size(3);
    for (int batch = 0; batch < cache.size(0); batch++) {
      for (int t = Math.max(0, -first); t < Math.min(times, cache.size(1) - first); t++) {
        long row = from + 4 * (batch * view.strides().get(0) + t * view.strides().get(1));
        long to = ((long) batch * cache.size(1) + first + t) * heads;
        for (int head = 0; head < heads; head++) {
          long at = row + 4L * head * view.strides().get(2);
          Memory.copy(at, buffers[k.out()] + (to + head) * bytes, bytes);
        }
      }
    }
  }
}
