package dev.merapi.data;

import dev.merapi.tensor.MerapiException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * Data that cannot be used: a file that is missing, damaged or not what it should be, labels that
 * are no classes, a download that failed. The message is one line: where, what is wrong, how to
 * mend it.
 */
public final class DataException extends MerapiException {
  private static final long serialVersionUID = 1L;

  public DataException(String message) {
    super(message);
  }

  public DataException(String message, Throwable cause) {
    super(message, cause);
  }

  /**
   * An error about one file.
   *
   * @param what what is wrong with it, as a clause: {@code "it ends after 12 of 784 bytes"}
   * @param mend what to do about it, as a request: {@code "copy it again"}
   */
  public static DataException of(Path file, String what, String mend) {
    return new DataException(file + ": " + what + "; " + mend);
  }

  /** What an operating system's error means for the user; {@code action} is "read" or "write". */
  public static DataException of(Path file, String action, IOException cause) {
    var error =
        switch (cause) {
          case NoSuchFileException _ ->
              of(file, "there is no such file or folder", "check the path");
          case AccessDeniedException _ ->
              of(file, "permission to " + action + " it is denied", "change its permissions");
          default -> of(file, "cannot " + action + " it (" + reason(cause) + ")", "check the disk");
        };
    error.initCause(cause);
    return error;
  }

  public static String reason(Throwable cause) {
    return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
  }
}
