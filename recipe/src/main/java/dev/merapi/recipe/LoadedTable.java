package dev.merapi.recipe;

import dev.merapi.data.Splits;
import dev.merapi.evaluation.Regressed;
import dev.merapi.table.BadRows;
import dev.merapi.table.Prepared;
import dev.merapi.train.RunFolder;
import dev.merapi.train.RunWriter;
import java.nio.file.Files;
import java.util.Optional;

/** A table of a recipe with what was learned from its training rows: in memory, or as a stream. */
sealed interface LoadedTable permits TableData, StreamData {
  /** The file of a run that keeps its preparation. */
  String FILE = "preparation.yaml";

  /** The rows that were left out, in a run's folder. */
  String BAD = "bad-rows.txt";

  /** What was learned from the training rows. */
  Prepared prepared();

  /** SHA-256 of where the table comes from. */
  String source();

  /** The rows that could not be read. */
  BadRows bad();

  /** The examples of the three parts. */
  Splits splits();

  /** Of a series: what one would predict without a network. */
  Optional<Regressed> naive();

  /** Writes the preparation, and the rows that were left out, to the run's folder. */
  default void save(RunWriter run) {
    run.writeText(FILE, Settings.write(new Saved(source(), prepared())));
    if (bad().count() > 0) {
      run.writeText(BAD, String.join("\n", bad().lines()) + "\n");
    }
  }

  /**
   * What a run keeps.
   *
   * @param source SHA-256 of what it was trained on
   */
  record Saved(String source, Prepared prepared) {
    static Optional<Saved> of(RunFolder run) {
      var file = run.file(FILE);
      if (!Files.exists(file)) {
        return Optional.empty();
      }
      return Optional.of(
          Settings.read(Saved.class, YamlTree.parse(file.toString(), Recipes.read(file))));
    }
  }
}
