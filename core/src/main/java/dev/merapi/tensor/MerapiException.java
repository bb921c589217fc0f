package dev.merapi.tensor;

/**
 * Something the user gave cannot be used. The message says what is wrong, where, and how to mend
 * it; a command line shows it without a stack trace. Every other exception that leaves Merapi is a
 * bug of Merapi.
 */
public class MerapiException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public MerapiException(String message) {
    super(message);
  }

  public MerapiException(String message, Throwable cause) {
    super(message, cause);
  }
}
