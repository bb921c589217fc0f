package dev.merapi.recipe;

import dev.merapi.tensor.MerapiException;

/** A recipe that cannot be followed. The message is one line: where, what is wrong, what to do. */
public final class RecipeException extends MerapiException {
  private static final long serialVersionUID = 1L;

  public RecipeException(String message) {
    super(message);
  }

  public RecipeException(String message, Throwable cause) {
    super(message, cause);
  }
}
