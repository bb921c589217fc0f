package dev.merapi.cli;

import dev.merapi.grammar.Language;
import dev.merapi.recipe.TextWriter;
import dev.merapi.tensor.MerapiException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** How a model writes, and what it may write. */
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

  @Option(
      names = "--precision",
      paramLabel = "fp32|bf16",
      description =
          "Of the model's large weights; bf16 rounds them to two or three digits, takes half the"
              + " memory once they are read, and less time for each token, but not with --beams. By"
              + " default ${DEFAULT-VALUE}.",
      defaultValue = "fp32")
  private String precision;

  /** The writer of a folder's model, which writes nothing but what one of the limits allows. */
  TextWriter writer(Path folder) {
    if (!List.of("fp32", "bf16").contains(precision)) {
      throw new MerapiException("--precision is fp32 or bf16, not '%s'".formatted(precision));
    }
    if (regex.isPresent() && schema.isPresent()) {
      throw new MerapiException("--regex and --json-schema are two limits; give one of them");
    }
    var writer = precision.equals("bf16") ? TextWriter.openBf16(folder) : TextWriter.open(folder);
    return regex
        .map(Language::ofRegex)
        .or(() -> schema.map(Language::ofJsonSchema))
        .map(writer::within)
        .orElse(writer);
  }
}
