package dev.merapi.cli;

import dev.merapi.recipe.TrainedModel;
import dev.merapi.recipe.TrainedModel.Guess;
import dev.merapi.train.RunFolder;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code merapi predict}: uses a run's network on the user's own pictures. */
@Command(
    name = "predict",
    description = "Tells what your pictures show, by the network of a run.",
    mixinStandardHelpOptions = true)
final class Predict implements Callable<Integer> {
  private static final int SHOWN = 3;

  @Mixin private Output output;

  @Parameters(index = "0", paramLabel = "RUN", description = "The run's folder.")
  private Path run;

  @Parameters(
      index = "1..*",
      arity = "1..*",
      paramLabel = "FILE",
      description = "PNG, JPEG, GIF or BMP pictures, of one digit each.")
  private List<Path> files;

  @Option(
      names = "--out",
      paramLabel = "PNG",
      description = "Where an autoencoder's pictures go; by default ${DEFAULT-VALUE}.",
      defaultValue = "reconstructions.png")
  private Path out;

  /** What {@code --json} prints for a network that classifies. */
  record Classified(String run, List<Guess> predictions) {}

  /** What {@code --json} prints for an autoencoder. */
  record Reconstructed(String run, String picture) {}

  @Override
  public Integer call() {
    var model = TrainedModel.open(RunFolder.open(run));
    if (model.reconstructs()) {
      model.reconstruct(files, out);
      output.line("%s: your pictures above their reconstructions".formatted(out));
      output.json(new Reconstructed(run.toString(), out.toString()));
      return 0;
    }
    var guesses = model.classify(files);
    guesses.forEach(guess -> output.line(line(guess)));
    output.json(new Classified(run.toString(), guesses));
    return 0;
  }

  /** {@code five.png 5 98.7 % (6 0.8 %, 3 0.2 %)}. */
  private static String line(Guess guess) {
    var best = guess.candidates().getFirst();
    var others =
        guess.candidates().stream()
            .skip(1)
            .limit(SHOWN - 1)
            .map(
                other ->
                    String.format(
                        Locale.ROOT, "%s %.1f %%", other.label(), 100 * other.probability()))
            .collect(Collectors.joining(", "));
    return String.format(
        Locale.ROOT,
        "%s  %s  %.1f %%   (%s)",
        guess.file(),
        best.label(),
        100 * best.probability(),
        others);
  }
}
