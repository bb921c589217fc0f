package dev.merapi.recipe;

import dev.merapi.hub.ChatMessage;
import dev.merapi.hub.ChatTokens;
import dev.merapi.hub.Preference;
import dev.merapi.hub.Preference.Messages;
import dev.merapi.hub.Preference.Plain;
import dev.merapi.nn.LogLikelihood;
import dev.merapi.recipe.LanguageSettings.Preferences;
import dev.merapi.tensor.Key;
import dev.merapi.tensor.Step;
import dev.merapi.text.PreferredTexts;
import dev.merapi.text.PreferredTexts.Pair;
import dev.merapi.text.ToldTexts.Text;
import dev.merapi.train.RunFolder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Preferences of a recipe, as tokens of the model that learns from them. */
final class LoadedPreferences {
  private final Preferences settings;
  private final TunedModel tuned;
  private final int context;
  private int cut;
  private int left;

  private LoadedPreferences(Preferences settings, TunedModel tuned) {
    this.settings = settings;
    this.tuned = tuned;
    this.context = Math.min(settings.context(), tuned.language().context());
  }

  /**
   * Reads, splits and cuts them, and asks the reference, the model as it is at first, how probable
   * it finds them.
   *
   * @param place where the user says that they are
   * @param run that was trained: pairs that it was not trained on are measured as a whole
   */
  static LoadedText load(
      Recipe.Training recipe,
      Preferences settings,
      Optional<Path> place,
      Key key,
      Optional<RunFolder> run) {
    var saved = run.flatMap(LoadedText.Saved::of);
    var rows =
        ToldRows.of(
            "preferences",
            settings,
            place,
            key,
            saved,
            Preference::read,
            drawing -> SmallTalk.preferences(settings.made(), drawing));
    var said = rows.training().flatMap(LoadedPreferences::said);
    // A run has the tokenizer of the model that it began with, which may have been a new one.
    var begun =
        LoadedConversations.begin(
            recipe,
            settings,
            () ->
                saved
                    .map(LoadedText.Saved::tokenizer)
                    .orElseGet(() -> LoadedConversations.tokenizer(settings.tokenizer(), said)));
    var loading = new LoadedPreferences(settings, begun);
    var splits = rows.cut(loading::part, loading.context);
    var tuned = run.map(folder -> TunedModel.of(folder, recipe)).orElse(begun);
    return rows.loaded(splits, loading.notes(), tuned, loading.context);
  }

  private static Stream<String> said(Preference pair) {
    var prompt =
        switch (pair.prompt()) {
          case Plain plain -> Stream.of(plain.text());
          case Messages talk -> talk.messages().stream().map(ChatMessage::content);
        };
    return Stream.concat(prompt, Stream.of(pair.chosen(), pair.rejected()));
  }

  private PreferredTexts part(List<Preference> all) {
    var tokens = new ChatTokens(tuned.language());
    List<Pair> pairs = new ArrayList<>();
    for (Preference pair : all) {
      Text chosen = text(tokens, pair, pair.chosen());
      Text rejected = text(tokens, pair, pair.rejected());
      if (chosen.targets() == 0 || rejected.targets() == 0) {
        left++;
        continue;
      }
      pairs.add(new Pair(pair.place(), chosen, rejected));
    }
    return asked(PreferredTexts.of(pairs, context, tuned.padding()));
  }

  private Text text(ChatTokens tokens, Preference pair, String answer) {
    Text whole =
        switch (pair.prompt()) {
          case Plain plain -> tokens.continued(plain.text(), answer);
          case Messages talk -> tokens.answered(pair.place(), talk.messages(), answer);
        };
    Text text = whole.cut(context);
    cut += text.tokens().length < whole.tokens().length ? 1 : 0;
    return text;
  }

  /** With what the reference says of them. */
  private PreferredTexts asked(PreferredTexts pairs) {
    var reference = LogLikelihood.of(tuned.layer());
    float[] said = new float[2 * pairs.size()];
    int at = 0;
    for (var batch : pairs.batches(settings.referenceBatch()).epoch(0)) {
      float[] values = Step.compute(reference.apply(batch.x())).getFirst().toArray();
      System.arraycopy(values, 0, said, at, values.length);
      at += values.length;
    }
    return pairs.reference(said);
  }

  private List<String> notes() {
    List<String> notes = new ArrayList<>();
    if (cut > 0) {
      notes.add(
          "%d answers reach beyond %d tokens: their ends are not read".formatted(cut, context));
    }
    if (left > 0) {
      notes.add(
          "%d pairs whose answers begin behind the first %d tokens are left out"
              .formatted(left, context));
    }
    return notes;
  }
}
