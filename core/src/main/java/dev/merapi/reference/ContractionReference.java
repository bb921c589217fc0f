package dev.merapi.reference;

import dev.merapi.graph.ConvGeometry;
import dev.merapi.tensor.Shape;

/** Matrix products and convolutions as sums over every place. */
final class ContractionReference {
  /** Which of the three tensors of a convolution is computed from the other two. */
  enum Role {
    OUTPUT,
    INPUT,
    WEIGHT
  }

  private ContractionReference() {}

  static double[] matmul(double[] a, Shape sa, double[] b, Shape sb) {
    int m = sa.size(-2);
    int k = sa.size(-1);
    int n = sb.size(-1);
    int batches = Math.toIntExact(sa.slice(0, sa.rank() - 2).elements());
    double[] out = new double[batches * m * n];
    for (int batch = 0; batch < batches; batch++) {
      for (int i = 0; i < m; i++) {
        for (int j = 0; j < n; j++) {
          double sum = 0;
          for (int l = 0; l < k; l++) {
            sum += a[(batch * m + i) * k + l] * b[(batch * k + l) * n + j];
          }
          out[(batch * m + i) * n + j] = sum;
        }
      }
    }
    return out;
  }

  /**
   * Adds up {@code y += x · w}, {@code x += y · w} or {@code w += x · y} over every place where a
   * kernel tap meets the input.
   */
  static void conv(
      ConvGeometry g, int[] sx, double[] x, int[] sw, double[] w, int[] sy, double[] y, Role role) {
    int[] out = new int[sy.length];
    int[] tap = new int[sw.length];
    int[] in = new int[sx.length];
    int taps = w.length / Math.max(1, sw[0]);
    int perGroup = sw[1];
    int outputs = sw[0] / g.groups();
    for (int i = 0; i < y.length; i++) {
      MovementReference.unravel(i, sy, out);
      for (int j = 0; j < taps; j++) {
        int t = out[1] * taps + j;
        MovementReference.unravel(t, sw, tap);
        in[0] = out[0];
        in[1] = out[1] / outputs * perGroup + tap[1];
        boolean inside = true;
        for (int axis = 0; axis < g.axes(); axis++) {
          in[axis + 2] =
              out[axis + 2] * g.stride().get(axis)
                  - g.before().get(axis)
                  + tap[axis + 2] * g.dilation().get(axis);
          inside &= in[axis + 2] >= 0 && in[axis + 2] < sx[axis + 2];
        }
        if (inside) {
          int s = MovementReference.ravel(in, sx);
          switch (role) {
            case OUTPUT -> y[i] += x[s] * w[t];
            case INPUT -> x[s] += y[i] * w[t];
            case WEIGHT -> w[t] += x[s] * y[i];
          }
        }
      }
    }
  }
}
