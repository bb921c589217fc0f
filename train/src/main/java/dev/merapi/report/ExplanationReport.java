package dev.merapi.report;

import dev.merapi.evaluation.Measure;
import dev.merapi.report.Explanation.Candidate;
import dev.merapi.report.Explanation.Token;
import dev.merapi.report.Explanation.Told;
import dev.merapi.report.Page.Cell;
import dev.merapi.report.Page.Headline;
import dev.merapi.report.Page.MapGroup;
import dev.merapi.report.Page.MapPicture;
import dev.merapi.report.Page.Maps;
import dev.merapi.report.Page.Passage;
import dev.merapi.report.Page.Piece;
import dev.merapi.report.Page.Section;
import dev.merapi.report.Page.Shade;
import dev.merapi.report.Page.Table;
import dev.merapi.tensor.MerapiException;
import dev.merapi.train.AtomicFiles;
import dev.merapi.train.Charts;
import dev.merapi.train.FileException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleFunction;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * How a language model reads a text, for people: the text in colours, each token's probability, and
 * the maps of attention, as an HTML page that needs no other file, or as one picture.
 */
public final class ExplanationReport {
  /**
   * The largest side of a map that is looked at, and how large a pair of tokens gets, in points.
   */
  private static final int SIDE = 600;

  private static final int CELL = 28;

  /** The width of the table of all maps, in points, and how large a map in it gets. */
  private static final int GRID = 1000;

  private static final int THUMBNAIL = 56;

  /** Letters of a token that stands beside a map. */
  private static final int LETTERS = 14;

  /** About the width of a letter there, in points. */
  private static final int LETTER = 7;

  private static final Pattern CONTROL =
      Pattern.compile("\\p{Cntrl}", Pattern.UNICODE_CHARACTER_CLASS);

  private final Explanation explanation;

  private ExplanationReport(Explanation explanation) {
    this.explanation = explanation;
  }

  public static ExplanationReport of(Explanation explanation) {
    return new ExplanationReport(explanation);
  }

  /**
   * Checks that a file can be written, before there is anything to write.
   *
   * @throws MerapiException if its name ends in none of {@code .html} and {@code .png}, or its
   *     folder is not there
   */
  public static void check(Path file) {
    if (!isPicture(file) && !name(file).endsWith(".html")) {
      throw new FileException(
          file, "an explanation is a page or a picture", "give a name that ends in .html or .png");
    }
    var folder = file.toAbsolutePath().getParent();
    if (!Files.isDirectory(folder)) {
      throw new FileException(file, "there is no folder " + folder, "make it first");
    }
    if (Files.isDirectory(file)) {
      throw new FileException(file, "it is a folder", "give the name of a file");
    }
    if (isPicture(file)) {
      Charts.requireFonts(file.toString());
    }
  }

  private static String name(Path file) {
    return file.toString().toLowerCase(Locale.ROOT);
  }

  private static boolean isPicture(Path file) {
    return name(file).endsWith(".png");
  }

  /**
   * Writes the page, or the picture if the file's name ends in {@code .png}; one that is there is
   * replaced.
   *
   * @throws MerapiException if it cannot be written, see {@link #check}
   */
  public void write(Path file) {
    check(file);
    if (isPicture(file)) {
      AtomicFiles.write(file, Charts.png(ExplanationPicture.of(explanation)));
    } else {
      AtomicFiles.write(file, Html.of(page()));
    }
  }

  Page page() {
    List<Section> sections = new ArrayList<>();
    sections.add(
        Section.of(
            "The text",
            "Each token, coloured by its probability. Point at one to see what else could have"
                + " stood there. All probabilities are the model's own: before temperature, top-k,"
                + " penalties and anything else that changes how tokens are drawn.",
            new Passage(
                IntStream.range(0, explanation.tokens().size()).mapToObj(this::piece).toList(),
                "Probability",
                legend(
                    new double[] {1, 0.5, 0.1, 0.01, 0.001, 0.0001},
                    p -> ExplanationColors.hex(ExplanationColors.ofToken(Math.log(p)))))));
    sections.add(
        Section.of(
            "What would follow",
            "The likeliest tokens behind the last one.",
            new Table(List.of("Token", "Probability"), rows(explanation.next()))));
    if (!explanation.attention().layers().isEmpty()) {
      sections.add(attention());
    }
    sections.add(
        Section.of(
            "Token by token",
            "Rank 1 is the likeliest token. The surprise is -ln p in nats and -log₂ p in bits.",
            table()));
    return new Page(
        explanation.title(),
        "How a language model reads a text: the probability of each token, and where attention"
            + " looks",
        explanation.facts(),
        headlines(),
        List.of(),
        sections);
  }

