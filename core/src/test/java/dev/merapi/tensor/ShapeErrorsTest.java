package dev.merapi.tensor;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Wrong calls are refused as the graph is built, in words that name the op, the shapes and the way
 * out.
 */
final class ShapeErrorsTest {
  private static final Tensor A = Tensor.ones(2, 3);
  private static final Tensor B = Tensor.ones(4, 3);
  private static final Tensor IMAGE = Tensor.ones(1, 4, 8, 8);
  private static final Tensor INDEX = Tensor.of(new int[] {0, 1});
  private static final Tensor KERNEL = Tensor.ones(6, 4, 3, 3);
  private static final ConvOptions PLAIN = ConvOptions.DEFAULT;

  /** A wrong call, and what its error has to say. */
  record Wrong(String name, Supplier<Object> call, List<String> parts) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static Wrong wrong(String name, Supplier<Object> call, String... parts) {
    return new Wrong(name, call, List.of(parts));
  }

  static Stream<Wrong> wrongCalls() {
    return Stream.of(
            elementwise(), reductions(), movement(), joins(), lookups(), contractions(), others())
        .flatMap(List::stream);
  }

  private static List<Wrong> elementwise() {
    String[] both = {"(2, 3)", "(4, 3)", "axis -2", "must be equal or one of them 1", "unsqueeze"};
    return List.of(
        wrong("add", () -> A.add(B), both),
        wrong("sub", () -> A.sub(B), both),
        wrong("mul", () -> A.mul(B), both),
        wrong("div", () -> A.div(B), both),
        wrong("floorDiv", () -> A.floorDiv(B), both),
        wrong("remainder", () -> A.remainder(B), both),
        wrong("pow", () -> A.pow(B), both),
        wrong("max", () -> A.max(B), both),
        wrong("min", () -> A.min(B), both),
        wrong("eq", () -> A.eq(B), both),
        wrong("ne", () -> A.ne(B), both),
        wrong("lt", () -> A.lt(B), both),
        wrong("le", () -> A.le(B), both),
        wrong("gt", () -> A.gt(B), both),
        wrong("ge", () -> A.ge(B), both),
        wrong("and", () -> A.and(B), both),
        wrong("or", () -> A.or(B), both),
        wrong("xor", () -> A.xor(B), both),
        wrong("where", () -> A.gt(0).where(B, 0), both));
  }

  private static List<Wrong> reductions() {
    String[] axis = {"axis 2", "out of range", "(2, 3)", "-2 … 1"};
    return List.of(
        wrong("sum", () -> A.sum(2), axis),
        wrong("prod", () -> A.prod(2), axis),
        wrong("mean", () -> A.mean(2), axis),
        wrong("max", () -> A.max(false, 2), axis),
        wrong("min", () -> A.min(false, 2), axis),
        wrong("variance", () -> A.variance(1, false, 2), axis),
        wrong("std", () -> A.std(1, false, 2), axis),
        wrong("logSumExp", () -> A.logSumExp(false, 2), axis),
        wrong("norm", () -> A.norm(2), axis),
        wrong("all", () -> A.all(2), axis),
        wrong("any", () -> A.any(2), axis),
        wrong("softmax", () -> A.softmax(2), axis),
        wrong("logSoftmax", () -> A.logSoftmax(2), axis),
        wrong("argmax", () -> A.argmax(2), axis),
        wrong("argmin", () -> A.argmin(2), axis),
        wrong("cumsum", () -> A.cumsum(2), axis),
        wrong("sort", () -> A.sort(2, false), axis),
        wrong("topk: axis", () -> A.topk(1, 2), axis),
        wrong("topk", () -> A.topk(4, 1), "k = 4", "axis 1", "(2, 3)", "3"),
        wrong("sum: an axis twice", () -> A.sum(1, -1), "axis 1", "twice"),
        wrong("argmax: of nothing", () -> Tensor.zeros(2, 0).argmax(1), "argmax", "(2, 0)"));
  }

