package dev.merapi.report;

import dev.merapi.evaluation.Confusion;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.util.List;

/**
 * A confusion matrix as a picture: a row for each true class, a column for each predicted one. A
 * cell is the darker, the larger its share of the row; what is right is blue and what is wrong
 * orange.
 */
final class ConfusionPicture {
  private static final int SCALE = 2; // pixels of a point, for screens of today
  private static final int SIDE = 460; // points of the whole matrix, or more for many classes
  private static final int NUMBERED = 20; // classes, up to which cells have numbers
  private static final int LABELLED = 60; // classes, up to which rows and columns have names
  private static final Color INK = new Color(0x333333);
  private static final Color PALE = new Color(0x777777);
  private static final Color RIGHT = new Color(0x0072B2);
  private static final Color WRONG = new Color(0xD55E00);
  private static final Color GRID = new Color(0xE6E6E6);

  private final Confusion confusion;
  private final List<String> names;
  private final int cell;
  private final int labels;
  private final Font font;

  private ConfusionPicture(Confusion confusion, List<String> names) {
    this.confusion = confusion;
    this.names = names.stream().map(Curves::shortened).toList();
    int classes = confusion.classes();
    cell = Math.clamp(SIDE / classes, 3, 64);
    font = new Font(Font.SANS_SERIF, Font.PLAIN, Math.clamp(cell * 2 / 5, 7, 13));
    var ruler = new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB).createGraphics();
    var metrics = ruler.getFontMetrics(font);
    labels =
        classes > LABELLED
            ? 16
            : this.names.stream().mapToInt(metrics::stringWidth).max().orElse(0) + 14;
    ruler.dispose();
  }

  static BufferedImage of(Confusion confusion, List<String> names) {
    return new ConfusionPicture(confusion, names).draw();
  }

  private BufferedImage draw() {
    int classes = confusion.classes();
    int left = labels + 24;
    int top = labels + 24;
    int side = cell * classes;
    var image =
        new BufferedImage(
            (left + side + 14) * SCALE, (top + side + 14) * SCALE, BufferedImage.TYPE_INT_RGB);
    var g = image.createGraphics();
    g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    g.setRenderingHint(
        RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
    g.scale(SCALE, SCALE);
    g.setColor(Color.WHITE);
    g.fillRect(0, 0, image.getWidth(), image.getHeight());
    axes(g, left, top, side);
    for (int actual = 0; actual < classes; actual++) {
      for (int predicted = 0; predicted < classes; predicted++) {
        cell(g, left, top, actual, predicted);
      }
    }
    g.dispose();
    return image;
  }

  private void axes(Graphics2D g, int left, int top, int side) {
    g.setFont(new Font(Font.SANS_SERIF, Font.BOLD, 12));
    g.setColor(PALE);
    int predicted = g.getFontMetrics().stringWidth("predicted");
    g.drawString("predicted", left + (side - predicted) / 2, 16);
    var turned = (Graphics2D) g.create();
    turned.rotate(-Math.PI / 2);
    int trueWidth = g.getFontMetrics().stringWidth("true");
    turned.drawString("true", -(top + (side + trueWidth) / 2), 16);
    turned.setFont(font);
    turned.setColor(INK);
    g.setFont(font);
    g.setColor(INK);
    var metrics = g.getFontMetrics();
    int middle = (cell + metrics.getAscent() - metrics.getDescent()) / 2;
    for (int c = 0; c < names.size() && names.size() <= LABELLED; c++) {
      var name = names.get(c);
      g.drawString(name, left - 6 - metrics.stringWidth(name), top + c * cell + middle);
      turned.drawString(name, -(top - 6), left + c * cell + middle);
    }
    turned.dispose();
  }

  private void cell(Graphics2D g, int left, int top, int actual, int predicted) {
    long count = confusion.count(actual, predicted);
    double share = count / (double) Math.max(1, confusion.support(actual));
    // The root makes a mistake of one percent visible beside 99 percent that are right.
    double strength = actual == predicted ? share : Math.sqrt(share);
    int x = left + predicted * cell;
    int y = top + actual * cell;
    g.setColor(mixed(actual == predicted ? RIGHT : WRONG, strength));
    g.fillRect(x, y, cell, cell);
    if (cell >= 8) {
      g.setColor(GRID);
      g.setStroke(new BasicStroke(0.5f));
      g.drawRect(x, y, cell, cell);
    }
    if (count > 0 && names.size() <= NUMBERED) {
      var text = Long.toString(count);
      g.setFont(font);
      g.setColor(strength > 0.55 ? Color.WHITE : INK);
      var metrics = g.getFontMetrics();
      g.drawString(
          text,
          x + (cell - metrics.stringWidth(text)) / 2,
          y + (cell + metrics.getAscent() - metrics.getDescent()) / 2);
    }
  }

  private static Color mixed(Color color, double strength) {
    return new Color(
        mixed(color.getRed(), strength),
        mixed(color.getGreen(), strength),
        mixed(color.getBlue(), strength));
  }

  private static int mixed(int color, double strength) {
    return (int) Math.round(255 + (color - 255) * Math.clamp(strength, 0.0, 1.0));
  }
}
