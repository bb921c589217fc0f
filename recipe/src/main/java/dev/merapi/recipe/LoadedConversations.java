package dev.merapi.recipe;

import dev.merapi.data.Dataset;
import dev.merapi.hub.ChatMessage;
import dev.merapi.hub.ChatTokens;
import dev.merapi.hub.Dialogue;
import dev.merapi.hub.LanguageModel;
import dev.merapi.recipe.LanguageSettings.Conversations;
import dev.merapi.recipe.LanguageSettings.Told;
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
import java.util.function.Supplier;
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
    var rows =
        ToldRows.of(
            "conversations",
            settings,
            place,
            key,
            run.flatMap(LoadedText.Saved::of),
            Dialogue::read,
            drawing -> SmallTalk.of(settings.made(), drawing));
    var tuned =
        run.map(folder -> TunedModel.of(folder, recipe))
            .orElseGet(() -> begin(recipe, settings, rows.training()));
    var loading = new LoadedConversations(settings, tuned);
    var splits = rows.cut(loading::part, loading.context);
    return rows.loaded(splits, loading.notes(), tuned, loading.context);
  }

  private static TunedModel begin(
      Recipe.Training recipe, Conversations settings, Stream<Dialogue> training) {
    var said = training.flatMap(d -> d.messages().stream()).map(ChatMessage::content);
    return begin(recipe, settings, () -> tokenizer(settings.tokenizer(), said));
  }

  /**
   * The model to begin with, with its chat template.
   *
   * @param tokenizer of a new one
   */
  static TunedModel begin(Recipe.Training recipe, Told settings, Supplier<Tokenizer> tokenizer) {
    return TunedModel.begin(
        (ModelSettings.CausalLm) recipe.model(),
        base -> base.talking(settings.template().map(Path::of)),
        tokenizer,
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

  private Dataset part(List<Dialogue> dialogues) {
    var tokens = new ChatTokens(tuned.language());
    List<Text> texts = new ArrayList<>();
    for (Dialogue dialogue : dialogues) {
      for (Text whole : tokens.of(dialogue)) {
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

  private List<String> notes() {
    List<String> notes = new ArrayList<>();
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
