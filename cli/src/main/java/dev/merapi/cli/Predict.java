package dev.merapi.cli;

import dev.merapi.recipe.AnswerReader;
import dev.merapi.recipe.AnswerReader.Reply;
import dev.merapi.recipe.PlainText;
import dev.merapi.recipe.TextReader;
import dev.merapi.recipe.TrainedModel;
import dev.merapi.recipe.TrainedModel.Candidate;
import dev.merapi.recipe.TrainedModel.Guess;
import dev.merapi.recipe.TrainedModel.RowGuess;
import dev.merapi.recipe.Translator;
import dev.merapi.table.BadRows;
import dev.merapi.table.TableSource;
import dev.merapi.tensor.MerapiException;
import dev.merapi.text.Question;
import dev.merapi.train.RunFolder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code merapi predict}: uses a run's network on the user's own pictures or rows. */
@Command(
    name = "predict",
    description =
        "Tells what your pictures show, or your sounds, your texts, or the rows of your table, by"
            + " the network of a run; or what a text answers to a question.",
    mixinStandardHelpOptions = true)
final class Predict implements Callable<Integer> {
  private static final int SHOWN = 3;

  @Mixin private Output output;

  @Parameters(index = "0", paramLabel = "RUN", description = "The run's folder.")
  private Path run;

  @Parameters(
      index = "1..*",
      arity = "0..*",
      paramLabel = "FILE",
      description =
          "Pictures (PNG, JPEG, GIF, BMP, WebP), for the digit networks of one digit each; or"
              + " sounds (WAV, FLAC); or tables (.csv, .jsonl, .arff) with the columns that the"
              + " network was trained with; or texts (.txt, one a line), which are told of or"
              + " translated, or, one a file, answer questions; or questions (.json, in the form of"
              + " SQuAD).")
  private List<Path> files = List.of();

  @Option(
      names = "--row",
      paramLabel = "VALUES",
      description =
          "A row of a table instead of a file: 5.1,3.5,1.4,0.2 or a JSON object; may be repeated.")
  private List<String> rows = List.of();

  @Option(
      names = "--text",
      paramLabel = "TEXT",
      description = "A text instead of a file; may be repeated.")
  private List<String> texts = List.of();

  @Option(
      names = "--beams",
      paramLabel = "N",
      description =
          "How many beginnings of a translation are followed, from 1; by default the recipe's"
              + " model.beams.")
  private Optional<Integer> beams = Optional.empty();

  @Option(
      names = "--question",
      paramLabel = "TEXT",
      description =
          "What is asked of a text, which is given by --text or a .txt file; may be repeated.")
  private List<String> questions = List.of();

  @Option(
      names = "--on-bad-row",
      paramLabel = "fail|skip",
      description = "What to do with a row that cannot be read; by default ${DEFAULT-VALUE}.",
      defaultValue = "fail")
  private BadRows.Policy onBadRow;

  @Option(
      names = "--out",
      paramLabel = "PNG",
      description = "Where an autoencoder's pictures go; by default ${DEFAULT-VALUE}.",
      defaultValue = "reconstructions.png")
  private Path out;

  /** What {@code --json} prints for a network that classifies. */
  record Classified(String run, List<Guess> predictions) {}

  /** What {@code --json} prints for a network that reads texts. */
  record Read(String run, List<Guess> predictions, long badRows) {}

  /** What a text has become. */
  record Translation(String text, String translation) {}

  /** What {@code --json} prints for a network that turns texts into others. */
  record Translated(String run, List<Translation> predictions) {}

  /** What {@code --json} prints for a network that answers questions. */
  record Answered(String run, List<Reply> predictions, long badRows) {}

  /** What {@code --json} prints for an autoencoder. */
  record Reconstructed(String run, String picture) {}

  /** What {@code --json} prints for rows of a table. */
  record Predicted(String run, List<RowGuess> predictions, long badRows) {}

