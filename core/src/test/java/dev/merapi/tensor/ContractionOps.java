package dev.merapi.tensor;

import static dev.merapi.tensor.OpCase.op;

import java.util.ArrayList;
import java.util.List;

/** Matrix products, convolutions and pooling. */
final class ContractionOps {
  private static final ConvOptions PLAIN = ConvOptions.DEFAULT;

  private ContractionOps() {}

  static List<OpCase> all() {
    List<OpCase> ops = new ArrayList<>(products());
    ops.addAll(convolutions());
    ops.addAll(transposed());
    ops.addAll(pools());
    return ops;
  }

  private static List<OpCase> products() {
    return List.of(
        matmul("mk, kn"),
        matmul("k, k"),
        matmul("k, kn"),
        matmul("mk, k"),
        matmul("bmk, k"),
        matmul("bmk, kn"),
        matmul("mk, bkn"),
        matmul("bmk, bkn"),
        matmul("bmk, 1kn"),
        matmul("bcmk, ckn"),
        op("matmul: by its own transpose", "bmk", x -> x.matmul(x.mT())),
        einsum("ij,jk->ik"),
        einsum("ij,jk"),
        einsum("bij,bjk->bki"),
        einsum("bhqd,bhkd->bhqk"),
        einsum("i,j->ij"),
        einsum("ij,ij->"),
        einsum("ij,jk,kl->il"),
        op("einsum: ...i,ij->...j", "abi, ij", (x, w) -> Tensor.einsum("...i,ij->...j", x, w)),
        op(
            "einsum: ...ij,...jk->...ik",
            "abij, 1jk",
            (x, y) -> Tensor.einsum("...ij,...jk->...ik", x, y)),
        op("einsum: i...,i...", "iab, ib", (x, y) -> Tensor.einsum("i...,i...", x, y)),
        op("einsum: ii->i", "ii", x -> Tensor.einsum("ii->i", x)),
        op("einsum: ij->j", "ij", x -> Tensor.einsum("ij->j", x)),
        op("einsum: ijk->kij", "ijk", x -> Tensor.einsum("ijk->kij", x)));
  }

  private static OpCase matmul(String shapes) {
    return op("matmul: " + shapes, shapes, Tensor::matmul);
  }

  private static OpCase einsum(String equation) {
    String inputs = equation.replaceFirst("->.*", "");
    return OpCase.all(
        "einsum: " + equation,
        inputs,
        in -> List.of(Tensor.einsum(equation, in.toArray(Tensor[]::new))));
  }

  /** The least size is what the kernel spans less the padding on both sides. */
  private static List<OpCase> convolutions() {
    return List.of(
        conv("bcX, oc3", PLAIN, 3),
        conv("bcX, oc1", PLAIN, 1),
        conv("bcX, oc3", PLAIN.stride(2).padding(1), 1),
        conv("bcX, oc3", PLAIN.dilation(2).padding(1), 3),
        conv("bcX, oc4", PLAIN.paddingSame(), 1),
        conv("b4X, 622", PLAIN.groups(2).stride(3), 2),
        conv("b3X, 313", PLAIN.groups(3).padding(1), 1),
        conv("bcXY, oc33", PLAIN, 3),
        conv("bcXY, oc11", PLAIN, 1),
        conv("bcXY, oc33", PLAIN.padding(1), 1),
        conv("bcXY, oc33", PLAIN.stride(2).padding(1), 1),
        conv("bcxY, oc23", PLAIN.stride(2, 1).padding(1, 0), 3),
        conv("bcXY, oc22", PLAIN.dilation(2).padding(1), 1),
        conv("b4XY, 6233", PLAIN.groups(2), 3),
        conv("b3XY, 6133", PLAIN.groups(3).padding(1).stride(2), 1),
        conv("bcXYZ, oc222", PLAIN, 2),
        conv("bcXYz, oc322", PLAIN.stride(2).padding(1).dilation(1, 2, 1), 1));
  }

  private static OpCase conv(String shapes, ConvOptions options, int least) {
    return op("conv: " + shapes + ", " + options, shapes, (x, w) -> x.conv(w, options))
        .least(least);
  }

  private static List<OpCase> transposed() {
    return List.of(
        transposed("bcX, co3", PLAIN),
        transposed("bcX, co3", PLAIN.stride(2).padding(1).outputPadding(1)),
        transposed("bcX, co2", PLAIN.stride(3)),
        transposed("b4X, 423", PLAIN.groups(2).dilation(2)),
        transposed("bcXY, co33", PLAIN.padding(1)),
        transposed("bcXY, co22", PLAIN.stride(2)),
        transposed("bcXY, co23", PLAIN.stride(2, 3).padding(0, 1).outputPadding(1, 0)),
        transposed("b4XY, 4222", PLAIN.groups(2)),
        transposed("bcXYZ, co222", PLAIN.stride(2)));
  }

  private static OpCase transposed(String shapes, ConvOptions options) {
    return op(
        "convTranspose: " + shapes + ", " + options, shapes, (x, w) -> x.convTranspose(w, options));
  }

  private static List<OpCase> pools() {
    return List.of(
        pool("bcX", PoolOptions.kernel(2), 2),
        pool("bcX", PoolOptions.kernel(3).stride(1).padding(1), 1),
        pool("bcXY", PoolOptions.kernel(2), 2),
        pool("bcXY", PoolOptions.kernel(4, 2).stride(2, 1).padding(1, 0), 2),
        pool("bcXY", PoolOptions.kernel(2).stride(1).dilation(2), 3),
        pool("bcXYZ", PoolOptions.kernel(2), 2),
        average("bcX", PoolOptions.kernel(2), 2),
        average("bcX", PoolOptions.kernel(3).stride(1).padding(1), 1),
        average("bcXY", PoolOptions.kernel(2), 2),
        average("bcXY", PoolOptions.kernel(3).stride(2).padding(1).ignorePadding(), 1),
        average("bcXYZ", PoolOptions.kernel(2).stride(1), 2),
        op("adaptiveMaxPool: to 3", "bcX", x -> x.adaptiveMaxPool(3)).on(Values.DISTINCT),
        op("adaptiveMaxPool: to 2 × 3", "bcXY", x -> x.adaptiveMaxPool(2, 3)).on(Values.DISTINCT),
        op("adaptiveAvgPool: to 1", "bcXY", x -> x.adaptiveAvgPool(1)),
        op("adaptiveAvgPool: to 3 × 2", "bcXY", x -> x.adaptiveAvgPool(3, 2)),
        op("adaptiveAvgPool: to 2 × 2 × 2", "bcXYZ", x -> x.adaptiveAvgPool(2)));
  }

  private static OpCase pool(String shape, PoolOptions options, int least) {
    return op("maxPool: " + shape + ", " + options, shape, x -> x.maxPool(options))
        .on(Values.DISTINCT)
        .least(least);
  }

  private static OpCase average(String shape, PoolOptions options, int least) {
    return op("avgPool: " + shape + ", " + options, shape, x -> x.avgPool(options)).least(least);
  }
}
