package dev.merapi.nn;

/**
 * How a layer is run, which is no part of its parameters' names: a checkpoint of the layer is one
 * of the wrapper, too.
 */
public sealed interface Wrapper extends Layer permits Recompute, Packed, LogLikelihood {
  /** What is run. */
  Layer layer();

  /** The same around another layer. */
  Wrapper around(Layer other);
}
