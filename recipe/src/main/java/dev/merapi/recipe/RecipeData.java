package dev.merapi.recipe;

import dev.merapi.data.Progress;
import dev.merapi.data.Splits;
import dev.merapi.nn.Layer;
import dev.merapi.nn.LogLikelihood;
import dev.merapi.nn.Packed;
import dev.merapi.optim.Group;
import dev.merapi.recipe.TrainingSettings.Target;
import dev.merapi.tensor.Key;
import dev.merapi.tensor.MerapiException;
import dev.merapi.text.Tokenizer;
import dev.merapi.train.RunFolder;
import dev.merapi.train.RunWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * The data of a recipe, loaded: as its network is to see them, and with what was learned from those
 * that train it.
 *
 * @param loaded its parts, before anything is augmented
 * @param table of a table, how its rows were prepared
 * @param text of a text, what cuts it into tokens
 */
record RecipeData(
    Recipe.Training recipe, Splits loaded, Optional<LoadedTable> table, Optional<LoadedText> text) {
  /** The stream of random numbers below the recipe's seed that deals with the data. */
  private static final int DATA = 2;

  /** Refuses what cannot be done to the recipe's kind of data, before any are read. */
  private static void check(Recipe.Training recipe) {
    boolean isTable = recipe.data() instanceof DataSettings.Table;
    boolean isText = recipe.data() instanceof LanguageSettings;
    boolean isAugmented = recipe.augment().isPresent();
    boolean wantsInput = recipe.training().target() == Target.INPUT;
    if (isAugmented && (isTable || isText)) {
      throw new RecipeException("`augment` is for pictures and sounds; leave it out");
    }
    if (isAugmented && wantsInput) {
      throw new RecipeException(
          "`augment` changes inputs, not what they are to become; leave it out");
    }
    if (isText && wantsInput) {
      throw new RecipeException("`training.target: input` is not for texts; leave it out");
    }
    if (recipe.data() instanceof LanguageSettings.Questions
        && !(recipe.model() instanceof ModelSettings.Bert)) {
      throw new RecipeException("answers are found by the model bert; give that");
    }
    boolean talks = recipe.data() instanceof LanguageSettings.Told;
    if (recipe.data() instanceof LanguageSettings.Preferences
        && !recipe.evaluation().metrics().isEmpty()) {
      throw new RecipeException(
          "preferences have metrics of their own; leave `evaluation.metrics` out");
    }
    if (talks && !(recipe.model() instanceof ModelSettings.CausalLm)) {
      throw new RecipeException(
          "conversations are read by a model's own tokenizer; give the model causal-lm");
    }
    if (recipe.model() instanceof ModelSettings.CausalLm model
        && !talks
        && !(recipe.data() instanceof LanguageSettings.Text && model.from().isPresent())) {
      throw new RecipeException(
          "a causal-lm learns from data of the kinds `conversations` and `preferences`, or with"
              + " `model.from` of the kind `text`; give such data, or another model");
    }
    boolean isPairs = recipe.data() instanceof LanguageSettings.Pairs;
    if (isPairs != recipe.model() instanceof ModelSettings.TextToText) {
      throw new RecipeException(
          isPairs
              ? "pairs of texts are for a model that turns one into the other; give the model"
                  + " seq2seq or lstm-seq2seq"
              : "a seq2seq or lstm-seq2seq learns from pairs of texts; give data of the kind"
                  + " `pairs`, or another model");
    }
    if (!isTable && !recipe.preparation().isEmpty()) {
      throw new RecipeException("`preparation` is for tables; leave it out");
    }
  }

  private static RecipeData of(Recipe.Training recipe, Splits loaded) {
    return new RecipeData(recipe, loaded, Optional.empty(), Optional.empty());
  }

  private static RecipeData of(Recipe.Training recipe, LoadedTable table) {
    return new RecipeData(recipe, table.splits(), Optional.of(table), Optional.empty());
  }

  private static RecipeData of(Recipe.Training recipe, LoadedText text) {
    return new RecipeData(recipe, text.splits(), Optional.empty(), Optional.of(text));
  }

  /**
   * Loads the data.
   *
   * @param folder where they are, if the user said so
   * @param run that was trained, whose preparation is used and nothing learned anew; a table or
   *     text that it was not trained on is for testing as a whole
   * @throws MerapiException if they cannot be used, or the recipe wants what cannot be done to them
   */
  static RecipeData load(
      Recipe.Training recipe, Optional<Path> folder, Progress download, Optional<RunFolder> run) {
    check(recipe);
    var key = Key.of(recipe.seed()).fold(DATA);
    return switch (recipe.data()) {
      case DataSettings.Table table -> {
        var saved = run.flatMap(LoadedTable.Saved::of);
        yield of(
            recipe,
            table.stream()
                ? StreamData.load(table, recipe.preparation(), folder, key, download, saved)
                : TableData.load(table, recipe.preparation(), folder, key, download, saved));
      }
      case LanguageSettings.Conversations talks ->
          of(recipe, LoadedConversations.load(recipe, talks, folder, key, run));
      case LanguageSettings.Preferences pairs ->
          of(recipe, LoadedPreferences.load(recipe, pairs, folder, key, run));
      case LanguageSettings.Text text when recipe.model() instanceof ModelSettings.CausalLm -> {
        var tuned = run.map(each -> TunedModel.of(each, recipe)).orElseGet(() -> begin(recipe));
        var read =
            LoadedText.load(
                text,
                folder,
                key,
                download,
                run.flatMap(LoadedText.Saved::of),
                Optional.of(tuned.tokenizer()));
        yield of(recipe, read.tuned(tuned));
      }
      case LanguageSettings language -> {
        var saved = run.flatMap(LoadedText.Saved::of);
        var base =
            saved.isPresent() ? Optional.<Tokenizer>empty() : tokenizer(recipe.model(), language);
        var read = LoadedText.load(language, folder, key, download, saved, base);
        yield of(recipe, published(recipe, read.signature(), run).map(read::tuned).orElse(read));
      }
      default -> of(recipe, recipe.data().load(folder, key, download));
    };
  }

  /**
   * The folds of the data, for cross-validation; see {@link DataSettings#folds} and {@link
   * SplitSettings#folds}. Each has its own preparation.
   *
   * @throws MerapiException if the data cannot be used, or do not make so many folds
   */
  static List<RecipeData> folds(
      Recipe.Training recipe, Optional<Path> folder, int count, Progress download) {
    check(recipe);
    var key = Key.of(recipe.seed()).fold(DATA);
    if (recipe.data() instanceof DataSettings.Table table) {
      return TableData.folds(table, recipe.preparation(), folder, key, download, count).stream()
          .map(fold -> of(recipe, fold))
          .toList();
    }
    return recipe.data().folds(folder, key, download, count).stream()
        .map(fold -> of(recipe, fold))
        .toList();
  }

  /** The tokenizer of what a model begins with. */
  private static Optional<Tokenizer> tokenizer(ModelSettings model, LanguageSettings data) {
    if (model instanceof ModelSettings.Bert bert && bert.published().isPresent()) {
      return bert.published().map(PublishedReader::tokenizer);
    }
    var base = model.begin().map(Path::of).map(RunFolder::open);
    if (data instanceof LanguageSettings.Questions questions) {
      base.ifPresent(run -> requireLength(run, questions.length()));
    }
    return base.map(LoadedText::tokenizer);
  }

  private static void requireLength(RunFolder run, int length) {
    int read = run.readJson(Signature.FILE, Signature.class).shape().size(-1);
    if (read != length) {
      throw new RecipeException(
          "`data.length` is %d, and the network of %s reads %d tokens at a time; set data.length=%d, or train that with --set data.length=%d"
              .formatted(length, run.path(), read, read, length));
    }
  }

  /** The network that was published and is trained on, or was in a run. */
  private static Optional<PublishedReader> published(
      Recipe.Training recipe, Signature signature, Optional<RunFolder> run) {
    if (!(recipe.model() instanceof ModelSettings.Bert bert)) {
      return Optional.empty();
    }
    if (run.isPresent()) {
      return PublishedReader.of(bert, run.get(), signature);
    }
    var key = Key.of(recipe.seed()).fold(TrainingRun.WEIGHTS);
    return bert.published().map(folder -> PublishedReader.begin(bert, folder, signature, key));
  }

  /** The model of a recipe of plain text that begins with one that was trained before. */
  private static TunedModel begin(Recipe.Training recipe) {
    return TunedModel.begin(
        (ModelSettings.CausalLm) recipe.model(),
        UnaryOperator.identity(), // what goes on with texts does not talk
        () -> {
          throw new IllegalStateException("it has one of its own");
        },
        1,
        Key.of(recipe.seed()).fold(TrainingRun.WEIGHTS));
  }

  /** The same data for another recipe; empty if that wants others. */
  Optional<RecipeData> with(Recipe.Training other) {
    check(other);
    boolean same =
        text.flatMap(LoadedText::tuned).isEmpty() // whose weights change
            && other.seed() == recipe.seed()
            && other.data().equals(recipe.data())
            && other.preparation().equals(recipe.preparation())
            && other.model().begin().equals(recipe.model().begin());
    return same ? Optional.of(new RecipeData(other, loaded, table, text)) : Optional.empty();
  }

  /** The network, where the data are read by it; else it is built. */
  Optional<Layer> layer() {
    var layer = text.flatMap(LoadedText::tuned).map(OwnModel::layer);
    if (preferences().isPresent()) {
      return layer.map(LogLikelihood::of);
    }
    return isPacked() ? layer.map(Packed::of) : layer;
  }

  /** The settings of preferences, if these are such. */
  Optional<LanguageSettings.Preferences> preferences() {
    return recipe.data() instanceof LanguageSettings.Preferences pairs
        ? Optional.of(pairs)
        : Optional.empty();
  }

  /** Whether rows are several texts. */
  boolean isPacked() {
    return recipe.data() instanceof LanguageSettings.Conversations talks && talks.packed();
  }

  /** What of the network stays as it is. */
  List<Group> frozen() {
    return text.flatMap(LoadedText::tuned).map(OwnModel::frozen).orElse(List.of());
  }

  /**
   * The parts as the network sees them. Only what trains is augmented; what is measured is left as
   * it is.
   */
  Splits splits() {
    if (recipe.training().target() == Target.INPUT) {
      return Reconstruction.of(loaded);
    }
    return recipe
        .augment()
        .map(
            augment ->
                new Splits(
                    augment.over(loaded.train(), recipe.data().normalisation()),
                    loaded.validation(),
                    loaded.test(),
                    loaded.notes()))
        .orElse(loaded);
  }

  /** Whether there are data to compare epochs by, which are not the test data. */
  boolean holdsOut() {
    return loaded.validation().size() > 0;
  }

  /**
   * What goes into a network and comes out.
   *
   * @param seen the parts as the network sees them
   */
  Signature signature(Splits seen) {
    return text.map(LoadedText::signature)
        .orElseGet(
            () ->
                Signature.of(
                    seen.train(),
                    table.map(each -> each.prepared().vocabularies()).orElse(List.of())));
  }

  /** Writes what a run keeps of it. */
  void save(RunWriter run) {
    table.ifPresent(each -> each.save(run));
    text.ifPresent(each -> each.save(run));
  }
}
