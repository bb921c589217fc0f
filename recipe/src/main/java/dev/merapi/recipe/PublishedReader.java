package dev.merapi.recipe;

import dev.merapi.hub.LanguageModel;
import dev.merapi.hub.Pretrained;
import dev.merapi.nn.Layer;
import dev.merapi.optim.Group;
import dev.merapi.tensor.Key;
import dev.merapi.tensor.MerapiException;
import dev.merapi.text.Tokenizer;
import dev.merapi.train.FileException;
import dev.merapi.train.RunFolder;
import dev.merapi.train.RunWriter;
import dev.merapi.zoo.AnswerFinder;
import dev.merapi.zoo.Bert;
import dev.merapi.zoo.BertTask;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A BERT from a model hub with a head for what is to be learned: its own, where it is for that,
 * else a new one.
 *
 * @param published the encoder as it was published
 */
record PublishedReader(Pretrained published, Layer layer) implements OwnModel {
  /** Whether a folder is from a model hub. */
  static boolean isIn(Path folder) {
    return LanguageModel.isIn(folder);
  }

  /** The tokenizer of a folder. */
  static Tokenizer tokenizer(Path folder) {
    return Tokenizer.load(folder);
  }

  /**
   * Begins with the weights of a folder.
   *
   * @param signature what is wanted of it
   * @throws MerapiException if it is no BERT
   */
  static PublishedReader begin(
      ModelSettings.Bert settings, Path folder, Signature signature, Key key) {
    return of(settings, folder, Pretrained.open(folder), signature, key);
  }

  /** That of a run, with weights that are still to come; empty if its was not published. */
  static Optional<PublishedReader> of(
      ModelSettings.Bert settings, RunFolder run, Signature signature) {
    var folder = run.file(FOLDER);
    return isIn(folder) ? Optional.of(untrained(settings, folder, signature)) : Optional.empty();
  }

  private static PublishedReader untrained(
      ModelSettings.Bert settings, Path folder, Signature signature) {
    return of(settings, folder, Pretrained.openUntrained(folder), signature, Key.of(0));
  }

  private static PublishedReader of(
      ModelSettings.Bert settings,
      Path folder,
      Pretrained published,
      Signature signature,
      Key key) {
    Bert bert =
        switch (published.model()) {
          case Bert plain -> plain;
          case BertTask task -> task.bert();
          default ->
              throw new FileException(
                  folder,
                  "its model, %s, is no BERT"
                      .formatted(published.model().getClass().getSimpleName()),
                  "give the folder of one, or a run of bert-mlm");
        };
    var reading = bert.dropout(settings.dropout()).padding(signature.padding().orElseThrow());
    return new PublishedReader(published, layer(reading, published.model(), signature, key));
  }

  private static Layer layer(Bert bert, Layer whole, Signature signature, Key key) {
    if (signature.findsAnswers()) {
      return whole instanceof BertTask.AnswerSpan(_, var head)
          ? new AnswerFinder(bert.withoutPooler(), head)
          : AnswerFinder.of(bert.withoutPooler(), key);
    }
    if (signature.tellsTokens()) {
      return whole instanceof BertTask.MaskedTokens(_, var head)
          ? new BertTask.MaskedTokens(bert.withoutPooler(), head)
          : BertTask.MaskedTokens.of(bert.withoutPooler(), key);
    }
    double dropout = bert.dropout().p();
    return BertTask.TextClasses.of(bert, signature.outputs(), key).dropout(dropout);
  }

  @Override
  public int vocabulary() {
    return published.model() instanceof BertTask task
        ? size(task.bert())
        : size((Bert) published.model());
  }

  private static int size(Bert bert) {
    return bert.tokens().weight().shape().size(0);
  }

  @Override
  public List<Group> frozen() {
    return List.of();
  }

  @Override
  public void save(RunWriter run) {
    published.saveUntrained(run.folder().file(FOLDER));
  }
}
