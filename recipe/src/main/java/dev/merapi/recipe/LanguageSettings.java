package dev.merapi.recipe;

import dev.merapi.data.Progress;
import dev.merapi.data.Splits;
import dev.merapi.nn.DirectPreference;
import dev.merapi.table.BadRows;
import dev.merapi.tensor.Key;
import dev.merapi.text.TextFiles;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Texts, and what cuts them into tokens. */
public sealed interface LanguageSettings extends DataSettings {
  @Override
  default Splits load(Optional<Path> place, Key key, Progress download) {
    return LoadedText.load(this, place, key, download, Optional.empty(), Optional.empty()).splits();
  }

  @Override
  default List<Splits> folds(Optional<Path> place, Key key, Progress download, int count) {
    throw new RecipeException(
        "texts make no folds, as what cuts them into tokens is made of the training texts; train"
            + " on them, and look at what is held out (data.validation, data.test)");
  }

  /**
   * A text in files; see {@link TextFiles}.
   *
   * @param source a file, a folder of {@code .txt} files, or a text that Merapi knows, {@code
   *     tiny-shakespeare}; looked for in $MERAPI_DATA, too; null where `--data` says it
   * @param tokenizer how the text is cut into tokens
   * @param context tokens in a piece
   * @param samples pieces of an epoch, which begin anywhere; null for all of them once, end to end
   * @param validation the share of the text, before its end, to compare epochs by; with 0 the end
   *     is measured after each epoch instead, and chooses nothing
   * @param test the share of the text, its end, that is for testing
   */
  record Text(
      @Default("null") Optional<String> source,
      @Default("{kind: characters}") TokenizerSettings tokenizer,
      @Default("64") @Range(from = 1) int context,
      @Default("null") @Range(from = 1) Optional<Integer> samples,
      @Default("0") @Range(from = 0, to = 0.9) double validation,
      @Default("0.1") @Range(from = 0.001, to = 0.9) double test)
      implements LanguageSettings {}

  /**
   * Stories that Merapi writes; see {@link dev.merapi.text.Stories}.
   *
   * @param train how many to learn from
   * @param validation how many to compare epochs by
   * @param test how many to report on
   * @param tokenizer how they are cut into tokens
   * @param context tokens in a piece
   * @param samples pieces of an epoch, which begin anywhere; null for all of them once, end to end
   * @param written how many the network writes in the end, to be read by the grammar
   */
  record Stories(
      @Default("20000") @Range(from = 10, to = 1e6) int train,
      @Default("200") @Range(from = 10, to = 1e6) int validation,
      @Default("500") @Range(from = 10, to = 1e6) int test,
      @Default("{kind: bpe, size: 512}") TokenizerSettings tokenizer,
      @Default("64") @Range(from = 1) int context,
      @Default("null") @Range(from = 1) Optional<Integer> samples,
      @Default("100") @Range(from = 1, to = 10000) int written)
      implements LanguageSettings {}

  /** Rows of which a language model learns the answers. */
  sealed interface Told extends LanguageSettings {
    Optional<String> source();

    Optional<String> template();

    TokenizerSettings tokenizer();

    int context();

    double validation();

    double test();

    BadRows.Policy onBadRow();
  }

  /**
   * Conversations, of which the assistant's answers are learned; see {@link
   * dev.merapi.hub.Dialogue}. They are written by the model's chat template.
   *
   * @param source a .json or .jsonl file (also with .gz behind it); null for small talk that Merapi
   *     makes up, unless `--data` gives a file
   * @param made how many conversations Merapi makes up
   * @param template a file with a chat template in Jinja; null for the model's own, and a plain one
   *     where it has none
   * @param tokenizer of a new model; one that was trained before has its own
   * @param context tokens of a row; the end of a longer conversation is not read
   * @param packed whether a row is filled with several conversations, which do not see each other;
   *     else each has a row of its own
   * @param validation the share of the conversations to compare epochs by
   * @param test the share that is for testing
   * @param onBadRow what becomes of rows that cannot be read
   */
  record Conversations(
      @Default("null") Optional<String> source,
      @Default("2000") @Range(from = 10, to = 1e6) int made,
      @Default("null") Optional<String> template,
      @Default("{kind: bpe, size: 4096}") TokenizerSettings tokenizer,
      @Default("512") @Range(from = 2, to = 1e6) int context,
      @Default("true") boolean packed,
      @Default("0.05") @Range(from = 0, to = 0.9) double validation,
      @Default("0.05") @Range(from = 0.001, to = 0.9) double test,
      @Default("fail") BadRows.Policy onBadRow)
      implements Told {}

