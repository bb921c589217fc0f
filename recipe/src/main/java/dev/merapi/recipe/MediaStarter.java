package dev.merapi.recipe;

import static dev.merapi.recipe.TableStarter.quoted;

import dev.merapi.audio.SoundFolder;
import dev.merapi.audio.SoundSummary;
import dev.merapi.data.FolderSummary;
import dev.merapi.data.LabelledFiles;
import dev.merapi.data.PictureFolder;
import dev.merapi.data.PictureSummary;
import dev.merapi.tensor.MerapiException;
import dev.merapi.text.TextFiles;
import dev.merapi.text.TextSummary;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Writes a first recipe for somebody's pictures, sounds or texts: one that works. */
public final class MediaStarter {
  private static final String MADE =
      "# Made by merapi init. `./merapi recipes show FILE --full` prints every setting.\n";

  /** Above so many different characters a text is cut into learned pieces. */
  private static final int FEW_CHARACTERS = 200;

  private MediaStarter() {}

  /**
   * A recipe for pictures in folders.
   *
   * @param name of the recipe
   * @param label a regular expression whose first group in a file's name is its class; empty where
   *     folders are classes
   * @throws MerapiException if there are no such pictures, or they are of one class
   */
  public static String pictures(Path place, String name, Optional<String> label) {
    var files = LabelledFiles.of(place, PictureFolder.KINDS, naming(label));
    var summary = PictureSummary.of(files);
    requireClasses(summary.folder(), place);
    double side = Math.min(summary.width().median(), summary.height().median());
    int size = side <= 40 ? 32 : 64;
    int count = summary.folder().files();
    // A letter is not itself in a mirror.
    boolean flip = summary.folder().classes().stream().noneMatch(each -> each.name().length() == 1);
    return MADE
        + """
        kind: training
        name: %s
        summary: %s
        data:
          kind: pictures
          source: %s
        %s  size: %d # pixels a side; larger shows more, and takes longer
          grey: %s
          validation: 0.1
          test: 0.2
          mean: %s
          deviation: %s
        %saugment: # what may happen to a picture without making it another one
          kind: pictures
          flip: %s
          crop: %d
        model:
          kind: resnet
          layers: 8 # more see more: 14, 20, …
        training:
          epochs: %d
          batch: %d
          loss: cross-entropy
          optimizer: {kind: adam, learning_rate: 0.003}
          schedule: {kind: cosine}
        evaluation:
          metrics: [accuracy]
        """
            .formatted(
                name,
                quoted("tells " + kinds(summary.folder()) + " of pictures apart"),
                source(place),
                label.map(each -> "  label: " + quoted(each) + "\n").orElse(""),
                size,
                summary.grey(),
                channels(summary.mean(), summary.grey()),
                channels(summary.deviation(), summary.grey()),
                broken(summary.folder(), "on_bad_picture"),
                flip,
                size / 8,
                epochs(count),
                batch(count));
  }

