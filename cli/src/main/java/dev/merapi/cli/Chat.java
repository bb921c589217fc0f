package dev.merapi.cli;

import dev.merapi.recipe.Conversation;
import dev.merapi.tensor.MerapiException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.UserInterruptException;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code merapi chat}: talks with a language model. */
@Command(
    name = "chat",
    description = {
      "Talks with a language model that was tuned to instructions, in its own chat template.",
      "In a terminal you write behind >, /new begins anew, /exit or Ctrl-D ends, and Ctrl-C stops"
          + " an answer. Else each line of the standard input is a message."
    },
    mixinStandardHelpOptions = true)
final class Chat implements Callable<Integer> {
  @Mixin private Output output;

  @Mixin private SamplingOptions options;

  @Mixin private LanguageOptions language;

  @Parameters(
      index = "0",
      paramLabel = "RUN|FOLDER",
      description = "The folder of a run, or of a published model.")
  private Path folder;

  @Option(
      names = "--system",
      paramLabel = "TEXT",
      description = "What the model shall be like; by default what its template says.")
  private Optional<String> system = Optional.empty();

  @Option(
      names = "--tokens",
      paramLabel = "N",
      description = "How many an answer has at most; by default ${DEFAULT-VALUE}.",
      defaultValue = "512")
  private int tokens;

  /** What {@code --json} prints. */
  record Talk(String model, List<Turn> turns) {}

  /** A question and its answer. */
  record Turn(String message, String answer) {}

  private final List<Turn> turns = new ArrayList<>();

  @Override
  public Integer call() {
    if (tokens < 1) {
      throw new MerapiException("chat: --tokens is at least 1");
    }
    var writer = language.writer(folder);
    var sampling = options.sampling(writer.preferences());
    var conversation = writer.conversation(system, tokens, sampling);
    if (isTerminal()) {
      inTerminal(conversation);
    } else {
      inLines(conversation);
    }
    output.json(new Talk(folder.toString(), turns));
    return 0;
  }

  @SuppressWarnings("SystemConsoleNull") // it does where nobody can type
  private static boolean isTerminal() {
    var console = System.console();
    return console != null && console.isTerminal();
  }

  /** Each line is a message; a mistake ends it, so that a program sees it. */
  private void inLines(Conversation conversation) {
    var lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    try {
      for (var line = lines.readLine(); line != null; line = lines.readLine()) {
        if (!does(line, conversation)) {
          return;
        }
        if (isMessage(line)) {
          answer(line, conversation, new AtomicBoolean());
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void inTerminal(Conversation conversation) {
    try (Terminal terminal = TerminalBuilder.builder().system(true).build()) {
      LineReader reader = LineReaderBuilder.builder().terminal(terminal).build();
      for (var line = asked(reader); line.isPresent(); line = asked(reader)) {
        if (!does(line.get(), conversation)) {
          return;
        }
        if (isMessage(line.get())) {
          var stopped = new AtomicBoolean();
          var before = terminal.handle(Terminal.Signal.INT, _ -> stopped.set(true));
          try {
            answer(line.get(), conversation, stopped);
          } catch (MerapiException e) { // the conversation goes on
            output.line("merapi: " + e.getMessage());
          } finally {
            terminal.handle(Terminal.Signal.INT, before);
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Optional<String> asked(LineReader reader) {
    try {
      return Optional.of(reader.readLine("> "));
    } catch (EndOfFileException | UserInterruptException e) {
      return Optional.empty();
    }
  }

  private static boolean isMessage(String line) {
    return !line.isBlank() && !line.startsWith("/");
  }

  /** Carries out a line that is a command; false ends. */
  private boolean does(String line, Conversation conversation) {
    if (!line.startsWith("/")) {
      return true;
    }
    switch (line.strip()) {
      case "/exit", "/quit" -> {
        return false;
      }
      case "/new" -> conversation.clear();
      default -> output.line("/new begins a new conversation, /exit ends");
    }
    return true;
  }

  private void answer(String message, Conversation conversation, AtomicBoolean stopped) {
    var answer = conversation.say(message, output::piece, stopped::get);
    output.line("");
    turns.add(new Turn(message, answer));
  }
}
