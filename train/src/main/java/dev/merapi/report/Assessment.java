package dev.merapi.report;

import dev.merapi.evaluation.AnswerScore;
import dev.merapi.evaluation.Bleu;
import dev.merapi.evaluation.Bootstrap;
import dev.merapi.evaluation.Classified;
import dev.merapi.evaluation.Measure;
import dev.merapi.evaluation.Measures;
import dev.merapi.evaluation.Regressed;
import dev.merapi.evaluation.TextLosses;
import dev.merapi.tensor.Key;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What a network says of samples whose truth is known, by the kind of its task. */
public sealed interface Assessment {
  /** How many samples there are. */
  int samples();

  /** All measures with their intervals, the one that matters most first. */
  List<Measure> measures(Key key);

  /**
   * It tells classes apart.
   *
   * @param said what it says of each sample
   * @param classes their names
   */
  record Classification(Classified said, List<String> classes) implements Assessment {
    public Classification {
      classes = List.copyOf(classes);
      if (classes.size() != said.classes()) {
        throw new IllegalArgumentException(
            "%d names for %d classes".formatted(classes.size(), said.classes()));
      }
    }

    @Override
    public int samples() {
      return said.samples();
    }

    @Override
    public List<Measure> measures(Key key) {
      return Measures.of(said, Bootstrap.of(), key);
    }
  }

  /**
   * It predicts one number a sample.
   *
   * @param said what it says of each sample, in the target's unit
   * @param target what the number is
   */
  record Regression(Regressed said, String target) implements Assessment {
    @Override
    public int samples() {
      return said.samples();
    }

    @Override
    public List<Measure> measures(Key key) {
      return Measures.of(said, Bootstrap.of(), key);
    }
  }

  /**
   * It tells the next token of texts.
   *
   * @param losses of each piece
   */
  record Texts(TextLosses losses) implements Assessment {
    @Override
    public int samples() {
      return losses.size();
    }

    @Override
    public List<Measure> measures(Key key) {
      return Measures.ofTexts(losses, Bootstrap.of(), key);
    }
  }

  /**
   * It turns texts into others, such as their translations.
   *
   * @param texts in their order
   * @param losses of each target
   */
  record Translations(List<Translation> texts, TextLosses losses) implements Assessment {
    public Translations {
      texts = List.copyOf(texts);
    }

    /**
     * A text.
     *
     * @param source what is translated
     * @param reference what was wanted
     * @param written what it became
     */
    public record Translation(String source, String reference, String written) {
      Bleu.Matches matches() {
        return Bleu.Matches.of(written, List.of(reference));
      }
    }

    /** How close all of them are to what was wanted. */
    public Bleu bleu() {
      return texts.stream()
          .map(Translation::matches)
          .reduce(Bleu.Matches.NONE, Bleu.Matches::plus)
          .bleu();
    }

    @Override
    public int samples() {
      return texts.size();
    }

    @Override
    public List<Measure> measures(Key key) {
      var matches = texts.stream().map(Translation::matches).toList();
      var all = new ArrayList<>(Measures.ofTranslations(matches, Bootstrap.of(), key.fold(0)));
      all.addAll(Measures.ofTexts(losses, Bootstrap.of(), key.fold(1)));
      return all;
    }
  }

  /**
   * An answer to a question.
   *
   * @param said what it says; empty if it says that there is none
   * @param references what is right; none if there is no answer
   */
  record Answer(String said, List<String> references) {
    public Answer {
      references = List.copyOf(references);
    }

    /** How good it is. */
    public AnswerScore score() {
      return AnswerScore.of(said, references);
    }
  }

  /**
   * It answers questions.
   *
   * @param said its answers
   */
  record Answers(List<Answer> said) implements Assessment {
    public Answers {
      said = List.copyOf(said);
    }

    @Override
    public int samples() {
      return said.size();
    }

    /** The share of answers that are a reference. */
    public double exactMatch() {
      return said.stream().mapToDouble(answer -> answer.score().exact()).average().orElse(0);
    }

    /** The mean F1. */
    public double f1() {
      return said.stream().mapToDouble(answer -> answer.score().f1()).average().orElse(0);
    }

    @Override
    public List<Measure> measures(Key key) {
      return Measures.ofAnswers(
          said.stream().map(Answer::score).toList(), answered(), Bootstrap.of(), key);
    }

    /** Of each question, whether there is an answer. */
    private List<Boolean> answered() {
      return said.stream().map(answer -> !answer.references().isEmpty()).toList();
    }
  }

  /**
   * It prefers one of two answers.
   *
   * @param margins by how much it finds the chosen one of each pair better than the other
   */
  @SuppressWarnings("ArrayRecordComponent") // not compared; taken over
  record Preferences(double[] margins) implements Assessment {
    @Override
    public int samples() {
      return margins.length;
    }

    /** The share of pairs whose chosen answer it prefers. */
    public double accuracy() {
      return Arrays.stream(margins).filter(margin -> margin > 0).count() / (double) margins.length;
    }

    @Override
    public List<Measure> measures(Key key) {
      return Measures.ofPreferences(margins, Bootstrap.of(), key);
    }
  }

  /**
   * It gives many numbers a sample, such as a picture; only their distance from the truth is known.
   *
   * @param errors the mean squared error of each sample
   */
  @SuppressWarnings("ArrayRecordComponent") // not compared; taken over
  record Distances(double[] errors) implements Assessment {
    @Override
    public int samples() {
      return errors.length;
    }

    @Override
    public List<Measure> measures(Key key) {
      return List.of(
          Measures.ofErrors("mse", "MSE", "the mean squared error", errors, Bootstrap.of(), key));
    }
  }
}
