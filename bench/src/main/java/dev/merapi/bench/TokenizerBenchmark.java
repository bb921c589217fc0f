package dev.merapi.bench;

import dev.merapi.text.Tokenizer;
import dev.merapi.text.TokenizerTraining;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/**
 * How fast GPT-2's tokenizer encodes English text on one thread, and how long it takes to learn
 * 32,000 tokens from 100 MB. The text to encode is Shakespeare's, of the folder {@code
 * MERAPI_DATA}; the text to learn from is drawn: words of syllables, half a million of them, as
 * often as Zipf's law has it.
 */
public final class TokenizerBenchmark {
  private static final int WORDS = 500_000;
  private static final int LINES = 1_000_000; // of some hundred bytes

  private TokenizerBenchmark() {}

  public static void main(String[] arguments) throws IOException {
    var data = Path.of(System.getenv().getOrDefault("MERAPI_DATA", "../shared/data"));
    encode(
        Tokenizer.load(data.resolve("tokenizers/gpt2")),
        Files.readString(data.resolve("tinyshakespeare/input.txt")));
    train();
  }

  private static void encode(Tokenizer tokenizer, String text) {
    int bytes = text.getBytes(StandardCharsets.UTF_8).length;
    for (int round = 0; round < 5; round++) {
      long start = System.nanoTime();
      long tokens = 0;
      for (int i = 0; i < 20; i++) {
        tokens += tokenizer.encode(text).length;
      }
      double seconds = (System.nanoTime() - start) / 1e9;
      IO.println(
          "encode: %.1f MB/s, %.2f million tokens/s"
              .formatted(20e-6 * bytes / seconds, tokens / 1e6 / seconds));
    }
    var long1 = "a".repeat(1 << 20);
    long start = System.nanoTime();
    tokenizer.encode(long1);
    IO.println(
        "encode: 1 MiB of one letter in %.2f s".formatted((System.nanoTime() - start) / 1e9));
  }

  private static void train() {
    var random = new SplittableRandom(1);
    var words = new String[WORDS];
    for (int i = 0; i < WORDS; i++) {
      var word = new StringBuilder();
      for (int j = random.nextInt(1, 5); j > 0; j--) {
        word.append("bcdfghjklmnprstvwz".charAt(random.nextInt(18)))
            .append("aeiou".charAt(random.nextInt(5)));
        if (random.nextInt(3) == 0) {
          word.append("nrstl".charAt(random.nextInt(5)));
        }
      }
      words[i] = word.toString();
    }
    long[] bytes = new long[1];
    var lines =
        Stream.generate(
                () -> {
                  var line = new StringBuilder();
                  while (line.length() < 100) {
                    // Ranks r with a probability of about 1 / r.
                    int rank = (int) Math.exp(random.nextDouble() * Math.log(WORDS));
                    line.append(words[rank]).append(' ');
                  }
                  bytes[0] += line.length();
                  return line.toString();
                })
            .limit(LINES);
    long start = System.nanoTime();
    var tokenizer = TokenizerTraining.byteLevelBpe(lines, 32_000, List.of("<|endoftext|>"));
    IO.println(
        "train: %,d tokens from %.0f MB in %.1f s, at most %,d MB of heap"
            .formatted(
                tokenizer.size(),
                bytes[0] / 1e6,
                (System.nanoTime() - start) / 1e9,
                Runtime.getRuntime().maxMemory() >> 20));
  }
}
