package dev.merapi.text;

import dev.merapi.data.Aside;
import dev.merapi.data.DataException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.node.ObjectNode;

/** Which kind of tokenizer a file or folder holds. */
final class TokenizerFiles {
  private static final String NAME = "tokenizer.json";

  private TokenizerFiles() {}

  static Tokenizer load(Path path) {
    var file = Files.isDirectory(path) ? path.resolve(NAME) : path;
    if (Files.isDirectory(path) && !Files.exists(file)) {
      throw DataException.of(
          path, "there is no " + NAME + " in this folder", "give a tokenizer's folder or file");
    }
    var root = JsonPlace.read(file);
    if (CharactersJson.matches(root)) {
      return CharactersJson.read(root);
    }
    throw root.get("model")
        .error("this kind of tokenizer cannot be read", "use a tokenizer of characters");
  }

  static void write(Path folder, ObjectNode root) {
    var text = JsonPlace.MAPPER.writer().with(SerializationFeature.INDENT_OUTPUT);
    var bytes = (text.writeValueAsString(root) + "\n").getBytes(StandardCharsets.UTF_8);
    Aside.write(folder.resolve(NAME), out -> out.write(bytes));
  }
}
