package dev.merapi.tensor;

/** Shapes, axes or dtypes that do not fit an op; thrown while the graph is built. */
public final class ShapeException extends MerapiException {
  private static final long serialVersionUID = 1L;

  public ShapeException(String message) {
    super(message);
  }
}
