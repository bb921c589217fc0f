package dev.merapi.table;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.merapi.data.DataException;
import dev.merapi.table.Step.Filling;
import dev.merapi.table.Step.Rule;
import dev.merapi.tensor.Shape;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Numbers of scaling and quantiles are those of scikit-learn 1.x and numpy. */
final class PreparedTest {
  private static final double EXACT = 1e-12;

  private static Table table(String text) {
    return TableSource.of("t.csv", text, ReadOptions.DEFAULT).read(BadRows.fail());
  }

  /** A column of numbers x beside a target y. */
  private static Table numbers(double... x) {
    return Table.ofRows(x.length).with("x", x).with("y", new double[x.length]);
  }

  private static double[] applied(Step step, Table train, Table other, Use use) {
    return step.fit(train, "y").apply(other, use).numbers("x");
  }

  @Test
  void standardisesByTheTrainingPart() {
    var train = numbers(1, 2, 4, 8, 100);
    var fitted = Step.standardise().fit(train, "y");
    assertArrayEquals(
        new double[] {
          -0.5703234321017339,
          -0.5443996397334733,
          -0.492552054996952,
          -0.38885688552390946,
          1.9961320123560686
        },
        fitted.apply(train, Use.TRAIN).numbers("x"),
        1e-9);
    double[] other = fitted.apply(numbers(23, Double.NaN), Use.PREDICT).numbers("x");
    assertEquals(0, other[0], 0.01);
    assertTrue(Double.isNaN(other[1]));
    assertEquals(8, fitted.invert("x", -0.38885688552390946), 1e-9);
    assertEquals(5, fitted.invert("y", 5), "the target is not scaled unless it is named");
  }

  @Test
  void scalesFromZeroToOne() {
    var train = numbers(1, 2, 4, 8, 100);
    assertArrayEquals(
        new double[] {0, 1 / 99.0, 3 / 99.0, 7 / 99.0, 1},
        applied(Step.minMax("x"), train, train, Use.TRAIN),
        EXACT);
    assertArrayEquals(
        new double[] {0, 1}, applied(Step.minMax("x"), numbers(3, 3), numbers(3, 4), Use.MEASURE));
  }

  @Test
  void outliersAreClippedOrDropped() {
    var train = numbers(1, 2, 4, 8, 100); // quartiles 2 and 8: usual is from -7 to 17
    assertArrayEquals(
        new double[] {1, 2, 4, 8, 17},
        applied(Step.clip(Rule.IQR, 1.5), train, train, Use.TRAIN),
        EXACT);
    assertArrayEquals(
        new double[] {-7, 17},
        applied(Step.clip(Rule.IQR, 1.5), train, numbers(-50, 50), Use.PREDICT),
        EXACT);
    var drop = Step.dropOutliers(Rule.IQR, 1.5);
    assertArrayEquals(new double[] {1, 2, 4, 8}, applied(drop, train, train, Use.TRAIN), EXACT);
    assertEquals(5, applied(drop, train, train, Use.MEASURE).length, "no test row is left out");
    assertArrayEquals( // mean 23, deviation 38.6
        new double[] {1, 2, 4, 8, 80.861904},
        applied(Step.clip(Rule.Z_SCORE, 1.5), train, train, Use.TRAIN),
        1e-6);
  }

  @Test
  void logarithmsHaveAnInverse() {
    var train = numbers(0, 1, 9);
    var fitted = Step.log(1, "x").fit(train, "y");
    assertArrayEquals(
        new double[] {0, Math.log(2), Math.log(10)},
        fitted.apply(train, Use.TRAIN).numbers("x"),
        EXACT);
    assertEquals(9, fitted.invert("x", Math.log(10)), EXACT);
    var told = assertThrows(DataException.class, () -> fitted.apply(numbers(1, -1), Use.PREDICT));
    assertTrue(told.getMessage().contains("table: line 2: column `x` is -1.0"), told.getMessage());
  }