  /**
   * A recipe for sounds in folders; as {@link #pictures}.
   *
   * @throws MerapiException if there are no such sounds, or they are of one class
   */
  public static String sounds(Path place, String name, Optional<String> label) {
    var files = LabelledFiles.of(place, SoundFolder.KINDS, naming(label));
    var summary = SoundSummary.of(files);
    requireClasses(summary.folder(), place);
    int common =
        summary.rates().entrySet().stream()
            .max(Map.Entry.comparingByValue())
            .orElseThrow()
            .getKey();
    int rate = Math.clamp(common, 4000, 16_000);
    double seconds = Math.clamp(Math.ceil(10 * summary.most()) / 10, 0.3, 10);
    int window = Integer.highestOneBit(rate / 25);
    int count = summary.folder().files();
    return MADE
        + """
        kind: training
        name: %s
        summary: %s
        data:
          kind: audio
          source: %s
        %s  rate: %d # samples in a second
          seconds: %s # nine of ten sounds are no longer
          window: %d
          hop: %d
          mels: 40
          validation: 0.1
          test: 0.2
        %saugment: # what may happen to a sound without making it another one
          kind: audio
          shift: %s
          speed: 0.1
          gain: 6
          noise: 0.1
          masks: 0 # 1 or 2 hide bands and moments (SpecAugment), for many sounds
          mixup: 0.4
        model:
          kind: layers
          layers:
            - {kind: convolution, channels: 24}
            - {kind: batch-norm}
            - {kind: function}
            - {kind: max-pooling}
            - {kind: convolution, channels: 48}
            - {kind: batch-norm}
            - {kind: function}
            - {kind: max-pooling}
            - {kind: convolution, channels: 96}
            - {kind: batch-norm}
            - {kind: function}
            - {kind: max-pooling}
            - {kind: flatten}
            - {kind: dropout, p: 0.5}
            - {kind: linear}
        training:
          epochs: %d
          batch: %d
          loss: cross-entropy
          optimizer: {kind: adam, learning_rate: 0.001}
          schedule: {kind: cosine}
        evaluation:
          metrics: [accuracy]
        """
            .formatted(
                name,
                quoted("tells " + kinds(summary.folder()) + " of sounds apart"),
                source(place),
                label.map(each -> "  label: " + quoted(each) + "\n").orElse(""),
                rate,
                number(seconds),
                window,
                rate / 100,
                broken(summary.folder(), "on_bad_sound"),
                number(seconds / 10),
                2 * epochs(count),
                Math.min(32, batch(count)));
  }

  /**
   * A recipe for a text that a model is to learn to write on.
   *
   * @throws MerapiException if there is no text, or it is shorter than a page
   */
  public static String text(Path place, String name) {
    var summary = TextSummary.of(TextFiles.of(place));
    if (summary.characters() < 2000) {
      throw new MerapiException(
          "%s: %d characters are too few to learn from; give a text of some pages"
              .formatted(place, summary.characters()));
    }
    boolean few = summary.distinct() <= FEW_CHARACTERS;
    return MADE
        + """
        kind: training
        name: %s
        summary: %s
        data:
          kind: text
          source: %s
          tokenizer: %s
          context: 64 # tokens that it sees
          samples: 3000 # pieces of an epoch, drawn anywhere
          test: 0.1 # the end of the text
        model: {kind: gpt, layers: 4, heads: 4, dim: 128, bias: false}
        training:
          epochs: 8
          batch: 12
          optimizer: {kind: adamw, learning_rate: 0.004, beta2: 0.99, weight_decay: 0.1}
          schedule: {kind: cosine, warmup: 0.4, least: 0.1}
          clip_norm: 1
        evaluation:
          metrics: [accuracy]
          batch: 24
        """
            .formatted(
                name,
                quoted("learns to write on like " + place.getFileName()),
                source(place),
                few ? "{kind: characters}" : "{kind: bpe, size: 2048} # many different characters");
  }

  private static LabelledFiles.Naming naming(Optional<String> label) {
    return Sources.naming(label, Optional.empty());
  }

  private static void requireClasses(FolderSummary summary, Path place) {
    if (summary.classes().size() < 2) {
      throw new MerapiException(
          "%s: all files are of one class, %s; give a folder for each of two or more"
              .formatted(place, summary.classes().getFirst().name()));
    }
  }

  private static String source(Path place) {
    return quoted(place.toAbsolutePath().normalize().toString());
  }

  private static String kinds(FolderSummary summary) {
    return summary.classes().size() + " kinds";
  }

  private static String broken(FolderSummary summary, String setting) {
    return summary.broken().isEmpty()
        ? ""
        : "  %s: skip # %d cannot be read\n".formatted(setting, summary.broken().size());
  }

  private static String channels(List<Double> values, boolean grey) {
    return values.stream()
        .limit(grey ? 1 : 3)
        .map(value -> number(Math.max(0.01, value)))
        .collect(Collectors.joining(", ", "[", "]"));
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.3f", value).replaceFirst("\\.?0+$", "");
  }

  /** Few samples are looked at more often. */
  private static int epochs(int count) {
    return Math.clamp(150_000 / count, 10, 60);
  }

  private static int batch(int count) {
    return count < 1000 ? 16 : 64;
  }
}
