package dev.merapi.bench.libtorch;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Adam;
import org.bytedeco.pytorch.AdamOptions;
import org.bytedeco.pytorch.AdamW;
import org.bytedeco.pytorch.AdamWOptions;
import org.bytedeco.pytorch.Optimizer;
import org.bytedeco.pytorch.SGD;
import org.bytedeco.pytorch.SGDOptions;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/** The trained tensors of a model, in the order in which they were made, and their optimizer. */
final class Weights {
  private final List<Tensor> all = new ArrayList<>();

  /** From N(0, deviation²). */
  Tensor normal(double deviation, long... shape) {
    return trained(torch.randn(shape).mul_(new Scalar(deviation)));
  }

  /** From U(-1/√fanIn, 1/√fanIn), as PyTorch's layers start. */
  Tensor uniform(long fanIn, long... shape) {
    double bound = 1 / Math.sqrt(fanIn);
    Tensor centred = torch.rand(shape).mul_(new Scalar(2 * bound)).sub_(new Scalar(bound));
    return trained(centred);
  }

  Tensor zeros(long... shape) {
    return trained(torch.zeros(shape));
  }

  Tensor ones(long... shape) {
    return trained(torch.ones(shape));
  }

  private Tensor trained(Tensor tensor) {
    tensor.set_requires_grad(true);
    all.add(tensor);
    return tensor;
  }

  private TensorVector vector() {
    return new TensorVector(all.toArray(Tensor[]::new));
  }

  Optimizer sgd(double rate, double momentum) {
    var options = new SGDOptions(rate);
    options.momentum().put(momentum);
    return new SGD(vector(), options);
  }

  Optimizer adam(double rate) {
    return new Adam(vector(), new AdamOptions(rate));
  }

  Optimizer adamW(double rate) {
    return new AdamW(vector(), new AdamWOptions(rate));
  }

  /** As the bindings want an argument that may be missing. */
  static TensorOptional some(Tensor tensor) {
    return new TensorOptional(tensor);
  }

  static TensorOptional none() {
    return new TensorOptional();
  }
}
