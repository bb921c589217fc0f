package dev.merapi.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.sun.management.ThreadMXBean;
import dev.merapi.audio.Wave;
import dev.merapi.data.Idx;
import dev.merapi.recipe.Recipes;
import dev.merapi.tensor.MerapiException;
import dev.merapi.text.Tiktoken;
import dev.merapi.text.Tokenizer;
import dev.merapi.train.Safetensors;
import dev.merapi.train.StoredArray;
import dev.merapi.train.TorchFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Every reader of files is fed whatever a fuzzer can think of. It reads the file or refuses it with
 * an error for the user: it never fails otherwise, never hangs, and never takes more memory than
 * {@link #MOST} for each byte of the file.
 *
 * <p>In the ordinary tests each reads its seeds, which lie under the test's resources, one folder a
 * test. {@code JAZZER_FUZZ=1 mvn test -pl fuzz -am -Dtest=ParsersFuzzTest#safetensors} lets the
 * fuzzer run.
 */
final class ParsersFuzzTest {
  /** Bytes on the heap for each byte of a file, and for a file of any size. */
  private static final long MOST = 4096;

  private static final long MOST_FOR_ANY = 32 << 20;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private static final String DURATION = "20m";

  private static final Path FOLDER = folder();

  @FuzzTest(maxDuration = DURATION)
  void safetensors(byte[] bytes) {
    watched(
        bytes,
        () ->
            touch(Safetensors.of(Path.of("x.safetensors"), MemorySegment.ofArray(bytes)).arrays()),
        MOST);
  }

  @FuzzTest(maxDuration = DURATION)
  void torch(byte[] bytes) {
    read(bytes, "x.pt", file -> touch(TorchFile.read(file).arrays()));
  }

  @FuzzTest(maxDuration = DURATION)
  void idx(byte[] bytes) {
    read(bytes, "x.idx", file -> Idx.read(file).toFloats());
  }

  @FuzzTest(maxDuration = DURATION)
  void sound(byte[] bytes) {
    // A frame of a few bytes may stand for 65,535 samples of silence.
    read(bytes, "x.wav", Wave::read, 64 << 10);
  }

  @FuzzTest(maxDuration = DURATION)
  void recipe(byte[] bytes) {
    var text = new String(bytes, StandardCharsets.UTF_8);
    watched(bytes, () -> Recipes.parse("x.yaml", text, List.of()).yaml(), MOST);
  }

  @FuzzTest(maxDuration = DURATION)
  void tokenizerJson(byte[] bytes) {
    read(bytes, "tokenizer.json", file -> use(Tokenizer.load(file)));
  }

  @FuzzTest(maxDuration = DURATION)
  void sentencePiece(byte[] bytes) {
    read(bytes, "x.model", file -> use(Tokenizer.load(file)));
  }

  @FuzzTest(maxDuration = DURATION)
  void tiktoken(byte[] bytes) {
    read(bytes, "x.tiktoken", file -> use(Tiktoken.read(file, Tiktoken.GPT2_PATTERN, Map.of())));
  }

  @FuzzTest(maxDuration = DURATION)
  void vocabulary(byte[] bytes) {
    read(bytes, "vocab.txt", file -> use(Tokenizer.load(file)));
  }

  /** The ends of every array have to lie in the file. */
  private static void touch(Map<String, StoredArray> arrays) {
    for (var array : arrays.values()) {
      long size = array.bytes().byteSize();
      if (size > 0) {
        int sum =
            array.bytes().get(ValueLayout.JAVA_BYTE, 0)
                + array.bytes().get(ValueLayout.JAVA_BYTE, size - 1);
        if (sum > 2 * Byte.MAX_VALUE) {
          throw new AssertionError("two bytes make " + sum);
        }
      }
    }
  }

  /** A tokenizer that could be read has to work. */
  private static void use(Tokenizer tokenizer) {
    tokenizer.decode(tokenizer.encode("Hello, wörld! 12  x"));
  }

  private static void read(byte[] bytes, String name, Consumer<Path> reader) {
    read(bytes, name, reader, MOST);
  }

  private static void read(byte[] bytes, String name, Consumer<Path> reader, long mostForEach) {
    var file = FOLDER.resolve(name);
    try {
      Files.write(file, bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    watched(bytes, () -> reader.accept(file), mostForEach);
  }

  /** The first time that something is read, classes are loaded: only the second time counts. */
  private static void watched(byte[] bytes, Runnable reader, long mostForEach) {
    long most = MOST_FOR_ANY + mostForEach * bytes.length;
    long taken = taken(reader);
    if (taken > most) {
      taken = taken(reader);
    }
    if (taken > most) {
      throw new AssertionError("%d bytes were taken for %d".formatted(taken, bytes.length));
    }
  }

  private static long taken(Runnable reader) {
    long before = THREADS.getCurrentThreadAllocatedBytes();
    try {
      reader.run();
    } catch (MerapiException e) {
      if (e.getMessage().isBlank()) {
        throw new AssertionError("an error without a message", e);
      }
    }
    return THREADS.getCurrentThreadAllocatedBytes() - before;
  }

  /** In memory where there is such a place. */
  private static Path folder() {
    try {
      var memory = Path.of("/dev/shm");
      var folder =
          Files.isWritable(memory)
              ? Files.createTempDirectory(memory, "merapi-fuzz")
              : Files.createTempDirectory("merapi-fuzz");
      Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(folder)));
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void delete(Path folder) {
    for (var file : folder.toFile().listFiles()) {
      file.delete();
    }
    folder.toFile().delete();
  }
}