  private static List<Wrong> movement() {
    return List.of(
        wrong("reshape", () -> A.reshape(4, 2), "reshape", "(2, 3)", "6", "(4, 2)", "8"),
        wrong("reshape: -1", () -> A.reshape(4, -1), "reshape", "(2, 3)", "[4, -1]"),
        wrong("flatten", () -> A.flatten(1, 0), "flatten", "(2, 3)"),
        wrong("unflatten", () -> A.unflatten(1, 2, 2), "unflatten", "(2, 3)", "3", "4"),
        wrong("unsqueeze", () -> A.unsqueeze(4), "unsqueeze", "4", "(2, 3)"),
        wrong("squeeze", () -> A.squeeze(1), "squeeze", "(2, 3)", "size 3", "not 1"),
        wrong("permute", () -> A.permute(0, 0), "permute", "(2, 3)", "once"),
        wrong("permute: too few", () -> A.permute(0), "permute", "(2, 3)", "once"),
        wrong("transpose", () -> A.transpose(0, 2), "axis 2", "(2, 3)"),
        wrong("moveAxis", () -> A.moveAxis(2, 0), "axis 2", "(2, 3)"),
        wrong("mT", () -> Tensor.ones(3).mT(), "mT", "(3,)"),
        wrong("broadcastTo", () -> A.broadcastTo(2, 6), "broadcastTo", "(2, 3)", "(2, 6)"),
        wrong(
            "broadcastTo: a smaller shape",
            () -> A.broadcastTo(3),
            "broadcastTo",
            "(2, 3)",
            "(3,)"),
        wrong("get", () -> A.get(2), "index 2", "(2, 3)"),
        wrong("slice", () -> A.slice(2, 0, 1), "axis 2", "(2, 3)"),
        wrong("slice: step 0", () -> A.slice(1, 0, 1, 0), "slice", "step"),
        wrong("at: too many", () -> A.at("0, 0, 0"), "at(\"0, 0, 0\")", "(2, 3)"),
        wrong("at: nonsense", () -> A.at("1, x"), "at(\"1, x\")", "'x'", "start:stop:step"),
        wrong("at: out of range", () -> A.at("5"), "index 5", "(2, 3)"),
        wrong("flip", () -> A.flip(2), "axis 2", "(2, 3)"),
        wrong("pad", () -> A.pad(1, -1, 0, 0), "pad", "(2, 3)", "slice instead"),
        wrong("tile", () -> A.tile(-1, 1), "(2, 3)", "[-1, 1]", "negative"),
        wrong("zeros", () -> Tensor.zeros(2, -1), "negative", "[2, -1]"));
  }

  private static List<Wrong> joins() {
    return List.of(
        wrong(
            "concat",
            () -> Tensor.concat(1, List.of(A, B)),
            "concat",
            "axis 1",
            "(2, 3)",
            "(4, 3)"),
        wrong(
            "concat: ranks",
            () -> Tensor.concat(0, List.of(A, A.get(0))),
            "concat",
            "(2, 3)",
            "(3,)"),
        wrong("concat: nothing", () -> Tensor.concat(0, List.of()), "nothing", "give one"),
        wrong("stack", () -> Tensor.stack(0, List.of(A, B)), "stack", "(2, 3)", "(4, 3)"),
        wrong("stack: nothing", () -> Tensor.stack(0, List.of()), "nothing", "give one"));
  }

  private static List<Wrong> lookups() {
    return List.of(
        wrong("take: a float index", () -> A.take(B, 0), "take", "integers", "f32", "cast"),
        wrong("takeAlong: rank", () -> A.takeAlong(INDEX, 1), "takeAlong", "(2,)", "(2, 3)"),
        wrong(
            "takeAlong: too long",
            () -> A.takeAlong(B.cast(DType.I32), 1),
            "takeAlong",
            "(4, 3)",
            "(2, 3)"),
        wrong("scatterAdd", () -> A.scatterAdd(0, INDEX, A), "scatterAdd", "(2,)", "(2, 3)"),
        wrong(
            "scatterAdd: too long",
            () -> A.scatterAdd(1, B.cast(DType.I32), B),
            "scatterAdd",
            "(4, 3)",
            "(2, 3)"),
        wrong("oneHot", () -> INDEX.oneHot(-1), "oneHot", "-1"));
  }

