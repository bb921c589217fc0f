package dev.merapi.recipe;

import dev.merapi.data.Batch;
import dev.merapi.data.Dataset;
import dev.merapi.data.Splits;
import dev.merapi.evaluation.TextLosses;
import dev.merapi.nn.DirectPreference;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Loss;
import dev.merapi.nn.Parameters;
import dev.merapi.nn.Reduction;
import dev.merapi.report.Assessment;
import dev.merapi.report.Evaluation;
import dev.merapi.report.Evaluation.Example;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Key;
import dev.merapi.tensor.Step;
import dev.merapi.tensor.Tensor;
import dev.merapi.text.AnswerWindows;
import dev.merapi.train.Checkpoint;
import dev.merapi.train.RunFolder;
import dev.merapi.train.Scores;
import dev.merapi.train.Trainer;
import dev.merapi.zoo.EncoderDecoder;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * Measures the network of a recipe, as its data want it.
 *
 * @param seen the data as the network sees them
 */
record Measuring(RecipeData data, Splits seen, Signature signature, Layer model, Trainer trainer) {
  /** The streams of random numbers below the recipe's seed. */
  private static final int SEEN = 3;

  private static final int WRITING = 4;

  /** So many training samples tell how well the network does on what it has seen. */
  private static final int MOST_SEEN = 5_000;

  /** And so many questions. */
  private static final int MOST_ASKED = 500;

  /** On the test data; where it predicts a column of numbers, also in their own unit. */
  Scores scores() {
    return scores(Optional.empty());
  }

  /**
   * Likewise.
   *
   * @param written the translations of the test data, where they are made already
   */
  private Scores scores(Optional<Assessment.Translations> written) {
    var scores = trainer.evaluate(seen.test());
    if (data.preferences().isPresent()) {
      return scores;
    }
    if (signature.tellsTokens()) {
      return ofTokens(scores, written);
    }
    if (assessesAnswers() && assessment(seen.test()) instanceof Assessment.Answers answers) {
      var metrics = new LinkedHashMap<>(scores.metrics());
      metrics.put("exact_match", answers.exactMatch());
      metrics.put("f1", answers.f1());
      return new Scores(scores.loss(), metrics, scores.samples());
    }
    if (data.table().isEmpty() || data.table().get().prepared().classifies()) {
      return scores;
    }
    if (!(assessment(seen.test()) instanceof Assessment.Regression(var errors, _))) {
      return scores;
    }
    var metrics = new LinkedHashMap<>(scores.metrics());
    metrics.put("rmse", errors.rootMeanSquaredError());
    metrics.put("mae", errors.meanAbsoluteError());
    metrics.put("r2", errors.rSquared());
    data.table()
        .get()
        .naive()
        .ifPresent(
            naive -> {
              metrics.put("naive_rmse", naive.rootMeanSquaredError());
              metrics.put("naive_mae", naive.meanAbsoluteError());
            });
    return new Scores(scores.loss(), metrics, scores.samples());
  }

  private boolean assessesAnswers() {
    return data.recipe().data() instanceof LanguageSettings.Questions;
  }

  private Scores ofTokens(Scores scores, Optional<Assessment.Translations> written) {
    var metrics = new LinkedHashMap<>(scores.metrics());
    if (Translator.fits(data.recipe())) {
      var translations = written.orElseGet(this::translations);
      metrics.put("perplexity", Math.exp(translations.losses().mean()));
      metrics.put("bleu", translations.bleu().score());
    } else {
      metrics.put("perplexity", Math.exp(logLoss(scores)));
    }
    if (data.recipe().data() instanceof LanguageSettings.Stories stories) {
      var tokenizer = data.text().orElseThrow().tokenizer();
      var writer = new TextWriter(model, tokenizer, signature.shape().size(0));
      var key = Key.of(data.recipe().seed()).fold(WRITING);
      metrics.put("stories", writer.storiesThatParse(stories.written(), key));
    }
    return new Scores(scores.loss(), metrics, scores.samples());
  }

  /** The mean of -ln p of the tokens to be told: the loss, unless that is smoothed. */
  private double logLoss(Scores scores) {
    if (data.recipe().training().labelSmoothing() == 0) {
      return scores.loss();
    }
    return losses(seen.test()).mean();
  }

  /**
   * On the test data in all ways, and on samples that the network was trained on.
   *
   * @param run whose weights it has
   * @param fingerprint of the data, for those who compare
   */
  Evaluation evaluation(RunFolder run, Checkpoint checkpoint, String fingerprint) {
    var train = seen.train();
    boolean translates = Translator.fits(data.recipe());
    var written =
        translates ? Optional.of(translations()) : Optional.<Assessment.Translations>empty();
    return new Evaluation(
        data.recipe().name(),
        data.recipe().summary(),
        List.of(
            run.path().toString(),
            "weights of step %d".formatted(checkpoint.step()),
            "%d parameters".formatted(Parameters.count(model)),
            "%d samples to learn from".formatted(train.size()),
            "data " + fingerprint.substring(0, 12)),
        scores(written),
        written.<Assessment>map(each -> each).orElseGet(() -> assessment(seen.test())),
        train.size() == 0 || translates ? Optional.empty() : Optional.of(assessment(known(train))),
        run.metrics(),
        assessesAnswers()
            ? this::question
            : data.text().isPresent() ? this::text : assessing(seen.test())::example);
  }

