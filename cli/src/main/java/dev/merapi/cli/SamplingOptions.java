package dev.merapi.cli;

import dev.merapi.hub.LanguageModel;
import dev.merapi.tensor.Key;
import dev.merapi.tensor.MerapiException;
import dev.merapi.zoo.Sampling;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/** How a language model's next token is drawn. */
final class SamplingOptions {
  private static final double TEMPERATURE = 0.8;

  @Option(
      names = "--temperature",
      paramLabel = "T",
      description =
          "Below 1 it keeps to what is likely, and 0 always takes the most likely token; by default"
              + " what a published model prefers, else "
              + TEMPERATURE
              + ". The same holds for the four that follow.")
  private Optional<Double> temperature = Optional.empty();

  @Option(
      names = "--top-k",
      paramLabel = "K",
      description = "Draw from the K most likely tokens alone; 0 for all.")
  private Optional<Integer> topK = Optional.empty();

  @Option(
      names = "--top-p",
      paramLabel = "P",
      description = "Draw from the most likely tokens that together have the probability P.")
  private Optional<Double> topP = Optional.empty();

  @Option(
      names = "--min-p",
      paramLabel = "P",
      description = "Leave out tokens less than P times as likely as the most likely one.")
  private Optional<Double> minP = Optional.empty();

  @Option(
      names = "--repetition-penalty",
      paramLabel = "X",
      description = "Above 1 makes tokens rarer that the text has already.")
  private Optional<Double> repetitionPenalty = Optional.empty();

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Decides what is drawn; by default ${DEFAULT-VALUE}.",
      defaultValue = "1")
  private long seed;

  /** Those that were given, before those that the model's publisher prefers. */
  Sampling sampling(LanguageModel.Preferences preferences) {
    return new Sampling(
        temperature.or(preferences::temperature).orElse(TEMPERATURE),
        topK.or(preferences::topK).orElse(0),
        topP.or(preferences::topP).orElse(1.0),
        minP.or(preferences::minP).orElse(0.0),
        repetitionPenalty.or(preferences::repetitionPenalty).orElse(1.0),
        key());
  }

  /**
   * Refuses what would change how tokens are drawn, where none are.
   *
   * @param why what draws nothing
   */
  void refuse(String why) {
    Map<String, Optional<? extends Number>> given = new LinkedHashMap<>();
    given.put("--temperature", temperature.filter(t -> t != 0));
    given.put("--top-k", topK);
    given.put("--top-p", topP);
    given.put("--min-p", minP);
    given.put("--repetition-penalty", repetitionPenalty);
    given.forEach(
        (option, value) -> {
          if (value.isPresent()) {
            throw new MerapiException("%s; leave out %s".formatted(why, option));
          }
        });
  }

  Key key() {
    return Key.of(seed);
  }
}
