package dev.merapi.recipe;

import dev.merapi.hub.LanguageModel;
import dev.merapi.hub.Pretrained;
import dev.merapi.tensor.MerapiException;
import dev.merapi.train.FileException;
import dev.merapi.train.RunFolder;
import java.nio.file.Path;

/** Language models of runs, written as a model hub has them. */
public final class HubExport {
  private HubExport() {}

  /** What was written. */
  public enum Form {
    /** The whole model, for transformers and for Merapi. */
    MODEL,
    /** The adapter alone, for PEFT. */
    ADAPTER
  }

  /**
   * Writes the language model of a run: all of the folder, or nothing. Of a run that has trained an
   * adapter that alone is written, in PEFT's format, unless it is to be merged.
   *
   * @param merge whether an adapter becomes a part of the model that it stands on
   * @throws MerapiException if the run has no weights yet or is none of a language model, an
   *     adapter stands on none that is published, or the folder cannot be written
   */
  public static Form write(RunFolder run, Path target, boolean merge) {
    var recipe = TrainedModel.training(run);
    if (merge
        || !(recipe.model() instanceof ModelSettings.CausalLm settings)
        || !(settings.tuning() instanceof TuningSettings.Lora lora)) {
      TunedModel.open(run.path()).save(target);
      return Form.MODEL;
    }
    var base = settings.from().map(Path::of).map(Path::toAbsolutePath);
    if (base.filter(LanguageModel::isIn).isEmpty()) {
      throw new FileException(
          run.path(),
          "its adapter stands on %s, which is no folder of a published model"
              .formatted(base.map(Path::toString).orElse("a model of its own")),
          "write both as one model with --merge");
    }
    var published = TunedModel.trained(run).language().published();
    lora.adapter().save(new Pretrained(published.model(), published.config(), base), target);
    return Form.ADAPTER;
  }
}