  /** What the test data become. */
  private Assessment.Translations translations() {
    var text = data.text().orElseThrow();
    int beams = ((ModelSettings.TextToText) data.recipe().model()).beams();
    var translator =
        new Translator(
            (EncoderDecoder) model, text.tokenizer(), signature.features().getLast(), beams);
    var written = translator.translate(text.pairs().stream().map(TextPairs.Pair::source).toList());
    var all =
        IntStream.range(0, written.size())
            .mapToObj(
                i ->
                    new Assessment.Translations.Translation(
                        text.pairs().get(i).source(), text.pairs().get(i).target(), written.get(i)))
            .toList();
    return new Assessment.Translations(all, losses(seen.test()));
  }

  /** Some samples that it was trained on; questions with all of their windows. */
  private Dataset known(Dataset train) {
    var key = Key.of(data.recipe().seed()).fold(SEEN);
    if (train instanceof AnswerWindows windows) {
      int size = windows.questions().size();
      return windows.ofQuestions(Arrays.copyOf(key.permutation(size), Math.min(size, MOST_ASKED)));
    }
    return train.select(
        Arrays.copyOf(key.permutation(train.size()), Math.min(train.size(), MOST_SEEN)));
  }

  private Assessment assessment(Dataset samples) {
    if (data.preferences().isPresent()) {
      return new Assessment.Preferences(margins(data.preferences().get().loss(), samples));
    }
    if (data.recipe().data() instanceof LanguageSettings.Questions settings) {
      var found = LoadedQuestions.answers(settings, samples, trainer.predict(samples));
      var questions = ((AnswerWindows) samples).questions();
      return new Assessment.Answers(
          IntStream.range(0, found.size())
              .mapToObj(
                  i -> new Assessment.Answer(found.get(i).text(), questions.get(i).references()))
              .toList());
    }
    return signature.tellsTokens()
        ? new Assessment.Texts(losses(samples))
        : assessing(samples).of(trainer.predict(samples));
  }

  private Assessing assessing(Dataset samples) {
    return new Assessing(
        data.recipe(), signature, data.table().map(LoadedTable::prepared), samples);
  }

  /** Of each pair, by how much the chosen answer is worth more than the rejected one. */
  private double[] margins(DirectPreference loss, Dataset pairs) {
    var all = DoubleStream.builder();
    for (var batch : pairs.batches(data.recipe().evaluation().batch()).epoch(0)) {
      var margins = loss.margins(model.apply(batch.x()), batch.y());
      for (float margin : Step.compute(margins).getFirst().toArray()) {
        all.add(margin);
      }
    }
    return all.build().toArray();
  }

  private TextLosses losses(Dataset pieces) {
    return losses(model, pieces, data.recipe().evaluation().batch());
  }

  /**
   * The losses of the tokens of each piece of text that are to be told.
   *
   * @param batch pieces at a time
   */
  static TextLosses losses(Layer model, Dataset pieces, int batch) {
    var sums = DoubleStream.builder();
    var tokens = DoubleStream.builder();
    for (var part : pieces.batches(batch).epoch(0)) {
      var told = part.y().ge(0).cast(DType.F32).sum(1);
      var losses = losses(model, part).reshape(part.size(), -1).sum(1);
      var computed = Step.compute(losses, told);
      for (float loss : computed.getFirst().toArray()) {
        sums.add(loss);
      }
      for (float count : computed.getLast().toArray()) {
        tokens.add(count);
      }
    }
    return new TextLosses(sums.build().toArray(), tokens.build().toArray());
  }

  /** The loss of each token, 0 of those that are not to be told: (batch · time). */
  private static Tensor losses(Layer model, Batch batch) {
    return Loss.crossEntropy()
        .reduction(Reduction.NONE)
        .apply(model.apply(batch.x()).flatten(0, 1), batch.y().flatten(0, 1));
  }

  /** A text that is for testing, to be looked at. */
  private Example text(int row) {
    var pairs = data.text().orElseThrow().pairs();
    return pairs.isEmpty()
        ? piece(row)
        : new Example(pairs.get(row).place(), Optional.empty(), pairs.get(row).source());
  }

  /** A question that is for testing, to be looked at. */
  private Example question(int number) {
    var question = ((AnswerWindows) seen.test()).questions().get(number);
    return new Example(question.asked(), Optional.empty(), question.context());
  }

  /** The tokens alone, (batch, time): of packed rows and of pairs, the first of the second axis. */
  private static Tensor first(Tensor x) {
    return x.shape().rank() > 2 ? first(x.select(1, 0)) : x;
  }

  /** A piece of the text that is for testing, to be looked at. */
  private Example piece(int row) {
    var tokenizer = data.text().orElseThrow().tokenizer();
    var batch = seen.test().gather(row);
    var x = first(batch.x());
    int[] tokens =
        signature
            .padding()
            .map(padding -> Arrays.stream(x.toIntArray()).filter(token -> token != padding))
            .orElseGet(() -> Arrays.stream(batch.y().toIntArray()))
            .toArray();
    // Where a class is told, [CLS] and its kin say nothing; where tokens are, masks do.
    boolean skipSpecial = !signature.tellsTokens();
    return new Example(
        seen.test().name(row), Optional.empty(), tokenizer.decode(tokens, skipSpecial));
  }
}