  /**
   * Texts and what they are to become, such as their translations: two columns of a table, or two
   * files, a text a line, of which line n of one belongs to line n of the other.
   *
   * @param source a table, as of {@link Texts}; or the name that two files share, such as {@code
   *     multi30k/train} of {@code multi30k/train.en} and {@code multi30k/train.de} (each also with
   *     .gz behind it); looked for in $MERAPI_DATA, too; null where `--data` says it
   * @param from the column of the texts, or what their file ends with: {@code en}
   * @param to the column of what they become, or what that file ends with: {@code de}
   * @param validationSource a table, or the name of two files, beside the source, to compare epochs
   *     by; null for a share, and so where `--data` gives a file that has no such beside it
   * @param testSource likewise, for testing
   * @param tokenizer how texts of both sides are cut into tokens; one that is learned is learned
   *     from both
   * @param length tokens of a text, its end included, at most: longer pairs are not learned from
   * @param validation the share of the training pairs to compare epochs by, where no source is
   * @param test the share of all that is for testing, where no source is
   * @param onBadRow what becomes of pairs of which a text is empty, or that cannot be read
   */
  record Pairs(
      @Default("null") Optional<String> source,
      String from,
      String to,
      @Default("null") Optional<String> validationSource,
      @Default("null") Optional<String> testSource,
      @Default("{kind: bpe, size: 8000}") TokenizerSettings tokenizer,
      @Default("64") @Range(from = 2, to = 65536) int length,
      @Default("0.05") @Range(from = 0, to = 0.9) double validation,
      @Default("0.05") @Range(from = 0.001, to = 0.9) double test,
      @Default("fail") BadRows.Policy onBadRow)
      implements LanguageSettings {}

  /**
   * Pairs of answers of which one is preferred, learned by {@link dev.merapi.nn.DirectPreference};
   * see {@link dev.merapi.hub.Preference}. Messages are written by the model's chat template, plain
   * texts as they stand.
   *
   * @param source a .json or .jsonl file (also with .gz behind it); null for pairs that Merapi
   *     makes up, right answers and wrong ones, unless `--data` gives a file
   * @param made how many pairs Merapi makes up
   * @param template a file with a chat template in Jinja; null for the model's own, and a plain one
   *     where it has none
   * @param tokenizer of a new model; one that was trained before has its own
   * @param context tokens of a prompt with its answer; the end of a longer one is not read
   * @param beta how dear it is to leave what the model was at first
   * @param labelSmoothing how often pairs are thought to be the wrong way about
   * @param referenceBatch pairs in a batch, where the model is asked what it says at first
   * @param validation the share of the pairs to compare epochs by
   * @param test the share that is for testing
   * @param onBadRow what becomes of rows that cannot be read
   */
  record Preferences(
      @Default("null") Optional<String> source,
      @Default("2000") @Range(from = 10, to = 1e6) int made,
      @Default("null") Optional<String> template,
      @Default("{kind: bpe, size: 4096}") TokenizerSettings tokenizer,
      @Default("512") @Range(from = 2, to = 1e6) int context,
      @Default("0.1") @Range(from = 1e-6, to = 1e6) double beta,
      @Default("0") @Range(from = 0, to = 0.49) double labelSmoothing,
      @Default("8") @Range(from = 1) int referenceBatch,
      @Default("0.05") @Range(from = 0, to = 0.9) double validation,
      @Default("0.05") @Range(from = 0.001, to = 0.9) double test,
      @Default("fail") BadRows.Policy onBadRow)
      implements Told {
    /** The loss. */
    DirectPreference loss() {
      return new DirectPreference(beta, labelSmoothing);
    }
  }

