package dev.merapi.recipe;

import dev.merapi.grammar.Language;
import dev.merapi.grammar.TokenMasks;
import dev.merapi.hub.LanguageModel;
import dev.merapi.nn.Bf16Weights;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Parameters;
import dev.merapi.report.Explanation;
import dev.merapi.tensor.Key;
import dev.merapi.tensor.MerapiException;
import dev.merapi.text.Decoding;
import dev.merapi.text.Stories;
import dev.merapi.text.Tokenizer;
import dev.merapi.train.FileException;
import dev.merapi.train.RunFolder;
import dev.merapi.zoo.Allowed;
import dev.merapi.zoo.BeamSearch;
import dev.merapi.zoo.Generation;
import dev.merapi.zoo.Sampling;
import dev.merapi.zoo.TokenReader;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * A language model that is ready to write: that of a run, with the weights that count, or a
 * published one.
 */
public final class TextWriter {
  private static final int STORIES_AT_A_TIME = 50;

  private final Layer model;
  private final Tokenizer tokenizer;
  private final int context;
  private final Optional<LanguageModel> published;
  private final Optional<TokenMasks> masks;

  TextWriter(Layer model, Tokenizer tokenizer, int context) {
    this(model, tokenizer, context, Optional.empty(), Optional.empty());
  }

  private TextWriter(LanguageModel model) {
    this(
        model.published().model(),
        model.tokenizer(),
        model.context(),
        Optional.of(model),
        Optional.empty());
  }

  private TextWriter(
      Layer model,
      Tokenizer tokenizer,
      int context,
      Optional<LanguageModel> published,
      Optional<TokenMasks> masks) {
    this.model = model;
    this.tokenizer = tokenizer;
    this.context = context;
    this.published = published;
    this.masks = masks;
  }

  /**
   * The same, which writes texts of a language alone: what it writes behind a prompt, or an answer,
   * is one of them as a whole.
   *
   * @throws MerapiException if the model's tokens can write none
   */
  public TextWriter within(Language language) {
    var masks = TokenMasks.of(tokenizer, language, ends());
    return new TextWriter(model, tokenizer, context, published, Optional.of(masks));
  }

  /**
   * {@link #open(Path)} with the model's large weights in bf16: faster, and in half the memory once
   * it is read; see {@link Bf16Weights}.
   */
  public static TextWriter openBf16(Path folder) {
    var writer = open(folder).bf16(); // no variable holds the model in f32
    Parameters.settle(writer.model);
    return writer;
  }

  private TextWriter bf16() {
    Layer small = Bf16Weights.of(model);
    return new TextWriter(
        small, tokenizer, context, published.map(whole -> whole.model(small)), masks);
  }

  /**
   * Reads the model of a folder: a run, or one as it was downloaded from a hub.
   *
   * @throws MerapiException if it is neither, or its model writes no text
   */
  public static TextWriter open(Path folder) {
    if (!LanguageModel.isIn(folder)) {
      return open(RunFolder.open(folder));
    }
    return new TextWriter(LanguageModel.open(folder));
  }

  /**
   * Reads the model of a run.
   *
   * @throws MerapiException if the run has no weights yet, or is none of a language model
   */
  public static TextWriter open(RunFolder run) {
    var recipe = TrainedModel.training(run);
    if (!TrainedModel.writesText(recipe)) {
      throw new FileException(
          run.path(),
          "the network of %s writes no text".formatted(recipe.name()),
          "give a run of a language model, such as gpt-char");
    }
    if (recipe.model() instanceof ModelSettings.CausalLm) {
      return new TextWriter(TunedModel.trained(run).merged());
    }
    var signature = run.readJson(Signature.FILE, Signature.class);
    var model = TrainedModel.network(run, recipe, signature);
    return new TextWriter(model, LoadedText.tokenizer(run), signature.shape().size(0));
  }

  /** Tokens that it looks back at. */
  public int context() {
    return context;
  }

  /** How the publisher of the model draws tokens. */
  public LanguageModel.Preferences preferences() {
    return published.map(LanguageModel::preferences).orElse(LanguageModel.Preferences.NONE);
  }

  /**
   * Begins a conversation.
   *
   * @param system what the model shall be like; where it is empty, its template may say something
   * @param tokens how many an answer has, at most
   * @throws MerapiException if the model knows no conversations
   */
  public Conversation conversation(Optional<String> system, int tokens, Sampling sampling) {
    var template =
        published
            .flatMap(LanguageModel::chat)
            .orElseThrow(
                () ->
                    new MerapiException(
                        "this model has no chat template: it was taught to go on with texts, not to"
                            + " answer; use generate, or tune it to conversations first:"
                            + " ./merapi train instruct --set model.from=FOLDER"));
    return new Conversation(this, template, system, tokens, sampling);
  }

  /**
   * Goes on with a text. A published model reads it with the special tokens that its tokenizer puts
   * around texts, and ends where it writes one of those that end a text. The model of a run reads
   * the end of a prompt that is longer than its context; an empty one stands for a line's end.
   *
   * @param tokens how many it writes, at most
   * @param stop texts that end it; they are not written
   * @param pieces gets what is written as soon as it is sure
   * @throws MerapiException if the prompt holds what the tokenizer does not know, or is longer than
   *     the context of a published model
   */
  public Written write(
      String prompt, int tokens, Sampling sampling, List<String> stop, Consumer<String> pieces) {
    int[] unread = read(prompt, context);
    var cut = new StopText(all(stop), pieces);
    var written =
        writing(unread.length + tokens, sampling)
            .write(unread.length, unread, decoding(unread), tokens, () -> false, cut);
    return new Written(cut.finish(), Arrays.stream(unread).boxed().toList(), written);
  }

