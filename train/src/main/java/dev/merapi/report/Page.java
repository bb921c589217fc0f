package dev.merapi.report;

import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A page for people: what is on it, not how it looks; {@link Html} says that.
 *
 * @param title what it is about
 * @param subtitle a line below the title
 * @param facts small print: {@code step 1,240}
 * @param headlines the few numbers that matter most
 * @param findings what the numbers mean, in words
 * @param sections the rest, in this order
 */
public record Page(
    String title,
    String subtitle,
    List<String> facts,
    List<Headline> headlines,
    List<Finding> findings,
    List<Section> sections) {
  /** Where a PNG file says how wide it is. */
  private static final int WIDTH_AT = 16;

  public Page {
    facts = List.copyOf(facts);
    headlines = List.copyOf(headlines);
    findings = List.copyOf(findings);
    sections = List.copyOf(sections);
  }

  /**
   * A number that is shown large.
   *
   * @param title what it is
   * @param value the number, as people read it
   * @param range its interval; empty without one
   */
  public record Headline(String title, String value, String range) {}

  /**
   * A part with a title.
   *
   * @param title of the part
   * @param lead a sentence or two that say how to read it
   * @param figures pictures, side by side where there is room
   * @param table a table below them
   * @param cards small pictures or texts with captions
   */
  public record Section(
      String title, String lead, List<Figure> figures, Optional<Table> table, List<Card> cards) {
    public Section {
      figures = List.copyOf(figures);
      cards = List.copyOf(cards);
    }

    /** A part of pictures. */
    public static Section of(String title, String lead, List<Figure> figures) {
      return new Section(title, lead, figures, Optional.empty(), List.of());
    }

    /** A part that is a table. */
    public static Section of(String title, String lead, Table table) {
      return new Section(title, lead, List.of(), Optional.of(table), List.of());
    }
  }

  /**
   * A picture.
   *
   * @param name of its PNG file
   * @param alt what it shows, for whoever cannot see it
   * @param source the picture itself, as a data URI
   * @param width in points, two pixels each
   */
  public record Figure(String name, String alt, String source, int width) {
    /** The figure of a PNG file of two pixels a point. */
    static Figure of(String name, String alt, byte[] png) {
      return new Figure(name, alt, source(png), ByteBuffer.wrap(png).getInt(WIDTH_AT) / 2);
    }

    /** A PNG file as a data URI. */
    static String source(byte[] png) {
      return "data:image/png;base64," + Base64.getEncoder().encodeToString(png);
    }
  }

  /** A table; each row has as many cells as there are heads. */
  public record Table(List<String> heads, List<List<Cell>> rows) {
    public Table {
      heads = List.copyOf(heads);
      rows = rows.stream().map(List::copyOf).toList();
    }
  }

  /**
   * A cell of a table.
   *
   * @param text what stands in it
   * @param numeric whether it is a number, which stands on the right
   * @param bar how full a bar behind it is, from 0 to 1, if there is one
   */
  public record Cell(String text, boolean numeric, Optional<Double> bar) {
    /** Words. */
    public static Cell text(String text) {
      return new Cell(text, false, Optional.empty());
    }

    /** A number. */
    public static Cell number(String text) {
      return new Cell(text, true, Optional.empty());
    }

    /** A number from 0 to 1, with a bar. */
    public static Cell share(double value) {
      return new Cell(
          String.format(Locale.ROOT, "%.1f %%", 100 * value),
          true,
          Optional.of(Math.clamp(value, 0.0, 1.0)));
    }
  }

  /**
   * An example.
   *
   * @param picture of it, as a data URI, if it is a picture
   * @param title which one
   * @param lines what is said of it
   */
  public record Card(Optional<String> picture, String title, List<String> lines) {
    public Card {
      lines = List.copyOf(lines);
    }
  }
}
