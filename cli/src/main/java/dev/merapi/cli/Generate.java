package dev.merapi.cli;

import dev.merapi.recipe.TextWriter;
import dev.merapi.tensor.MerapiException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code merapi generate}: lets a language model write. */
@Command(
    name = "generate",
    description =
        "Goes on with your text, by the language model of a run or of a folder from a model hub.",
    mixinStandardHelpOptions = true)
final class Generate implements Callable<Integer> {
  @Mixin private Output output;

  @Mixin private SamplingOptions options;

  @Mixin private LanguageOptions language;

  @Parameters(
      index = "0",
      paramLabel = "RUN|FOLDER",
      description = "The folder of a run, or of a published model.")
  private Path run;

  @Option(
      names = "--prompt",
      paramLabel = "TEXT",
      description = "What it goes on with; by default a new line, for a run.",
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
      description =
          "How many texts it writes, with --beams the best ones; by default ${DEFAULT-VALUE}.",
      defaultValue = "1")
  private int samples;

  @Option(
      names = "--beams",
      paramLabel = "N",
      description =
          "Draw nothing, but look for the most likely text, along the N most likely beginnings.")
  private Optional<Integer> beams = Optional.empty();

  @Option(
      names = "--length-penalty",
      paramLabel = "X",
      description =
          "With --beams, above 0 it prefers longer texts, below 0 shorter ones; by default 1.")
  private Optional<Double> lengthPenalty = Optional.empty();

  @Option(
      names = "--stop",
      paramLabel = "TEXT",
      description = "End where this comes; may be repeated.")
  private List<String> stop = List.of();

  /** What {@code --json} prints. */
  record Written(String run, String prompt, List<String> texts) {}

  /** What it prints of a search. */
  record Likely(String run, String prompt, List<String> texts, List<Double> scores) {}

  @Override
  public Integer call() {
    if (tokens < 1 || samples < 1) {
      throw new MerapiException("generate: --tokens and --samples are at least 1");
    }
    if (beams.isPresent()) {
      search(beams.get());
      return 0;
    }
    output.refuse(lengthPenalty, "--length-penalty is for --beams");
    var writer = language.limited(TextWriter.open(run));
    var sampling = options.sampling(writer.preferences());
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < samples; i++) {
      output.piece(prompt);
      texts.add(
          writer.write(prompt, tokens, sampling.key(options.key().fold(i)), stop, output::piece));
      output.line("");
    }
    output.json(new Written(run.toString(), prompt, texts));
    return 0;
  }

  private void search(int beams) {
    options.refuse("--beams takes what is most likely, and draws nothing");
    if (beams < samples) {
      throw new MerapiException(
          "generate: %d beams find no %d texts; give --beams %d or fewer --samples"
              .formatted(beams, samples, samples));
    }
    var found =
        language
            .limited(TextWriter.open(run))
            .search(prompt, tokens, beams, samples, lengthPenalty.orElse(1.0), stop);
    for (var text : found) {
      output.line(prompt + text.text());
      if (samples > 1) {
        output.line(String.format(Locale.ROOT, "(score %.4f)", text.score()));
      }
    }
    output.json(
        new Likely(
            run.toString(),
            prompt,
            found.stream().map(TextWriter.Found::text).toList(),
            found.stream().map(TextWriter.Found::score).toList()));
  }
}
