package dev.merapi.data;

import de.siegmar.fastcsv.reader.CsvReader;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipFile;

/**
 * Files with a class each: a folder or a zip with one folder a class, or a CSV of paths and labels.
 *
 * <p>Folders {@code train}, {@code validation} (or {@code val}) and {@code test} at the top say
 * what is for what. Hidden files, and files of other kinds, are left out.
 *
 * @param items the files, in the order of their names
 * @param classes the names of the classes, in their order
 * @param leftOut how many files are of other kinds
 */
public record LabelledFiles(List<Item> items, List<String> classes, int leftOut) {
  private static final Set<String> TRAIN = Set.of("train", "training");
  private static final Set<String> VALIDATION = Set.of("validation", "val", "valid");
  private static final Set<String> TEST = Set.of("test", "testing");

  public LabelledFiles {
    items = List.copyOf(items);
    classes = List.copyOf(classes);
  }

  /** What a file is for, where its place says so. */
  public enum Part {
    TRAIN,
    VALIDATION,
    TEST,
    UNSAID
  }

  /** Reads a file as a whole. */
  @FunctionalInterface
  public interface Content {
    /** The bytes of the file. */
    byte[] read() throws IOException;
  }

  /**
   * One file.
   *
   * @param place what it is called in messages: its path, or that of its zip and its own
   * @param label the number of its class
   */
  public record Item(Path place, int label, Part part, Content content) {
    /**
     * The bytes of the file.
     *
     * @throws DataException if it cannot be read
     */
    public byte[] read() {
      try {
        return content.read();
      } catch (IOException e) {
        throw DataException.of(place, "read", e);
      }
    }
  }

  /**
   * How names are read where folders do not tell.
   *
   * @param label its first group in a file's name is the class; empty where folders are classes
   * @param test a file whose name it matches is for testing
   */
  public record Naming(Optional<Pattern> label, Optional<Pattern> test) {
    /** Folders are classes. */
    public static final Naming FOLDERS = new Naming(Optional.empty(), Optional.empty());
  }

  /** A file before its class has a number. */
  private record Found(Path place, List<String> path, Content content) {
    String name() {
      return path.getLast();
    }
  }

  /**
   * Finds the files.
   *
   * @param place a folder, a zip, a folder whose files are in one zip, or a CSV
   * @param kinds the ends of names that count, such as {@code png}
   * @throws DataException if there are none, or something cannot be read
   */
  public static LabelledFiles of(Path place, Set<String> kinds, Naming naming) {
    if (!Files.exists(place)) {
      throw DataException.of(place, "there is no such file or folder", "check the path");
    }
    if (place.toString().toLowerCase(Locale.ROOT).endsWith(".csv")) {
      return ofTable(place);
    }
    var all = Files.isDirectory(place) ? folder(place) : zip(place);
    var found = all.stream().filter(each -> kinds.contains(kind(each.name()))).toList();
    var zips = all.stream().filter(each -> kind(each.name()).equals("zip")).toList();
    if (found.isEmpty() && zips.size() == 1 && Files.isDirectory(place)) {
      return of(zips.getFirst().place(), kinds, naming);
    }
    if (found.isEmpty()) {
      throw DataException.of(
          place,
          "there are no files in it that end with " + String.join(", ", new TreeSet<>(kinds)),
          "give a folder or a zip with one folder a class, or a CSV of paths and labels");
    }
    return labelled(place, found, naming, all.size() - found.size());
  }

  /**
   * How many files of each ending are in a folder or a zip, the ending in small letters; of a
   * folder whose files are in one zip, those of the zip.
   *
   * @throws DataException if it cannot be read
   */
  public static Map<String, Integer> endings(Path place) {
    var all = Files.isDirectory(place) ? folder(place) : zip(place);
    var zips = all.stream().filter(each -> kind(each.name()).equals("zip")).toList();
    var endings = new TreeMap<String, Integer>();
    all.forEach(each -> endings.merge(kind(each.name()), 1, Integer::sum));
    return zips.size() == 1 && Files.isDirectory(place)
        ? endings(zips.getFirst().place())
        : endings;
  }

  private static String kind(String name) {
    return name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
  }

