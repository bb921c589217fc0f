package dev.merapi.recipe;

import dev.merapi.data.DataException;
import dev.merapi.data.Sha256;
import dev.merapi.data.Splits;
import dev.merapi.hub.ChatMessage;
import dev.merapi.hub.ChatTokens;
import dev.merapi.hub.Preference;
import dev.merapi.hub.Preference.Messages;
import dev.merapi.hub.Preference.Plain;
import dev.merapi.nn.LogLikelihood;
import dev.merapi.recipe.LanguageSettings.Preferences;
import dev.merapi.table.BadRows;
import dev.merapi.table.Split;
import dev.merapi.table.Split.Shares;
import dev.merapi.tensor.Key;
import dev.merapi.tensor.Step;
import dev.merapi.text.PreferredTexts;
import dev.merapi.text.PreferredTexts.Pair;
import dev.merapi.text.Tokenizer;
import dev.merapi.text.ToldTexts.Text;
import dev.merapi.train.RunFolder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
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
    var file =
        place.isPresent() || settings.source().isPresent()
            ? Optional.of(Sources.find(place, settings.source(), "preferences"))
            : Optional.<Path>empty();
    var bad = BadRows.of(settings.onBadRow());
    var all =
        file.map(path -> Preference.read(path, bad))
            .orElseGet(() -> SmallTalk.preferences(settings.made(), key.fold(1)));
    var source = file.map(Sha256::of).orElse("small talk");
    var split =
        Split.random(all.size(), new Shares(settings.validation(), settings.test()), key.fold(0));
    var saved = run.flatMap(LoadedText.Saved::of);
    if (saved.isPresent() && !saved.get().source().equals(source)) {
      split = new Split(new int[0], new int[0], IntStream.range(0, all.size()).toArray());
    }
    var training = IntStream.of(split.train()).mapToObj(all::get).toList();
    var begun = begin(recipe, settings, training, saved.map(LoadedText.Saved::tokenizer));
    var loading = new LoadedPreferences(settings, begun);
    var splits =
        new Splits(
            loading.part(all, split.train()),
            loading.part(all, split.validation()),
            loading.part(all, split.test()),
            List.of());
    if (splits.test().size() == 0 || (saved.isEmpty() && splits.train().size() == 0)) {
      throw new DataException(
          "%s: %d pairs leave nothing to %s within a context of %d tokens; give more, other shares in data.validation and data.test, or a greater data.context"
              .formatted(
                  file.map(Path::toString).orElse("preferences"),
                  all.size(),
                  splits.test().size() == 0 ? "test" : "learn from",
                  loading.context));
    }
    for (var note : loading.notes(bad, file)) {
      splits = splits.noting(note);
    }
    int vocabulary = begun.language().vocabulary();
    var signature =
        new Signature(
            List.of(loading.context),
            vocabulary,
            List.of(),
            List.of(vocabulary),
            Optional.of(begun.padding()));
    var tuned = run.map(folder -> TunedModel.of(folder, recipe)).orElse(begun);
    return new LoadedText(splits, tuned.tokenizer(), source, signature, Optional.of(tuned));
  }

  /**
   * The model as it is at first.
   *
   * @param known the tokenizer of a run; a new model gets one that is learned from what is said
   */
  private static TunedModel begin(
      Recipe.Training recipe,
      Preferences settings,
      List<Preference> training,
      Optional<Tokenizer> known) {
    return TunedModel.begin(
        (ModelSettings.CausalLm) recipe.model(),
        base -> base.talking(settings.template().map(Path::of)),
        () ->
            known.orElseGet(
                () ->
                    LoadedConversations.tokenizer(
                        settings.tokenizer(), training.stream().flatMap(LoadedPreferences::said))),
        settings.context(),
        Key.of(recipe.seed()).fold(TrainingRun.WEIGHTS));
  }

  private static Stream<String> said(Preference pair) {
    var prompt =
        switch (pair.prompt()) {
          case Plain plain -> Stream.of(plain.text());
          case Messages talk -> talk.messages().stream().map(ChatMessage::content);
        };
    return Stream.concat(prompt, Stream.of(pair.chosen(), pair.rejected()));
  }

  private PreferredTexts part(List<Preference> all, int... rows) {
    var tokens = new ChatTokens(tuned.language());
    List<Pair> pairs = new ArrayList<>();
    for (int row : rows) {
      var pair = all.get(row);
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

  private List<String> notes(BadRows bad, Optional<Path> file) {
    List<String> notes = new ArrayList<>();
    if (bad.count() > 0) {
      notes.add(bad.summary(file.map(Path::toString).orElse("")));
    }
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
