package dev.merapi.bench.train;

import dev.merapi.bench.work.Measurement;
import java.util.Optional;

/**
 * One measured process.
 *
 * @param workload its name
 * @param pair the number of the round in which it ran; runs of one round are compared
 * @param engine Merapi's or a peer's name
 * @param firstStepMs milliseconds from the start of the process to the end of its first step
 * @param measurement what it told, unless it failed
 * @param failure why it failed, or nothing
 */
record Run(
    String workload,
    int pair,
    String engine,
    String setting,
    String precision,
    int threads,
    double firstStepMs,
    Optional<Measurement> measurement,
    String failure) {

  /** The engine that the others are compared with. */
  static final String MERAPI = "merapi";

  boolean isOurs() {
    return engine.equals(MERAPI);
  }

  /** Which runs are repetitions of one another. */
  Subject subject() {
    return new Subject(workload, engine, setting, precision, threads);
  }

  /** An engine in a setting at a workload. */
  record Subject(String workload, String engine, String setting, String precision, int threads) {}
}