  @Test
  void missingCellsAreFilled() {
    var train = numbers(1, 2, Double.NaN, 9, 2);
    assertEquals(3.5, applied(Step.fill(Filling.MEAN), train, train, Use.TRAIN)[2], EXACT);
    assertEquals(2, applied(Step.fill(Filling.MEDIAN), train, train, Use.TRAIN)[2], EXACT);
    assertEquals(2, applied(Step.fill(Filling.MOST_FREQUENT), train, train, Use.TRAIN)[2], EXACT);
    assertEquals(-1, applied(Step.fill("-1"), train, train, Use.TRAIN)[2], EXACT);
    assertEquals(
        2, applied(Step.fill(Filling.MEDIAN), train, numbers(Double.NaN), Use.PREDICT)[0], EXACT);
    assertThrows(DataException.class, () -> Step.fill("none").fit(train, "y"));
    var words = table("x,y\nb,0\na,0\n,0\na,0\nb,0\n");
    var filled = Step.fill(Filling.MOST_FREQUENT).fit(words, "y").apply(words, Use.TRAIN);
    assertEquals(List.of("b", "a", "a", "a", "b"), filled.words("x"), "of equals the least");
    assertThrows(DataException.class, () -> Step.fill(Filling.MEAN, "x").fit(words, "y"));
  }

  @Test
  void rowsWithMissingCellsAreLeftOutButNotWhenPredicting() {
    var train = numbers(1, Double.NaN, 3);
    var fitted = Step.dropMissing().fit(train, "y");
    assertArrayEquals(new double[] {1, 3}, fitted.apply(train, Use.TRAIN).numbers("x"));
    assertArrayEquals(new double[] {1, 3}, fitted.apply(train, Use.MEASURE).numbers("x"));
    var told = assertThrows(DataException.class, () -> fitted.apply(train, Use.PREDICT));
    assertTrue(told.getMessage().contains("line 2: column `x` is missing"), told.getMessage());
  }

  @Test
  void repeatedRowsAreLeftOut() {
    var rows = table("a,b,y\n1,x,0\n2,x,0\n1,x,0\n1,x,1\n,,\n,,\n");
    var kept = Step.dropDuplicates().fit(rows, "y").apply(rows, Use.TRAIN);
    assertEquals(4, kept.size());
    assertEquals("t.csv: line 5", kept.place(2));
  }

  @Test
  void categoriesBecomeColumnsAndBack() {
    var train = table("colour,y\nred,0\nblue,0\nred,0\n");
    var fitted = (Fitted.OneHot) Step.oneHot().fit(train, "y");
    var encoded = fitted.apply(train, Use.TRAIN);
    assertEquals(List.of("colour=blue", "colour=red", "y"), encoded.schema().names());
    assertArrayEquals(new double[] {1, 0, 1}, encoded.numbers("colour=red"));
    assertEquals(train.words("colour"), fitted.inverse(encoded).words("colour"));
    var unknown = fitted.apply(table("colour,y\ngreen,0\n,0\n"), Use.PREDICT);
    assertArrayEquals(new double[] {0, 0}, unknown.numbers("colour=red"));
    assertEquals(List.of("", ""), fitted.inverse(unknown).words("colour"));
  }

  @Test
  void categoriesBecomeNumbersInTheOrderOfTheirSize() {
    var train =
        Table.ofRows(4)
            .with("id", ColumnType.CATEGORY, List.of("10", "9", "b", "a"))
            .with("y", 0, 0, 0, 0);
    var fitted = Step.labelEncode().fit(train, "y");
    assertArrayEquals(new double[] {2, 1, 4, 3}, fitted.apply(train, Use.TRAIN).numbers("id"));
    var other = Table.ofRows(2).with("id", ColumnType.CATEGORY, List.of("11", "")).with("y", 0, 0);
    assertArrayEquals(new double[] {0, 0}, fitted.apply(other, Use.PREDICT).numbers("id"));
  }

