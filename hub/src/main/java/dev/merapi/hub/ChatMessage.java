package dev.merapi.hub;

/**
 * One message of a conversation.
 *
 * @param role who speaks: {@code system}, {@code user} or {@code assistant}
 * @param content what is said
 */
public record ChatMessage(String role, String content) {
  /** What the person says. */
  public static ChatMessage user(String content) {
    return new ChatMessage("user", content);
  }

  /** What the model says. */
  public static ChatMessage assistant(String content) {
    return new ChatMessage("assistant", content);
  }

  /** What the model shall be like. */
  public static ChatMessage system(String content) {
    return new ChatMessage("system", content);
  }
}