  private static LabelledFiles labelled(Path place, List<Found> found, Naming naming, int leftOut) {
    int common = common(found);
    var labels = new ArrayList<String>();
    var parts = new ArrayList<Part>();
    for (var file : found) {
      var path = file.path().subList(common, file.path().size());
      var part = path.size() > 1 ? part(path.getFirst()) : Part.UNSAID;
      parts.add(naming.test().isPresent() ? tested(naming.test().get(), file.name()) : part);
      labels.add(
          naming
              .label()
              .map(pattern -> named(pattern, file))
              .orElseGet(() -> folderOf(place, file, path, part != Part.UNSAID ? 1 : 0)));
    }
    var classes = List.copyOf(new TreeSet<>(labels));
    var items = new ArrayList<Item>();
    for (int i = 0; i < found.size(); i++) {
      var file = found.get(i);
      items.add(
          new Item(file.place(), number(classes, labels.get(i)), parts.get(i), file.content()));
    }
    items.sort(Comparator.comparing(Item::place));
    return new LabelledFiles(items, classes, leftOut);
  }

  private static int number(List<String> classes, String label) {
    return Collections.binarySearch(classes, label); // they are in order
  }

  private static Part tested(Pattern test, String name) {
    return test.matcher(name).matches() ? Part.TEST : Part.TRAIN;
  }

  private static String named(Pattern pattern, Found file) {
    var match = pattern.matcher(file.name());
    if (!match.matches() || match.groupCount() < 1) {
      throw DataException.of(
          file.place(),
          "its name does not say its class as `" + pattern + "` wants it",
          "rename it, or change `label`, whose first group is the class");
    }
    return match.group(1);
  }

  private static String folderOf(Path place, Found file, List<String> path, int at) {
    if (path.size() < at + 2) {
      throw DataException.of(
          place,
          file.name() + " is in no folder that could name its class",
          "put the files of each class into a folder of its own, or say in `label` how names tell");
    }
    return path.get(at);
  }

  private static Part part(String folder) {
    var name = folder.toLowerCase(Locale.ROOT);
    if (TRAIN.contains(name)) {
      return Part.TRAIN;
    }
    if (VALIDATION.contains(name)) {
      return Part.VALIDATION;
    }
    return TEST.contains(name) ? Part.TEST : Part.UNSAID;
  }

  /** How many folders all files share, without the one that names a class. */
  private static int common(List<Found> found) {
    int depth = 0;
    while (true) {
      int at = depth;
      var names = new LinkedHashSet<String>();
      boolean deeper = true;
      for (var file : found) {
        deeper &= file.path().size() > at + 2;
        names.add(file.path().get(Math.min(at, file.path().size() - 1)));
      }
      if (!deeper || names.size() > 1 || part(names.getFirst()) != Part.UNSAID) {
        // A lone `train` says nothing: what is for testing is then drawn.
        boolean lone = names.size() == 1 && deeper && part(names.getFirst()) == Part.TRAIN;
        return lone ? depth + 1 : depth;
      }
      depth++;
    }
  }

  // ---- where files are

