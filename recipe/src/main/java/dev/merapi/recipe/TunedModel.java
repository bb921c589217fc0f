package dev.merapi.recipe;

import dev.merapi.hub.LanguageModel;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Lora;
import dev.merapi.nn.Parameters;
import dev.merapi.optim.Group;
import dev.merapi.tensor.Key;
import dev.merapi.tensor.MerapiException;
import dev.merapi.text.Tokenizer;
import dev.merapi.train.FileException;
import dev.merapi.train.RunFolder;
import dev.merapi.train.RunWriter;
import dev.merapi.zoo.Gpt;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * The language model that a recipe trains, with its tokenizer and its chat template. A run keeps
 * all of it but the weights, in the folder {@value OwnModel#FOLDER} and as published models lie;
 * those are in its checkpoints.
 *
 * @param language with what is added to learn
 */
record TunedModel(ModelSettings.CausalLm settings, LanguageModel language) implements OwnModel {

  /**
   * What a training begins with: the model of a folder or a run, else a new one.
   *
   * @param dressing gives it a chat template, where it is to talk
   * @param tokenizer of a new model
   * @param context of a new model
   * @throws MerapiException if there is no such model, or it writes no text
   */
  static TunedModel begin(
      ModelSettings.CausalLm settings,
      UnaryOperator<LanguageModel> dressing,
      Supplier<Tokenizer> tokenizer,
      int context,
      Key key) {
    Supplier<LanguageModel> base =
        () ->
            settings
                .from()
                .map(from -> open(Path.of(from)))
                .orElseGet(() -> drawn(settings, tokenizer.get(), context, key.fold(0)));
    // No variable holds the base, so that what is compressed of it takes no memory any more.
    var tuning = settings.tuning();
    var tuned = new TunedModel(settings, tuning.prepare(dressing.apply(base.get()), key.fold(1)));
    if (tuning instanceof TuningSettings.Lora lora && lora.base().form().isPresent()) {
      Parameters.settle(tuned.layer());
    }
    return tuned;
  }

  private static LanguageModel drawn(
      ModelSettings.CausalLm settings, Tokenizer tokenizer, int context, Key key) {
    var size =
        new Gpt.Size(
            tokenizer.size(), context, settings.dim(), settings.layers(), settings.heads());
    return LanguageModel.of(Gpt.of(size, settings.initStd(), key), tokenizer);
  }

  /** The language model of a folder: as it was downloaded from a hub, or of a run. */
  static LanguageModel open(Path folder) {
    if (LanguageModel.isIn(folder)) {
      return LanguageModel.open(folder);
    }
    var run = RunFolder.open(folder);
    var recipe = TrainedModel.training(run);
    if (!TrainedModel.writesText(recipe)) {
      throw new FileException(
          folder,
          "the network of %s writes no text".formatted(recipe.name()),
          "give a folder from a model hub, or a run of a language model, such as gpt-stories");
    }
    if (recipe.model() instanceof ModelSettings.CausalLm) {
      return trained(run).merged();
    }
    var signature = run.readJson(Signature.FILE, Signature.class);
    var model = TrainedModel.network(run, recipe, signature);
    if (!(model instanceof Gpt gpt)) {
      throw new FileException(folder, "its model is none that is published", "give a run of a gpt");
    }
    return LanguageModel.of(gpt.dropout(0).withBias(), LoadedText.tokenizer(run));
  }

  /** That of a run, with weights that are still to come. */
  static TunedModel of(RunFolder run, Recipe.Training recipe) {
    var settings = (ModelSettings.CausalLm) recipe.model();
    var base = LanguageModel.openUntrained(run.file(FOLDER));
    return new TunedModel(settings, settings.tuning().prepare(base, Key.of(recipe.seed())));
  }

  /**
   * That of a run, with the weights that count.
   *
   * @throws MerapiException if the run has none yet
   */
  static TunedModel trained(RunFolder run) {
    var recipe = TrainedModel.training(run);
    var tuned = of(run, recipe);
    TrainedModel.checkpoint(run, recipe).loadModel(Parameters.of(tuned.layer()));
    return tuned;
  }

  /** With its adapters in its weights. */
  LanguageModel merged() {
    return language.model(Lora.merged(layer()));
  }

  @Override
  public Layer layer() {
    return language.published().model();
  }

  @Override
  public int vocabulary() {
    return language.vocabulary();
  }

  /** What fills rows up: a token for it, else the end of a text, else any. */
  int padding() {
    return LoadedTexts.special(tokenizer(), "[PAD]", "<pad>", "<|pad|>")
        .or(() -> language.ends().stream().sorted().findFirst())
        .orElse(0);
  }

  Tokenizer tokenizer() {
    return language.tokenizer();
  }

  @Override
  public List<Group> frozen() {
    return settings.tuning().frozen(language);
  }

  @Override
  public void save(RunWriter run) {
    language.saveUntrained(run.folder().file(FOLDER));
  }
}
