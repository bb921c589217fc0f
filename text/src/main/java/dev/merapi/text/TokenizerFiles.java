package dev.merapi.text;

import dev.merapi.data.Aside;
import dev.merapi.data.DataException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.node.ObjectNode;

/** Which kind of tokenizer a file or folder holds. */
final class TokenizerFiles {
  private static final String NAME = "tokenizer.json";

  private TokenizerFiles() {}

  static Tokenizer load(Path path) {
    if (Files.isDirectory(path)) {
      return inFolder(path);
    }
    var name = path.getFileName().toString();
    if (name.equals("vocab.txt")) {
      return BertFiles.read(path, isLowercase(path));
    }
    if (name.equals("vocab.json") || name.equals("encoder.json")) {
      var merges = first(path.resolveSibling(""), "merges.txt", "vocab.bpe");
      return Gpt2Files.read(
          path,
          merges.orElseThrow(
              () ->
                  DataException.of(
                      path,
                      "neither merges.txt nor vocab.bpe is beside it",
                      "copy the merges there, too")));
    }
    return name.endsWith(".model") ? SentencePiece.read(path) : json(path);
  }

  private static Tokenizer inFolder(Path folder) {
    return load(
        first(folder, NAME, SentencePiece.NAME, "vocab.json", "encoder.json", "vocab.txt")
            .orElseThrow(
                () ->
                    DataException.of(
                        folder,
                        "there is no tokenizer in this folder",
                        "give one with tokenizer.json, tokenizer.model, vocab.json and merges.txt,"
                            + " or vocab.txt")));
  }

  private static Optional<Path> first(Path folder, String... names) {
    for (var name : names) {
      var file = folder.resolve(name);
      if (Files.isRegularFile(file)) {
        return Optional.of(file);
      }
    }
    return Optional.empty();
  }

  /** A cased vocabulary says so in the configuration beside it, or has every capital letter. */
  private static boolean isLowercase(Path vocabulary) {
    var configuration = vocabulary.resolveSibling("tokenizer_config.json");
    if (Files.exists(configuration)) {
      var flag = JsonPlace.read(configuration).find("do_lower_case");
      if (flag.isPresent()) {
        return flag.get().flag();
      }
    }
    var lines = Set.copyOf(Gpt2Files.lines(vocabulary));
    return !"ABCDEFGHIJKLMNOPQRSTUVWXYZ"
        .chars()
        .mapToObj(Character::toString)
        .allMatch(lines::contains);
  }

  private static Tokenizer json(Path file) {
    var root = JsonPlace.read(file);
    return CharactersJson.matches(root) ? CharactersJson.read(root) : Pipeline.read(root);
  }

  static void write(Path folder, ObjectNode root) {
    var text = JsonPlace.MAPPER.writer().with(SerializationFeature.INDENT_OUTPUT);
    var bytes = (text.writeValueAsString(root) + "\n").getBytes(StandardCharsets.UTF_8);
    Aside.write(folder.resolve(NAME), out -> out.write(bytes));
  }
}