  /**
   * Questions about texts that answer them, in the form of SQuAD; see {@link
   * dev.merapi.hub.SquadFile}. A text that is longer than the network can read is read in windows.
   *
   * @param source a .json file (also with .gz behind it); looked for in $MERAPI_DATA, too; null
   *     where `--data` says it
   * @param tokenizer how they are cut into tokens; a model that was trained before has its own
   * @param length tokens of a window, at most, the question among them
   * @param stride tokens of the text from the begin of one window to that of the next
   * @param questionLength tokens of a question, at most; the end of a longer one is not read
   * @param answerLength tokens of an answer that is found, at most
   * @param unanswerable whether there are questions that their text does not answer (SQuAD 2.0)
   * @param threshold that there is no answer is said where its logits exceed the best answer's by
   *     more than this
   * @param validation the share of the texts, with all of their questions, to compare epochs by
   * @param test the share that is for testing
   * @param onBadRow what becomes of questions that cannot be read
   */
  record Questions(
      @Default("null") Optional<String> source,
      @Default("{kind: wordpiece}") TokenizerSettings tokenizer,
      @Default("384") @Range(from = 8, to = 65536) int length,
      @Default("128") @Range(from = 1, to = 65536) int stride,
      @Default("64") @Range(from = 1, to = 65536) int questionLength,
      @Default("30") @Range(from = 1, to = 65536) int answerLength,
      @Default("false") boolean unanswerable,
      @Default("0") @Range(from = -1e6, to = 1e6) double threshold,
      @Default("0.1") @Range(from = 0, to = 0.9) double validation,
      @Default("0.1") @Range(from = 0.001, to = 0.9) double test,
      @Default("fail") BadRows.Policy onBadRow)
      implements LanguageSettings {}

  /** Texts in a column of a table, each on its own. */
  sealed interface TextColumn extends LanguageSettings {
    Optional<String> source();

    String text();

    TokenizerSettings tokenizer();

    int length();

    double validation();

    BadRows.Policy onBadRow();
  }

  /**
   * Texts with a class each.
   *
   * @param source a table (.csv, .tsv, .jsonl, .arff, each also with .gz behind it, or .parquet),
   *     or the name of one that Merapi knows
   * @param text its column of texts
   * @param label its column of classes
   * @param testSource a table beside it that is for testing; null for a share
   * @param testText that table's column of texts, where it is called otherwise
   * @param tokenizer how texts are cut into tokens
   * @param length tokens of a text; the end of a longer one is not read
   * @param validation the share of the training texts to compare epochs by
   * @param test the share of all that is for testing, where no table is
   * @param onBadRow what becomes of rows that cannot be read, or have no text or label
   */
  record Texts(
      @Default("null") Optional<String> source,
      @Default("text") String text,
      @Default("label") String label,
      @Default("null") Optional<String> testSource,
      @Default("null") Optional<String> testText,
      @Default("{kind: wordpiece}") TokenizerSettings tokenizer,
      @Default("64") @Range(from = 1, to = 65536) int length,
      @Default("0.1") @Range(from = 0, to = 0.9) double validation,
      @Default("0.2") @Range(from = 0.001, to = 0.9) double test,
      @Default("fail") BadRows.Policy onBadRow)
      implements TextColumn {
    /** How the table for testing is read. */
    Texts ofTest() {
      var name = testText.orElse(text);
      return new Texts(
          source, name, label, testSource, testText, tokenizer, length, validation, test, onBadRow);
    }
  }

  /**
   * Texts some of whose tokens are hidden; see {@link dev.merapi.text.MaskedTexts}.
   *
   * @param source a table, as of {@link Texts}
   * @param text its column of texts
   * @param tokenizer how texts are cut into tokens; one with a token for masks, such as wordpiece
   * @param length tokens of a text; the end of a longer one is not read
   * @param share of a text's tokens that are to be told
   * @param validation the share of the training texts to compare epochs by
   * @param test the share of all that is for testing
   * @param onBadRow what becomes of rows that cannot be read, or have no text
   */
  record MaskedTexts(
      @Default("null") Optional<String> source,
      @Default("text") String text,
      @Default("{kind: wordpiece}") TokenizerSettings tokenizer,
      @Default("64") @Range(from = 1, to = 65536) int length,
      @Default("0.15") @Range(from = 0.01, to = 0.9) double share,
      @Default("0.05") @Range(from = 0, to = 0.9) double validation,
      @Default("0.05") @Range(from = 0.001, to = 0.9) double test,
      @Default("fail") BadRows.Policy onBadRow)
      implements TextColumn {}
}
