package dev.merapi.cli;

import dev.merapi.grammar.Language;
import dev.merapi.recipe.TextWriter;
import dev.merapi.tensor.MerapiException;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** What a model may write. */
final class LanguageOptions {
  @Option(
      names = "--regex",
      paramLabel = "RE",
      description = "Write only what this regular expression matches as a whole.")
  private Optional<String> regex = Optional.empty();

  @Option(
      names = "--json-schema",
      paramLabel = "FILE",
      description = "Write only JSON that is valid by this schema, with members in its order.")
  private Optional<Path> schema = Optional.empty();

  /** The writer, which writes nothing else if one of them is given. */
  TextWriter limited(TextWriter writer) {
    if (regex.isPresent() && schema.isPresent()) {
      throw new MerapiException("--regex and --json-schema are two limits; give one of them");
    }
    return regex
        .map(Language::ofRegex)
        .or(() -> schema.map(Language::ofJsonSchema))
        .map(writer::within)
        .orElse(writer);
  }
}
