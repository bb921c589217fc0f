package dev.merapi.recipe;

import dev.merapi.audio.LogMel;
import dev.merapi.audio.SoundFolder;
import dev.merapi.audio.Spectrograms;
import dev.merapi.data.Dataset;
import dev.merapi.data.LabelledFiles;
import dev.merapi.data.MemoryDataset;
import dev.merapi.data.Normalisation;
import dev.merapi.data.PictureFolder;
import dev.merapi.data.Progress;
import dev.merapi.data.Splits;
import dev.merapi.table.BadRows;
import dev.merapi.table.ColumnType;
import dev.merapi.table.NamedTable;
import dev.merapi.table.ReadOptions;
import dev.merapi.table.Schema;
import dev.merapi.table.Split;
import dev.merapi.table.TableSource;
import dev.merapi.tensor.Key;
import dev.merapi.tensor.MerapiException;
import dev.merapi.tensor.Shape;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Which data a recipe trains on. */
public sealed interface DataSettings
    permits DataSettings.Digits,
        DataSettings.Mnist,
        DataSettings.FashionMnist,
        DataSettings.Cifar10,
        DataSettings.ThreeRows,
        DataSettings.Table,
        DataSettings.Pictures,
        DataSettings.Audio,
        LanguageSettings {

  /**
   * Finds the data.
   *
   * @param folder where the user says that they are; otherwise where the set looks for itself
   * @param key decides which samples are held out
   * @throws MerapiException if they cannot be found or used, or need no folder and were given one
   */
  Splits load(Optional<Path> folder, Key key, Progress download);

  /**
   * Folds for cross-validation: each sample that there is to learn from is tested in one of them,
   * and a share of the others compares epochs. Where there are classes, each fold has them in the
   * proportion of the whole. What is published for testing is left alone.
   *
   * @throws MerapiException as {@link #load}, and if there are not so many samples
   */
  List<Splits> folds(Optional<Path> folder, Key key, Progress download, int count);

  /** What a picture's pixels, from 0 to 1, are turned into before the network sees them. */
  default Normalisation normalisation() {
    return Normalisation.NONE;
  }

  /**
   * Pictures of digits that Merapi draws; see {@link dev.merapi.data.Digits}.
   *
   * @param train how many to learn from
   * @param validation how many to compare epochs by
   * @param test how many to report on
   * @param mean of the pixels, taken off them
   * @param deviation of the pixels, that they are divided by
   */
  record Digits(
      @Default("20000") @Range(from = 1, to = 1e6) int train,
      @Default("1000") @Range(from = 0, to = 1e6) int validation,
      @Default("5000") @Range(from = 1, to = 1e6) int test,
      @Default("0") double mean,
      @Default("1") @Range(from = 1e-6) double deviation)
      implements DataSettings {
    @Override
    public Splits load(Optional<Path> folder, Key key, Progress download) {
      Sources.refuse(folder);
      // Other pictures than those of training: each part is drawn with a key of its own.
      return new Splits(
              dev.merapi.data.Digits.of(train, key.fold(0)),
              dev.merapi.data.Digits.of(validation, key.fold(1)),
              dev.merapi.data.Digits.of(test, key.fold(2)),
              List.of())
          .normalised(normalisation());
    }

    @Override
    public List<Splits> folds(Optional<Path> folder, Key key, Progress download, int count) {
      var whole =
          new Digits(train + validation, 0, test, mean, deviation).load(folder, key, download);
      return dealt(whole, (double) validation / (train + validation), count, key);
    }

    @Override
    public Normalisation normalisation() {
      return Normalisation.of((float) mean, (float) deviation);
    }
  }

  /**
   * See {@link dev.merapi.data.Mnist}.
   *
   * @param take only so many of the training pictures; null for all
   * @param validation the share of the training pictures that is held out to compare epochs by;
   *     with 0 the test pictures are measured after each epoch instead, and choose nothing
   * @param mean of the pixels, taken off them
   * @param deviation of the pixels, that they are divided by
   */
  record Mnist(
      @Default("null") @Range(from = 2) Optional<Integer> take,
      @Default("0.1") @Range(from = 0, to = 0.9) double validation,
      @Default("0.1307") double mean,
      @Default("0.3081") @Range(from = 1e-6) double deviation)
      implements DataSettings {
    @Override
    public Splits load(Optional<Path> folder, Key key, Progress download) {
      var splits = dev.merapi.data.Mnist.load(folder, download);
      return prepared(splits, take, validation, normalisation(), key);
    }

    @Override
    public List<Splits> folds(Optional<Path> folder, Key key, Progress download, int count) {
      var whole = new Mnist(take, 0, mean, deviation).load(folder, key, download);
      return dealt(whole, validation, count, key);
    }

    @Override
    public Normalisation normalisation() {
      return Normalisation.of((float) mean, (float) deviation);
    }
  }

  /** See {@link dev.merapi.data.FashionMnist}; its settings are those of {@link Mnist}. */
  record FashionMnist(
      @Default("null") @Range(from = 2) Optional<Integer> take,
      @Default("0.1") @Range(from = 0, to = 0.9) double validation,
      @Default("0.2860") double mean,
      @Default("0.3530") @Range(from = 1e-6) double deviation)
      implements DataSettings {
    @Override
    public Splits load(Optional<Path> folder, Key key, Progress download) {
      var splits = dev.merapi.data.FashionMnist.load(folder, download);
      return prepared(splits, take, validation, normalisation(), key);
    }

    @Override
    public List<Splits> folds(Optional<Path> folder, Key key, Progress download, int count) {
      var whole = new FashionMnist(take, 0, mean, deviation).load(folder, key, download);
      return dealt(whole, validation, count, key);
    }

    @Override
    public Normalisation normalisation() {
      return Normalisation.of((float) mean, (float) deviation);
    }
  }

  /**
   * CIFAR-10 in its published binary files; see {@link dev.merapi.data.Cifar10}.
   *
   * @param source the folder of the files, or their archive; null for the set that is known by its
   *     name, and downloaded once (170 MB)
   * @param take only so many of the training pictures; null for all
   * @param validation the share of the training pictures that is held out to compare epochs by
   * @param mean of the pixels, taken off them: red, green and blue
   * @param deviation of the pixels, that they are divided by
   */
  record Cifar10(
      @Default("null") Optional<String> source,
      @Default("null") @Range(from = 2) Optional<Integer> take,
      @Default("0.1") @Range(from = 0, to = 0.9) double validation,
      @Default("[0.491, 0.482, 0.447]") List<Double> mean,
      @Default("[0.247, 0.243, 0.262]") @Range(from = 1e-6) List<Double> deviation)
      implements DataSettings {
    @Override
    public Splits load(Optional<Path> folder, Key key, Progress download) {
      var place =
          source.isPresent() ? Optional.of(Sources.find(folder, source, "pictures")) : folder;
      var splits = dev.merapi.data.Cifar10.load(place, download);
      return prepared(splits, take, validation, normalisation(), key);
    }

    @Override
    public List<Splits> folds(Optional<Path> folder, Key key, Progress download, int count) {
      var whole = new Cifar10(source, take, 0, mean, deviation).load(folder, key, download);
      return dealt(whole, validation, count, key);
    }

    @Override
    public Normalisation normalisation() {
      return Normalisation.of(Sources.floats(mean), Sources.floats(deviation));
    }
  }

  /** Three rows of three numbers, with a yes or no for each: enough to see a network learn. */
  record ThreeRows() implements DataSettings {
    @Override
    public Splits load(Optional<Path> folder, Key key, Progress download) {
      Sources.refuse(folder);
      float[] x = {0.1f, 0.9f, 0.3f, 0.8f, 0.2f, 0.7f, 0.5f, 0.4f, 0.1f};
      Dataset rows = MemoryDataset.valued(x, Shape.of(3), new float[] {1, 0, 1}, Shape.of(1));
      return Splits.of(rows, rows).noting("the test rows are the three training rows");
    }

    @Override
    public List<Splits> folds(Optional<Path> folder, Key key, Progress download, int count) {
      Sources.refuse(folder);
      return dealt(load(folder, key, download), 0, count, key);
    }
  }

  /**
   * A table: a file, or what a query gives.
   *
   * @param source a file (.csv, .tsv, .jsonl, .arff, each also with .gz behind it), or the name of
   *     a table that Merapi knows
   * @param query SQL instead of a source: {@code SELECT * FROM 'homes.parquet' WHERE rooms > 2}
   * @param connection the JDBC address of the database that is queried; by default DuckDB in
   *     memory, which reads files
   * @param target the column to predict: a category makes it a classification, numbers a regression
   * @param features the columns to predict from; all others, if none are named
   * @param exclude columns that are not used
   * @param types of columns, where those that are guessed are wrong
   * @param header whether the first line of a CSV names the columns
   * @param delimiter between the cells of a CSV; null to guess it
   * @param encoding of a text without a byte order mark
   * @param missing what stands in a cell that holds nothing
   * @param onBadRow what becomes of rows that cannot be read
   * @param split which rows learn
   * @param stream whether it is read anew in each epoch, for a table that is larger than memory
   * @param buffer rows of a stream that are kept to shuffle them
   */
  record Table(
      @Default("null") Optional<String> source,
      @Default("null") Optional<String> query,
      @Default("'jdbc:duckdb:'") String connection,
      String target,
      @Default("[]") List<String> features,
      @Default("[]") List<String> exclude,
      @Default("{}") Map<String, ColumnType> types,
      @Default("auto") ReadOptions.Header header,
      @Default("null") Optional<String> delimiter,
      @Default("UTF-8") String encoding,
      @Default("['?', 'NA', 'N/A', 'NaN', 'nan', 'null', 'NULL']") List<String> missing,
      @Default("fail") BadRows.Policy onBadRow,
      @Default("{kind: random}") SplitSettings split,
      @Default("false") boolean stream,
      @Default("16384") @Range(from = 1) int buffer)
      implements DataSettings {
    public Table {
      if (source.isPresent() == query.isPresent()) {
        throw new MerapiException("give a table's `source` or its `query`, and not both");
      }
      if (delimiter.isPresent() && delimiter.get().length() != 1) {
        throw new MerapiException(
            "`delimiter` is `%s`; give one character, such as \";\" or \"\\t\""
                .formatted(delimiter.get()));
      }
    }

    /** Its numbers as they are, without a preparation. */
    @Override
    public Splits load(Optional<Path> place, Key key, Progress download) {
      return TableData.load(this, List.of(), place, key, download, Optional.empty()).splits();
    }

    /** Likewise. */
    @Override
    public List<Splits> folds(Optional<Path> place, Key key, Progress download, int count) {
      return TableData.folds(this, List.of(), place, key, download, count).stream()
          .map(TableData::splits)
          .toList();
    }

    /** How it is read. */
    ReadOptions options() {
      return new ReadOptions(
              types, header, delimiter.map(text -> text.charAt(0)), StandardCharsets.UTF_8, missing)
          .encoding(encoding);
    }

    /**
     * Finds the table.
     *
     * @param place a file that takes its place, or a folder where its file is
     */
    TableSource open(Optional<Path> place, Progress download) {
      return query
          .map(sql -> TableSource.query(connection, sql, options()))
          .orElseGet(
              () ->
                  TableSource.of(
                      NamedTable.locate(source.orElseThrow(), place, download), options()));
    }

    /** The columns that are used: features and target. */
    List<String> columns(Schema schema) {
      exclude.forEach(schema::index);
      var kept = new LinkedHashSet<>(features.isEmpty() ? schema.names() : features);
      exclude.forEach(kept::remove);
      kept.add(target);
      return List.copyOf(kept);
    }
  }

  /**
   * Pictures in files; see {@link dev.merapi.data.LabelledFiles} and {@link
   * dev.merapi.data.PictureFolder}.
   *
   * @param source a folder or a zip with one folder a class, or a CSV of paths and labels; looked
   *     for in $MERAPI_DATA, too; null where `--data` says it
   * @param label a regular expression whose first group in a file's name is its class; null where
   *     folders are classes
   * @param testFiles a regular expression for the names of files that are for testing; null for a
   *     share
   * @param size pixels a side, to which pictures are brought
   * @param grey whether they lose their colours
   * @param validation the share of the training pictures to compare epochs by, where no folder
   *     `validation` has them
   * @param test the share of all that is for testing, where no folder `test` has them
   * @param mean of the pixels, from 0 to 1: one for each channel, or one for all
   * @param deviation of the pixels, likewise
   * @param onBadPicture what becomes of pictures that cannot be read
   */
  record Pictures(
      @Default("null") Optional<String> source,
      @Default("null") Optional<String> label,
      @Default("null") Optional<String> testFiles,
      @Default("32") @Range(from = 4, to = 2048) int size,
      @Default("false") boolean grey,
      @Default("0.1") @Range(from = 0, to = 0.9) double validation,
      @Default("0.2") @Range(from = 0.01, to = 0.9) double test,
      @Default("[0.5]") List<Double> mean,
      @Default("[0.25]") @Range(from = 1e-6) List<Double> deviation,
      @Default("fail") BadRows.Policy onBadPicture)
      implements DataSettings {
    /** The shape of a picture. */
    Shape shape() {
      return Shape.of(grey ? 1 : 3, size, size);
    }

    @Override
    public Splits load(Optional<Path> folder, Key key, Progress download) {
      var files =
          LabelledFiles.of(
              Sources.find(folder, source, "pictures"),
              PictureFolder.KINDS,
              Sources.naming(label, testFiles));
      var read = PictureFolder.of(files, shape(), onBadPicture == BadRows.Policy.SKIP);
      var splits = read.files().split(read, validation, test, key);
      return Sources.noted(splits.normalised(normalisation()), read.broken(), read.leaks(splits));
    }

    @Override
    public List<Splits> folds(Optional<Path> folder, Key key, Progress download, int count) {
      var undivided =
          new Pictures(source, label, testFiles, size, grey, 0, 0, mean, deviation, onBadPicture);
      return dealt(undivided.load(folder, key, download), validation, count, key);
    }

    @Override
    public Normalisation normalisation() {
      return Normalisation.of(Sources.floats(mean), Sources.floats(deviation));
    }
  }

  /**
   * Sounds in files, seen as log-mel spectrograms; see {@link dev.merapi.data.LabelledFiles} and
   * {@link dev.merapi.audio.LogMel}.
   *
   * @param source a folder or a zip with one folder a class, or a CSV of paths and labels; looked
   *     for in $MERAPI_DATA, too; null where `--data` says it
   * @param label a regular expression whose first group in a file's name is its class; null where
   *     folders are classes
   * @param testFiles a regular expression for the names of files that are for testing; null for a
   *     share
   * @param rate samples in a second, to which sounds are brought
   * @param seconds to which sounds are cut or filled up
   * @param window samples in a frame, a power of two
   * @param hop samples from a frame to the next
   * @param mels bands of the spectrogram
   * @param range decibels from its loudest number to its quietest
   * @param validation the share of the training sounds to compare epochs by
   * @param test the share of all that is for testing, where nothing says which
   * @param onBadSound what becomes of sounds that are truncated, silent or of another kind
   */
  record Audio(
      @Default("null") Optional<String> source,
      @Default("null") Optional<String> label,
      @Default("null") Optional<String> testFiles,
      @Default("16000") @Range(from = 1000, to = 192000) int rate,
      @Default("1") @Range(from = 0.05, to = 60) double seconds,
      @Default("512") @Range(from = 16, to = 65536) int window,
      @Default("160") @Range(from = 1) int hop,
      @Default("40") @Range(from = 1, to = 512) int mels,
      @Default("80") @Range(from = 1, to = 200) double range,
      @Default("0.1") @Range(from = 0, to = 0.9) double validation,
      @Default("0.2") @Range(from = 0.01, to = 0.9) double test,
      @Default("fail") BadRows.Policy onBadSound)
      implements DataSettings {
    /** How a sound is seen. */
    LogMel mel() {
      return new LogMel(rate, window, hop, mels, range);
    }

    /** The samples of a sound. */
    int length() {
      return (int) Math.round(seconds * rate);
    }

    @Override
    public Splits load(Optional<Path> folder, Key key, Progress download) {
      var files =
          LabelledFiles.of(
              Sources.find(folder, source, "sounds"),
              SoundFolder.KINDS,
              Sources.naming(label, testFiles));
      var read = SoundFolder.of(files, rate, length(), onBadSound == BadRows.Policy.SKIP);
      var waves = read.files().split(read, validation, test, key);
      var splits =
          new Splits(
              new Spectrograms(waves.train(), mel()),
              new Spectrograms(waves.validation(), mel()),
              new Spectrograms(waves.test(), mel()),
              List.of());
      return Sources.noted(splits, read.broken(), read.leaks(waves));
    }

    @Override
    public List<Splits> folds(Optional<Path> folder, Key key, Progress download, int count) {
      var undivided =
          new Audio(
              source, label, testFiles, rate, seconds, window, hop, mels, range, 0, 0, onBadSound);
      return dealt(undivided.load(folder, key, download), validation, count, key);
    }
  }

  /**
   * Deals the training samples into folds.
   *
   * @param validation the share of a fold's training samples that compares epochs
   */
  private static List<Splits> dealt(Splits whole, double validation, int count, Key key) {
    var data = whole.train();
    var folds =
        data.classes().isEmpty()
            ? Split.folds(data.size(), count, key)
            : Split.stratifiedFolds(
                Arrays.stream(data.labels()).mapToObj(data.classes()::get).toList(), count, key);
    var notes = new ArrayList<>(whole.notes());
    if (whole.test().size() > 0) {
      notes.add(
          "%d samples are for testing and left alone; the folds are made of the others"
              .formatted(whole.test().size()));
    }
    return folds.stream()
        .map(fold -> fold.holdOut(validation, key))
        .map(
            fold ->
                new Splits(
                    data.select(fold.train()),
                    data.select(fold.validation()),
                    data.select(fold.test()),
                    notes))
        .toList();
  }

  private static Splits prepared(
      Splits splits, Optional<Integer> take, double validation, Normalisation scale, Key key) {
    var taken =
        take.map(
                count ->
                    new Splits(
                        splits.train().take(count),
                        splits.validation(),
                        splits.test(),
                        splits.notes()))
            .orElse(splits);
    return taken.split(1 - validation, key).normalised(scale);
  }
}
