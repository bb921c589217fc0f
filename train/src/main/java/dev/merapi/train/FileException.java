package dev.merapi.train;

import dev.merapi.tensor.MerapiException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.Locale;

/**
 * A file that cannot be read or written as asked. It is the user's to mend and never a bug of ours,
 * so its message is one line that names the file, what is wrong with it, and how to mend it.
 */
public final class FileException extends MerapiException {
  private static final long serialVersionUID = 1L;

  private final transient Path file;

  /**
   * @param file the file or folder that the error is about
   * @param what what is wrong with it, as a clause: {@code "the header is not JSON"}
   * @param mend what the user can do about it, as a request: {@code "copy the file again"}
   */
  public FileException(Path file, String what, String mend) {
    super(file + ": " + what + "; " + mend);
    this.file = file;
  }

  private FileException(Path file, String what, String mend, IOException cause) {
    this(file, what, mend);
    initCause(cause);
  }

  /** Returns the file or folder that the error is about. */
  public Path file() {
    return file;
  }

  /**
   * Says what an operating system's error means for the user.
   *
   * @param action what was tried: {@code "read"}, {@code "write"}
   */
  static FileException of(Path file, String action, IOException cause) {
    var reason = reason(cause).toLowerCase(Locale.ROOT);
    if (reason.contains("no space left") || reason.contains("not enough space")) {
      return new FileException(
          file, "the disk is full", "free some space, or use a folder on another disk", cause);
    }
    if (reason.contains("quota")) {
      return new FileException(
          file, "the disk quota is used up", "free some space, or raise the quota", cause);
    }
    if (reason.contains("read-only file system")) {
      return new FileException(
          file, "the disk is mounted read-only", "use a folder that can be written to", cause);
    }
    if (reason.contains("not a directory") || cause instanceof NotDirectoryException) {
      return new FileException(
          file, "a part of this path is a file, not a folder", "give another path", cause);
    }
    return switch (cause) {
      case NoSuchFileException _ ->
          new FileException(file, "there is no such file or folder", "check the path", cause);
      case AccessDeniedException _ ->
          new FileException(
              file,
              "permission to " + action + " it is denied",
              "change its permissions, or use another folder",
              cause);
      case FileAlreadyExistsException _ ->
          new FileException(file, "it exists already", "remove it, or use another name", cause);
      default ->
          new FileException(
              file,
              "cannot " + action + " it (" + reason(cause) + ")",
              "check the disk and the path",
              cause);
    };
  }

  private static String reason(IOException cause) {
    var text =
        cause instanceof FileSystemException system && system.getReason() != null
            ? system.getReason()
            : cause.getMessage();
    return text == null ? cause.getClass().getSimpleName() : text;
  }
}
