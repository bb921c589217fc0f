package dev.merapi.recipe;

import dev.merapi.nn.Layer;
import dev.merapi.recipe.TrainedModel.Candidate;
import dev.merapi.table.BadRows;
import dev.merapi.tensor.MerapiException;
import dev.merapi.tensor.Step;
import dev.merapi.text.LabelledTexts;
import dev.merapi.text.Tokenizer;
import dev.merapi.train.FileException;
import dev.merapi.train.RunFolder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The network of a run that reads texts, with the weights that count: it tells the class of each,
 * or the tokens that are hidden in it.
 */
public final class TextReader {
  private static final int SHOWN = 5;

  private final LanguageSettings.TextColumn data;
  private final Signature signature;
  private final Tokenizer tokenizer;
  private final Layer model;

  private TextReader(
      LanguageSettings.TextColumn data, Signature signature, Tokenizer tokenizer, Layer model) {
    this.data = data;
    this.signature = signature;
    this.tokenizer = tokenizer;
    this.model = model;
  }

  /** Whether the network of a recipe reads texts. */
  public static boolean fits(Recipe.Training recipe) {
    return recipe.data() instanceof LanguageSettings.TextColumn;
  }

  /**
   * Reads the network of a run.
   *
   * @throws MerapiException if the run has no weights yet, or reads no texts
   */
  public static TextReader open(RunFolder run) {
    var recipe = TrainedModel.training(run);
    if (!(recipe.data() instanceof LanguageSettings.TextColumn data)) {
      throw new FileException(
          run.path(),
          "the network of %s reads no texts".formatted(recipe.name()),
          "give a run of a recipe that does, such as sentiment");
    }
    var signature = run.readJson(Signature.FILE, Signature.class);
    var model = TrainedModel.network(run, recipe, signature);
    return new TextReader(data, signature, LoadedText.tokenizer(run), model);
  }

  /** A text, and where it stands: {@code reviews.csv: line 2}. */
  public record Placed(String place, String text) {}

  /**
   * The texts of a file: of a {@code .txt} each line that is not empty, of a table its column of
   * texts.
   *
   * @param bad what becomes of rows that cannot be read
   * @throws MerapiException if it cannot be read, or has no such column
   */
  public List<Placed> texts(Path file, BadRows bad) {
    if (!file.toString().endsWith(".txt")) {
      var table = LoadedTexts.source(file, data).read(bad);
      var texts = table.words(data.text());
      return IntStream.range(0, table.size())
          .mapToObj(row -> new Placed(table.place(row), texts.get(row)))
          .toList();
    }
    var lines = PlainText.lines(file);
    return IntStream.range(0, lines.size())
        .filter(i -> !lines.get(i).isBlank())
        .mapToObj(i -> new Placed("%s: line %d".formatted(file, i + 1), lines.get(i)))
        .toList();
  }

  /**
   * What a text is: its classes, or of a network that tells hidden tokens what stands for the first
   * mask in it; the most probable first.
   *
   * @throws MerapiException if a text is to have a mask, and has none
   */
  public List<Candidate> read(String text) {
    int[] ids = LoadedTexts.tokens(tokenizer, text, data.length());
    var labels = signature.classes();
    int padding = signature.padding().orElseThrow();
    var one = LabelledTexts.of(new int[][] {ids}, new int[1], List.of(""), data.length(), padding);
    var logits = model.apply(one.gather(0).x()).get(0);
    if (signature.tellsTokens()) {
      logits = logits.get(hidden(text, ids));
    }
    float[] probabilities = Step.compute(logits.softmax(-1)).getFirst().toArray();
    return IntStream.range(0, probabilities.length)
        .boxed()
        .sorted(Comparator.<Integer>comparingDouble(i -> probabilities[i]).reversed())
        .limit(signature.tellsTokens() ? SHOWN : labels.size())
        .map(
            i ->
                new Candidate(
                    signature.tellsTokens() ? tokenizer.token(i).orElse("") : labels.get(i),
                    probabilities[i]))
        .toList();
  }

  private int hidden(String text, int... ids) {
    int mask = LoadedTexts.mask(tokenizer);
    var places = new ArrayList<Integer>();
    IntStream.range(0, ids.length).filter(i -> ids[i] == mask).forEach(places::add);
    if (places.isEmpty()) {
      throw new MerapiException(
          "there is nothing to tell in `%s`: write %s where a word is hidden"
              .formatted(text, tokenizer.token(mask).orElseThrow()));
    }
    return places.getFirst();
  }
}
