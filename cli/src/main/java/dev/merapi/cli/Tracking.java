package dev.merapi.cli;

import dev.merapi.train.RunFolder;
import dev.merapi.train.RunWriter;
import dev.merapi.watch.Mlflow;
import dev.merapi.watch.Runs;
import dev.merapi.watch.TensorBoard;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The options by which a training is told to other programs, too. */
final class Tracking {
  @Option(
      names = "--tensorboard",
      description =
          "Write event files, too, into the folder tensorboard of the run: tensorboard --logdir"
              + " runs shows them.")
  private boolean tensorBoard;

  @Option(
      names = "--mlflow",
      paramLabel = "ADDRESS",
      description =
          "Tell the run to an MLflow server, e.g. http://localhost:5000, under the recipe's name as"
              + " experiment; a token is taken from $MLFLOW_TRACKING_TOKEN.")
  private Optional<String> mlflow;

  /** Those who are told; nobody by default. */
  record Told(RunFolder run, Optional<TensorBoard> tensorBoard, Optional<Mlflow> mlflow)
      implements AutoCloseable {
    /** Says that the training has ended, with its status in MLflow's words. */
    Optional<String> end(String status) {
      mlflow.ifPresent(
          server ->
              server.end(
                  status,
                  List.of(
                      run.file("recipe.yaml"),
                      run.file(RunFolder.ENVIRONMENT),
                      run.file(RunFolder.RESULT),
                      run.file("metrics.jsonl"),
                      run.file("learning-curve.png"))));
      return mlflow.flatMap(Mlflow::failure);
    }

    @Override
    public void close() {
      tensorBoard.ifPresent(TensorBoard::close);
      mlflow.ifPresent(Mlflow::close);
    }
  }

  /** Refuses what cannot work, before anything is written. */
  void check() {
    mlflow.ifPresent(Mlflow::address);
  }

  /**
   * Begins to tell.
   *
   * @param step where the training goes on
   */
  Told open(RunWriter writer, long step) {
    var run = writer.folder();
    var events =
        tensorBoard
            ? Optional.of(TensorBoard.open(run.file("tensorboard"), step))
            : Optional.<TensorBoard>empty();
    events.ifPresent(writer::tell);
    var server =
        mlflow.map(
            address -> {
              var record =
                  new Runs(run.path().toAbsolutePath().getParent()).find(run.path().toString());
              return new Mlflow(
                  address,
                  Optional.ofNullable(System.getenv("MLFLOW_TRACKING_TOKEN"))
                      .filter(token -> !token.isEmpty()),
                  record.recipe(),
                  record);
            });
    server.ifPresent(writer::tell);
    return new Told(run, events, server);
  }
}