  @Test
  void aRawRowGoesInAndAClassNumberComesOut() {
    var text = "n,colour,kind\n0,red,b\n10,blue,a\n20,red,b\n";
    var prepared =
        Prepared.fit(table(text), "kind", Window.NONE, List.of(Step.standardise(), Step.oneHot()));
    assertEquals(List.of("a", "b"), prepared.classes());
    assertEquals(List.of("n", "colour=blue", "colour=red"), prepared.features());
    assertEquals(List.of("n", "colour"), prepared.required());
    var data = prepared.dataset(table(text), Use.TRAIN);
    assertEquals(Shape.of(3), data.features());
    assertArrayEquals(new int[] {1, 0, 1}, data.labels());
    float edge = (float) Math.sqrt(1.5);
    assertArrayEquals(
        new float[] {-edge, 0, 1, 0, 1, 0, edge, 0, 1}, data.gather(0, 1, 2).x().toArray(), 1e-6f);
    var input = prepared.inputs(table("other,colour,n\nx,blue,10\n"));
    assertArrayEquals(new float[] {0, 1, 0}, input.toArray(), 1e-6f);
    var told =
        assertThrows(
            DataException.class,
            () -> prepared.dataset(table("n,colour,kind\n1,red,c\n"), Use.MEASURE));
    assertTrue(
        told.getMessage().startsWith("t.csv: line 2: the class `c` of column `kind` is not in"),
        told.getMessage());
    assertThrows(DataException.class, () -> prepared.inputs(table("n\n1\n")));
    assertThrows(DataException.class, () -> prepared.inputs(table("n,colour\nmany,red\n")));
  }

  @Test
  void aNumberComesBackInItsOwnUnit() {
    var train = table("x,y\n1,100\n2,1000\n3,10000\n");
    var prepared =
        Prepared.fit(
            train, "y", Window.NONE, List.of(Step.log(0, "y"), Step.standardise("x", "y")));
    var targets = prepared.dataset(train, Use.TRAIN).gather(0, 1, 2).y();
    assertEquals(Shape.of(3, 1), targets.shape());
    assertEquals(0, targets.toArray()[1], 1e-6);
    for (int row = 0; row < 3; row++) {
      assertEquals(Math.pow(10, row + 2), prepared.invert(targets.toArray()[row]), 0.01);
    }
  }

  @Test
  void aSeriesBecomesWindows() {
    var series = Table.ofRows(6).with("v", 0, 1, 2, 3, 4, 5);
    var prepared = Prepared.fit(series, "v", new Window(3, 2), List.of());
    assertEquals(Shape.of(3, 1), prepared.shape());
    assertEquals(List.of("v"), prepared.required(), "the series itself is what it is told by");
    var data = prepared.dataset(series, Use.MEASURE);
    assertEquals(2, data.size());
    assertArrayEquals(new float[] {0, 1, 2, 1, 2, 3}, data.gather(0, 1).x().toArray());
    assertArrayEquals(new float[] {4, 5}, data.gather(0, 1).y().toArray());
    assertArrayEquals(new int[] {4, 5}, new Window(3, 2).complete(3, 4, 5));
    var next = prepared.inputs(series);
    assertEquals(Shape.of(1, 3, 1), next.shape());
    assertArrayEquals(new float[] {3, 4, 5}, next.toArray());
    assertEquals("2 after table: line 6", prepared.place(series, 0));
    assertThrows(DataException.class, () -> prepared.inputs(series.select(0, 1)));
    assertThrows(DataException.class, () -> new Window(3, 0));
  }

  @Test
  void whatIsNoNumberIsToldWithTheWayOut() {
    var rows = table("n,colour,when,y\n1,red,2020-01-01,0\n,blue,2020-01-02,1\n");
    var category = fails(rows.only(List.of("colour", "y")));
    assertTrue(category.contains("add `- {kind: one-hot}`"), category);
    var time = fails(rows.only(List.of("when", "y")));
    assertTrue(time.contains("leave it out with `exclude`"), time);
    var missing =
        assertThrows(
                DataException.class,
                () -> {
                  var table = rows.only(List.of("n", "y"));
                  Prepared.fit(table, "y", Window.NONE, List.of()).dataset(table, Use.TRAIN);
                })
            .getMessage();
    assertTrue(missing.startsWith("t.csv: line 3: column `n` is missing"), missing);
    assertTrue(fails(rows.only(List.of("y"))).contains("there are no features"));
    assertTrue(fails(rows.select()).contains("no rows"));
  }

  private static String fails(Table train) {
    return assertThrows(DataException.class, () -> Prepared.fit(train, "y", Window.NONE, List.of()))
        .getMessage();
  }

  @Test
  void labelsTellTheirVocabularies() {
    var train = table("user,n,y\na,1,0\nb,2,0\n");
    var prepared = Prepared.fit(train, "y", Window.NONE, List.of(Step.labelEncode()));
    assertEquals(List.of(3, 0), prepared.vocabularies());
  }
}
