package dev.merapi.cli;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Small models as transformers saves them, and how transformers reads texts with them. */
final class PublishedModels {
  private PublishedModels() {}

  private static Path resource(String name) {
    try {
      return Path.of(PublishedModels.class.getResource(name).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A copy of {@code gpt2} or {@code llama} with its tokenizer, in a folder of that name. */
  static Path copy(String name, Path folder) throws IOException {
    var model = Files.createDirectory(folder.resolve(name));
    var talk = resource("/talk/expected.json").resolveSibling("model");
    copy(talk, model, name.equals("llama") ? "" : "tokenizer");
    if (name.equals("gpt2")) {
      copy(resource("/reading/expected.json").resolveSibling("gpt2"), model, "");
    }
    return model;
  }

  private static void copy(Path from, Path to, String prefix) throws IOException {
    try (var files = Files.list(from)) {
      for (var file : files.toList()) {
        if (file.getFileName().toString().startsWith(prefix)) {
          Files.copy(file, to.resolve(file.getFileName().toString()));
        }
      }
    }
  }

  /** What a folder of the resources says that transformers does with them. */
  static JsonNode expected(String folder) throws IOException {
    return JsonMapper.shared()
        .readTree(Files.readString(resource("/" + folder + "/expected.json")));
  }
}
