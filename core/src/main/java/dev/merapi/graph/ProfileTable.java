package dev.merapi.graph;

import dev.merapi.graph.Profile.KernelTime;
import dev.merapi.graph.Profile.ProgramTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Formatter;
import java.util.List;
import java.util.Locale;

/** A profile for people: programs by time, and in each its kernels by time. */
final class ProfileTable {
  private static final int OP_WIDTH = 44;
  private static final double SMALLEST_PROGRAM = 0.01; // share of all time
  private static final double SMALLEST_KERNEL = 0.002; // share of its program

  private final Formatter text = new Formatter(Locale.ROOT);

  private ProfileTable() {}

  static String of(Profile profile) {
    List<ProgramTime> programs = profile.programs();
    double running = programs.stream().mapToDouble(ProgramTime::seconds).sum();
    long runs = programs.stream().mapToLong(ProgramTime::runs).sum();
    var table = new ProfileTable();
    table.text.format(
        "%.2f s, of them %.2f s in %,d runs of %d programs; compiled meanwhile: %d, in %.3f s%n",
        profile.seconds(),
        running,
        runs,
        programs.size(),
        profile.compiled(),
        profile.compileSeconds());
    int left = 0;
    for (ProgramTime program : programs) {
      if (program.seconds() >= SMALLEST_PROGRAM * running) {
        table.program(program, running);
      } else {
        left++;
      }
    }
    if (left > 0) {
      table.text.format(
          "and %d programs of less than %.1f %% each%n", left, 100 * SMALLEST_PROGRAM);
    }
    return table.text.toString();
  }

  private void program(ProgramTime program, double running) {
    text.format("%n");
    text.format(
        "program %d: %.1f %% of the time, %,d runs of %.3f ms (median), %d kernels, workspace %.1f"
            + " MB%n",
        program.number(),
        100 * program.seconds() / running,
        program.runs(),
        1e3 * program.median(),
        program.kernels().size(),
        program.workspace() / 1e6);
    text.format(
        "  share   total ms    calls  median µs   GFLOP/s      GB/s  %-" + OP_WIDTH + "s shape%n",
        "op");
    List<KernelTime> kernels = new ArrayList<>(program.kernels());
    kernels.sort(Comparator.comparingDouble(KernelTime::seconds).reversed());
    for (KernelTime kernel : kernels) {
      if (kernel.seconds() < SMALLEST_KERNEL * program.seconds()) {
        break;
      }
      text.format(
          "%6.1f%% %10.1f %8d %10.1f %9.2f %9.2f  %-" + OP_WIDTH + "s %s%n",
          100 * kernel.seconds() / program.seconds(),
          1e3 * kernel.seconds(),
          kernel.calls(),
          1e6 * kernel.median(),
          kernel.gigaflops(),
          kernel.gigabytes(),
          cut(kernel.cost().op()),
          kernel.cost().shape());
    }
    text.format(
        "%6.1f%% %10.1f %8d %10s %9s %9s  outside kernels: graph, binding, copies%n",
        100 * program.overhead() / program.seconds(),
        1e3 * program.overhead(),
        program.runs(),
        "",
        "",
        "");
  }

  private static String cut(String op) {
    return op.length() <= OP_WIDTH ? op : op.substring(0, OP_WIDTH - 1) + "…";
  }
}
