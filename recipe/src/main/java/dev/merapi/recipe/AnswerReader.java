package dev.merapi.recipe;

import dev.merapi.hub.SquadFile;
import dev.merapi.nn.Layer;
import dev.merapi.recipe.LanguageSettings.Questions;
import dev.merapi.table.BadRows;
import dev.merapi.tensor.MerapiException;
import dev.merapi.tensor.Step;
import dev.merapi.tensor.Tensor;
import dev.merapi.text.AnswerWindows;
import dev.merapi.text.AnswerWindows.Cutting;
import dev.merapi.text.AnswerWindows.Found;
import dev.merapi.text.Question;
import dev.merapi.train.FileException;
import dev.merapi.train.RunFolder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The network of a run that finds answers in texts, with the weights that count. */
public final class AnswerReader {
  private static final int BATCH = 32;

  private final Questions data;
  private final Cutting cutting;
  private final Layer model;

  private AnswerReader(Questions data, Cutting cutting, Layer model) {
    this.data = data;
    this.cutting = cutting;
    this.model = model;
  }

  /** Whether the network of a recipe finds answers. */
  public static boolean fits(Recipe.Training recipe) {
    return recipe.data() instanceof Questions;
  }

  /**
   * Reads the network of a run.
   *
   * @throws MerapiException if the run has no weights yet, or finds no answers
   */
  public static AnswerReader open(RunFolder run) {
    var recipe = TrainedModel.training(run);
    if (!(recipe.data() instanceof Questions data)) {
      throw new FileException(
          run.path(),
          "the network of %s answers no questions".formatted(recipe.name()),
          "give a run of a recipe that does, such as qa");
    }
    var signature = run.readJson(Signature.FILE, Signature.class);
    return new AnswerReader(
        data,
        LoadedQuestions.cutting(data, LoadedText.tokenizer(run)),
        TrainedModel.network(run, recipe, signature));
  }

  /**
   * What a text answers to a question.
   *
   * @param id by which the question is known
   * @param answer as it stands in the text; empty if the text does not say it
   * @param probability of it, among all that could be said, from 0 to 1
   */
  public record Reply(String id, String question, String answer, double probability) {}

  /**
   * The questions of a file in the form of SQuAD.
   *
   * @throws MerapiException if it cannot be read
   */
  public List<Question> questions(Path file, BadRows bad) {
    return SquadFile.read(file, bad);
  }

  /** The answers to questions, in their order. */
  public List<Reply> answers(List<Question> questions) {
    var windows = AnswerWindows.of(questions, cutting);
    List<Tensor> logits = new ArrayList<>();
    windows
        .batches(BATCH)
        .epoch(0)
        .forEach(batch -> logits.add(Step.compute(model.apply(batch.x())).getFirst()));
    List<Found> found = LoadedQuestions.answers(data, windows, logits);
    List<Reply> replies = new ArrayList<>();
    for (int i = 0; i < found.size(); i++) {
      var question = questions.get(i);
      var answer = found.get(i);
      replies.add(new Reply(question.id(), question.asked(), answer.text(), answer.probability()));
    }
    return replies;
  }
}