  /**
   * What was written.
   *
   * @param text without the prompt
   * @param read the tokens of the prompt
   * @param tokens those behind them, with the ones that ended the text, if any did
   */
  public record Written(String text, List<Integer> read, List<Integer> tokens) {
    public Written {
      read = List.copyOf(read);
      tokens = List.copyOf(tokens);
    }
  }

  /**
   * How likely the model thinks each token of a prompt and of what was written, and where its
   * attention looks: by its own probabilities, before temperature and all else that changes how
   * tokens are drawn.
   *
   * @param title of the explanation
   * @param candidates how many tokens it tells that could stand in the place of each; 0 or more
   */
  public Explanation explain(String title, Written written, int candidates) {
    var all = Stream.concat(written.read().stream(), written.tokens().stream());
    return new Explainer(model, tokenizer, context, candidates)
        .explain(title, all.mapToInt(Integer::intValue).toArray(), written.read().size());
  }

  /** A text that a search found, and how likely it is; see {@link BeamSearch}. */
  public record Found(Written written, double score) {
    public String text() {
      return written.text();
    }
  }

  /**
   * The most likely texts behind a prompt, the best one first; see {@link #write} and {@link
   * BeamSearch}. A text ends where the context is full; the model of a run reads of a long prompt
   * only what leaves room for so many tokens, or for half its context.
   *
   * @param tokens how many it writes, at most
   * @param best how many texts, at most as many as there are beams
   * @param stop texts that end one, once it was found
   */
  public List<Found> search(
      String prompt, int tokens, int beams, int best, double lengthPenalty, List<String> stop) {
    int[] read = read(prompt, Math.max(context - tokens + 1, (context + 1) / 2));
    int most = Math.min(tokens, context - read.length + 1);
    Writing.check(masks, most);
    var search =
        BeamSearch.of(beams, most)
            .lengthPenalty(lengthPenalty)
            .ends(ends())
            .allowed(
                masks
                    .<Allowed>map(each -> written -> each.next(written, most - written.length))
                    .orElseGet(() -> Allowed.first(tokenizer.size())));
    var reader = TokenReader.of(model, read.length + most - 1);
    return search.write(reader, new int[][] {read}).getFirst().stream()
        .limit(best)
        .map(
            found ->
                new Found(
                    new Written(
                        text(read, found.tokens(), stop),
                        Arrays.stream(read).boxed().toList(),
                        found.tokens()),
                    found.score()))
        .toList();
  }

  private String text(int[] before, List<Integer> written, List<String> stop) {
    var cut = new StopText(all(stop), _ -> {});
    var decoding = decoding(before);
    written.stream().filter(id -> !ends().contains(id)).forEach(id -> cut.add(decoding.add(id)));
    cut.add(decoding.finish());
    return cut.finish();
  }

  /**
   * The tokens of a prompt.
   *
   * @param most the model of a run reads no more than that of its end
   */
  private int[] read(String prompt, int most) {
    int[] read =
        published.isPresent()
            ? tokenizer.encoding(prompt, true).ids()
            : tokenizer.encode(prompt.isEmpty() ? "\n" : prompt);
    if (read.length == 0) {
      throw new MerapiException("the prompt makes no token; give some text to go on with");
    }
    int kept = published.isPresent() ? fitting(read.length, "the prompt") : most;
    return Arrays.copyOfRange(read, Math.max(0, read.length - kept), read.length);
  }

  /**
   * Checks that so many tokens fit into the context, with one more behind them.
   *
   * @throws MerapiException if they do not
   */
  int fitting(int count, String what) {
    if (count >= context) {
      throw new MerapiException(
          "%s has %d tokens, and the model looks back at %d; shorten it"
              .formatted(what, count, context));
    }
    return count;
  }

  /** A writing that has room for so many tokens, or for the whole context. */
  Writing writing(int tokens, Sampling sampling) {
    int room = published.isPresent() ? Math.min(context, tokens) : context;
    return new Writing(
        choice -> Generation.of(model, room, choice), tokenizer.size(), sampling, ends(), masks);
  }

  /** Texts that end one, with those of the model itself. */
  List<String> all(List<String> stop) {
    return Stream.concat(
            stop.stream(), published.map(LanguageModel::stops).orElse(List.of()).stream())
        .toList();
  }

  Tokenizer tokenizer() {
    return tokenizer;
  }

  /** Tokens that end a text. */
  private Set<Integer> ends() {
    return published.map(LanguageModel::ends).orElse(Set.of());
  }

  /** What stands behind some tokens: whether with a space follows from the last of them. */
  Decoding decoding(int... before) {
    var decoding = tokenizer.decoding(published.isPresent());
    for (int id : before) {
      decoding.add(id);
    }
    return decoding;
  }

  /** The share of the stories that it writes that follow the grammar of {@link Stories}. */
  double storiesThatParse(int count, Key key) {
    int right = 0;
    for (int done = 0; done < count; done += STORIES_AT_A_TIME) {
      var written = stories(Math.min(STORIES_AT_A_TIME, count - done), key.fold(done));
      right += (int) written.stream().filter(Stories::isStory).count();
    }
    return (double) right / count;
  }

  private List<String> stories(int count, Key key) {
    int[][] begin = new int[count][];
    Arrays.fill(begin, tokenizer.encode("\n"));
    int[][] written = Generation.of(model, context, Sampling.of(key)).extend(begin, context - 1);
    return Arrays.stream(written).map(ids -> line(tokenizer.decode(ids))).toList();
  }

  /** The text up to its first line's end; a text that has none is no story. */
  private static String line(String text) {
    int end = text.indexOf('\n');
    return end < 0 ? "" : text.substring(0, end);
  }
}
