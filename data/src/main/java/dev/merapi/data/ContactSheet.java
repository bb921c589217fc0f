package dev.merapi.data;

import java.awt.Color;
import java.awt.Font;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;

/** Rows of small pictures with a name before each, for people to look at. */
public record ContactSheet(List<Row> rows) {
  private static final int CLASSES = 20;
  private static final int EXAMPLES = 10;
  private static final int GAP = 4;
  private static final int NAME = 140; // pixels before a row
  private static final int LETTERS = 18;
  private static final int SMALL = 40; // pixels

  public ContactSheet {
    rows = List.copyOf(rows);
  }

  /**
   * A small picture.
   *
   * @param rgb red, green and blue of each pixel in the lowest 24 bits, row by row
   */
  @SuppressWarnings("ArrayRecordComponent") // drawn, not compared
  public record Tile(int width, int height, int[] rgb) {}

  /** Pictures of one name. */
  public record Row(String name, List<Tile> pictures) {
    public Row {
      pictures = List.copyOf(pictures);
    }
  }

  /**
   * Up to ten files of each of the first twenty classes, from all over the class; those that cannot
   * be read are passed over.
   *
   * @param draw makes a picture of a file
   */
  public static ContactSheet of(LabelledFiles files, DecodedFiles.Decoder<Tile> draw) {
    var rows = new ArrayList<Row>();
    for (int c = 0; c < Math.min(CLASSES, files.classes().size()); c++) {
      int label = c;
      var own = files.items().stream().filter(item -> item.label() == label).toList();
      var pictures = new ArrayList<Tile>();
      int step = Math.max(1, own.size() / EXAMPLES);
      for (int i = 0; i < own.size() && pictures.size() < EXAMPLES; i += step) {
        try {
          pictures.add(draw.decode(own.get(i).place(), own.get(i).read()));
        } catch (DataException _) {
          // It is told where files are counted.
        }
      }
      rows.add(new Row(files.classes().get(c), pictures));
    }
    return new ContactSheet(rows);
  }

  /**
   * Up to ten pictures of each of the first twenty classes of a data set, from all over it.
   *
   * @param pictures (channels, height, width) each, from 0 to 1, grey or of three colours
   */
  public static ContactSheet of(Dataset pictures) {
    int[] labels = pictures.labels();
    var rows = new ArrayList<Row>();
    for (int c = 0; c < Math.min(CLASSES, pictures.classes().size()); c++) {
      int label = c;
      int[] own = IntStream.range(0, labels.length).filter(i -> labels[i] == label).toArray();
      int step = Math.max(1, own.length / EXAMPLES);
      var tiles =
          IntStream.range(0, Math.min(EXAMPLES, own.length))
              .mapToObj(i -> tile(pictures, own[i * step]))
              .toList();
      rows.add(new Row(pictures.classes().get(c), tiles));
    }
    return new ContactSheet(rows);
  }

  /** Small ones twice as large. */
  private static Tile tile(Dataset pictures, int row) {
    var shape = pictures.features();
    int height = shape.size(1);
    int width = shape.size(2);
    int scale = Math.max(height, width) <= SMALL ? 2 : 1;
    float[] pixels = pictures.gather(row).x().toArray();
    int plane = height * width;
    int[] rgb = new int[plane * scale * scale];
    for (int i = 0; i < rgb.length; i++) {
      int from = i / (width * scale) / scale * width + i % (width * scale) / scale;
      for (int c = 0; c < 3; c++) {
        float value = pixels[(shape.size(0) == 3 ? c * plane : 0) + from];
        rgb[i] = rgb[i] << 8 | Math.round(255 * Math.clamp(value, 0f, 1f));
      }
    }
    return new Tile(width * scale, height * scale, rgb);
  }

  /** All of it as the bytes of a PNG file. */
  public byte[] png() {
    var bytes = new ByteArrayOutputStream();
    try {
      ImageIO.write(image(), "png", bytes);
    } catch (IOException e) {
      throw new IllegalStateException("writing to memory failed", e);
    }
    return bytes.toByteArray();
  }

  private BufferedImage image() {
    int width = 1;
    int height = 1;
    for (var picture : rows.stream().flatMap(row -> row.pictures.stream()).toList()) {
      width = Math.max(width, picture.width());
      height = Math.max(height, picture.height());
    }
    int most = rows.stream().mapToInt(row -> row.pictures.size()).max().orElse(0);
    var sheet =
        new BufferedImage(
            NAME + most * (width + GAP) + GAP,
            Math.max(1, rows.size()) * (height + GAP) + GAP,
            BufferedImage.TYPE_INT_RGB);
    var graphics = sheet.createGraphics();
    graphics.setRenderingHint(
        RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
    graphics.setColor(Color.WHITE);
    graphics.fillRect(0, 0, sheet.getWidth(), sheet.getHeight());
    graphics.setColor(Color.BLACK);
    graphics.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 13));
    for (int r = 0; r < rows.size(); r++) {
      var row = rows.get(r);
      int top = GAP + r * (height + GAP);
      graphics.drawString(shortened(row.name), GAP, top + height / 2 + 5);
      for (int i = 0; i < row.pictures.size(); i++) {
        var tile = row.pictures.get(i);
        int left = NAME + GAP + i * (width + GAP);
        sheet.setRGB(left, top, tile.width, tile.height, tile.rgb, 0, tile.width);
      }
    }
    graphics.dispose();
    return sheet;
  }

  private static String shortened(String name) {
    return name.length() <= LETTERS ? name : name.substring(0, LETTERS - 1) + "…";
  }
}
