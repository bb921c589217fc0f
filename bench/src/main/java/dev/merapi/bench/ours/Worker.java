package dev.merapi.bench.ours;

import dev.merapi.bench.work.FixedData;
import dev.merapi.bench.work.Measuring;
import dev.merapi.bench.work.Task;
import dev.merapi.bench.work.Trainee;
import dev.merapi.bench.work.Workload;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Loss;
import dev.merapi.nn.Mode;
import dev.merapi.nn.Sequential;
import dev.merapi.nn.Sigmoid;
import dev.merapi.optim.Adam;
import dev.merapi.optim.Optimization;
import dev.merapi.optim.Optimizer;
import dev.merapi.optim.Sgd;
import dev.merapi.tensor.Key;
import dev.merapi.tensor.Shape;
import dev.merapi.tensor.Tensor;
import dev.merapi.zoo.Autoencoder;
import dev.merapi.zoo.Cnn;
import dev.merapi.zoo.Mlp;
import java.util.List;

/** Trains a workload with Merapi. */
public final class Worker {
  private static final Key KEY = Key.of(1);

  private Worker() {}

  /** Measures the {@link Task} that the arguments tell. */
  public static void main(String[] arguments) {
    Task task = Task.parse(arguments);
    String version = dev.merapi.train.Environment.capture(List.of(), 0, "").merapi();
    Measuring.run(task, "Merapi " + version, () -> trainee(task.workload()));
  }

  private static Trainee trainee(Workload w) {
    return switch (w.kind()) {
      case MLP ->
          training(
              Mlp.of(List.of(w.size("in"), w.size("hidden"), w.size("out")), KEY),
              Loss.crossEntropy(),
              Sgd.of(0.01),
              uniform(w.size("batch"), w.size("in")),
              classes(w.size("batch"), w.size("out")));
      case CNN ->
          training(
              Cnn.of(
                  Shape.of(1, 28, 28),
                  List.of(w.size("first"), w.size("second")),
                  List.of(w.size("hidden")),
                  w.size("out"),
                  KEY),
              Loss.crossEntropy(),
              Adam.of(1e-4),
              uniform(w.size("batch"), 1, 28, 28),
              classes(w.size("batch"), w.size("out")));
      case AUTOENCODER -> {
        Tensor x = uniform(w.size("batch"), w.size("in"));
        yield training(
            Autoencoder.of(w.size("in"), w.size("hidden"), KEY).dropout(0.5),
            Loss.binaryCrossEntropy(),
            Adam.of(1e-4),
            x,
            x);
      }
      case SIGMOID ->
          training(
              Sequential.of(
                  Linear.of(w.size("in"), w.size("hidden"), KEY.fold(0)),
                  Sigmoid.of(),
                  Linear.of(w.size("hidden"), w.size("out"), KEY.fold(1))),
              Loss.binaryCrossEntropy(),
              Sgd.of(0.01),
              uniform(w.size("batch"), w.size("in")),
              Tensor.of(
                  FixedData.uniform(2, w.size("batch") * w.size("out")),
                  w.size("batch"),
                  w.size("out")));
      case LSTM, GPT, GPT2, ENCODER, RESNET, DECODE ->
          throw new UnsupportedOperationException("Merapi does not have " + w.kind().word());
    };
  }

  private static Trainee training(Layer model, Loss loss, Optimizer optimizer, Tensor x, Tensor y) {
    var optimization = Optimization.of(model, optimizer);
    Key dropout = KEY.fold(1_000);
    return () -> {
      var mode = Mode.training(dropout.fold(optimization.steps()));
      return optimization.step(loss.apply(model.apply(x, mode), y), mode).loss();
    };
  }

  private static Tensor uniform(int... shape) {
    return Tensor.of(FixedData.uniform(1, (int) Shape.of(shape).elements()), shape);
  }

  private static Tensor classes(int batch, int classes) {
    return Tensor.of(FixedData.below(2, batch, classes), batch);
  }
}
