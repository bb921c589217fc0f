package dev.merapi.recipe;

import dev.merapi.data.DataException;
import dev.merapi.data.Dataset;
import dev.merapi.data.Sha256;
import dev.merapi.data.Splits;
import dev.merapi.hub.SquadFile;
import dev.merapi.recipe.LanguageSettings.Questions;
import dev.merapi.table.BadRows;
import dev.merapi.table.Split;
import dev.merapi.table.Split.Shares;
import dev.merapi.tensor.Key;
import dev.merapi.tensor.Tensor;
import dev.merapi.text.AnswerWindows;
import dev.merapi.text.AnswerWindows.Cutting;
import dev.merapi.text.AnswerWindows.Found;
import dev.merapi.text.AnswerWindows.Search;
import dev.merapi.text.Question;
import dev.merapi.text.Tokenizer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Questions of a recipe, split by the texts that they are about, and cut into windows. */
final class LoadedQuestions {
  private LoadedQuestions() {}

  /** Reads, splits and cuts them; see {@link LoadedText#load}. */
  static LoadedText load(
      Questions settings,
      Optional<Path> place,
      Key key,
      Optional<LoadedText.Saved> saved,
      Optional<Tokenizer> base) {
    var file = Sources.find(place, settings.source(), "questions");
    var bad = BadRows.of(settings.onBadRow());
    var questions = SquadFile.read(file, bad);
    refuseUnanswerable(settings, file, questions);
    var source = Sha256.of(file);
    var contexts = questions.stream().map(Question::context).distinct().toList();
    var split =
        saved.isPresent() && !saved.get().source().equals(source)
            ? new Split(new int[0], new int[0], IntStream.range(0, contexts.size()).toArray())
            : Split.random(
                contexts.size(), new Shares(settings.validation(), settings.test()), key);
    var training = about(questions, contexts, split.train());
    var tokenizer =
        saved
            .map(LoadedText.Saved::tokenizer)
            .or(() -> base)
            .orElseGet(() -> settings.tokenizer().make(() -> texts(training)));
    var cutting = cutting(settings, tokenizer);
    var train = AnswerWindows.of(training, cutting);
    List<String> notes = new ArrayList<>();
    if (bad.count() > 0) {
      notes.add(bad.summary(file.toString()));
    }
    if (train.unreached() > 0) {
      notes.add(
          "%d answers are in no window as a whole and are not learned; a greater data.length holds more"
              .formatted(train.unreached()));
    }
    return new LoadedText(
        new Splits(
            train,
            AnswerWindows.of(about(questions, contexts, split.validation()), cutting),
            AnswerWindows.of(about(questions, contexts, split.test()), cutting),
            notes),
        tokenizer,
        source,
        new Signature(
            List.of(settings.length()),
            2,
            List.of(),
            List.of(Math.max(tokenizer.size(), cutting.padding() + 1)),
            Optional.of(cutting.padding())));
  }

  private static void refuseUnanswerable(Questions settings, Path file, List<Question> questions) {
    long none = questions.stream().filter(question -> question.answers().isEmpty()).count();
    if (none > 0 && !settings.unanswerable()) {
      throw new DataException(
          "%s: %d of its %d questions have no answer; set data.unanswerable=true, so that the network learns to say so"
              .formatted(file, none, questions.size()));
    }
  }

  private static List<Question> about(
      List<Question> questions, List<String> contexts, int... chosen) {
    var about = IntStream.of(chosen).mapToObj(contexts::get).collect(Collectors.toSet());
    return questions.stream().filter(question -> about.contains(question.context())).toList();
  }

  private static Stream<String> texts(List<Question> questions) {
    return Stream.concat(
        questions.stream().map(Question::context).distinct(),
        questions.stream().map(Question::asked));
  }

  /** How a recipe's questions are cut. */
  static Cutting cutting(Questions settings, Tokenizer tokenizer) {
    return new Cutting(
        tokenizer,
        LoadedTexts.special(tokenizer, "[PAD]", "<pad>").orElse(tokenizer.size()),
        settings.length(),
        settings.stride(),
        settings.questionLength());
  }

  /**
   * The answers to questions.
   *
   * @param logits of each window, in batches (batch, 2, time)
   */
  static List<Found> answers(Questions settings, Dataset windows, List<Tensor> logits) {
    List<float[]> starts = new ArrayList<>();
    List<float[]> ends = new ArrayList<>();
    for (var batch : logits) {
      float[] all = batch.toArray();
      int time = batch.shape().size(2);
      for (int at = 0; at < all.length; at += 2 * time) {
        starts.add(Arrays.copyOfRange(all, at, at + time));
        ends.add(Arrays.copyOfRange(all, at + time, at + 2 * time));
      }
    }
    var search = new Search(settings.answerLength(), settings.unanswerable(), settings.threshold());
    return ((AnswerWindows) windows).answers(starts, ends, search);
  }
}
