package dev.merapi.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.merapi.tensor.Gradients;
import dev.merapi.tensor.Key;
import dev.merapi.tensor.MerapiException;
import dev.merapi.tensor.Parameter;
import dev.merapi.tensor.Shape;
import dev.merapi.tensor.Tensor;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LossTest {
  private final Tensor logits = Key.of(1).normal(4, 3);
  private final Tensor labels = Tensor.of(new int[] {0, 2, 1, 2});

  @Test
  void probabilitiesInPlaceOfLogitsAreNoticed() {
    assertEquals(
        Optional.of(
            "crossEntropy: these logits are the output of a softmax; remove the Softmax layer"
                + " before it"),
        Advice.onLogits("crossEntropy", logits.softmax(1)));
    assertEquals(
        Optional.of(
            "binaryCrossEntropy: these logits are the output of a sigmoid; remove the Sigmoid layer"
                + " before it"),
        Advice.onLogits("binaryCrossEntropy", logits.sigmoid().reshape(12)));
    var harmless = Advice.onLogits("crossEntropy", logits.logSoftmax(-1)).orElseThrow();
    assertTrue(harmless.contains("the result is the same"), harmless);
    assertTrue(
        Advice.onLogProbabilities("negativeLogLikelihood", logits.softmax(1))
            .orElseThrow()
            .contains("put a LogSoftmax in place of the Softmax layer"));
  }

  @Test
  void honestInputsAreNot() {
    for (Tensor honest :
        List.of(logits, logits.div(logits.sum(true, 1)), logits.sub(1), logits.exp())) {
      assertEquals(Optional.empty(), Advice.onLogits("crossEntropy", honest));
    }
    assertEquals(Optional.empty(), Advice.onLogProbabilities("nll", logits.logSoftmax(1)));
  }

  @Test
  void oneClassAloneIsNoChoice() {
    assertTrue(
        Advice.onOneClass("crossEntropy", Shape.of(4, 1), 1)
            .orElseThrow()
            .contains("use binaryCrossEntropy"));
    assertEquals(Optional.empty(), Advice.onOneClass("crossEntropy", Shape.of(1, 2), 1));
    Loss.crossEntropy().apply(Tensor.zeros(2, 1), Tensor.zeros(2, 1));
    assertFalse(Advice.once(Advice.onOneClass("crossEntropy", Shape.of(1), 0).orElseThrow()));
  }

  @Test
  void adviceIsGivenOnce() {
    String advice = Advice.onLogits("crossEntropy", logits.softmax(0)).orElseThrow();
    Loss.crossEntropy().apply(logits.softmax(1), labels);
    assertFalse(Advice.once(advice));
    assertTrue(Advice.once("something new"));
    assertFalse(Advice.once("something new"));
  }

  @Test
  void aClassThatDoesNotExistMakesTheLossNaN() {
    Tensor wrong = Tensor.of(new int[] {0, 3, 1, -100});
    assertTrue(Double.isNaN(Loss.crossEntropy().apply(logits, wrong).item()));
    assertTrue(Double.isFinite(Loss.crossEntropy().ignored(3).apply(logits, labels).item()));
    Tensor ignored = Tensor.of(new long[] {0, 2, 1, -100});
    assertTrue(Double.isFinite(Loss.crossEntropy().apply(logits, ignored).item()));
  }

  @Test
  void shapesThatWouldBroadcastAreRefused() {
    var mse = assertThrows(MerapiException.class, () -> Loss.mse().apply(logits, labels));
    assertTrue(mse.getMessage().contains("(4, 3)"), mse.getMessage());
    var column = Tensor.zeros(4, 1);
    assertThrows(MerapiException.class, () -> Loss.mse().apply(column, Tensor.zeros(4)));
    assertThrows(
        MerapiException.class, () -> Loss.crossEntropy().apply(logits, Tensor.of(new int[3])));
    var floats =
        assertThrows(
            MerapiException.class, () -> Loss.crossEntropy().apply(logits, Tensor.zeros(4)));
    assertTrue(floats.getMessage().contains("cast(DType.I32)"), floats.getMessage());
  }

  @Test
  void oneSampleNeedsNoBatch() {
    double alone = Loss.crossEntropy().apply(logits.get(1), Tensor.of(new int[] {2}).get(0)).item();
    assertEquals(-logits.logSoftmax(1).at("1, 2").item(), alone, 1e-6);
  }

  @Test
  void penaltiesAreThoseOfTheBooks() {
    var p = List.of(Parameter.of(Tensor.of(new float[] {3, -4})), Parameter.of(Tensor.scalar(2)));
    assertEquals(9, Penalties.l1(p).item());
    assertEquals(14.5, Penalties.l2(p).item());
    assertEquals(-4, Gradients.of(Penalties.l2(p), p).getFirst().toArray()[1]);
  }
}
