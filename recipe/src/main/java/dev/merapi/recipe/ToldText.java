package dev.merapi.recipe;

import dev.merapi.data.DataException;
import dev.merapi.evaluation.Measure;
import dev.merapi.evaluation.TextLosses;
import dev.merapi.hub.LanguageModel;
import dev.merapi.report.Assessment;
import dev.merapi.report.EvaluationReport;
import dev.merapi.tensor.MerapiException;
import dev.merapi.text.TokenSequence;
import dev.merapi.text.TokenWindows;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * How well a published language model tells the text of a file: in windows, of which each tells the
 * tokens that no window before it has told; see {@link TokenWindows#covering}. With end-to-end
 * windows that is what lm-evaluation-harness measures, with a stride of half a window what the
 * perplexity guide of transformers does, but for one token of context.
 *
 * @param tokens of the text, with those that the tokenizer puts around it
 * @param window how many tokens the model reads at once
 * @param stride how far a window begins behind the one before it
 * @param losses of each window
 */
public record ToldText(int tokens, int window, int stride, TextLosses losses) {
  /** No longer a window unless one is asked for: the logits of all its tokens are kept at once. */
  public static final int WINDOW = 2_048;

  /** So many logits are computed at a time, or those of one window. */
  private static final int LOGITS = 1 << 26;

  private static final int MOST_WINDOWS = 64;

  /**
   * Measures.
   *
   * @param file UTF-8, gzipped or not
   * @param window from 1 to the model's context, by default the context or {@value #WINDOW}; a
   *     shorter text makes it shorter
   * @param stride from 1 to the window, by default the window
   * @throws MerapiException if the file cannot be read, has not enough text or what the tokenizer
   *     cannot express, or if window or stride are out of range
   */
  public static ToldText of(
      LanguageModel model, Path file, Optional<Integer> window, Optional<Integer> stride) {
    int[] ids = tokens(model, file);
    int asked = window.orElse(Math.min(WINDOW, model.context()));
    check("window", asked, model.context(), "the tokens that the model looks back at");
    check("stride", stride.orElse(asked), asked, "the window's tokens");
    int length = Math.min(asked, ids.length - 1);
    int step = Math.min(length, stride.orElse(asked));
    var windows = TokenWindows.of(TokenSequence.of(ids), length).covering(step);
    long logits = (long) length * model.vocabulary();
    int batch = Math.clamp(LOGITS / logits, 1, MOST_WINDOWS);
    return new ToldText(
        ids.length, length, step, Measuring.losses(model.published().model(), windows, batch));
  }

  private static void check(String what, int value, int most, String limit) {
    if (value < 1 || value > most) {
      throw new MerapiException(
          "a %s of %d tokens; give 1 to %d, %s".formatted(what, value, most, limit));
    }
  }

  private static int[] tokens(LanguageModel model, Path file) {
    int[] ids;
    try {
      ids = model.tokenizer().encoding(PlainText.read(file), true).ids();
    } catch (DataException e) {
      throw e.getMessage().startsWith(file.toString())
          ? e
          : new DataException(file + ": " + e.getMessage(), e);
    }
    if (ids.length < 2) {
      throw DataException.of(
          file,
          "its text makes %s, and a token is told by those before it"
              .formatted(ids.length == 0 ? "no token" : "one token"),
          "give more text");
    }
    return ids;
  }

  /** The mean of -ln p of all tokens but the first, in nats. */
  public double loss() {
    return losses.mean();
  }

  /** Perplexity and the like, with their intervals. */
  public List<Measure> measures() {
    return new Assessment.Texts(losses).measures(EvaluationReport.RESAMPLING);
  }
}
