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
   * @param passage a text in colours
   * @param maps maps of one kind, of which one is looked at
   */
  public record Section(
      String title,
      String lead,
      List<Figure> figures,
      Optional<Table> table,
      List<Card> cards,
      Optional<Passage> passage,
      Optional<Maps> maps) {
    public Section {
      figures = List.copyOf(figures);
      cards = List.copyOf(cards);
    }

    /** A part without a passage and maps. */
    public Section(
        String title, String lead, List<Figure> figures, Optional<Table> table, List<Card> cards) {
      this(title, lead, figures, table, cards, Optional.empty(), Optional.empty());
    }

    /** A part of pictures. */
    public static Section of(String title, String lead, List<Figure> figures) {
      return new Section(title, lead, figures, Optional.empty(), List.of());
    }

    /** A part that is a table. */
    public static Section of(String title, String lead, Table table) {
      return new Section(title, lead, List.of(), Optional.of(table), List.of());
    }

    /** A part that is a text. */
    public static Section of(String title, String lead, Passage passage) {
      return new Section(
          title,
          lead,
          List.of(),
          Optional.empty(),
          List.of(),
          Optional.of(passage),
          Optional.empty());
    }

    /** A part of maps. */
    public static Section of(String title, String lead, Maps maps) {
      return new Section(
          title, lead, List.of(), Optional.empty(), List.of(), Optional.empty(), Optional.of(maps));
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

  /**
   * A text whose pieces are coloured, with the meaning of some colours beside it.
   *
   * @param scale what the colours tell
   * @param legend what some of them say
   */
  public record Passage(List<Piece> pieces, String scale, List<Shade> legend) {
    public Passage {
      pieces = List.copyOf(pieces);
      legend = List.copyOf(legend);
    }
  }

  /**
   * A piece of a text.
   *
   * @param text as it is shown
   * @param color behind it: {@code #8cc4e6}; empty without one
   * @param underlined whether it stands out from others
   * @param breaks how many lines end with it
   * @param title of what is told when somebody points at it
   * @param note a line below that
   * @param rows names and shares, below it
   */
  public record Piece(
      String text,
      String color,
      boolean underlined,
      int breaks,
      String title,
      String note,
      List<List<Cell>> rows) {
    public Piece {
      rows = rows.stream().map(List::copyOf).toList();
    }
  }

  /** A colour and what it says. */
  public record Shade(String color, String meaning) {}

  /**
   * Maps over the same rows and columns, a pixel for each of their pairs.
   *
   * @param rows their names
   * @param columns their names
   * @param cell how large a pair is shown, in points
   * @param label how wide a name is, in points
   * @param thumbnail how large a whole map is in the table of all of them, in points
   * @param groups maps in rows of that table
   * @param legend what the colours say
   */
  public record Maps(
      List<String> rows,
      List<String> columns,
      int cell,
      int label,
      int thumbnail,
      List<MapGroup> groups,
      List<Shade> legend) {
    public Maps {
      rows = List.copyOf(rows);
      columns = List.copyOf(columns);
      groups = List.copyOf(groups);
      legend = List.copyOf(legend);
    }
  }

  /** Maps that belong together. */
  public record MapGroup(String name, List<MapPicture> maps) {
    public MapGroup {
      maps = List.copyOf(maps);
    }
  }

  /**
   * A map.
   *
   * @param name in its group
   * @param title alone
   * @param source the picture, as a data URI
   */
  public record MapPicture(String name, String title, String source) {}
}
