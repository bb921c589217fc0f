package dev.merapi.cli;

import dev.merapi.recipe.TextWriter;
import dev.merapi.tensor.Key;
import dev.merapi.tensor.MerapiException;
import dev.merapi.train.RunFolder;
import dev.merapi.zoo.Sampling;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code merapi generate}: lets the language model of a run write. */
@Command(
    name = "generate",
    description = "Goes on with your text, by the language model of a run.",
    mixinStandardHelpOptions = true)
final class Generate implements Callable<Integer> {
  @Mixin private Output output;

  @Parameters(index = "0", paramLabel = "RUN", description = "The run's folder.")
  private Path run;

  @Option(
      names = "--prompt",
      paramLabel = "TEXT",
      description = "What it goes on with; by default a new line.",
      defaultValue = "")
  private String prompt;

  @Option(
      names = "--tokens",
      paramLabel = "N",
      description = "How many it writes at most; by default ${DEFAULT-VALUE}.",
      defaultValue = "300")
  private int tokens;

  @Option(
      names = "--samples",
      paramLabel = "N",
      description = "How many texts it writes; by default ${DEFAULT-VALUE}.",
      defaultValue = "1")
  private int samples;

  @Option(
      names = "--temperature",
      paramLabel = "T",
      description =
          "Below 1 it keeps to what is likely, and 0 always takes the most likely token; by default"
              + " ${DEFAULT-VALUE}.",
      defaultValue = "0.8")
  private double temperature;

  @Option(
      names = "--top-k",
      paramLabel = "K",
      description = "Draw from the K most likely tokens alone; 0 for all.",
      defaultValue = "0")
  private int topK;

  @Option(
      names = "--top-p",
      paramLabel = "P",
      description = "Draw from the most likely tokens that together have the probability P.",
      defaultValue = "1")
  private double topP;

  @Option(
      names = "--min-p",
      paramLabel = "P",
      description = "Leave out tokens less than P times as likely as the most likely one.",
      defaultValue = "0")
  private double minP;

  @Option(
      names = "--repetition-penalty",
      paramLabel = "X",
      description = "Above 1 makes tokens rarer that the text has already.",
      defaultValue = "1")
  private double repetitionPenalty;

  @Option(
      names = "--stop",
      paramLabel = "TEXT",
      description = "End where this comes; may be repeated.")
  private List<String> stop = List.of();

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Decides what is drawn; by default ${DEFAULT-VALUE}.",
      defaultValue = "1")
  private long seed;

  /** What {@code --json} prints. */
  record Written(String run, String prompt, List<String> texts) {}

  @Override
  public Integer call() {
    if (tokens < 1 || samples < 1) {
      throw new MerapiException("generate: --tokens and --samples are at least 1");
    }
    var sampling = new Sampling(temperature, topK, topP, minP, repetitionPenalty, Key.of(seed));
    var writer = TextWriter.open(RunFolder.open(run));
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < samples; i++) {
      output.piece(prompt);
      texts.add(
          writer.write(prompt, tokens, sampling.key(Key.of(seed).fold(i)), stop, output::piece));
      output.line("");
    }
    output.json(new Written(run.toString(), prompt, texts));
    return 0;
  }
}