  @Override
  public Integer call() {
    var folder = RunFolder.open(run);
    if (Translator.fits(TrainedModel.training(folder))) {
      return translate(Translator.open(folder));
    }
    if (AnswerReader.fits(TrainedModel.training(folder))) {
      return predictAnswers(AnswerReader.open(folder));
    }
    if (!questions.isEmpty()) {
      throw new MerapiException("predict: this network answers no questions; leave --question out");
    }
    if (TextReader.fits(TrainedModel.training(folder))) {
      return predictTexts(TextReader.open(folder));
    }
    if (!texts.isEmpty()) {
      throw new MerapiException("predict: this network reads no texts; leave --text out");
    }
    var model = TrainedModel.open(folder);
    if (files.isEmpty() && rows.isEmpty()) {
      throw new MerapiException(
          model.readsTables()
              ? "predict: name files with rows, or give a row with --row"
              : "predict: name files with pictures or sounds");
    }
    if (model.readsTables() || !rows.isEmpty()) {
      return predictRows(model);
    }
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

  private int predictAnswers(AnswerReader model) {
    List<Question> asked = new ArrayList<>();
    List<String> contexts = new ArrayList<>(texts);
    long left = 0;
    for (var file : files) {
      if (file.toString().endsWith(".txt")) {
        contexts.add(PlainText.read(file));
        continue;
      }
      var bad = BadRows.of(onBadRow);
      asked.addAll(model.questions(file, bad));
      if (bad.count() > 0) {
        output.line("note: " + bad.summary(file.toString()));
      }
      left += bad.count();
    }
    for (var context : contexts) {
      for (var question : questions) {
        asked.add(new Question(question, question, context, List.of()));
      }
    }
    if (asked.isEmpty() || contexts.isEmpty() != questions.isEmpty()) {
      throw new MerapiException(
          "predict: ask with --question, and give the text that answers with --text or a .txt file;"
              + " or name a .json file with both, in the form of SQuAD");
    }
    var replies = model.answers(asked);
    replies.forEach(reply -> output.line(line(reply)));
    output.json(new Answered(run.toString(), replies, left));
    return 0;
  }

  /** A line for each text, in the order of the texts: also for one of nothing. */
  private int translate(Translator model) {
    requireTexts();
    List<String> all = new ArrayList<>(texts);
    files.forEach(file -> all.addAll(PlainText.lines(file)));
    var chosen = beams.map(model::beams).orElse(model);
    long longer = all.stream().filter(text -> chosen.tokens(text) > chosen.length()).count();
    if (longer > 0) {
      output.line(
          "note: %d of the texts %s longer than all that it has learned from; give a sentence at a time"
              .formatted(longer, longer == 1 ? "is" : "are"));
    }
    var written = chosen.translate(all);
    List<Translation> kept = new ArrayList<>();
    for (int i = 0; i < all.size(); i++) {
      output.line(written.get(i));
      kept.add(new Translation(all.get(i), written.get(i)));
    }
    output.json(new Translated(run.toString(), kept));
    return 0;
  }

  private void requireTexts() {
    if (files.isEmpty() && texts.isEmpty()) {
      throw new MerapiException("predict: give a text with --text, or name files with texts");
    }
  }

  private int predictTexts(TextReader model) {
    requireTexts();
    List<TextReader.Placed> all = new ArrayList<>();
    texts.forEach(text -> all.add(new TextReader.Placed(text, text)));
    long left = 0;
    for (var file : files) {
      var bad = BadRows.of(onBadRow);
      all.addAll(model.texts(file, bad));
      if (bad.count() > 0) {
        output.line("note: " + bad.summary(file.toString()));
      }
      left += bad.count();
    }
    List<Guess> kept = new ArrayList<>(); // for the one object that JSON wants
    for (var text : all) {
      var guess = new Guess(text.place(), model.read(text.text()));
      output.line(line(guess));
      if (output.isJson()) {
        kept.add(guess);
      }
    }
    output.json(new Read(run.toString(), kept, left));
    return 0;
  }

  private int predictRows(TrainedModel model) {
    var reading = model.reading();
    List<TableSource> sources = new ArrayList<>();
    files.forEach(file -> sources.add(TableSource.of(file, reading)));
    if (!rows.isEmpty()) {
      sources.add(model.rows(rows));
    }
    List<RowGuess> kept = new ArrayList<>(); // for the one object that JSON wants
    long left = 0;
    for (var source : sources) {
      var bad = BadRows.of(onBadRow);
      model.predict(
          source,
          bad,
          guess -> {
            output.line(line(guess));
            if (output.isJson()) {
              kept.add(guess);
            }
          });
      if (bad.count() > 0) {
        output.line("note: " + bad.summary(source.name()));
      }
      left += bad.count();
    }
    output.json(new Predicted(run.toString(), kept, left));
    return 0;
  }

  /** {@code new.csv: line 2 species setosa 99.1 % (virginica 0.5 %)}, or the number. */
  private static String line(RowGuess guess) {
    var named = guess.place() + "  " + guess.target();
    return guess
        .value()
        .map(value -> String.format(Locale.ROOT, "%s  %.6g", named, value))
        .orElseGet(() -> line(named, guess.candidates()));
  }

  /** {@code five.png 5 98.7 % (6 0.8 %, 3 0.2 %)}. */
  private static String line(Guess guess) {
    return line(guess.file(), guess.candidates());
  }

  private static String line(Reply reply) {
    return String.format(
        Locale.ROOT,
        "%s  %s  %.1f %%",
        reply.question(),
        reply.answer().isEmpty() ? "(the text does not say it)" : reply.answer(),
        100 * reply.probability());
  }

  private static String line(String of, List<Candidate> candidates) {
    var best = candidates.getFirst();
    var others =
        candidates.stream()
            .skip(1)
            .limit(SHOWN - 1)
            .map(
                other ->
                    String.format(
                        Locale.ROOT, "%s %.1f %%", other.label(), 100 * other.probability()))
            .collect(Collectors.joining(", "));
    return String.format(
        Locale.ROOT, "%s  %s  %.1f %%   (%s)", of, best.label(), 100 * best.probability(), others);
  }
}
