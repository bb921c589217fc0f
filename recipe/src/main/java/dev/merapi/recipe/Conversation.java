package dev.merapi.recipe;

import dev.merapi.hub.ChatMessage;
import dev.merapi.hub.ChatTemplate;
import dev.merapi.tensor.MerapiException;
import dev.merapi.zoo.Sampling;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Somebody talks with a model. Each answer sees all that was said before it; what of that the model
 * has read already is not read again, as long as the template writes it as it was.
 */
public final class Conversation {
  private static final int ROOM = 1024;

  private final TextWriter writer;
  private final ChatTemplate template;
  private final Optional<String> system;
  private final int tokens;
  private final Sampling sampling;
  private final List<ChatMessage> messages = new ArrayList<>();
  private Optional<Writing> writing = Optional.empty();
  private int room;
  private int[] read = {};

  Conversation(
      TextWriter writer,
      ChatTemplate template,
      Optional<String> system,
      int tokens,
      Sampling sampling) {
    this.writer = writer;
    this.template = template;
    this.system = system;
    this.tokens = tokens;
    this.sampling = sampling;
    clear();
  }

  /** Forgets what was said. */
  public void clear() {
    messages.clear();
    system.map(ChatMessage::system).ifPresent(messages::add);
  }

  /** What was said so far. */
  public List<ChatMessage> messages() {
    return List.copyOf(messages);
  }

  /**
   * Says something and hears the answer. What cannot be said is not remembered.
   *
   * @param pieces gets the answer as it grows
   * @param stopped whether no more is to be heard; what was is remembered
   * @return the answer
   * @throws MerapiException if the template refuses it, or all that was said does not fit into the
   *     model's context
   */
  public String say(String message, Consumer<String> pieces, BooleanSupplier stopped) {
    List<ChatMessage> all = new ArrayList<>(messages);
    all.add(ChatMessage.user(message));
    int[] ids = writer.tokenizer().encode(template.render(all, true));
    if (ids.length == 0) {
      throw new MerapiException("the chat template makes no token of this; say something else");
    }
    writer.fitting(ids.length, "the conversation");
    int known = prepare(ids);
    int[] unread = Arrays.copyOfRange(ids, known, ids.length);
    var cut = new StopText(writer.all(List.of()), pieces);
    read = new int[0]; // an error on the way leaves a memory that nobody relies on
    var written =
        writing.orElseThrow().write(ids.length, unread, writer.decoding(ids), tokens, stopped, cut);
    read = Arrays.copyOf(ids, ids.length + Math.max(0, written.size() - 1));
    for (int i = ids.length; i < read.length; i++) {
      read[i] = written.get(i - ids.length);
    }
    String answer = cut.finish();
    messages.clear();
    messages.addAll(all);
    messages.add(ChatMessage.assistant(answer));
    return answer;
  }

  /** Makes room for the ids and an answer, and tells how many of them were read already. */
  private int prepare(int... ids) {
    int needed = Math.min(writer.context(), ids.length + tokens);
    if (writing.isEmpty() || needed > room) {
      room = Math.min(writer.context(), Math.max(ROOM, Integer.highestOneBit(needed) * 2));
      writing = Optional.of(writer.writing(room, sampling));
      return 0;
    }
    boolean goesOn =
        read.length > 0
            && read.length < ids.length
            && Arrays.mismatch(read, ids) == read.length
            && writing.get().length() == read.length;
    if (!goesOn) {
      writing.get().clear();
      return 0;
    }
    return read.length;
  }
}
