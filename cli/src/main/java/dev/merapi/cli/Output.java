package dev.merapi.cli;

import dev.merapi.tensor.MerapiException;
import dev.merapi.train.Chart;
import dev.merapi.train.Charts;
import dev.merapi.train.Progress;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** Where a command speaks: results to standard output, what passes by to standard error. */
final class Output {
  /** The exit code that shells know for Ctrl-C. */
  static final int INTERRUPTED = 130;

  @Spec(Target.MIXEE)
  private CommandSpec spec;

  @Option(names = "--json", description = "Print one JSON object as the last line.")
  private boolean json;

  private volatile Optional<LiveProgress> live = Optional.empty();

  /** Says a line of the results. */
  void line(String line) {
    var out = spec.commandLine().getOut();
    Runnable saying =
        () -> {
          out.println(line);
          out.flush();
        };
    live.ifPresentOrElse(display -> display.above(saying), saying);
  }

  /** Says a part of a line, at once. */
  void piece(String text) {
    var out = spec.commandLine().getOut();
    out.print(text);
    out.flush();
  }

  /** Whether a program wants the results. */
  boolean isJson() {
    return json;
  }

  /** Says the results once more for programs, if that is wanted. */
  void json(Object results) {
    if (json) {
      line(Json.write(results));
    }
  }

  /**
   * Shows how far a training is, until it is closed: live in a terminal, unless a program reads
   * along, and otherwise in plain lines on standard error.
   */
  Progress progress() {
    live = json ? Optional.empty() : LiveProgress.open();
    return live.<Progress>map(display -> display).orElseGet(() -> Progress.to(System.err));
  }

  /** Shows how far a download is. */
  dev.merapi.data.Progress downloads() {
    return new DownloadProgress(Progress.to(System.err));
  }

  /** Draws charts, if there are any; one that cannot be drawn is no reason to lose a training. */
  void draw(Path png, List<Chart> charts) {
    if (!charts.isEmpty()) {
      draw(() -> Charts.write(png, charts));
    }
  }

  /** Draws something; what cannot be drawn is no reason to lose a training. */
  void draw(Runnable drawing) {
    try {
      drawing.run();
    } catch (MerapiException e) {
      line("no picture: " + e.getMessage());
    }
  }

  /** Refuses an option that has no meaning here. */
  void refuse(Optional<?> option, String why) {
    if (option.isPresent()) {
      throw new MerapiException(why);
    }
  }
}