  private List<Headline> headlines() {
    int given = explanation.given();
    int all = explanation.tokens().size();
    return Stream.of(
            headlines("Given", explanation.tokens().subList(0, given)),
            headlines("Written", explanation.tokens().subList(given, all)))
        .flatMap(List::stream)
        .toList();
  }

  private static List<Headline> headlines(String what, List<Token> tokens) {
    var told = tokens.stream().flatMap(token -> token.told().stream()).toList();
    if (told.isEmpty()) {
      return List.of();
    }
    double loss = -told.stream().mapToDouble(Told::logProbability).average().orElseThrow();
    long first = told.stream().filter(each -> each.rank() == 1).count();
    return List.of(
        new Headline(what + ": perplexity", Measure.number(Math.exp(loss)), tokens(told.size())),
        new Headline(
            what + ": the likeliest token",
            percent((double) first / told.size()),
            "%d of %d tokens".formatted(first, told.size())));
  }

  private static String tokens(int count) {
    return count == 1 ? "1 token" : count + " tokens";
  }

  private Piece piece(int number) {
    var token = explanation.tokens().get(number);
    int breaks = (int) token.text().chars().filter(c -> c == '\n').count();
    boolean written = number >= explanation.given();
    return token
        .told()
        .map(
            told ->
                new Piece(
                    visible(token.text()),
                    ExplanationColors.hex(ExplanationColors.ofToken(told.logProbability())),
                    written,
                    breaks,
                    "%s  %s".formatted(quoted(token.text()), percent(told.probability())),
                    "rank %,d, surprise %s nats, %s bits"
                        .formatted(
                            told.rank(), number(-told.logProbability()), number(told.bits())),
                    rows(told.likeliest())))
        .orElseGet(
            () ->
                new Piece(
                    visible(token.text()),
                    "",
                    written,
                    breaks,
                    quoted(token.text()),
                    "nothing before it tells it",
                    List.of()));
  }

  private static List<List<Cell>> rows(List<Candidate> candidates) {
    return candidates.stream()
        .map(each -> List.of(Cell.text(quoted(each.text())), share(each.probability())))
        .toList();
  }

  private Table table() {
    List<List<Cell>> rows = new ArrayList<>();
    for (int i = 0; i < explanation.tokens().size(); i++) {
      var token = explanation.tokens().get(i);
      var told = token.told();
      rows.add(
          List.of(
              Cell.number(Integer.toString(i + 1)),
              Cell.text(quoted(token.text())),
              Cell.number(i < explanation.given() ? "given" : "written"),
              told.map(each -> share(each.probability())).orElse(Cell.number("")),
              Cell.number(told.map(each -> "%,d".formatted(each.rank())).orElse("")),
              Cell.number(told.map(each -> number(-each.logProbability())).orElse("")),
              Cell.number(told.map(each -> number(each.bits())).orElse("")),
              Cell.text(told.map(each -> listed(each.likeliest())).orElse(""))));
    }
    return new Table(
        List.of("#", "Token", "", "Probability", "Rank", "Nats", "Bits", "The likeliest there"),
        rows);
  }

  private static String listed(List<Candidate> candidates) {
    return String.join(
        ", ",
        candidates.stream()
            .map(each -> quoted(each.text()) + " " + percent(each.probability()))
            .toList());
  }

  // ---- attention

