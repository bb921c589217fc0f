package dev.merapi.bench.libtorch;

import dev.merapi.bench.work.FixedData;
import dev.merapi.bench.work.Measuring;
import dev.merapi.bench.work.Task;
import dev.merapi.bench.work.Trainee;
import dev.merapi.bench.work.Workload;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Optimizer;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** Trains a workload with libtorch, in fp32, with the optimizers of its C++ interface. */
public final class Worker {
  private Worker() {}

  /** Measures the {@link Task} that the arguments tell. */
  public static void main(String[] arguments) {
    Task task = Task.parse(arguments);
    Measuring.run(
        task,
        "libtorch " + torch.class.getPackage().getImplementationVersion(),
        () -> trainee(task));
  }

  private static Trainee trainee(Task task) {
    torch.set_num_threads(task.threads());
    torch.manual_seed(1);
    Workload w = task.workload();
    var weights = new Weights();
    var models = new Models(w, weights);
    int batch = w.size("batch");
    BinaryOperator<Tensor> classes = (out, y) -> torch.cross_entropy_loss(out, y);
    BinaryOperator<Tensor> binary = (out, y) -> torch.binary_cross_entropy_with_logits(out, y);
    return switch (w.kind()) {
      case MLP -> {
        var model = models.perceptron(Tensor::relu);
        Tensor x = uniform(1, batch, w.size("in"));
        yield training(model, weights.sgd(0.01, 0), classes, x, below(2, w.size("out"), batch));
      }
      case SIGMOID -> {
        var model = models.perceptron(Tensor::sigmoid);
        Tensor x = uniform(1, batch, w.size("in"));
        yield training(model, weights.sgd(0.01, 0), binary, x, uniform(2, batch, w.size("out")));
      }
      case AUTOENCODER -> {
        var model = models.perceptron(x -> torch.dropout(x.relu(), 0.5, true));
        Tensor x = uniform(1, batch, w.size("in"));
        yield training(model, weights.adam(1e-4), binary, x, x);
      }
      case CNN -> {
        var model = models.cnn();
        Tensor x = uniform(1, batch, 1, 28, 28);
        yield training(model, weights.adam(1e-4), classes, x, below(2, w.size("out"), batch));
      }
      case LSTM -> {
        var model = models.lstm();
        Tensor x = uniform(1, batch, w.size("context"), w.size("in"));
        yield training(model, weights.adam(1e-4), classes, x, below(2, w.size("out"), batch));
      }
      case GPT, GPT2 -> {
        var model = models.gpt();
        int words = w.size("vocabulary");
        Tensor x = below(1, words, batch, w.size("context"));
        Tensor y = below(2, words, batch * w.size("context"));
        yield training(model, weights.adamW(1e-4), classes, x, y);
      }
      case ENCODER -> {
        var model = models.encoder();
        Tensor x = below(1, w.size("vocabulary"), batch, w.size("context"));
        yield training(model, weights.adamW(1e-4), classes, x, below(2, w.size("out"), batch));
      }
      case RESNET -> {
        var model = models.resnet();
        Tensor x = uniform(1, batch, 3, 32, 32);
        yield training(model, weights.sgd(0.01, 0.9), classes, x, below(2, w.size("out"), batch));
      }
      case DECODE -> throw new IllegalArgumentException("libtorch is not measured in decoding");
    };
  }

  private static Trainee training(
      UnaryOperator<Tensor> model,
      Optimizer optimizer,
      BinaryOperator<Tensor> lossOf,
      Tensor x,
      Tensor y) {
    return () -> {
      try (var _ = new PointerScope()) { // what a step makes is freed with it
        optimizer.zero_grad(true);
        Tensor loss = lossOf.apply(model.apply(x), y);
        loss.backward();
        optimizer.step();
        return loss.item_float();
      }
    };
  }

  private static Tensor uniform(long stream, long... shape) {
    return torch.tensor(FixedData.uniform(stream, count(shape))).reshape(shape);
  }

  private static Tensor below(long stream, int bound, long... shape) {
    int[] values = FixedData.below(stream, count(shape), bound);
    var longs = new long[values.length];
    for (int i = 0; i < values.length; i++) {
      longs[i] = values[i];
    }
    return torch.tensor(longs).reshape(shape);
  }

  private static int count(long... shape) {
    long count = 1;
    for (long size : shape) {
      count *= size;
    }
    return Math.toIntExact(count);
  }
}
