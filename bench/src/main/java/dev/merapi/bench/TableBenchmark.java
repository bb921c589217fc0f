package dev.merapi.bench;

import dev.merapi.data.Batch;
import dev.merapi.table.BadRows;
import dev.merapi.table.Prepared;
import dev.merapi.table.ReadOptions;
import dev.merapi.table.RowPart;
import dev.merapi.table.Step;
import dev.merapi.table.TableSource;
import dev.merapi.table.TableStream;
import dev.merapi.table.Use;
import dev.merapi.table.Window;
import dev.merapi.tensor.Key;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * Reads a CSV of a million rows of ten numbers and a target, standardises it, shuffles it in a
 * buffer, and makes batches of 256 of it, pass after pass. Prints rows a second, and the most heap
 * that was in use; the whole table would take 88 MB as doubles.
 */
public final class TableBenchmark {
  private static final int ROWS = 1_000_000;
  private static final int COLUMNS = 10;
  private static final int PASSES = 5;

  private TableBenchmark() {}

  public static void main(String[] arguments) throws IOException {
    var file = Files.createTempFile("million", ".csv");
    try {
      write(file);
      System.out.printf(Locale.ROOT, "%.0f MB%n", Files.size(file) / 1e6);
      var source = TableSource.of(file, ReadOptions.DEFAULT);
      var key = Key.of(1);
      var sample =
          RowPart.sample(
              source, RowPart.all(), source.schema().names(), 100_000, key, BadRows.fail());
      var prepared = Prepared.fit(sample, "y", Window.NONE, List.of(Step.standardise()));
      var stream = TableStream.of(source, prepared, RowPart.all(), Use.TRAIN, 16_384);
      for (int pass = 0; pass < PASSES; pass++) {
        peaks().forEach(pool -> pool.resetPeakUsage());
        long start = System.nanoTime();
        long rows = 0;
        for (Batch batch : stream.batches(256, key).epoch(pass)) {
          rows += batch.size();
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        long heap = peaks().stream().mapToLong(pool -> pool.getPeakUsage().getUsed()).sum();
        System.out.printf(
            Locale.ROOT,
            "pass %d: %d rows in %.2f s, %.2f million rows/s, heap at most %d MB%n",
            pass + 1,
            rows,
            seconds,
            rows / seconds / 1e6,
            heap >> 20);
      }
    } finally {
      Files.delete(file);
    }
  }

  private static List<java.lang.management.MemoryPoolMXBean> peaks() {
    return ManagementFactory.getMemoryPoolMXBeans().stream()
        .filter(pool -> pool.getType() == MemoryType.HEAP)
        .toList();
  }

  private static void write(Path file) throws IOException {
    var random = new Random(1);
    try (var out = Files.newBufferedWriter(file)) {
      for (int c = 0; c < COLUMNS; c++) {
        out.write("x" + c + ",");
      }
      out.write("y\n");
      for (int row = 0; row < ROWS; row++) {
        for (int c = 0; c <= COLUMNS; c++) {
          out.write(String.format(Locale.ROOT, "%.4f", random.nextGaussian() * 100));
          out.write(c < COLUMNS ? "," : "\n");
        }
      }
    }
  }
}
