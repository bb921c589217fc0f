package dev.merapi.bench.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.merapi.bench.train.Report.Row;
import dev.merapi.bench.work.Json;
import dev.merapi.bench.work.Measurement;
import dev.merapi.bench.work.Workload;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ReportTest {
  private final List<Run> runs = new ArrayList<>();

  private void run(String workload, int pair, String engine, String setting, double millis) {
    run(workload, pair, engine, setting, millis, 2.3, 1.2);
  }

  private void run(
      String workload,
      int pair,
      String engine,
      String setting,
      double millis,
      double first,
      double last) {
    var measurement =
        new Measurement(
            engine + " 1", 100, millis, millis / 2, first, last, OptionalDouble.empty(), 2048);
    runs.add(
        new Run(workload, pair, engine, setting, "fp32", 2, 1500, Optional.of(measurement), ""));
  }

  private void fail(String workload, int pair, String engine, String setting) {
    runs.add(
        new Run(
            workload, pair, engine, setting, "fp32", 2, Double.NaN, Optional.empty(), "no torch"));
  }

  private List<Row> rows() {
    return Report.rows(runs, Workload.all());
  }

  @Test
  void theRatioIsTheMedianOverThePairs() {
    // The machine was slow in the second round, for both.
    run("w1-64", 1, "merapi", "", 1);
    run("w1-64", 1, "pytorch", "eager", 2);
    run("w1-64", 2, "merapi", "", 10);
    run("w1-64", 2, "pytorch", "eager", 30);
    run("w1-64", 3, "merapi", "", 1.2);
    run("w1-64", 3, "pytorch", "eager", 2.1);
    Row peer = rows().get(1);
    assertEquals(2.0, peer.ratio().orElseThrow(), 1e-12);
    assertEquals(2.1, peer.medianMs());
    assertEquals(64 / 2.1e-3, peer.perSecond(), 1e-6);
    assertEquals(2, peer.peakMib());
    assertEquals(1.5, peer.firstStepSeconds());
    assertFalse(rows().getFirst().ratio().isPresent());
  }

  @Test
  void aPeerIsWorthItsBestSettingThatLearns() {
    run("w4", 1, "merapi", "", 1);
    run("w4", 1, "pytorch", "eager", 3);
    run("w4", 1, "pytorch", "compile", 2);
    run("w4", 1, "pytorch", "fast", 0.1, 2.3, 2.3);
    fail("w4", 1, "pytorch", "broken");
    Row peer = rows().get(1);
    assertEquals(2, rows().size());
    assertEquals("compile", peer.setting());
    assertEquals(2, peer.ratio().orElseThrow());
  }

  @Test
  void aRowIsVoidWhereALossDoesNotFall() {
    run("w4", 1, "merapi", "", 1);
    run("w4", 1, "pytorch", "eager", 3, 0.7, Double.NaN);
    run("w5", 1, "merapi", "", 1, 0.7, 0.7);
    run("w5", 1, "pytorch", "eager", 3);
    assertFalse(rows().get(0).isVoid());
    assertTrue(rows().get(1).verdict().startsWith("void: loss 0.7"), rows().get(1).verdict());
    assertTrue(rows().get(2).isVoid());
    assertEquals("void with Merapi's own row", rows().get(3).verdict());
    assertTrue(rows().stream().allMatch(row -> row.ratio().isEmpty()));
    assertTrue(Report.summaries(rows()).isEmpty());
  }

  @Test
  void decodingIsJudgedByItsTokens() {
    var none = new Measurement("x", 5, 1, 1, Double.NaN, Double.NaN, OptionalDouble.of(0.5), 1);
    assertFalse(none.isSound());
    var most = new Measurement("x", 5, 1, 1, Double.NaN, Double.NaN, OptionalDouble.of(0.97), 1);
    assertTrue(most.isSound());
  }

  @Test
  void whatFailedSaysWhy() {
    run("w4", 1, "merapi", "", 1);
    fail("w4", 1, "pytorch", "eager");
    assertEquals("no torch", rows().get(1).verdict());
  }

  @Test
  void theSummaryIsAGeometricMean() {
    run("w4", 1, "merapi", "", 1);
    run("w4", 1, "pytorch", "eager", 4);
    run("w5", 1, "merapi", "", 1);
    run("w5", 1, "pytorch", "eager", 1);
    var summary = Report.summaries(rows()).getFirst();
    assertEquals(2, summary.geometricMean(), 1e-12);
    assertEquals(1, summary.least());
    assertEquals(2, summary.rows());
  }

  @Test
  void slowSettingsAreLeftOutOfTheNextRound() {
    run("w4", 1, "pytorch", "eager", 1);
    run("w4", 1, "pytorch", "compile", 1.1);
    run("w4", 1, "pytorch", "slow", 1.5);
    fail("w4", 1, "pytorch", "broken");
    run("w5", 1, "pytorch", "slow", 0.1);
    var hopeful =
        Rounds.hopeful(
            List.of(one("eager"), one("compile"), one("slow"), one("broken"), one("new")),
            runs,
            "w4",
            "fp32");
    assertEquals(
        List.of("eager", "compile", "new"), hopeful.stream().map(Contender::setting).toList());
    assertEquals(2, Rounds.next(runs, "w4", "fp32"));
    assertEquals(1, Rounds.next(runs, "w9", "fp32"));
  }

  private static Contender one(String setting) {
    return new Contender("pytorch", setting, List.of(), Map.of());
  }

  @Test
  void resultsAreWrittenAndReadAgain(@TempDir Path folder) throws Exception {
    run("w10", 1, "merapi", "", 1);
    run("w10", 1, "pytorch", "eager", 2.5);
    fail("w9", 1, "pytorch", "eager");
    var results = Results.of(runs, Workload.all(), List.of("train", "w10"));
    results.write(folder);
    assertEquals(runs, Results.runs(folder));
    var json = Json.MAPPER.readTree(Files.readString(folder.resolve("train.json")));
    assertEquals(2.5, json.get("rows").get(2).get("ratio").asDouble());
    assertEquals("tokens", json.get("rows").get(1).get("unit").asString());
    String page = Files.readString(folder.resolve("train.md"));
    assertTrue(page.contains("| w10 | pytorch | eager | 2.500 | 400 tokens | 2.50 |"), page);
    assertTrue(Files.size(folder.resolve("train.png")) > 1_000);
    assertEquals(List.of(), Results.runs(folder.resolve("none")));
  }
}
