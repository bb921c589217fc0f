package dev.merapi.graph;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * A line of time in the <a
 * href="https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU">trace
 * event format</a>: complete events ({@code ph} X) with microseconds from the begin. The oldest
 * events give way to new ones.
 */
final class Trace {
  static final int EVENTS = 100_000;

  private record Label(String name, String shape, long flops, long bytes) {}

  private final long begin;
  private final List<Label> labels = new ArrayList<>();
  private long[] from = new long[1024];
  private long[] to = new long[1024];
  private int[] label = new int[1024];
  private long[] thread = new long[1024];
  private long count;

  Trace(long begin) {
    this.begin = begin;
  }

  /** A name for events; numbers go up from 0. */
  int label(String name, String shape, long flops, long bytes) {
    labels.add(new Label(name, shape, flops, bytes));
    return labels.size() - 1;
  }

  /** An event on this thread, between two readings of the clock. */
  void add(int label, long from, long to) {
    if (count == this.from.length && count < EVENTS) {
      int length = Math.min(2 * this.from.length, EVENTS);
      this.from = Arrays.copyOf(this.from, length);
      this.to = Arrays.copyOf(this.to, length);
      this.label = Arrays.copyOf(this.label, length);
      this.thread = Arrays.copyOf(this.thread, length);
    }
    int at = (int) (count % this.from.length);
    this.from[at] = from;
    this.to[at] = to;
    this.label[at] = label;
    this.thread[at] = Thread.currentThread().threadId();
    count++;
  }

  String json() {
    var json = new StringBuilder("{\"displayTimeUnit\":\"ns\",\"traceEvents\":[\n");
    json.append(
        "{\"name\":\"process_name\",\"ph\":\"M\",\"pid\":1,\"tid\":0,\"args\":{\"name\":\"merapi\"}}");
    long length = from.length;
    for (long i = Math.max(0, count - length); i < count; i++) {
      append(json.append(",\n"), (int) (i % length));
    }
    return json.append("\n]}\n").toString();
  }

  private void append(StringBuilder json, int at) {
    Label what = labels.get(label[at]);
    double micros = (to[at] - from[at]) / 1e3;
    json.append("{\"name\":\"").append(what.name);
    json.append(
        String.format(
            Locale.ROOT,
            "\",\"ph\":\"X\",\"pid\":1,\"tid\":%d,\"ts\":%.3f,\"dur\":%.3f",
            thread[at],
            (from[at] - begin) / 1e3,
            micros));
    json.append(",\"args\":{\"shape\":\"").append(what.shape).append('"');
    if (what.bytes > 0 && micros > 0) {
      json.append(
          String.format(
              Locale.ROOT,
              ",\"GFLOP/s\":%.2f,\"GB/s\":%.2f",
              what.flops / micros / 1e3,
              what.bytes / micros / 1e3));
    }
    json.append("}}");
  }
}
