package dev.merapi.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

final class TableSummaryTest {
  @Test
  void countsWhatIsThere() {
    var source =
        TableSource.of(
            "a.csv", "n,x,kind\n1,0.5,b\n2,,a\n4,2.5,b\n1,1.5,\nbad\n", ReadOptions.DEFAULT);
    var bad = BadRows.skip();
    var summary = TableSummary.of(source, bad);
    assertEquals(4, summary.rows());
    assertEquals(1, bad.count());
    var n = summary.column("n");
    assertTrue(n.whole());
    assertEquals(3, n.distinct());
    assertEquals(1, n.min());
    assertEquals(4, n.max());
    assertEquals(2, n.mean(), 1e-12);
    assertEquals(Math.sqrt(1.5), n.deviation(), 1e-12);
    assertEquals(2, n.bars().getFirst());
    assertEquals(1, n.bars().getLast());
    assertEquals(4, n.bars().stream().mapToLong(Long::longValue).sum());
    assertEquals(1 + 3 / 40.0, n.middle(0), 1e-12);
    var x = summary.column("x");
    assertFalse(x.whole());
    assertEquals(1, x.missing());
    var kind = summary.column("kind");
    assertEquals(1, kind.missing());
    assertEquals(
        List.of(new TableSummary.Count("b", 2), new TableSummary.Count("a", 1)), kind.counts());
    assertTrue(Double.isNaN(kind.mean()));
    assertEquals(List.of(), kind.bars());
  }
}
