package dev.merapi.data;

import dev.merapi.data.LabelledFiles.Part;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * What is in a folder of files with a class each.
 *
 * @param files that can be read
 * @param classes how many files each has
 * @param endings how many files have each
 * @param leftOut files of other kinds
 * @param broken why files cannot be read
 * @param copies files whose bytes are those of an earlier one
 * @param copy the first of them and the one that it repeats; empty if there are none
 * @param fingerprint SHA-256 of names, classes and contents
 */
public record FolderSummary(
    int files,
    List<ClassCount> classes,
    Map<String, Integer> endings,
    int leftOut,
    List<String> broken,
    int copies,
    String copy,
    String fingerprint) {
  public FolderSummary {
    classes = List.copyOf(classes);
    endings = Map.copyOf(endings);
    broken = List.copyOf(broken);
  }

  /** How many files a class has, and how many of them their place puts into a part. */
  public record ClassCount(String name, int files, int train, int validation, int test) {}

  /** Least, middle and greatest of some numbers. */
  public record Extent(double least, double median, double greatest) {
    /** Of numbers in any order, at least one. */
    public static Extent of(double... values) {
      double[] sorted = values.clone();
      Arrays.sort(sorted);
      return new Extent(sorted[0], sorted[sorted.length / 2], sorted[sorted.length - 1]);
    }
  }

  /** Looks at files that are opened. */
  public static FolderSummary of(DecodedFiles<?> opened) {
    var files = opened.files();
    var endings = new TreeMap<String, Integer>();
    var seen = new HashMap<String, String>();
    int copies = 0;
    var copy = "";
    for (int i = 0; i < opened.size(); i++) {
      var name = files.items().get(i).place().getFileName().toString().toLowerCase(Locale.ROOT);
      endings.merge(name.substring(name.lastIndexOf('.') + 1), 1, Integer::sum);
      var first = seen.putIfAbsent(opened.digest(i), opened.name(i));
      if (first != null) {
        copies++;
        copy = copies == 1 ? opened.name(i) + " is " + first : copy;
      }
    }
    var classes = new ArrayList<ClassCount>();
    for (int c = 0; c < files.classes().size(); c++) {
      int label = c;
      var own = files.items().stream().filter(item -> item.label() == label).toList();
      classes.add(
          new ClassCount(
              files.classes().get(c),
              own.size(),
              count(own, Part.TRAIN),
              count(own, Part.VALIDATION),
              count(own, Part.TEST)));
    }
    return new FolderSummary(
        opened.size(),
        classes,
        endings,
        files.leftOut(),
        opened.broken(),
        copies,
        copy,
        opened.addTo(new Sha256()).hex());
  }

  private static int count(List<LabelledFiles.Item> items, Part part) {
    return (int) items.stream().filter(item -> item.part() == part).count();
  }
}
