package dev.merapi.cli;

import dev.merapi.data.Cifar10;
import dev.merapi.data.ContactSheet;
import dev.merapi.data.FashionMnist;
import dev.merapi.data.Mnist;
import dev.merapi.data.Progress;
import dev.merapi.data.Splits;
import dev.merapi.train.Charts;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** What is in a set of pictures that is published in files of its own: idx, or CIFAR's batches. */
final class PublishedView {
  private static final String IDX = "train-images-idx3-ubyte";
  private static final String CIFAR = "test_batch.bin";

  private PublishedView() {}

  /**
   * What {@code --json} prints.
   *
   * @param classes pictures to learn from and to test of each class
   */
  record Shown(
      String source,
      String shape,
      int train,
      int test,
      Map<String, Counts> classes,
      String fingerprint) {}

  /** Pictures of a class. */
  record Counts(int train, int test) {}

  /** The view of a set's name, or of a folder that holds such files; empty for any other. */
  static Optional<DataView> of(String name, Progress download) {
    var folder = Path.of(name);
    boolean idx = Files.exists(folder.resolve(IDX)) || Files.exists(folder.resolve(IDX + ".gz"));
    boolean cifar = Files.exists(folder.resolve(CIFAR));
    if (!idx && !cifar) {
      return switch (name) {
        case "mnist" -> Optional.of(view(name, Mnist.load(Optional.empty(), download)));
        case "fashion-mnist" ->
            Optional.of(view(name, FashionMnist.load(Optional.empty(), download)));
        case "cifar10" -> Optional.of(view(name, Cifar10.load(Optional.empty(), download)));
        default -> Optional.empty();
      };
    }
    if (cifar) {
      return Optional.of(view(name, Cifar10.load(folder)));
    }
    return Optional.of(
        view(
            name,
            folder.endsWith("fashion-mnist")
                ? FashionMnist.load(Optional.of(folder), download)
                : Mnist.load(Optional.of(folder), download)));
  }

  private static DataView view(String name, Splits splits) {
    var train = splits.train();
    int[] learned = train.histogram();
    int[] tested = splits.test().histogram();
    var classes = new LinkedHashMap<String, Counts>();
    for (int c = 0; c < learned.length; c++) {
      classes.put(train.classes().get(c), new Counts(learned[c], tested[c]));
    }
    var fingerprint = train.fingerprint();
    var lines = new ArrayList<String>();
    lines.add(
        "%s: %d pictures to learn from, %d to test, %d classes, fingerprint %s"
            .formatted(
                name,
                train.size(),
                splits.test().size(),
                classes.size(),
                fingerprint.substring(0, 12)));
    splits.notes().forEach(note -> lines.add("note: " + note));
    classes.forEach(
        (each, counts) ->
            lines.add("class   %-12s %d, %d to test".formatted(each, counts.train, counts.test)));
    lines.add("shape   %s (channels, height, width)".formatted(train.features()));
    var shown =
        new Shown(
            name,
            train.features().toString(),
            train.size(),
            splits.test().size(),
            classes,
            fingerprint);
    return new DataView(
        lines,
        shown,
        Optional.of(
            () -> {
              Charts.requireFonts("a contact sheet");
              return ContactSheet.of(train).png();
            }),
        "a contact sheet");
  }
}
