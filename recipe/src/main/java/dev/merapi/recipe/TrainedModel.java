package dev.merapi.recipe;

import dev.merapi.audio.Spectrograms;
import dev.merapi.audio.Wave;
import dev.merapi.data.Cifar10;
import dev.merapi.data.DataException;
import dev.merapi.data.Picture;
import dev.merapi.data.PictureFolder;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Parameters;
import dev.merapi.recipe.EvaluationSettings.Weights;
import dev.merapi.table.BadRows;
import dev.merapi.table.Prepared;
import dev.merapi.table.ReadOptions;
import dev.merapi.table.ReadOptions.Header;
import dev.merapi.table.Table;
import dev.merapi.table.TableSource;
import dev.merapi.tensor.MerapiException;
import dev.merapi.tensor.Step;
import dev.merapi.tensor.Tensor;
import dev.merapi.train.Checkpoint;
import dev.merapi.train.FileException;
import dev.merapi.train.RunFolder;
import dev.merapi.zoo.Autoencoder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The network of a run with the weights that count, ready to be used. */
public final class TrainedModel {
  private static final int SIDE = 28;

  private final Recipe.Training recipe;
  private final Signature signature;
  private final Optional<Prepared> prepared;
  private final Layer model;

  private TrainedModel(
      Recipe.Training recipe, Signature signature, Optional<Prepared> prepared, Layer model) {
    this.recipe = recipe;
    this.signature = signature;
    this.prepared = prepared;
    this.model = model;
  }

  /** A class and how probable it is, from 0 to 1. */
  public record Candidate(String label, double probability) {}

  /** What a network takes a picture for: the most probable class first. */
  public record Guess(String file, List<Candidate> candidates) {
    public Guess {
      candidates = List.copyOf(candidates);
    }
  }

  /**
   * Reads the network of a run.
   *
   * @throws MerapiException if the run has no weights yet, or they are of another network
   */
  public static TrainedModel open(RunFolder run) {
    var recipe = training(run);
    var signature = run.readJson(Signature.FILE, Signature.class);
    var model = network(run, recipe, signature);
    var prepared = LoadedTable.Saved.of(run).map(LoadedTable.Saved::prepared);
    return new TrainedModel(recipe, signature, prepared, model);
  }

  /** The network of a run, with the weights that count. */
  static Layer network(RunFolder run, Recipe.Training recipe, Signature signature) {
    var model =
        recipe.model() instanceof ModelSettings.Bert bert
            ? PublishedReader.of(bert, run, signature)
                .map(PublishedReader::layer)
                .orElseGet(() -> TrainingRun.build(recipe, signature))
            : TrainingRun.build(recipe, signature);
    checkpoint(run, recipe).loadModel(Parameters.of(model));
    return model;
  }

  /**
   * The recipe of a run that trains a network.
   *
   * @throws MerapiException if it is a demonstration
   */
  public static Recipe.Training training(RunFolder run) {
    return switch (Recipes.of(run, List.of())) {
      case Recipe.Training training -> training;
      case Recipe.Descent descent ->
          throw new FileException(
              run.path(),
              "a run of %s has no network to use".formatted(descent.name()),
              "look at its pictures, or give a run of another recipe");
    };
  }

  /** Whether the network of a recipe can be shown pictures. */
  public static boolean readsPictures(Recipe.Training recipe) {
    return !(recipe.data() instanceof DataSettings.ThreeRows)
        && !takesTables(recipe)
        && !(recipe.data() instanceof LanguageSettings);
  }

  /** Whether the network of a recipe takes rows of a table. */
  public static boolean takesTables(Recipe.Training recipe) {
    return recipe.data() instanceof DataSettings.Table;
  }

  /** Whether the network of a recipe is a language model. */
  public static boolean writesText(Recipe.Training recipe) {
    return recipe.data() instanceof LanguageSettings
        && !(recipe.data() instanceof LanguageSettings.Pairs)
        && !TextReader.fits(recipe)
        && !AnswerReader.fits(recipe);
  }

  /** The checkpoint whose weights count: the best one, else the last one. */
  public static Checkpoint checkpoint(RunFolder run, Recipe.Training recipe) {
    var best =
        recipe.evaluation().weights() == Weights.BEST
            ? run.checkpoints().best()
            : Optional.<Checkpoint>empty();
    return best.or(() -> run.checkpoints().newest().checkpoint())
        .orElseThrow(
            () ->
                new FileException(
                    run.path(),
                    "the run has no checkpoint yet",
                    "wait for its first, or go on with it: ./merapi train --resume " + run.path()));
  }

  /** Whether it makes pictures of pictures. */
  public boolean reconstructs() {
    return model instanceof Autoencoder;
  }

  /**
   * Tells what pictures show.
   *
   * @throws MerapiException if a file is not a picture, or the network does not classify pictures
   */
  public List<Guess> classify(List<Path> files) {
    var samples = read(files);
    var guesses = new ArrayList<Guess>();
    for (int i = 0; i < files.size(); i++) {
      var logits = model.apply(samples.get(i));
      float[] probabilities = Step.compute(logits.softmax(-1)).getFirst().toArray();
      guesses.add(new Guess(files.get(i).toString(), candidates(probabilities, 0)));
    }
    return guesses;
  }

  /** The classes of one row of probabilities, the most probable first. */
  private List<Candidate> candidates(float[] probabilities, int row) {
    int classes = signature.classes().size();
    return IntStream.range(0, classes)
        .mapToObj(c -> new Candidate(signature.classes().get(c), probabilities[row * classes + c]))
        .sorted(Comparator.comparingDouble(Candidate::probability).reversed())
        .toList();
  }

  // ---- tables

  /** Whether it takes rows of a table. */
  public boolean readsTables() {
    return prepared.isPresent();
  }

