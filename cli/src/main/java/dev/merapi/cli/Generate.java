package dev.merapi.cli;

import dev.merapi.recipe.TextWriter;
import dev.merapi.report.ExplanationReport;
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
  private static final int CANDIDATES = 5;

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
      description =
          "How many it writes at most; by default ${DEFAULT-VALUE}. With --explain also 0, for the"
              + " prompt alone.",
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

  @Option(
      names = "--explain",
      paramLabel = "FILE",
      arity = "0..1",
      fallbackValue = "explanation.html",
      description =
          "Also write a page on the text: how likely each token of it was, by the model itself and"
              + " before --temperature and its kin, what else was likely, and a map of what each"
              + " head of attention looks at, for the last 64 tokens; of a text of more than 1,000"
              + " tokens the last 1,000. A FILE that ends in .png gets a picture instead; by"
              + " default ${FALLBACK-VALUE}.")
  private Optional<Path> explain = Optional.empty();

  @Option(
      names = "--candidates",
      paramLabel = "K",
      description =
          "With --explain, how many of the likeliest tokens it tells in each place; by default "
              + CANDIDATES
              + ".")
  private Optional<Integer> candidates = Optional.empty();

  /** What {@code --json} prints. */
  record Written(String run, String prompt, List<String> texts, Optional<String> explanation) {}

  /** What it prints of a search. */
  record Likely(
      String run,
      String prompt,
      List<String> texts,
      List<Double> scores,
      Optional<String> explanation) {}

  @Override
  public Integer call() {
    if (tokens < (explain.isPresent() ? 0 : 1) || samples < 1) {
      throw new MerapiException("generate: --tokens and --samples are at least 1");
    }
    if (explain.isEmpty()) {
      output.refuse(candidates, "--candidates is for --explain");
    } else if (candidates.orElse(CANDIDATES) < 1) {
      throw new MerapiException("generate: --candidates is at least 1");
    } else if (samples > 1 && beams.isEmpty()) {
      throw new MerapiException("generate: --explain tells of one text; leave out --samples");
    }
    explain.ifPresent(ExplanationReport::check);
    if (beams.isPresent()) {
      search(beams.get());
      return 0;
    }
    output.refuse(lengthPenalty, "--length-penalty is for --beams");
    var writer = language.writer(run);
    var sampling = options.sampling(writer.preferences());
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < samples; i++) {
      output.piece(prompt);
      var written =
          writer.write(prompt, tokens, sampling.key(options.key().fold(i)), stop, output::piece);
      texts.add(written.text());
      output.line("");
      explain(writer, written);
    }
    output.json(new Written(run.toString(), prompt, texts, explain.map(Path::toString)));
    return 0;
  }

  private void explain(TextWriter writer, TextWriter.Written written) {
    if (explain.isPresent()) {
      var explanation = writer.explain(run.toString(), written, candidates.orElse(CANDIDATES));
      ExplanationReport.of(explanation).write(explain.get());
      output.line("explanation " + explain.get());
    }
  }

  private void search(int beams) {
    options.refuse("--beams takes what is most likely, and draws nothing");
    if (beams < samples) {
      throw new MerapiException(
          "generate: %d beams find no %d texts; give --beams %d or fewer --samples"
              .formatted(beams, samples, samples));
    }
    if (tokens < 1) {
      throw new MerapiException("generate: --beams looks for texts of at least 1 token");
    }
    var writer = language.writer(run);
    var found = writer.search(prompt, tokens, beams, samples, lengthPenalty.orElse(1.0), stop);
    for (var text : found) {
      output.line(prompt + text.text());
      if (samples > 1) {
        output.line(String.format(Locale.ROOT, "(score %.4f)", text.score()));
      }
    }
    explain(writer, found.getFirst().written());
    output.json(
        new Likely(
            run.toString(),
            prompt,
            found.stream().map(TextWriter.Found::text).toList(),
            found.stream().map(TextWriter.Found::score).toList(),
            explain.map(Path::toString)));
  }
}