  private Section attention() {
    var maps = explanation.attention();
    var rows = labels(explanation);
    List<String> columns = new ArrayList<>(rows);
    if (maps.columns() > maps.rows()) {
      columns.addFirst("(before)");
    }
    List<MapGroup> groups = new ArrayList<>();
    groups.add(
        new MapGroup(
            "all",
            List.of(picture(maps, "mean", "the mean of all heads of all layers", maps.mean()))));
    for (int layer = 0; layer < maps.layers().size(); layer++) {
      groups.add(new MapGroup("layer " + (layer + 1), pictures(maps, layer)));
    }
    int heads = maps.layers().stream().mapToInt(List::size).max().orElseThrow();
    return Section.of(
        "Attention",
        lead(maps),
        new Maps(
            rows,
            columns,
            Math.clamp(SIDE / maps.columns(), 8, CELL),
            LETTER * (2 + columns.stream().mapToInt(String::length).max().orElseThrow()),
            Math.clamp(GRID / (heads + 2), 24, THUMBNAIL),
            groups,
            legend(
                new double[] {0, 0.01, 0.1, 0.25, 0.5, 1},
                p -> ExplanationColors.hex(ExplanationColors.ofAttention(p)))));
  }

  private String lead(AttentionMaps maps) {
    var cut =
        maps.columns() == maps.rows()
            ? ""
            : " Of this text they are the last %d tokens; the first column holds what goes to all of those before them."
                .formatted(maps.rows());
    return "A row for each token that looks, a column for each that it looks at, up to itself: the"
        + " darker, the more. Each row sums to 1."
        + cut
        + " Choose a head of a layer, or the mean of its heads; arrow keys go on from there.";
  }

  private static List<MapPicture> pictures(AttentionMaps maps, int layer) {
    List<MapPicture> pictures = new ArrayList<>();
    pictures.add(
        picture(
            maps,
            "mean",
            "layer %d, the mean of its heads".formatted(layer + 1),
            maps.mean(layer)));
    var heads = maps.layers().get(layer);
    for (int head = 0; head < heads.size(); head++) {
      pictures.add(
          picture(
              maps,
              "head " + (head + 1),
              "layer %d, head %d".formatted(layer + 1, head + 1),
              heads.get(head)));
    }
    return pictures;
  }

  private static MapPicture picture(AttentionMaps maps, String name, String title, float[] map) {
    return new MapPicture(name, title, AttentionPicture.source(maps, map));
  }

  /** The tokens that have a row. */
  static List<String> labels(Explanation explanation) {
    var tokens = explanation.tokens();
    return tokens.subList(tokens.size() - explanation.attention().rows(), tokens.size()).stream()
        .map(token -> shortened(visible(token.text())))
        .toList();
  }

  // ---- as people read it

  /** With signs for the ends of lines and for other control characters. */
  static String visible(String text) {
    return CONTROL
        .matcher(text)
        .replaceAll(
            found ->
                switch (found.group().charAt(0)) {
                  case '\n' -> "⏎";
                  case '\t' -> "⇥";
                  default -> "‹%02X›".formatted((int) found.group().charAt(0));
                });
  }

  private static String quoted(String text) {
    return "“" + visible(text) + "”";
  }

  private static String shortened(String text) {
    var dotted = text.replace(' ', '·');
    return dotted.codePointCount(0, dotted.length()) <= LETTERS
        ? dotted
        : dotted.substring(0, dotted.offsetByCodePoints(0, LETTERS - 1)) + "…";
  }

  private static Cell share(double probability) {
    var share = Cell.share(probability);
    return new Cell(percent(probability), true, share.bar());
  }

  /** {@code 43.1 %}, {@code 0.0021 %}. */
  static String percent(double share) {
    double percent = 100 * share;
    return percent >= 0.1 || percent == 0
        ? String.format(Locale.ROOT, "%.1f %%", percent)
        : String.format(Locale.ROOT, "%.1g %%", percent);
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.2f", value);
  }

  private static String plain(double value) {
    return BigDecimal.valueOf(value).stripTrailingZeros().toPlainString();
  }

  /** Some values and their colours. */
  static List<Shade> legend(double[] values, DoubleFunction<String> color) {
    return IntStream.range(0, values.length)
        .mapToObj(i -> new Shade(color.apply(values[i]), plain(values[i])))
        .toList();
  }
}