  private static List<Found> folder(Path root) {
    var found = new ArrayList<Found>();
    var visitor =
        new SimpleFileVisitor<Path>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            return !folder.equals(root) && isHidden(folder.getFileName().toString())
                ? FileVisitResult.SKIP_SUBTREE
                : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (!isHidden(file.getFileName().toString())) {
              found.add(
                  new Found(file, names(root.relativize(file)), () -> Files.readAllBytes(file)));
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException e) {
            throw DataException.of(file, "read", e);
          }
        };
    try {
      Files.walkFileTree(root, visitor);
    } catch (IOException e) {
      throw DataException.of(root, "read", e);
    }
    return found;
  }

  private static boolean isHidden(String name) {
    return name.startsWith(".") || name.equals("__MACOSX");
  }

  private static List<String> names(Path path) {
    return Stream.iterate(0, i -> i < path.getNameCount(), i -> i + 1)
        .map(i -> path.getName(i).toString())
        .toList();
  }

  /** The archive stays open: its files are read when they are wanted. */
  private static List<Found> zip(Path file) {
    try {
      var zip = new ZipFile(file.toFile());
      return zip.stream()
          .filter(entry -> !entry.isDirectory())
          .map(
              entry ->
                  new Found(
                      file.resolve(entry.getName()),
                      List.of(entry.getName().split("/")),
                      () -> {
                        try (var in = zip.getInputStream(entry)) {
                          return in.readAllBytes();
                        }
                      }))
          .filter(found -> found.path().stream().noneMatch(LabelledFiles::isHidden))
          .toList();
    } catch (java.util.zip.ZipException e) {
      throw new DataException(
          file + ": it is no zip (" + DataException.reason(e) + "); give a folder, a zip or a CSV",
          e);
    } catch (IOException e) {
      throw DataException.of(file, "read", e);
    }
  }

  /** Lines of a path, beside the table's own folder, and a label. */
  private static LabelledFiles ofTable(Path table) {
    var paths = new ArrayList<Path>();
    var labels = new ArrayList<String>();
    try (var rows = CsvReader.builder().ofCsvRecord(table)) {
      for (var row : rows) {
        if (row.getFieldCount() != 2) {
          throw new DataException(
              "%s: line %d has %d cells; give a path and a label in each"
                  .formatted(table, row.getStartingLineNumber(), row.getFieldCount()));
        }
        var path = table.resolveSibling(row.getField(0).strip());
        if (Files.isRegularFile(path)) {
          paths.add(path);
          labels.add(row.getField(1).strip());
        } else if (row.getStartingLineNumber() > 1 || row.getField(0).contains(".")) { // no header
          throw new DataException(
              "%s: line %d names %s, which is no file; mend the path, which begins beside the table"
                  .formatted(table, row.getStartingLineNumber(), path));
        }
      }
    } catch (IOException e) {
      throw DataException.of(table, "read", e);
    }
    if (paths.isEmpty()) {
      throw DataException.of(table, "it names no files", "give a path and a label in each line");
    }
    var classes = List.copyOf(new TreeSet<>(labels));
    var items = new ArrayList<Item>();
    for (int i = 0; i < paths.size(); i++) {
      var path = paths.get(i);
      items.add(
          new Item(
              path, number(classes, labels.get(i)), Part.UNSAID, () -> Files.readAllBytes(path)));
    }
    return new LabelledFiles(items, classes, 0);
  }

  // ---- parts

  /**
   * Cuts a data set of these files: by their places, where these say it, else by class.
   *
   * @param data an example for each item, in their order
   * @param validation the share of what is left for training that is held out, if no place says it
   * @param test the share of all that is for testing, if no place says it
   */
  public Splits split(Dataset data, double validation, double test, dev.merapi.tensor.Key key) {
    var tested = rows(Part.TEST);
    var held = rows(Part.VALIDATION);
    Dataset rest = data.select(rows(Part.TRAIN, Part.UNSAID));
    var last = data.select(tested);
    if (tested.length == 0) {
      var parts = rest.splitByClass(1 - test, key.fold(0));
      rest = parts.first();
      last = parts.rest();
    }
    Splits splits;
    if (held.length > 0) {
      splits = new Splits(rest, data.select(held), last, List.of());
    } else {
      var parts = rest.splitByClass(1 - validation, key.fold(1));
      splits = new Splits(parts.first(), parts.rest(), last, List.of());
    }
    requireLearned(splits);
    return splits;
  }

  /** A network cannot tell what it never saw; where nothing trains, nothing is asked. */
  private void requireLearned(Splits splits) {
    if (splits.train().size() == 0) {
      return;
    }
    int[] learned = splits.train().histogram();
    for (var part : List.of(splits.validation(), splits.test())) {
      int[] labels = part.labels();
      for (int i = 0; i < labels.length; i++) {
        if (learned[labels[i]] == 0) {
          throw new DataException(
              "%s: its class `%s` never occurs in training; give training files of it, or take this one out"
                  .formatted(part.name(i), classes.get(labels[i])));
        }
      }
    }
  }

  private int[] rows(Part... wanted) {
    return java.util.stream.IntStream.range(0, items.size())
        .filter(i -> List.of(wanted).contains(items.get(i).part()))
        .toArray();
  }

  /** The number of each file's class. */
  public int[] labels() {
    return items.stream().mapToInt(Item::label).toArray();
  }
}
