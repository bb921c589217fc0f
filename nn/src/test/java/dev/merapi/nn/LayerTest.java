package dev.merapi.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.merapi.tensor.Key;
import dev.merapi.tensor.MerapiException;
import dev.merapi.tensor.Shape;
import dev.merapi.tensor.ShapeException;
import dev.merapi.tensor.Step;
import dev.merapi.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LayerTest {
  private static final Tensor PICTURES = Key.of(5).normal(2, 3, 8, 8);

  @Test
  void dropoutKeepsTheMeanInTrainingAndEverythingInEvaluation() {
    Tensor x = Tensor.ones(100, 100);
    Dropout dropout = Dropout.of(0.25);
    assertSame(x, dropout.apply(x));
    float[] y = dropout.apply(x, Mode.training(Key.of(1))).toArray();
    int kept = 0;
    for (float value : y) {
      assertTrue(value == 0 || Math.abs(value - 4.0 / 3) < 1e-6);
      kept += value == 0 ? 0 : 1;
    }
    assertEquals(0.75, kept / 1e4, 0.02);
    assertThrows(MerapiException.class, () -> Dropout.of(1));
  }

  @Test
  void keysDependOnThePassAndOnTheOrderOfAsking() {
    Layer both = Sequential.of(Dropout.of(0.5), Dropout.of(0.5));
    Tensor x = Tensor.ones(64);
    float[] once = both.apply(x, Mode.training(Key.of(1))).toArray();
    assertArrayEquals(once, both.apply(x, Mode.training(Key.of(1))).toArray());
    assertTrue(!Arrays.equals(once, both.apply(x, Mode.training(Key.of(2))).toArray()));
    var pass = Mode.training(Key.of(1));
    assertNotEquals(pass.nextKey(), pass.nextKey());
  }

  @Test
  void statisticsOfALayerUsedTwiceMoveTwice() {
    BatchNorm norm = BatchNorm.of(1);
    var pass = Mode.training(Key.of(1));
    norm.apply(Tensor.of(new float[] {1, 3}, 2, 1), pass);
    norm.apply(Tensor.of(new float[] {5, 7}, 2, 1), pass);
    new Step(List.of(), pass.updates()).run();
    assertEquals((0.9 * 0 + 0.1 * 2) * 0.9 + 0.1 * 6, norm.runningMean().item(), 1e-6);
    assertEquals((0.9 * 1 + 0.1 * 2) * 0.9 + 0.1 * 2, norm.runningVariance().item(), 1e-6);
    assertThrows(ShapeException.class, () -> norm.apply(Tensor.ones(1, 1), pass));
    assertThrows(ShapeException.class, () -> norm.apply(Tensor.ones(2, 3), pass));
  }

  @Test
  void shapesGoThroughAConvolutionalNetwork() {
    Layer model =
        Sequential.of(
            Conv.of2d(3, 4, 3, Key.of(1)).padding(1), // (2, 4, 8, 8)
            BatchNorm.of(4),
            Relu.of(),
            MaxPool.of(2), // (2, 4, 4, 4)
            Residual.of(Conv.of2d(4, 4, 3, Key.of(2)).paddingSame()),
            Residual.of(
                Conv.of2d(4, 6, 3, Key.of(3)).stride(2).padding(1),
                Conv.of2d(4, 6, 1, Key.of(4)).stride(2).withoutBias()), // (2, 6, 2, 2)
            ConvTranspose.of2d(6, 5, 2, Key.of(5)).stride(2), // (2, 5, 4, 4)
            AvgPool.of(2), // (2, 5, 2, 2)
            AdaptiveAvgPool.of(1),
            Flatten.of(),
            Linear.of(5, 10, Key.of(6)));
    assertEquals(Shape.of(2, 10), model.apply(PICTURES).shape());
    assertEquals(Shape.of(2, 3, 2, 3), AdaptiveMaxPool.of(2, 3).apply(PICTURES).shape());
    assertEquals(Shape.of(2, 3, 4, 4), MaxPool.of(3).stride(2).padding(1).apply(PICTURES).shape());
    assertEquals(
        Shape.of(1, 2, 5), Conv.of1d(3, 2, 4, Key.of(1)).apply(Tensor.ones(1, 3, 8)).shape());
    assertEquals(
        Shape.of(1, 2, 3, 3, 3),
        Conv.of3d(1, 2, 2, Key.of(1)).apply(Tensor.ones(1, 1, 4, 4, 4)).shape());
  }

  @Test
  void aResidualAddsItsInput() {
    assertEquals(12, Residual.of((x, _) -> x.mul(x)).apply(Tensor.scalar(3)).item());
    Layer shortcut = (x, _) -> x.mul(10);
    assertEquals(39, Residual.of((x, _) -> x.mul(x), shortcut).apply(Tensor.scalar(3)).item());
  }

  @Test
  void poolsReduceTheirWindows() {
    Tensor x = Tensor.of(new float[] {1, 5, 2, 4}, 1, 1, 4);
    assertArrayEquals(new float[] {5, 4}, MaxPool.of(2).apply(x).toArray());
    assertArrayEquals(new float[] {3, 3}, AvgPool.of(2).apply(x).toArray());
    assertArrayEquals(new float[] {3}, AdaptiveAvgPool.of(1).apply(x).toArray());
    assertArrayEquals(new float[] {5}, AdaptiveMaxPool.of(1).apply(x).toArray());
  }

  @Test
  void anEmbeddingsPaddingStartsWithZeros() {
    Embedding words = Embedding.withPadding(4, 2, 1, Key.of(1));
    float[] rows = words.apply(Tensor.of(new int[] {1, 3})).toArray();
    assertEquals(0, rows[0]);
    assertEquals(0, rows[1]);
    assertTrue(rows[2] != 0);
  }

  @Test
  void normsCheckTheirChannels() {
    assertThrows(ShapeException.class, () -> GroupNorm.of(2, 4).apply(PICTURES));
    var groups = assertThrows(MerapiException.class, () -> GroupNorm.of(3, 4));
    assertTrue(groups.getMessage().contains("4 channels"), groups.getMessage());
    assertEquals(Optional.empty(), LayerNorm.of(8).withoutBias().bias());
    assertEquals(PICTURES.shape(), LayerNorm.of(8, 8).withoutBias().apply(PICTURES).shape());
    assertEquals(0, RmsNorm.of(8).epsilon(1).apply(Tensor.zeros(8)).sum().item());
  }

  @Test
  void aLinearLayerSaysWhatItWants() {
    Linear linear = Linear.of(784, 10, Key.of(1));
    var e = assertThrows(ShapeException.class, () -> linear.apply(Tensor.zeros(4, 1, 28, 28)));
    assertEquals(
        "Linear: x (4, 1, 28, 28) must end in 784, as the weight (10, 784) has it; for pictures put"
            + " a Flatten before",
        e.getMessage());
    assertEquals(Shape.of(10), linear.withoutBias().apply(Tensor.zeros(784)).shape());
  }
}
