package dev.merapi.examples;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.merapi.data.Picture;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs the examples, and looks at what they print. */
final class ExamplesTest {
  private static final String ACCURACY = "accuracy ([\\d.]+)";
  private static final String LOSS = "step +\\d+  loss ([\\d.]+)";

  @TempDir private Path folder;

  @Test
  void tensorTour() {
    assertEquals(
        """
        # six numbers in two rows
        [[0 1 2]
         [3 4 5]]
        # what they are
        i32 (2, 3)
        # a row added, a column multiplied
        [[ 10.  21.  32.]
         [-13. -24. -35.]]
        # the second row from its second number
        [4 5]
        # columns from the last to the first
        [[2 1 0]
         [5 4 3]]
        # the sum of each column
        [3 5 7]
        # where each row is greatest
        [2 2]
        # the rows' products with each other
        [[ 5. 14.]
         [14. 50.]]
        # the same by name
        [[ 5. 14.]
         [14. 50.]]
        # random numbers
        [[-0.27758232  2.548858    1.6383092 ]
         [ 1.6330473   0.13685983 -0.8429659 ]]
        # as probabilities, row by row
        [[0.04052152 0.684216   0.27526245]
         [0.76449084 0.17123255 0.06427668]]
        # d t³ / dt = 3 t²
        [ 3. 12. 27.]
        # and once more, 6 t
        [ 6. 12. 18.]
        # a mistake
        matmul: inner dimensions differ: (2, 3) × (1, 3); did you mean b.mT()?
        """,
        Printed.by(() -> new TensorTour().main()).text());
  }

  @Test
  void lineFitFindsTheLine() {
    var printed = Printed.by(() -> new LineFit().main());
    assertEquals(2, printed.number("y = ([-\\d.]+) x"), 0.05);
    assertEquals(-1, printed.number(" x ([-+][\\d.]+)"), 0.05);
    assertEquals(0.01, printed.number("step 100  loss ([\\d.]+)"), 0.005); // the noise that is left
  }

  @Test
  void drawDigitsDrawsThePictureOfTheReadme() {
    var file = folder.resolve("digits.png");
    Printed.by(() -> new DrawDigits().main(new String[] {file.toString()}));
    var shown = Path.of(System.getProperty("merapi.root"), "docs/images/digits.png");
    assertArrayEquals(Picture.read(shown).pixels(), Picture.read(file).pixels());
  }

  @Test
  void trainDigitsReadsThem() {
    assertTrue(Printed.by(() -> new TrainDigits().main()).number(ACCURACY) > 0.97);
  }

  @Test
  void trainMnistReadsIt() {
    var mnist =
        Optional.ofNullable(System.getenv("MERAPI_DATA")).map(data -> Path.of(data, "mnist"));
    assumeTrue(
        mnist.filter(Files::isDirectory).isPresent(), "skipped: no folder mnist in MERAPI_DATA");
    String[] args = {mnist.orElseThrow().toString(), "1"};
    assertTrue(Printed.by(() -> new TrainMnist().main(args)).number(ACCURACY) > 0.95);
  }

  @Test
  void ownLayerLearns() {
    var printed = Printed.by(() -> new OwnLayer().main());
    assertTrue(printed.text().contains("highways.1.gate.weight (64, 64)\n"), printed.text());
    assertTrue(printed.number(ACCURACY) > 0.94);
  }

  @Test
  void ownOpHasTheRightGradient() {
    assertTrue(Printed.by(() -> new OwnOp().main()).number("off by (\\S+)") < 1e-7);
  }

  @Test
  void saveAndResumeEndsWithTheSameBits() {
    String[] args = {folder.toString()};
    var printed = Printed.by(() -> new SaveAndResume().main(args));
    printed.find("INTERRUPTED after 50 steps\nCOMPLETE after 126 steps\n");
    double unbroken = printed.number("unbroken (\\S+)");
    assertEquals(unbroken, printed.number("resumed +(\\S+)"));
    assertTrue(unbroken < 1, "loss " + unbroken);
  }

  @Test
  void fineControlLearnsAndAnneals() {
    var printed = Printed.by(() -> new FineControl().main());
    assertTrue(printed.number("(\\d+) of 1000 right") > 930, printed.text());
    assertEquals(0, printed.number("step 400 .* rate ([\\d.]+)"), 1e-6);
    assertTrue(printed.number("step 300  loss ([\\d.]+)") < printed.number(LOSS), printed.text());
  }
}
