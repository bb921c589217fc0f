package dev.merapi.recipe;

import dev.merapi.data.DataException;
import dev.merapi.data.Splits;
import dev.merapi.table.Split;
import dev.merapi.table.Split.Shares;
import dev.merapi.tensor.Key;
import dev.merapi.text.PairedTexts;
import dev.merapi.text.PairedTexts.Marks;
import dev.merapi.text.Tokenizer;
import dev.merapi.text.TokenizerTraining;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Pairs of texts of a recipe, read, split, and cut into tokens. */
final class LoadedPairs {
  private static final String PADDING = "<pad>";
  private static final String BEGIN = "<s>";
  private static final String END = "</s>";

  private final LanguageSettings.Pairs settings;
  private final Tokenizer tokenizer;
  private final Marks marks;
  private final List<String> notes;

  private LoadedPairs(LanguageSettings.Pairs settings, Tokenizer tokenizer, List<String> notes) {
    this.settings = settings;
    this.tokenizer = tokenizer;
    this.marks = marks(tokenizer);
    this.notes = new ArrayList<>(notes);
  }

  /** The pairs of a recipe by their use. */
  private record Parts(
      List<TextPairs.Pair> train,
      List<TextPairs.Pair> validation,
      List<TextPairs.Pair> test,
      List<String> notes) {}

  /** Reads, splits and cuts them; see {@link LoadedText#load}. */
  static LoadedText load(
      LanguageSettings.Pairs settings,
      Optional<Path> place,
      Key key,
      Optional<LoadedText.Saved> saved,
      Optional<Tokenizer> base) {
    var where = TextPairs.locate(settings, place);
    var all = TextPairs.read(where, settings);
    boolean isOther = saved.filter(run -> !run.source().equals(all.fingerprint())).isPresent();
    var parts =
        isOther
            ? new Parts(List.of(), List.of(), all.pairs(), all.notes())
            : new Reading(settings, where, place).parts(all, key);
    var tokenizer =
        saved
            .map(LoadedText.Saved::tokenizer)
            .or(() -> base)
            .orElseGet(() -> tokenizer(settings.tokenizer(), () -> texts(parts.train())));
    return new LoadedPairs(settings, tokenizer, parts.notes()).cut(parts, all.fingerprint());
  }

  /**
   * Where pairs are read from.
   *
   * @param given what the user says: beside a file, other pairs may be missing
   */
  private record Reading(
      LanguageSettings.Pairs settings, TextPairs.Place where, Optional<Path> given) {
    Parts parts(TextPairs all, Key key) {
      var validation = beside(settings.validationSource());
      var test = beside(settings.testSource());
      var shares =
          new Shares(
              validation.isPresent() ? 0 : settings.validation(),
              test.isPresent() ? 0 : settings.test());
      var split = Split.random(all.pairs().size(), shares, key);
      return new Parts(
          of(all, split.train()),
          validation.map(TextPairs::pairs).orElseGet(() -> of(all, split.validation())),
          test.map(TextPairs::pairs).orElseGet(() -> of(all, split.test())),
          Stream.of(Optional.of(all), validation, test)
              .flatMap(Optional::stream)
              .flatMap(each -> each.notes().stream())
              .toList());
    }

    private Optional<TextPairs> beside(Optional<String> name) {
      boolean required = given.filter(path -> !Files.isDirectory(path)).isEmpty();
      return name.flatMap(other -> where.beside(other, settings, required))
          .map(place -> TextPairs.read(place, settings));
    }
  }

  private static List<TextPairs.Pair> of(TextPairs all, int... rows) {
    return IntStream.of(rows).mapToObj(all.pairs()::get).toList();
  }

  private static Stream<String> texts(List<TextPairs.Pair> pairs) {
    return pairs.stream().flatMap(pair -> Stream.of(pair.source(), pair.target()));
  }

  private static Tokenizer tokenizer(TokenizerSettings settings, Supplier<Stream<String>> texts) {
    return settings instanceof TokenizerSettings.Bpe bpe
        ? TokenizerTraining.byteLevelBpe(texts.get(), bpe.size(), List.of(PADDING, BEGIN, END))
        : settings.make(texts);
  }

  /** Its own tokens for no text; where it has none, ones behind its vocabulary. */
  static Marks marks(Tokenizer tokenizer) {
    int size = tokenizer.size();
    return new Marks(
        LoadedTexts.special(tokenizer, BEGIN, "[CLS]").orElse(size),
        LoadedTexts.special(tokenizer, END, "[SEP]").orElse(size + 1),
        LoadedTexts.special(tokenizer, PADDING, "[PAD]").orElse(size + 2));
  }

  private LoadedText cut(Parts parts, String source) {
    var train = fitting(parts.train(), "learn from");
    var validation = fitting(parts.validation(), "compare epochs by");
    var test = pairs(parts.test());
    long longer = test.stream().filter(pair -> pair.length() > settings.length()).count();
    if (longer > 0) {
      notes.add(
          "%d of the pairs to test are longer than %d tokens, as none is that was learned from"
              .formatted(longer, settings.length()));
    }
    if (test.isEmpty() || (train.isEmpty() && !parts.train().isEmpty())) {
      throw new DataException(
          "pairs: there is none to %s; give more, or a greater data.length"
              .formatted(test.isEmpty() ? "test" : "learn from"));
    }
    int vocabulary =
        1
            + Math.max(
                tokenizer.size() - 1,
                Math.max(marks.end(), Math.max(marks.begin(), marks.padding())));
    var signature =
        new Signature(
            List.of(2, settings.length()),
            vocabulary,
            List.of(),
            List.of(vocabulary),
            Optional.of(marks.padding()));
    var splits =
        new Splits(
            PairedTexts.of(train, settings.length(), marks),
            PairedTexts.of(validation, settings.length(), marks),
            PairedTexts.of(test, settings.length(), marks),
            notes);
    return new LoadedText(splits, tokenizer, source, signature).pairs(parts.test());
  }

  private List<PairedTexts.Pair> pairs(List<TextPairs.Pair> texts) {
    return texts.stream()
        .map(
            text ->
                new PairedTexts.Pair(
                    tokenizer.encode(text.source()), tokenizer.encode(text.target())))
        .toList();
  }

  /** Those that are not too long. */
  private List<PairedTexts.Pair> fitting(List<TextPairs.Pair> texts, String use) {
    var all = pairs(texts);
    var kept = all.stream().filter(pair -> pair.length() <= settings.length()).toList();
    if (kept.size() < all.size()) {
      int first =
          IntStream.range(0, all.size())
              .filter(i -> all.get(i).length() > settings.length())
              .findFirst()
              .orElseThrow();
      notes.add(
          "%d of %d pairs to %s are longer than %d tokens and left out, the first on %s; a greater data.length keeps them"
              .formatted(
                  all.size() - kept.size(),
                  all.size(),
                  use,
                  settings.length(),
                  texts.get(first).place()));
    }
    return kept;
  }
}
