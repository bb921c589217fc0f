package dev.merapi.report;

import dev.merapi.train.Metrics;
import dev.merapi.train.Scores;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;

/**
 * A trained network, measured.
 *
 * @param title what the report is called, such as the run's name
 * @param subtitle what the network does, in a line
 * @param facts small print
 * @param scores loss and metrics on the test data
 * @param test what it says of the test samples
 * @param train what it says of samples that it was trained on, if there are such
 * @param metrics what was measured while it was trained
 * @param examples the test samples
 */
public record Evaluation(
    String title,
    String subtitle,
    List<String> facts,
    Scores scores,
    Assessment test,
    Optional<Assessment> train,
    Metrics metrics,
    IntFunction<Example> examples) {
  public Evaluation {
    facts = List.copyOf(facts);
  }

  /**
   * A test sample, to be looked at.
   *
   * @param name where it comes from, or its number
   * @param picture as a PNG file, if it is a picture
   * @param text its numbers, if they are few; else empty
   */
  public record Example(String name, Optional<byte[]> picture, String text) {}
}
