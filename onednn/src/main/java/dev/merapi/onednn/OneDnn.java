package dev.merapi.onednn;

import dev.merapi.backend.Accelerator;
import dev.merapi.graph.Kernel;
import java.util.Optional;

/** Products and convolutions of bf16 by oneDNN, on Merapi's threads. */
final class OneDnn implements Accelerator {
  private final Library library;
  private final Primitives primitives;

  OneDnn(Library library) {
    this.library = library;
    this.primitives = new Primitives(library);
  }

  @Override
  public String name() {
    return "oneDNN %s, %s".formatted(Natives.VERSION, library.instructions);
  }

  @Override
  public Optional<Work> matMul(Kernel.MatMul product) {
    return Product.of(library, product);
  }

  @Override
  public Optional<Work> convolve(Kernel.Convolve convolution) {
    return Convolution.of(primitives, convolution);
  }
}
