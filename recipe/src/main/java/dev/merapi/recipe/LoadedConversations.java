package dev.merapi.recipe;

import dev.merapi.data.DataException;
import dev.merapi.data.Dataset;
import dev.merapi.data.Sha256;
import dev.merapi.data.Splits;
import dev.merapi.hub.ChatMessage;
import dev.merapi.hub.ChatTokens;
import dev.merapi.hub.Dialogue;
import dev.merapi.hub.LanguageModel;
import dev.merapi.recipe.LanguageSettings.Conversations;
import dev.merapi.table.BadRows;
import dev.merapi.table.Split;
import dev.merapi.table.Split.Shares;
import dev.merapi.tensor.Key;
import dev.merapi.text.Tokenizer;
import dev.merapi.text.TokenizerTraining;
import dev.merapi.text.ToldTexts;
import dev.merapi.text.ToldTexts.Text;
import dev.merapi.train.RunFolder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Conversations of a recipe, as tokens of the model that learns from them. */
final class LoadedConversations {
  private final Conversations settings;
  private final TunedModel tuned;
  private final int context;
  private int cut;
  private int left;

  private LoadedConversations(Conversations settings, TunedModel tuned) {
    this.settings = settings;
    this.tuned = tuned;
    this.context = Math.min(settings.context(), tuned.language().context());
  }

  /**
   * Reads, splits and cuts them.
   *
   * @param place where the user says that they are
   * @param run that was trained: conversations that it was not trained on are measured as a whole
   */
  static LoadedText load(
      Recipe.Training recipe,
      Conversations settings,
      Optional<Path> place,
      Key key,
      Optional<RunFolder> run) {
    var file =
        place.isPresent() || settings.source().isPresent()
            ? Optional.of(Sources.find(place, settings.source(), "conversations"))
            : Optional.<Path>empty();
    var bad = BadRows.of(settings.onBadRow());
    var dialogues =
        file.map(path -> Dialogue.read(path, bad))
            .orElseGet(() -> SmallTalk.of(settings.made(), key.fold(1)));
    var source = file.map(Sha256::of).orElse("small talk");
    var split =
        Split.random(
            dialogues.size(), new Shares(settings.validation(), settings.test()), key.fold(0));
    var saved = run.flatMap(LoadedText.Saved::of);
    if (saved.isPresent() && !saved.get().source().equals(source)) {
      split = new Split(new int[0], new int[0], IntStream.range(0, dialogues.size()).toArray());
    }
    var training = IntStream.of(split.train()).mapToObj(dialogues::get).toList();
    var tuned =
        run.map(folder -> TunedModel.of(folder, recipe))
            .orElseGet(() -> begin(recipe, settings, training));
    var loading = new LoadedConversations(settings, tuned);
    var splits =
        new Splits(
            loading.part(dialogues, split.train()),
            loading.part(dialogues, split.validation()),
            loading.part(dialogues, split.test()),
            List.of());
    if (splits.test().size() == 0 || (saved.isEmpty() && splits.train().size() == 0)) {
      throw new DataException(
          "%s: %d conversations leave nothing to %s within a context of %d tokens; give more, other shares in data.validation and data.test, or a greater data.context"
              .formatted(
                  file.map(Path::toString).orElse("conversations"),
                  dialogues.size(),
                  splits.test().size() == 0 ? "test" : "learn from",
                  loading.context));
    }
    for (var note : loading.notes(bad, file)) {
      splits = splits.noting(note);
    }
    int vocabulary = tuned.language().vocabulary();
    var signature =
        new Signature(
            List.of(loading.context),
            vocabulary,
            List.of(),
            List.of(vocabulary),
            Optional.of(tuned.padding()));
    return new LoadedText(splits, tuned.tokenizer(), source, signature, Optional.of(tuned));
  }

  /** The model to begin with; a new one gets a tokenizer that is learned from what is said. */
  static TunedModel begin(Recipe.Training recipe, Conversations settings, List<Dialogue> training) {
    return TunedModel.begin(
        (ModelSettings.CausalLm) recipe.model(),
        base -> base.talking(settings.template().map(Path::of)),
        () ->
            tokenizer(
                settings.tokenizer(),
                training.stream().flatMap(d -> d.messages().stream()).map(ChatMessage::content)),
        settings.context(),
        Key.of(recipe.seed()).fold(TrainingRun.WEIGHTS));
  }

  /** One that is learned from what is said, and knows the plain template's words. */
  static Tokenizer tokenizer(TokenizerSettings settings, Stream<String> said) {
    var roles = Stream.of("### system\n### user\n### assistant\n");
    var texts = Stream.concat(roles, said);
    return settings instanceof TokenizerSettings.Bpe bpe
        ? TokenizerTraining.byteLevelBpe(texts, bpe.size(), List.of(LanguageModel.END))
        : settings.make(() -> Stream.concat(texts, Stream.of(LanguageModel.END)));
  }

  private Dataset part(List<Dialogue> dialogues, int... rows) {
    var tokens = new ChatTokens(tuned.language());
    List<Text> texts = new ArrayList<>();
    for (int row : rows) {
      for (Text whole : tokens.of(dialogues.get(row))) {
        Text text = whole.cut(context);
        if (text.targets() == 0) {
          left++;
          continue;
        }
        cut += text.tokens().length < whole.tokens().length ? 1 : 0;
        texts.add(text);
      }
    }
    return settings.packed()
        ? ToldTexts.packed(texts, context, tuned.padding())
        : ToldTexts.padded(texts, context, tuned.padding());
  }

  private List<String> notes(BadRows bad, Optional<Path> file) {
    List<String> notes = new ArrayList<>();
    if (bad.count() > 0) {
      notes.add(bad.summary(file.map(Path::toString).orElse("")));
    }
    if (cut > 0) {
      notes.add(
          "%d conversations are longer than %d tokens: their ends are not read"
              .formatted(cut, context));
    }
    if (left > 0) {
      notes.add(
          "%d answers begin behind the first %d tokens and are left out".formatted(left, context));
    }
    return notes;
  }
}
