package dev.merapi.cli;

import dev.merapi.audio.SoundFolder;
import dev.merapi.audio.SoundSummary;
import dev.merapi.data.ContactSheet;
import dev.merapi.data.FolderSummary;
import dev.merapi.data.FolderSummary.ClassCount;
import dev.merapi.data.FolderSummary.Extent;
import dev.merapi.data.LabelledFiles;
import dev.merapi.data.LabelledFiles.Naming;
import dev.merapi.data.PictureFolder;
import dev.merapi.data.PictureSummary;
import dev.merapi.train.Charts;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** What is in a folder of pictures or sounds, for people. */
final class MediaView {
  private static final int CLASSES = 30;
  private static final int BROKEN = 5;

  private MediaView() {}

  /** What {@code --json} prints. */
  record Shown(String source, Object summary) {}

  static DataView pictures(Path place, Naming naming) {
    var files = LabelledFiles.of(place, PictureFolder.KINDS, naming);
    var summary = PictureSummary.of(files);
    var lines = lines(place, "pictures", summary.folder());
    lines.add(
        "size    %s wide, %s high, in pixels"
            .formatted(extent(summary.width(), 0), extent(summary.height(), 0)));
    lines.add(
        "pixels  mean %s, deviation %s (of 0 to 1)%s"
            .formatted(
                channels(summary.mean()),
                channels(summary.deviation()),
                summary.grey() ? "; none has colours" : ""));
    return new DataView(
        lines,
        new Shown(place.toString(), summary),
        Optional.of(() -> png(PictureSummary.sheet(files))),
        "a contact sheet");
  }

  static DataView sounds(Path place, Naming naming) {
    var files = LabelledFiles.of(place, SoundFolder.KINDS, naming);
    var summary = SoundSummary.of(files);
    var lines = lines(place, "sounds", summary.folder());
    lines.add(
        "length  %s seconds; nine of ten up to %.2f"
            .formatted(extent(summary.seconds(), 2), summary.most()));
    lines.add("rate    " + counts(summary.rates()) + " (samples in a second, and how many sounds)");
    lines.add(
        "level   %s decibels below full scale".formatted(extent(negated(summary.loudness()), 1)));
    return new DataView(
        lines,
        new Shown(place.toString(), summary),
        Optional.of(() -> png(SoundSummary.sheet(files))),
        "spectrograms");
  }

  private static byte[] png(ContactSheet sheet) {
    Charts.requireFonts("a contact sheet");
    return sheet.png();
  }

  private static List<String> lines(Path place, String what, FolderSummary folder) {
    var lines = new ArrayList<String>();
    lines.add(
        "%s: %d %s, %d class%s, fingerprint %s"
            .formatted(
                place,
                folder.files(),
                what,
                folder.classes().size(),
                folder.classes().size() == 1 ? "" : "es",
                folder.fingerprint().substring(0, 12)));
    if (!folder.broken().isEmpty()) {
      lines.add(
          "note: %d cannot be read: %s%s"
              .formatted(
                  folder.broken().size(),
                  folder.broken().stream().limit(BROKEN).collect(Collectors.joining(" | ")),
                  folder.broken().size() > BROKEN ? " | …" : ""));
    }
    if (folder.copies() > 0) {
      lines.add(
          "note: %d file%s repeat%s another one to the byte: %s"
              .formatted(
                  folder.copies(),
                  folder.copies() == 1 ? "" : "s",
                  folder.copies() == 1 ? "s" : "",
                  folder.copy()));
    }
    if (folder.leftOut() > 0) {
      lines.add("note: %d files of other kinds are left out".formatted(folder.leftOut()));
    }
    int width =
        Math.min(
            40, folder.classes().stream().mapToInt(each -> each.name().length()).max().orElse(1));
    folder.classes().stream().limit(CLASSES).forEach(each -> lines.add(line(each, width)));
    if (folder.classes().size() > CLASSES) {
      lines.add("… and %d more classes".formatted(folder.classes().size() - CLASSES));
    }
    lines.add("files   " + counts(folder.endings()));
    return lines;
  }

  private static String line(ClassCount count, int width) {
    var parts =
        count.train() + count.validation() + count.test() == 0
            ? ""
            : "  (%d train, %d validation, %d test)"
                .formatted(count.train(), count.validation(), count.test());
    return ("class   %-" + width + "s  %d%s").formatted(count.name(), count.files(), parts);
  }

  private static <K> String counts(Map<K, Integer> counts) {
    return counts.entrySet().stream()
        .sorted(Map.Entry.<K, Integer>comparingByValue().reversed())
        .map(entry -> entry.getKey() + " " + entry.getValue())
        .collect(Collectors.joining(", "));
  }

  private static String extent(Extent extent, int digits) {
    return extent.least() == extent.greatest()
        ? number(extent.least(), digits)
        : "%s to %s (middle %s)"
            .formatted(
                number(extent.least(), digits),
                number(extent.greatest(), digits),
                number(extent.median(), digits));
  }

  private static Extent negated(Extent extent) {
    return new Extent(-extent.greatest(), -extent.median(), -extent.least());
  }

  private static String number(double value, int digits) {
    return String.format(Locale.ROOT, "%." + digits + "f", value);
  }

  private static String channels(List<Double> values) {
    return values.stream().map(value -> number(value, 3)).collect(Collectors.joining(" "));
  }
}
