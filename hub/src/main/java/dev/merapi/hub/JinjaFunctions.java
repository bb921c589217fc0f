package dev.merapi.hub;

import com.hubspot.jinjava.interpret.InterpretException;
import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import com.hubspot.jinjava.lib.fn.ELFunctionDefinition;
import com.hubspot.jinjava.lib.tag.Tag;
import com.hubspot.jinjava.tree.Node;
import com.hubspot.jinjava.tree.TagNode;
import java.lang.reflect.Method;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** What transformers lets chat templates do beside what all Jinja templates can. */
final class JinjaFunctions {
  private JinjaFunctions() {}

  static ELFunctionDefinition raiseException() {
    return function("raise_exception", "refuse");
  }

  static ELFunctionDefinition now() {
    return function("strftime_now", "today");
  }

  private static ELFunctionDefinition function(String name, String method) {
    try {
      Method found = JinjaFunctions.class.getDeclaredMethod(method, String.class);
      found.setAccessible(true);
      return new ELFunctionDefinition("", name, found);
    } catch (NoSuchMethodException e) {
      throw new IllegalStateException(e);
    }
  }

  @SuppressWarnings("DoNotCallSuggester") // templates call it
  static Object refuse(String message) {
    throw new Refused(message);
  }

  /** Today, in those of C's patterns that templates use. */
  static String today(String format) {
    var pattern =
        format
            .replace("%d", "dd")
            .replace("%B", "MMMM")
            .replace("%b", "MMM")
            .replace("%m", "MM")
            .replace("%Y", "yyyy")
            .replace("%A", "EEEE");
    return LocalDate.now(ZoneId.systemDefault())
        .format(DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH));
  }

  /** A template does not want a conversation. */
  static final class Refused extends InterpretException {
    private static final long serialVersionUID = 1L;

    Refused(String message) {
      super(message);
    }
  }

  /** A part that marks what the model says; it is rendered as if the mark were not there. */
  static final class Generation implements Tag {
    private static final long serialVersionUID = 1L;

    @Override
    public String getName() {
      return "generation";
    }

    @Override
    public String getEndTagName() {
      return "endgeneration";
    }

    @Override
    public String interpret(TagNode tag, JinjavaInterpreter interpreter) {
      var text = new StringBuilder();
      for (Node child : tag.getChildren()) {
        text.append(child.render(interpreter).getValue());
      }
      return text.toString();
    }
  }
}
