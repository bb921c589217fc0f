package dev.merapi.train;

import dev.merapi.nn.Loss;
import dev.merapi.nn.Mode;
import dev.merapi.nn.Parameters;
import dev.merapi.optim.AdamW;
import dev.merapi.optim.Optimization;
import dev.merapi.tensor.Key;
import dev.merapi.tensor.Parameter;
import dev.merapi.tensor.Tensor;
import dev.merapi.zoo.Gpt;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * What a checkpoint costs a training of GPT-2 (124 million weights) with Adam's state, 1.5 GB in
 * all: how long the training stands still, and how fast the file is written beside what the disk
 * can do in the same run.
 *
 * <p>The disk's own speed is that of files of as many bytes, written from their start to their end
 * in pieces of 4 MiB and flushed once: through the system's cache, as most programs write, and past
 * it. Each is the best of those before and after, all in places that were not written to before. In
 * this package, since the writer is not public.
 */
public final class CheckpointBenchmark {
  private static final int ROUNDS = 3;
  private static final int BATCH = 1;
  private static final int TOKENS = 64;
  private static final int PIECE = 4 << 20;
  private static final double SECOND = 1e9;

  private record State(int nothing) {}

  private final Path folder;
  private final Gpt model = Gpt.of(Gpt.Size.GPT2, Key.of(1));
  private final Optimization optimization = Optimization.of(model, AdamW.of(1e-4));
  private final Tensor tokens = tokens();
  private long step;
  private int files;

  private CheckpointBenchmark(Path folder) {
    this.folder = folder;
  }

  /** Measures on the disk of a folder, and prints what it finds. */
  public static void measure(Path parent) throws IOException {
    var folder = Files.createTempDirectory(Files.createDirectories(parent), "checkpoints");
    try {
      new CheckpointBenchmark(folder).measure();
    } finally {
      AtomicFiles.deleteFolder(folder);
    }
  }

  private static Tensor tokens() {
    var random = new SplittableRandom(1);
    int[] ids = random.ints((long) BATCH * (TOKENS + 1), 0, 50_257).toArray();
    return Tensor.of(ids, BATCH, TOKENS + 1);
  }

  private void measure() throws IOException {
    Map<String, Parameter> weights = Parameters.of(model);
    Map<String, Parameter> state = optimization.state();
    double compiled = trainStep() + trainStep() + trainStep();
    long bytes = bytes(weights) + bytes(state);
    say("%.2f GB of weights and state; three steps to warm up took %.1f s", bytes / 1e9, compiled);
    double cached = disk(bytes);
    double uncached = uncached(bytes);
    var alone = new ArrayList<Double>();
    for (int i = 0; i < 6; i++) {
      alone.add(trainStep());
    }
    say("a step takes %.3f s while nothing is written", median(alone));
    var environment = Environment.capture(List.of(), 1, "");
    var stalls = new ArrayList<Double>();
    var writes = new ArrayList<Double>();
    var beside = new ArrayList<Double>();
    try (var run = RunWriter.create(folder, "bench", "name: bench\n", environment);
        var writer = new CheckpointWriter(run, Saving.DEFAULT.keep(1), weights, Set.of(), state)) {
      for (int round = 0; round < ROUNDS; round++) {
        long begin = System.nanoTime();
        writer.save(++step, new State(0), false);
        stalls.add((System.nanoTime() - begin) / SECOND);
        while (writer.isWriting()) {
          beside.add(trainStep());
        }
        writer.close();
        writes.add(writer.lastSeconds());
        say(
            "round %d: stood still for %.3f s, wrote for %.2f s",
            round, stalls.getLast(), writes.getLast());
      }
      try (var waiting =
          new CheckpointWriter(
              run, Saving.DEFAULT.keep(1).behind(false), weights, Set.of(), state)) {
        waiting.save(++step, new State(0), false);
        say("written while the training waits: %.2f s", waiting.lastSeconds());
      }
    }
    cached = Math.max(cached, disk(bytes));
    uncached = Math.max(uncached, uncached(bytes));
    double stall = median(stalls);
    double write = median(writes);
    say("a step takes %.3f s while a checkpoint is written", median(beside));
    say("stall %.3f s = %.1f %% of the write's %.2f s", stall, 100 * stall / write, write);
    double speed = bytes / write;
    say(
        "written at %.0f MB/s = %.0f %% of a plain file's %.0f MB/s, %.0f %% of the %.0f MB/s past"
            + " the cache",
        speed / 1e6, 100 * speed / cached, cached / 1e6, 100 * speed / uncached, uncached / 1e6);
  }

  /** Seconds of one step of training. */
  private double trainStep() {
    long begin = System.nanoTime();
    var mode = Mode.training(Key.of(step));
    var logits = model.apply(tokens.slice(1, 0, TOKENS), mode).flatten(0, 1);
    var loss = Loss.crossEntropy().apply(logits, tokens.slice(1, 1, TOKENS + 1).flatten(0, 1));
    optimization.step(loss, mode);
    return (System.nanoTime() - begin) / SECOND;
  }

  /** Bytes a second of a plain file that is written from its start to its end, and flushed. */
  private double disk(long bytes) throws IOException {
    try (var arena = Arena.ofConfined();
        var channel =
            FileChannel.open(
                folder.resolve("plain" + files++),
                StandardOpenOption.CREATE_NEW,
                StandardOpenOption.WRITE)) {
      MemorySegment piece = arena.allocate(PIECE, 64);
      var random = new SplittableRandom(2);
      for (long at = 0; at < PIECE; at += 8) {
        piece.set(ValueLayout.JAVA_LONG, at, random.nextLong());
      }
      long begin = System.nanoTime();
      for (long at = 0; at < bytes; at += PIECE) {
        var buffer = piece.asByteBuffer().limit((int) Math.min(PIECE, bytes - at));
        while (buffer.hasRemaining()) {
          channel.write(buffer);
        }
      }
      channel.force(true);
      return told("a plain file", bytes, begin);
    }
  }

  /** The same past the system's cache. */
  private double uncached(long bytes) throws IOException {
    byte[] piece = new byte[PIECE];
    new Random(3).nextBytes(piece);
    try (var channel = UncachedChannel.create(folder.resolve("uncached" + files++), bytes)) {
      long begin = System.nanoTime();
      for (long at = 0; at < bytes; at += PIECE) {
        channel.write(ByteBuffer.wrap(piece, 0, (int) Math.min(PIECE, bytes - at)));
      }
      channel.finish();
      return told("a file past the cache", bytes, begin);
    }
  }

  private static double told(String what, long bytes, long begin) {
    double speed = bytes / ((System.nanoTime() - begin) / SECOND);
    say("%s takes %.0f MB/s", what, speed / 1e6);
    return speed;
  }

  private static long bytes(Map<String, Parameter> parameters) {
    return parameters.values().stream().mapToLong(each -> each.storage().bytes()).sum();
  }

  private static double median(List<Double> values) {
    double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    return sorted.length == 0
        ? Double.NaN
        : Arrays.stream(sorted).skip(sorted.length / 2).findFirst().orElseThrow();
  }

  private static void say(String text, Object... values) {
    IO.println(String.format(Locale.ROOT, text, values));
  }
}
