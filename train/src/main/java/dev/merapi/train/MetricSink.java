package dev.merapi.train;

import java.util.Map;

/** Hears every line of metrics of a run as it is written, to tell others. */
@FunctionalInterface
public interface MetricSink {
  /**
   * Hears a line.
   *
   * @param step how many steps of training lie behind it
   * @param fields numbers and texts by name
   */
  void append(long step, Map<String, ?> fields);
}
