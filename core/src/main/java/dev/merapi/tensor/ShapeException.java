package dev.merapi.tensor;

/**
 * Shapes, axes or dtypes that do not fit an op; thrown while the graph is built. The message begins
 * with the tensor's method that was called.
 */
public final class ShapeException extends MerapiException {
  private static final long serialVersionUID = 1L;

  public ShapeException(String message) {
    super(named(message));
  }

  /** Many methods share the code that finds the mistake, so the stack tells which one it was. */
  private static String named(String message) {
    String method =
        StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE)
            .walk(
                frames ->
                    frames
                        .filter(
                            frame -> Elementwise.class.isAssignableFrom(frame.getDeclaringClass()))
                        .map(StackWalker.StackFrame::getMethodName)
                        .filter(name -> Character.isLetter(name.charAt(0)))
                        .reduce("", (_, outer) -> outer));
    return message.startsWith(method) ? message : method + ": " + message;
  }
}