  /**
   * What it makes of a row of a table.
   *
   * @param place where the row stands: {@code new.csv: line 2}
   * @param target the column that is predicted
   * @param candidates the classes, the most probable first; none if the column holds numbers
   * @param value the number in the column's own unit; empty if it is a class
   */
  public record RowGuess(
      String place, String target, List<Candidate> candidates, Optional<Double> value) {
    public RowGuess {
      candidates = List.copyOf(candidates);
    }
  }

  /**
   * How the rows of a file have to be read for it: as those that it was trained on.
   *
   * @throws MerapiException if it takes no rows
   */
  public ReadOptions reading() {
    return switch (recipe.data()) {
      case DataSettings.Table data -> prepared.orElseThrow().reading(data.options());
      default ->
          throw new MerapiException(
              "the network of %s takes pictures or numbers, not the rows of a table; give a run that was trained on a table"
                  .formatted(recipe.name()));
    };
  }

  /**
   * Rows that are given as values: JSON objects, or values between commas in the order of the
   * features.
   */
  public TableSource rows(List<String> values) {
    boolean isJson = values.stream().allMatch(value -> value.strip().startsWith("{"));
    var text = String.join("\n", values);
    return isJson
        ? TableSource.of("rows.jsonl", text, reading())
        : TableSource.of("rows.csv", header() + "\n" + text, reading().header(Header.YES));
  }

  /** The names of the columns that a row must have, as the first line of a CSV. */
  private String header() {
    return prepared.orElseThrow().required().stream()
        .map(name -> '"' + name.replace("\"", "\"\"") + '"')
        .collect(Collectors.joining(","));
  }

  /**
   * Predicts the target of each row, some thousand rows at a time. Of a time series, whose rows are
   * in order, it predicts the one after the last row.
   *
   * @param guesses gets each guess, in the order of the rows
   * @throws MerapiException if columns or cells are missing, or of another type
   */
  public void predict(TableSource rows, BadRows bad, Consumer<RowGuess> guesses) {
    if (!prepared.orElseThrow().window().isNone()) {
      predict(rows.read(bad)).forEach(guesses);
      return;
    }
    try (var reader = rows.open(bad)) {
      for (var part = reader.next(); part.size() > 0; part = reader.next()) {
        predict(part).forEach(guesses);
      }
    }
  }

  private List<RowGuess> predict(Table rows) {
    var preparation = prepared.orElseThrow();
    var x = preparation.inputs(rows);
    int count = x.shape().size(0);
    var output = model.apply(x);
    float[] values =
        Step.compute(preparation.classifies() ? output.softmax(-1) : output).getFirst().toArray();
    var guesses = new ArrayList<RowGuess>();
    for (int row = 0; row < count; row++) {
      guesses.add(
          new RowGuess(
              preparation.place(rows, row),
              preparation.target(),
              preparation.classifies() ? candidates(values, row) : List.of(),
              preparation.classifies()
                  ? Optional.empty()
                  : Optional.of(preparation.invert(values[row]))));
    }
    return guesses;
  }

  /**
   * Writes pictures above what an autoencoder makes of them.
   *
   * @throws MerapiException if a file is not a picture
   */
  public void reconstruct(List<Path> files, Path png) {
    if (!(model instanceof Autoencoder autoencoder)) {
      throw new IllegalStateException("this network does not reconstruct");
    }
    var originals = Tensor.concat(0, read(files));
    Reconstruction.sheet(originals, autoencoder).writePng(png);
  }

  /** All files are read before any is used: a wrong one is told before anything is shown. */
  private List<Tensor> read(List<Path> files) {
    if (recipe.data() instanceof DataSettings.Pictures data) {
      return files.stream()
          .map(file -> normalised(PictureFolder.read(file, data.shape())))
          .toList();
    }
    if (recipe.data() instanceof DataSettings.Cifar10) {
      return files.stream()
          .map(file -> normalised(PictureFolder.read(file, Cifar10.PICTURE)))
          .toList();
    }
    if (recipe.data() instanceof DataSettings.Audio data) {
      return files.stream().map(file -> heard(file, data)).toList();
    }
    if (!signature.features().equals(List.of(1, SIDE, SIDE))
        || (signature.classes().isEmpty() && !reconstructs())) {
      throw new MerapiException(
          "the network of %s takes numbers, not pictures; give a run of a recipe that reads pictures, such as digits"
              .formatted(recipe.name()));
    }
    return files.stream().map(file -> normalised(read(file).tensor())).toList();
  }

  private Picture read(Path file) {
    var picture = Picture.read(file);
    if (!(recipe.data() instanceof DataSettings.FashionMnist)) {
      try {
        return picture.digit();
      } catch (DataException e) { // it has seen pixels, and not where they are from
        throw new DataException(file + ": " + e.getMessage(), e);
      }
    }
    if (picture.width() != SIDE || picture.height() != SIDE) {
      throw new FileException(
          file,
          "it has %dx%d pixels".formatted(picture.width(), picture.height()),
          "give clothes in 28x28 pixels, light on black, as Fashion-MNIST has them");
    }
    return picture;
  }

  private static Tensor heard(Path file, DataSettings.Audio data) {
    var wave = Wave.read(file).resampled(data.rate()).fitted(data.length());
    return Spectrograms.of(Tensor.of(wave.samples(), 1, data.length()), data.mel());
  }

  /** Pixels from 0 to 1 as the network learned to see them, (1, channels, …). */
  private Tensor normalised(Tensor pixels) {
    var scale = recipe.data().normalisation();
    int channels = scale.mean().length;
    return pixels
        .sub(Tensor.of(scale.mean(), channels, 1, 1))
        .div(Tensor.of(scale.deviation(), channels, 1, 1));
  }
}
