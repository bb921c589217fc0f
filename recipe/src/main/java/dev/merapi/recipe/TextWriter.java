package dev.merapi.recipe;

import dev.merapi.nn.Layer;
import dev.merapi.nn.Parameters;
import dev.merapi.tensor.Key;
import dev.merapi.tensor.MerapiException;
import dev.merapi.text.Stories;
import dev.merapi.text.Tokenizer;
import dev.merapi.train.FileException;
import dev.merapi.train.RunFolder;
import dev.merapi.zoo.Generation;
import dev.merapi.zoo.Sampling;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/** The language model of a run with the weights that count, ready to write. */
public final class TextWriter {
  private static final int STORIES_AT_A_TIME = 50;

  private final Layer model;
  private final Tokenizer tokenizer;
  private final int context;

  TextWriter(Layer model, Tokenizer tokenizer, int context) {
    this.model = model;
    this.tokenizer = tokenizer;
    this.context = context;
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
    var signature = run.readJson(Signature.FILE, Signature.class);
    var model = TrainingRun.build(recipe, signature);
    TrainedModel.checkpoint(run, recipe).loadModel(Parameters.of(model));
    return new TextWriter(model, LoadedText.tokenizer(run), signature.shape().size(0));
  }

  /** Tokens that it looks back at. */
  public int context() {
    return context;
  }

  /**
   * Goes on with a text. Of a prompt that is longer than its context it reads the end; an empty one
   * stands for a line's end.
   *
   * @param tokens how many it writes, at most
   * @param stop texts that end it; they are not written
   * @param pieces gets what is written as soon as it is sure
   * @return what is written, without the prompt
   * @throws MerapiException if the prompt holds what the tokenizer does not know
   */
  public String write(
      String prompt, int tokens, Sampling sampling, List<String> stop, Consumer<String> pieces) {
    int[] read = tokenizer.encode(prompt.isEmpty() ? "\n" : prompt);
    if (read.length == 0) {
      throw new MerapiException("the prompt makes no token; give some text to go on with");
    }
    int[] unread = Arrays.copyOfRange(read, Math.max(0, read.length - context), read.length);
    var generation = Generation.of(model, context, sampling);
    var decoding = tokenizer.decoding(false);
    for (int id : unread) {
      decoding.add(id); // whether a space stands before a token follows from the one before it
    }
    var cut = new StopText(stop, pieces);
    for (int i = 0; i < tokens && !cut.isDone(); i++) {
      int next = generation.read(new int[][] {unread})[0];
      cut.add(decoding.add(next));
      unread = new int[] {next};
    }
    cut.add(decoding.finish());
    return cut.finish();
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