  private static List<Wrong> contractions() {
    return List.of(
        wrong("matmul", () -> A.matmul(B), "matmul", "(2, 3) × (4, 3)", "did you mean", "mT()"),
        wrong("matmul: a vector", () -> Tensor.ones(2).matmul(B), "(2,) × (4, 3)"),
        wrong(
            "matmul: a scalar",
            () -> A.matmul(Tensor.scalar(1)),
            "matmul",
            "(2, 3) × ()",
            "use mul"),
        wrong(
            "matmul: batches",
            () -> Tensor.ones(2, 3, 4).matmul(Tensor.ones(5, 4, 3)),
            "matmul",
            "(2, 3, 4)",
            "(5, 4, 3)"),
        wrong(
            "einsum: a letter of two sizes",
            () -> Tensor.einsum("ij,ij->i", A, B),
            "einsum \"ij,ij->i\"",
            "'i'",
            "2",
            "4"),
        wrong("einsum: rank", () -> Tensor.einsum("ijk->i", A), "einsum", "'ijk'", "(2, 3)"),
        wrong("einsum: operands", () -> Tensor.einsum("ij,jk->ik", A), "einsum", "1 operand"),
        wrong("einsum: dots for no axes", () -> Tensor.einsum("ijk...->i", A), "einsum", "letters"),
        wrong("einsum: dots twice", () -> Tensor.einsum("......i->i", A), "einsum", "letter"),
        wrong(
            "einsum: dots that differ",
            () -> Tensor.einsum("...i,...i->...", A, Tensor.zeros(4, 3)),
            "einsum",
            "(2,)",
            "(4,)"),
        wrong("einsum: an unknown letter", () -> Tensor.einsum("ij->k", A), "einsum", "output"),
        wrong(
            "conv: channels",
            () -> IMAGE.conv(Tensor.ones(6, 3, 3, 3), PLAIN),
            "conv2d",
            "(1, 4, 8, 8)",
            "(6, 3, 3, 3)"),
        wrong(
            "conv: groups",
            () -> IMAGE.conv(KERNEL, PLAIN.groups(2)),
            "conv2d",
            "(1, 4, 8, 8)",
            "(6, 4, 3, 3)",
            "2 groups"),
        wrong("conv: rank", () -> A.conv(KERNEL, PLAIN), "conv", "(2, 3)", "(6, 4, 3, 3)"),
        wrong(
            "conv: a large kernel",
            () -> IMAGE.conv(KERNEL, PLAIN.dilation(4)),
            "conv2d",
            "spans 9",
            "(1, 4, 8, 8)",
            "padding"),
        wrong("conv: stride", () -> IMAGE.conv(KERNEL, PLAIN.stride(0)), "stride", "at least 1"),
        wrong(
            "conv: two numbers for one axis",
            () -> IMAGE.conv(KERNEL, PLAIN.padding(1, 1, 1)),
            "padding",
            "2 spatial axes"),
        wrong(
            "convTranspose",
            () -> IMAGE.convTranspose(KERNEL, PLAIN),
            "conv",
            "(1, 4, 8, 8)",
            "(6, 4, 3, 3)",
            "channels"),
        wrong(
            "convTranspose: output padding",
            () -> IMAGE.convTranspose(Tensor.ones(4, 2, 3, 3), PLAIN.outputPadding(1)),
            "convTranspose",
            "output padding",
            "stride"),
        wrong("maxPool", () -> IMAGE.maxPool(PoolOptions.kernel(9)), "9", "(1, 4, 8, 8)"),
        wrong(
            "avgPool",
            () -> A.avgPool(PoolOptions.kernel(2)),
            "(batch, channels, space…)",
            "(2, 3)"),
        wrong(
            "adaptiveAvgPool", () -> Tensor.ones(1, 2, 0).adaptiveAvgPool(2), "(1, 2, 0)", "empty"),
        wrong("adaptiveMaxPool", () -> IMAGE.adaptiveMaxPool(0), "output size", "at least 1"));
  }

  private static List<Wrong> others() {
    return List.of(
        wrong("of", () -> Tensor.of(new float[5], 2, 3), "5 values", "(2, 3)", "6"),
        wrong("item", () -> A.item(), "item", "(2, 3)", "toArray"),
        wrong("constant", () -> Tensor.constant(DType.U8, -1), "-1", "u8", "cast"),
        wrong(
            "a gradient: of many",
            () -> Gradients.of(A, List.of(A)),
            "gradient",
            "(2, 3)",
            "mean or sum"),
        wrong(
            "a gradient: of integers",
            () -> Gradients.of(A.sum(), List.of(INDEX)),
            "gradient",
            "i32(2,)"),
        wrong(
            "assign", () -> new Step.Assignment(Parameter.of(A), B), "assign", "(2, 3)", "(4, 3)"));
  }

  @ParameterizedTest
  @MethodSource("wrongCalls")
  void areRefusedInWordsThatHelp(Wrong wrong) {
    var error = assertThrows(ShapeException.class, wrong.call()::get);
    String method = wrong.name().replaceFirst(":.*", "");
    assertTrue(
        error.getMessage().startsWith(method),
        "'" + method + "' does not begin: " + error.getMessage());
    for (String part : wrong.parts()) {
      assertTrue(
          error.getMessage().contains(part), "'" + part + "' is not in: " + error.getMessage());
    }
  }
}
