package dev.merapi.hub;

import com.hubspot.jinjava.Jinjava;
import com.hubspot.jinjava.JinjavaConfig;
import com.hubspot.jinjava.LegacyOverrides;
import com.hubspot.jinjava.el.JinjavaInterpreterResolver;
import com.hubspot.jinjava.el.JinjavaProcessors;
import com.hubspot.jinjava.interpret.InterpretException;
import com.hubspot.jinjava.interpret.RenderResult;
import com.hubspot.jinjava.interpret.TemplateError;
import dev.merapi.train.FileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import jinjava.javax.el.CompositeELResolver;

/**
 * How a model wants a conversation to be written: a Jinja template that came with it, rendered as
 * transformers' {@code apply_chat_template} does.
 *
 * <p>A template is somebody else's program. It sees the messages and the special tokens and nothing
 * else, texts of messages are never read as templates, and it is stopped when it takes more steps,
 * or writes more, than a conversation needs.
 */
public final class ChatTemplate {
  /** Nodes of the template that a rendering may visit. */
  static final int MOST_STEPS = 100_000;

  /** Characters that a rendering may make, beside four times those of the messages. */
  static final int MOST_TEXT = 1_000_000;

  private static final int MOST_NUMBERS = 5_000;

  private static final String MEND = "mend it, or give the model's texts by generate --prompt";

  private final Path file;
  private final String written;
  private final String source;
  private final Map<String, String> tokens;

  /**
   * Of models that came without one: before each message its role, as {@code ### user}, on a line,
   * and behind it the token that ends a text.
   */
  static final String PLAIN =
      "{{ bos_token }}{% for message in messages %}{{ '### ' + message['role'] + '\\n' +"
          + " message['content'] }}{{ eos_token }}{{ '\\n' }}{% endfor %}"
          + "{% if add_generation_prompt %}{{ '### assistant\\n' }}{% endif %}";

  private ChatTemplate(Path file, String source, Map<String, String> tokens) {
    this.file = file;
    this.written = source;
    this.source = JinjaDialect.of(source);
    this.tokens = Map.copyOf(tokens);
  }

  /**
   * A template.
   *
   * @param file where it comes from, for messages
   * @param tokens special tokens by the names that templates know: {@code bos_token}, {@code
   *     eos_token}
   */
  public static ChatTemplate of(Path file, String source, Map<String, String> tokens) {
    return new ChatTemplate(file, source, tokens);
  }

  /**
   * The text of a conversation.
   *
   * @param answer whether the beginning of the model's next message is written behind it
   * @throws FileException if the template refuses the conversation, is wrong, or does not end
   */
  public String render(List<ChatMessage> messages, boolean answer) {
    Map<String, Object> values = new HashMap<>(tokens);
    values.put("messages", messages.stream().map(ChatTemplate::map).toList());
    values.put("add_generation_prompt", answer);
    long said = messages.stream().mapToLong(m -> m.content().length()).sum();
    Jinjava jinja = jinja(MOST_TEXT + 4 * said);
    for (String filter : JinjaDialect.filters(source)) {
      if (jinja.getGlobalContext().getFilter(filter) == null) { // rendered as nothing, silently
        throw new FileException(
            file,
            "the chat template uses the filter '%s', which is not known".formatted(filter),
            MEND);
      }
    }
    RenderResult result = jinja.renderForResult(source, values);
    if (!result.getErrors().isEmpty()) {
      throw told(result.getErrors());
    }
    return result.getOutput();
  }

  /** The special tokens that it can write, by their names. */
  Map<String, String> tokens() {
    return tokens;
  }

  /** The template as it was written. */
  String written() {
    return written;
  }

  private static Map<String, String> map(ChatMessage message) {
    Map<String, String> map = new LinkedHashMap<>();
    map.put("role", message.role());
    map.put("content", message.content());
    return map;
  }

  private FileException told(List<TemplateError> errors) {
    for (TemplateError error : errors) {
      for (Throwable e = error.getException(); e != null; e = e.getCause()) {
        if (e instanceof JinjaFunctions.Refused) {
          return new FileException(
              file,
              "the chat template refuses this conversation: " + e.getMessage(),
              "say it as the template wants it");
        }
        if (e instanceof Endless) {
          return endless("takes more than %,d steps".formatted(MOST_STEPS));
        }
      }
      switch (error.getReason()) {
        case OUTPUT_TOO_BIG, COLLECTION_TOO_BIG -> {
          return endless("writes more than %,d characters".formatted(MOST_TEXT));
        }
        default -> {}
      }
    }
    TemplateError first = errors.getFirst();
    String line = first.getMessage().lines().findFirst().orElse("");
    return new FileException(
        file,
        "the chat template cannot be rendered: line %d: %s".formatted(first.getLineno(), line),
        MEND);
  }

  private FileException endless(String what) {
    return new FileException(
        file,
        "the chat template %s and was stopped; does it loop?".formatted(what),
        "mend it, or take the template of the model's publisher");
  }

  private static Jinjava jinja(long mostText) {
    var resolver = new CompositeELResolver();
    resolver.add(new JinjaTexts());
    resolver.add(JinjavaInterpreterResolver.DEFAULT_RESOLVER_READ_ONLY);
    var overrides =
        LegacyOverrides.newBuilder()
            .withEvaluateMapKeys(true)
            .withIterateOverMapKeys(true)
            .withUseSnakeCasePropertyNaming(true)
            .withUseNaturalOperatorPrecedence(true)
            .withUseTrimmingForNotesAndExpressions(true)
            .withKeepNullableLoopValues(true)
            .withHandleBackslashInQuotesOnly(true)
            .build();
    var steps = new Steps();
    var jinja =
        new Jinjava(
            JinjavaConfig.newBuilder()
                .withTrimBlocks(false)
                .withLstripBlocks(false)
                .withKeepTrailingNewline(true)
                .withNestedInterpretationEnabled(false)
                .withElResolver(resolver)
                .withProcessors(
                    JinjavaProcessors.newBuilder()
                        .withNodePreProcessor((_, _) -> steps.take())
                        .build())
                .withMaxOutputSize(mostText)
                .withMaxStringLength(mostText)
                .withRangeLimit(MOST_NUMBERS)
                .withMaxListSize(MOST_NUMBERS)
                .withMaxMapSize(MOST_NUMBERS)
                .withLegacyOverrides(overrides)
                .build());
    var context = jinja.getGlobalContext();
    context.registerFilter(new JinjaJson());
    context.registerTag(new JinjaFunctions.Generation());
    context.registerFunction(JinjaFunctions.raiseException());
    context.registerFunction(JinjaFunctions.now());
    return jinja;
  }

  private static final class Steps {
    private int left = MOST_STEPS;

    void take() {
      left--;
      if (left < 0) {
        throw new Endless();
      }
    }
  }

  private static final class Endless extends InterpretException {
    private static final long serialVersionUID = 1L;

    Endless() {
      super("too many steps");
    }
  }
}
