package dev.merapi.recipe;

import dev.merapi.data.Dataset;
import dev.merapi.data.Download;
import dev.merapi.data.NamedSet;
import dev.merapi.data.Progress;
import dev.merapi.data.Splits;
import dev.merapi.tensor.Key;
import dev.merapi.text.Stories;
import dev.merapi.text.TextFiles;
import dev.merapi.text.TokenSequence;
import dev.merapi.text.TokenWindows;
import dev.merapi.text.Tokenizer;
import dev.merapi.train.FileException;
import dev.merapi.train.RunFolder;
import dev.merapi.train.RunWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A text of a recipe, in pieces, with the tokenizer that cut it.
 *
 * @param splits its parts
 * @param source SHA-256 of where it comes from
 * @param signature what a network of it takes and gives
 * @param tuned the model that learns from it, where that has a tokenizer of its own
 * @param pairs of pairs of texts, those for testing, as they are written
 */
record LoadedText(
    Splits splits,
    Tokenizer tokenizer,
    String source,
    Signature signature,
    Optional<OwnModel> tuned,
    List<TextPairs.Pair> pairs) {
  LoadedText {
    pairs = List.copyOf(pairs);
  }

  LoadedText(Splits splits, Tokenizer tokenizer, String source, Signature signature) {
    this(splits, tokenizer, source, signature, Optional.empty());
  }

  LoadedText(
      Splits splits,
      Tokenizer tokenizer,
      String source,
      Signature signature,
      Optional<OwnModel> tuned) {
    this(splits, tokenizer, source, signature, tuned, List.of());
  }

  private static final String SOURCE = "text.json";

  /**
   * What a run keeps, beside its tokenizer.
   *
   * @param source SHA-256 of what it was trained on
   */
  record Source(String source) {}

  /**
   * What a run was trained on, and cuts texts with.
   *
   * @param classes that it tells; none of one that tells tokens
   */
  record Saved(String source, Tokenizer tokenizer, List<String> classes) {
    static Optional<Saved> of(RunFolder run) {
      return Files.exists(run.file(SOURCE))
          ? Optional.of(
              new Saved(
                  run.readJson(SOURCE, Source.class).source(),
                  Tokenizer.load(run.path()),
                  run.readJson(Signature.FILE, Signature.class).classes()))
          : Optional.empty();
    }
  }

  /**
   * What a run cuts texts with.
   *
   * @throws FileException if it is not there
   */
  static Tokenizer tokenizer(RunFolder run) {
    return Saved.of(run)
        .map(Saved::tokenizer)
        .orElseThrow(
            () -> new FileException(run.path(), "it has no " + SOURCE, "bring the file back"));
  }

  /** Writes what a run keeps of it. */
  void save(RunWriter run) {
    tokenizer.save(run.folder().path());
    run.writeJson(SOURCE, new Source(source));
    tuned.ifPresent(model -> model.save(run));
  }

  /** With the pairs for testing as they are written. */
  LoadedText pairs(List<TextPairs.Pair> written) {
    return new LoadedText(splits, tokenizer, source, signature, tuned, written);
  }

  /** The same text with a model that reads it by this tokenizer. */
  LoadedText tuned(OwnModel model) {
    int size = model.vocabulary();
    var told =
        new Signature(
            signature.features(),
            signature.tellsTokens() ? size : signature.outputs(),
            signature.classes(),
            List.of(size),
            signature.padding());
    return new LoadedText(splits, tokenizer, source, told, Optional.of(model));
  }

  /**
   * Finds a text and cuts it.
   *
   * @param place where the user says that it is
   * @param download shows how far a text that is known by its name is
   * @param saved of a run that was trained: any text but its own is measured as a whole
   * @param base the tokenizer of the run that this one begins with, which takes the place of the
   *     recipe's
   */
  static LoadedText load(
      LanguageSettings settings,
      Optional<Path> place,
      Key key,
      Progress download,
      Optional<Saved> saved,
      Optional<Tokenizer> base) {
    return switch (settings) {
      case LanguageSettings.Text text -> files(text, find(text, place, download), saved, base);
      case LanguageSettings.Conversations _, LanguageSettings.Preferences _ ->
          throw new RecipeException(
              "conversations are read by a model's own tokenizer; give the model causal-lm");
      case LanguageSettings.Questions questions ->
          LoadedQuestions.load(questions, place, key, saved, base);
      case LanguageSettings.Stories stories -> {
        Sources.refuse(place);
        yield stories(stories, key, saved);
      }
      case LanguageSettings.Pairs pairs -> LoadedPairs.load(pairs, place, key, saved, base);
      case LanguageSettings.TextColumn column ->
          LoadedTexts.load(column, place, key, download, saved, base);
    };
  }

  private static TextFiles find(
      LanguageSettings.Text text, Optional<Path> place, Progress download) {
    var known =
        text.source()
            .filter(_ -> place.isEmpty())
            .flatMap(NamedSet::find)
            .filter(set -> set.kind() == NamedSet.Kind.TEXT);
    return TextFiles.of(
        known
            .map(set -> set.locate(place, download))
            .orElseGet(() -> Sources.find(place, text.source(), "texts")));
  }

  private static LoadedText files(
      LanguageSettings.Text text,
      TextFiles files,
      Optional<Saved> saved,
      Optional<Tokenizer> base) {
    var source = files.fingerprint();
    var tokenizer =
        saved
            .map(Saved::tokenizer)
            .or(() -> base)
            .orElseGet(() -> text.tokenizer().make(files::pieces));
    var tokens = files.tokens(tokenizer, Download.cache());
    if (saved.isPresent() && !saved.get().source().equals(source)) {
      var all = TokenWindows.of(tokens, text.context());
      return of(new Splits(all.select(), all.select(), all, List.of()), tokenizer, source);
    }
    long size = tokens.size();
    long testing = Math.round(text.test() * size);
    long validating = Math.round(text.validation() * size);
    long training = size - testing - validating;
    var train = TokenWindows.of(tokens.slice(0, training), text.context());
    var test = TokenWindows.of(tokens.slice(training + validating, testing), text.context());
    var validation =
        validating == 0
            ? test.select()
            : TokenWindows.of(tokens.slice(training, validating), text.context());
    return of(train, text.samples(), validation, test, tokenizer, source);
  }

  private static LoadedText stories(
      LanguageSettings.Stories settings, Key key, Optional<Saved> saved) {
    var texts =
        List.of(
            Stories.of(settings.train(), key.fold(0)),
            Stories.of(settings.validation(), key.fold(1)),
            Stories.of(settings.test(), key.fold(2)));
    var tokenizer =
        saved.map(Saved::tokenizer).orElseGet(() -> settings.tokenizer().make(texts::stream));
    int newLine = lineEnd(tokenizer);
    var parts =
        texts.stream()
            .map(text -> TokenSequence.of(tokenizer.encode("\n" + text)))
            .map(tokens -> TokenWindows.of(tokens, settings.context()).beginningWith(newLine))
            .toList();
    return of(
        parts.getFirst(), settings.samples(), parts.get(1), parts.get(2), tokenizer, "stories");
  }

  /** The token that ends a line, and so begins a story. */
  private static int lineEnd(Tokenizer tokenizer) {
    int[] ids = tokenizer.encode("\n");
    if (ids.length == 0) {
      throw new RecipeException(
          "this tokenizer leaves the ends of lines out, which part stories; use"
              + " {kind: characters} or {kind: bpe}");
    }
    return ids[0];
  }

  private static LoadedText of(
      TokenWindows train,
      Optional<Integer> drawn,
      Dataset validation,
      TokenWindows test,
      Tokenizer tokenizer,
      String source) {
    var learns = drawn.map(train::drawn).orElse(train);
    return of(new Splits(learns, validation, test, List.of()), tokenizer, source);
  }

  private static LoadedText of(Splits splits, Tokenizer tokenizer, String source) {
    int context = splits.test().features().size(0);
    int size = tokenizer.size();
    return new LoadedText(
        splits, tokenizer, source, new Signature(List.of(context), size, List.of(), List.of(size)));
  }
}
