package dev.merapi.cli;

import dev.merapi.train.Progress;
import dev.merapi.train.Progress.Bar;
import java.util.HashMap;
import java.util.Map;

/** Shows downloads as bars, in kilobytes. */
final class DownloadProgress implements dev.merapi.data.Progress {
  private static final int KILOBYTE = 1000;

  private final Progress shown;
  private final Map<String, Bar> bars = new HashMap<>();

  DownloadProgress(Progress shown) {
    this.shown = shown;
  }

  @Override
  public synchronized void report(String name, long done, long total) {
    var bar =
        bars.computeIfAbsent(
            name, _ -> shown.start("downloading %s (kB)".formatted(name), total / KILOBYTE));
    bar.step(done / KILOBYTE);
    if (done == total) {
      bars.remove(name).close();
    }
  }
}
