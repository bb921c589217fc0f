package dev.merapi.bench.work;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What a measured process is told on its command line, as words {@code name=value}.
 *
 * @param setting of the engine, such as {@code eager}
 * @param precision fp32 or bf16
 * @param warmUpSeconds how long it trains before the clock counts
 * @param seconds how long the clock counts
 */
public record Task(
    Workload workload,
    String setting,
    String precision,
    int threads,
    double warmUpSeconds,
    double seconds) {

  /** The command line's words. */
  public List<String> words() {
    var words = new ArrayList<String>();
    words.add("kind=" + workload.kind().word());
    words.add("setting=" + setting);
    words.add("precision=" + precision);
    words.add("threads=" + threads);
    words.add("warm-up=" + warmUpSeconds);
    words.add("seconds=" + seconds);
    workload.sizes().forEach((name, size) -> words.add(name + "=" + size));
    return words;
  }

  /** Reads what {@link #words} wrote. */
  public static Task parse(String[] words) {
    Map<String, String> values = new LinkedHashMap<>();
    for (String word : words) {
      int at = word.indexOf('=');
      values.put(word.substring(0, at), word.substring(at + 1));
    }
    var kind = Workload.Kind.valueOf(values.remove("kind").toUpperCase(Locale.ROOT));
    String setting = values.remove("setting");
    String precision = values.remove("precision");
    int threads = Integer.parseInt(values.remove("threads"));
    double warmUp = Double.parseDouble(values.remove("warm-up"));
    double seconds = Double.parseDouble(values.remove("seconds"));
    Map<String, Integer> sizes = new LinkedHashMap<>();
    values.forEach((name, value) -> sizes.put(name, Integer.valueOf(value)));
    return new Task(
        new Workload(kind.word(), kind, sizes), setting, precision, threads, warmUp, seconds);
  }

  /** Whether contractions are to run in bf16. */
  public boolean isBf16() {
    return precision.equals("bf16");
  }
}
