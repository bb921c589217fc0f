package dev.merapi.bench.ours;

import dev.merapi.bench.work.FixedData;
import dev.merapi.bench.work.Measuring;
import dev.merapi.bench.work.Task;
import dev.merapi.bench.work.Trainee;
import dev.merapi.bench.work.Workload;
import dev.merapi.nn.Bf16Weights;
import dev.merapi.nn.Gelu;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Loss;
import dev.merapi.nn.Mode;
import dev.merapi.nn.Sequential;
import dev.merapi.nn.Sigmoid;
import dev.merapi.optim.Adam;
import dev.merapi.optim.AdamW;
import dev.merapi.optim.Optimization;
import dev.merapi.optim.Optimizer;
import dev.merapi.optim.Sgd;
import dev.merapi.optim.StepOptions;
import dev.merapi.tensor.Key;
import dev.merapi.tensor.Precision;
import dev.merapi.tensor.Shape;
import dev.merapi.tensor.Tensor;
import dev.merapi.train.Environment;
import dev.merapi.zoo.Autoencoder;
import dev.merapi.zoo.Cnn;
import dev.merapi.zoo.Gpt;
import dev.merapi.zoo.LstmClassifier;
import dev.merapi.zoo.Mlp;
import dev.merapi.zoo.ResNet;
import dev.merapi.zoo.TransformerClassifier;
import java.util.List;

/** Trains a workload with Merapi. */
public final class Worker {
  private static final Key KEY = Key.of(1);

  private final Workload workload;
  private final StepOptions options;
  private final boolean bf16;

  private Worker(Task task) {
    workload = task.workload();
    bf16 = task.isBf16();
    options = StepOptions.DEFAULT.precision(bf16 ? Precision.BF16 : Precision.F32);
  }

  /** Measures the {@link Task} that the arguments tell. */
  public static void main(String[] arguments) {
    Task task = Task.parse(arguments);
    String version = Environment.merapiVersion();
    Measuring.run(task, "Merapi " + version, () -> new Worker(task).trainee());
  }

  private int size(String name) {
    return workload.size(name);
  }

  private Trainee trainee() {
    int batch = size("batch");
    return switch (workload.kind()) {
      case MLP ->
          classifier(
              Mlp.of(List.of(size("in"), size("hidden"), size("out")), KEY),
              Sgd.of(0.01),
              uniform(batch, size("in")));
      case CNN ->
          classifier(
              Cnn.of(
                  Shape.of(1, 28, 28),
                  List.of(size("first"), size("second")),
                  List.of(size("hidden")),
                  size("out"),
                  KEY),
              Adam.of(1e-4),
              uniform(batch, 1, 28, 28));
      case LSTM ->
          classifier(
              LstmClassifier.of(size("in"), size("hidden"), size("layers"), size("out"), KEY),
              Adam.of(1e-4),
              uniform(batch, size("context"), size("in")));
      case RESNET ->
          classifier(
              ResNet.of(6 * size("blocks") + 2, 3, size("out"), KEY),
              Sgd.of(0.01).momentum(0.9),
              uniform(batch, 3, 32, 32));
      case ENCODER -> classifier(encoder(), AdamW.of(1e-4), tokens(1));
      case GPT, GPT2 -> {
        int rows = batch * size("context");
        Loss loss = (logits, y) -> Loss.crossEntropy().apply(logits.flatten(0, 1), y);
        Tensor y = Tensor.of(FixedData.below(2, rows, size("vocabulary")), rows);
        yield training(gpt(size("context")), loss, AdamW.of(1e-4), tokens(1), y);
      }
      case AUTOENCODER -> {
        Tensor x = uniform(batch, size("in"));
        Layer model = Autoencoder.of(size("in"), size("hidden"), KEY).dropout(0.5);
        yield training(model, Loss.binaryCrossEntropy(), Adam.of(1e-4), x, x);
      }
      case SIGMOID -> {
        Layer model =
            Sequential.of(
                Linear.of(size("in"), size("hidden"), KEY.fold(0)),
                Sigmoid.of(),
                Linear.of(size("hidden"), size("out"), KEY.fold(1)));
        Tensor x = uniform(batch, size("in"));
        Tensor y = Tensor.of(FixedData.uniform(2, batch * size("out")), batch, size("out"));
        yield training(model, Loss.binaryCrossEntropy(), Sgd.of(0.01), x, y);
      }
      case DECODE -> {
        int[] prompt = FixedData.below(1, size("context"), size("vocabulary"));
        Gpt model = gpt(prompt.length + size("new"));
        yield new Decoding(bf16 ? Bf16Weights.of(model) : model, prompt, size("new"));
      }
    };
  }

  private Gpt gpt(int context) {
    var size =
        new Gpt.Size(size("vocabulary"), context, size("width"), size("layers"), size("heads"));
    Gpt model = Gpt.of(size, KEY);
    return workload.kind() == Workload.Kind.GPT ? model.activation(Gelu.of()).withoutBias() : model;
  }

  private Layer encoder() {
    var size =
        new TransformerClassifier.Size(
            size("vocabulary"),
            size("context"),
            size("width"),
            size("hidden"),
            size("layers"),
            size("heads"));
    return TransformerClassifier.of(size, size("out"), KEY);
  }

  private Trainee classifier(Layer model, Optimizer optimizer, Tensor x) {
    int batch = size("batch");
    Tensor y = Tensor.of(FixedData.below(2, batch, size("out")), batch);
    return training(model, Loss.crossEntropy(), optimizer, x, y);
  }

  private Trainee training(Layer model, Loss loss, Optimizer optimizer, Tensor x, Tensor y) {
    var optimization = Optimization.of(model, optimizer, options);
    Key dropout = KEY.fold(1_000);
    return () -> {
      var mode = Mode.training(dropout.fold(optimization.steps()));
      return optimization.step(loss.apply(model.apply(x, mode), y), mode).loss();
    };
  }

  private static Tensor uniform(int... shape) {
    return Tensor.of(FixedData.uniform(1, (int) Shape.of(shape).elements()), shape);
  }

  private Tensor tokens(long stream) {
    int batch = size("batch");
    int context = size("context");
    int[] tokens = FixedData.below(stream, batch * context, size("vocabulary"));
    return Tensor.of(tokens, batch, context);
  }
}
