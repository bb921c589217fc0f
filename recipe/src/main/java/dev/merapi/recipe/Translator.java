package dev.merapi.recipe;

import dev.merapi.tensor.MerapiException;
import dev.merapi.text.PairedTexts;
import dev.merapi.text.PairedTexts.Marks;
import dev.merapi.text.Tokenizer;
import dev.merapi.train.FileException;
import dev.merapi.train.RunFolder;
import dev.merapi.zoo.BeamSearch;
import dev.merapi.zoo.EncoderDecoder;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/** The network of a run that turns texts into others, with the weights that count. */
public final class Translator {
  /** Texts that are written at a time, of about the same length. */
  private static final int AT_A_TIME = 32;

  /** What the room for a text is a multiple of: the fewer sizes, the fewer programs. */
  private static final int STEP = 32;

  /** Tokens of a text at most. */
  private static final int MOST = 1024;

  private final EncoderDecoder model;
  private final Tokenizer tokenizer;
  private final Marks marks;
  private final int length;
  private final int beams;
  private final BitSet words;

  Translator(EncoderDecoder model, Tokenizer tokenizer, int length, int beams) {
    this.model = model;
    this.tokenizer = tokenizer;
    this.marks = LoadedPairs.marks(tokenizer);
    this.length = length;
    this.beams = beams;
    this.words = words();
  }

  /** Whether the network of a recipe turns texts into others. */
  public static boolean fits(Recipe.Training recipe) {
    return recipe.model() instanceof ModelSettings.TextToText;
  }

  /**
   * Reads the network of a run.
   *
   * @throws MerapiException if the run has no weights yet, or turns no texts into others
   */
  public static Translator open(RunFolder run) {
    var recipe = TrainedModel.training(run);
    if (!(recipe.model() instanceof ModelSettings.TextToText settings)) {
      throw new FileException(
          run.path(),
          "the network of %s turns no texts into others".formatted(recipe.name()),
          "give a run of a recipe that does, such as translate");
    }
    var signature = run.readJson(Signature.FILE, Signature.class);
    return new Translator(
        (EncoderDecoder) TrainedModel.network(run, recipe, signature),
        LoadedText.tokenizer(run),
        signature.features().getLast(),
        settings.beams());
  }

  /** Following another number of beginnings; 1 takes the likeliest token each time. */
  public Translator beams(int count) {
    return new Translator(model, tokenizer, length, count);
  }

  /** Tokens of a text, its end included, beyond which it has learned from none. */
  public int length() {
    return length;
  }

  /** How many tokens a text has, its end included. */
  public int tokens(String text) {
    return 1 + tokenizer.encode(text.strip()).length;
  }

  /**
   * What each text becomes, in the order of the texts; of one of nothing, nothing. Those of about
   * the same length are written together.
   *
   * @throws MerapiException if a text is far too long
   */
  public List<String> translate(List<String> texts) {
    int[][] tokens =
        texts.stream().map(text -> tokenizer.encode(text.strip())).toArray(int[][]::new);
    for (int i = 0; i < tokens.length; i++) {
      if (tokens[i].length >= MOST) {
        throw new MerapiException(
            "text %d has %d tokens, more than %d; give a sentence at a time"
                .formatted(i + 1, tokens[i].length, MOST - 1));
      }
    }
    int[] order =
        IntStream.range(0, tokens.length)
            .filter(i -> tokens[i].length > 0)
            .boxed()
            .sorted(Comparator.comparingInt(i -> tokens[i].length))
            .mapToInt(Integer::intValue)
            .toArray();
    String[] written = new String[tokens.length];
    Arrays.fill(written, "");
    for (int from = 0; from < order.length; from += AT_A_TIME) {
      int[] rows = Arrays.copyOfRange(order, from, Math.min(order.length, from + AT_A_TIME));
      var some = write(Arrays.stream(rows).mapToObj(row -> tokens[row]).toList());
      for (int i = 0; i < rows.length; i++) {
        written[rows[i]] = some.get(i);
      }
    }
    return List.of(written);
  }

  private List<String> write(List<int[]> texts) {
    int most = 10 + 2 * texts.stream().mapToInt(text -> text.length).max().orElse(0);
    var search = BeamSearch.of(beams, most).ends(Set.of(marks.end())).allowed(_ -> words);
    int[][] prompts = new int[texts.size()][];
    Arrays.setAll(prompts, _ -> new int[] {marks.begin()});
    int capacity = Math.ceilDiv(1 + most, STEP) * STEP;
    var targets = model.targets(PairedTexts.sources(texts, marks), capacity);
    return search.write(targets, prompts).stream()
        .map(found -> found.getFirst().tokens().stream().mapToInt(Integer::intValue).toArray())
        .map(this::text)
        .toList();
  }

  private String text(int[] written) {
    boolean ended = written.length > 0 && written[written.length - 1] == marks.end();
    int[] words = ended ? Arrays.copyOf(written, written.length - 1) : written;
    return tokenizer.decode(words, true).strip();
  }

  /** All tokens but those that stand for no text, and the end. */
  private BitSet words() {
    var tokens = new BitSet();
    tokens.set(0, tokenizer.size());
    tokens.clear(marks.begin());
    tokens.clear(marks.padding());
    tokens.set(marks.end());
    return tokens;
  }
}
