/** Tensors, graphs of ops, gradients, and the pure-Java CPU backend. */
module dev.merapi.core {
  // Optional: without --add-modules jdk.incubator.vector the scalar kernels run.
  requires static jdk.incubator.vector;
  requires jdk.jfr;

  uses dev.merapi.backend.Accelerator.Provider;

  exports dev.merapi.backend;
  exports dev.merapi.graph;
  exports dev.merapi.reference;
  exports dev.merapi.tensor;
}
