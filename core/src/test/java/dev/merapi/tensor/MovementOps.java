package dev.merapi.tensor;

import static dev.merapi.tensor.OpCase.op;

import java.util.ArrayList;
import java.util.List;

/** Ops that move elements: views, joins, and lookups by an index. */
final class MovementOps {
  private MovementOps() {}

  static List<OpCase> all() {
    List<OpCase> ops = new ArrayList<>(shapes());
    ops.addAll(pieces());
    ops.addAll(joins());
    ops.addAll(lookups());
    return ops;
  }

  private static List<OpCase> shapes() {
    return List.of(
        op("reshape: one axis", "abc", x -> x.reshape(-1)),
        op("reshape: a size to work out", "ab6", x -> x.reshape(3, -1, 2)),
        op("flatten: all", "abc", x -> x.flatten(0, -1)),
        op("flatten: the first two", "abc", x -> x.flatten(0, 1)),
        op("unflatten", "a6b", x -> x.unflatten(1, 2, -1)),
        op("unsqueeze: first", "ab", x -> x.unsqueeze(0)),
        op("unsqueeze: last", "ab", x -> x.unsqueeze(-1)),
        op("squeeze", "a1b", x -> x.squeeze(1)),
        op("permute: rotated", "abc", x -> x.permute(2, 0, 1)),
        op("permute: of four", "abcd", x -> x.permute(3, 1, 0, 2)),
        op("permute: into a sum", "abc", x -> x.permute(1, 2, 0).mul(x.permute(1, 2, 0)).sum(-1)),
        op("mT", "abc", Tensor::mT),
        op("transpose", "abc", x -> x.transpose(0, -1)),
        op("moveAxis", "abc", x -> x.moveAxis(0, 2)),
        op(
            "broadcastTo: a middle axis",
            "a1b",
            x -> x.broadcastTo(x.shape().size(0), 3, x.shape().size(2))),
        op("broadcastTo: a new axis", "ab", x -> x.broadcastTo(Shape.of(2).concat(x.shape()))),
        op("tile: each axis", "ab", x -> x.tile(2, 3)),
        op("tile: a new axis", "ab", x -> x.tile(2, 1, 2)));
  }

  private static List<OpCase> pieces() {
    return List.of(
        op("get: first", "Ab", x -> x.get(0)),
        op("get: last", "Ab", x -> x.get(-1)),
        op("select: last of an axis", "aB", x -> x.select(1, -1)),
        op("slice: from the second", "abc", x -> x.slice(1, 1, Integer.MAX_VALUE)),
        op("slice: all but two", "abc", x -> x.slice(0, 1, -1)),
        op("slice: every second", "abc", x -> x.slice(-1, 1, 1000, 2)),
        op("slice: every third from behind", "abc", x -> x.slice(1, -1, -2000, -3)),
        op("slice: backwards by one", "ab", x -> x.slice(0, -2, 0, -1)),
        op("slice: of a slice", "ab", x -> x.slice(1, 1, 900, 2).slice(1, 1, 900, 3)),
        op("at: a corner", "abc", x -> x.at("1:, ::2, :-1")),
        op("at: backwards", "abc", x -> x.at("::-1, ..., ::-2")),
        op("at: an entry", "Abc", x -> x.at("-1, None, 1:")),
        op("at: the middle", "abC", x -> x.at("..., 0")),
        op("flip: all", "abc", x -> x.flip()),
        op("flip: first and last", "abc", x -> x.flip(0, -1)),
        op("pad: zeros", "abc", x -> x.pad(1, 2, 1, 0)),
        op("pad: a number, twice", "abc", x -> x.pad(0, 1, 0, 1).pad(-1, 0, 3, 1)));
  }

  private static List<OpCase> joins() {
    return List.of(
        op("concat: first axis", "ab, cb, ab", (x, y, z) -> Tensor.concat(0, List.of(x, y, z))),
        op("concat: last axis", "ab, ac", (x, y) -> Tensor.concat(-1, List.of(x, y))),
        op("concat: with itself", "abc", x -> Tensor.concat(1, List.of(x, x.mul(2), x))),
        op("stack: first", "ab, ab", (x, y) -> Tensor.stack(0, List.of(x, y))),
        op("stack: last", "ab, ab", (x, y) -> Tensor.stack(-1, List.of(x, y))));
  }

  private static List<OpCase> lookups() {
    return List.of(
        op("take: rows", "Abc, i<A", (x, index) -> x.take(index, 0)),
        op("take: columns", "aBc, i<B", (x, index) -> x.take(index, 1)),
        op("take: a matrix of them", "abC, ij<C", (x, index) -> x.take(index, -1)),
        op("take: one", "Ab, <A", (x, index) -> x.take(index, 0)),
        op("takeAlong: first axis", "Abc, ibc<A", (x, index) -> x.takeAlong(index, 0)),
        op("takeAlong: last axis", "abC, abi<C", (x, index) -> x.takeAlong(index, -1)),
        op("takeAlong: fewer rows", "4bC, 2bi<C", (x, index) -> x.takeAlong(index, 2)),
        op("scatterAdd: first axis", "Abc, ibc<A, ibc", (x, i, u) -> x.scatterAdd(0, i, u)),
        op("scatterAdd: last axis", "abC, abi<C, abi", (x, i, u) -> x.scatterAdd(-1, i, u)),
        op("scatterAdd: fewer rows", "4bC, 2bi<C, 2bi", (x, i, u) -> x.scatterAdd(2, i, u)),
        op("oneHot", "ab<5", x -> x.oneHot(5)));
  }
}
