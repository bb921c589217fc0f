package dev.merapi.train;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Line2D;
import java.awt.geom.Path2D;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.List;

/**
 * Many trials across several upright axes, a line each: one sees which values good trials share
 * (Inselberg, 1985). The darker a line, the higher it ends on the last axis; the first, which is
 * the best, is drawn in another colour above the others. In the style of {@link Charts}, by Java
 * 2D, for XChart has no such chart.
 *
 * @param title what stands above it
 * @param axes from left to right, at least 2
 * @param lines the best first
 */
public record ParallelCoordinates(String title, List<Axis> axes, List<Line> lines) {
  private static final int SCALE = 2;
  private static final int BETWEEN = 170;
  private static final int SIDE = 90;
  private static final int TOP = 84;
  private static final int BOTTOM = 60;
  private static final int LONG = 300;

  private static final Color BEST = new Color(0xD55E00);
  private static final Color GOOD = new Color(0x0072B2);
  private static final Color BAD = new Color(0xD3DCE3);
  private static final Color INK = new Color(0x333333);
  private static final Color AXIS = new Color(0x9A9A9A);

  public ParallelCoordinates {
    axes = List.copyOf(axes);
    lines = List.copyOf(lines);
    for (var line : lines) {
      if (line.at().size() != axes.size()) {
        throw new IllegalArgumentException(
            "a line with %d places does not cross %d axes"
                .formatted(line.at().size(), axes.size()));
      }
    }
  }

  /** An upright axis with its marks. */
  public record Axis(String name, List<Tick> ticks) {
    public Axis {
      ticks = List.copyOf(ticks);
    }
  }

  /**
   * A mark: where it stands, from 0 at the foot to 1 at the head, and what is written beside it.
   */
  public record Tick(double at, String label) {}

  /** A trial: where it crosses each axis, from 0 to 1. */
  public record Line(List<Double> at) {
    public Line {
      at = List.copyOf(at);
    }
  }

  /**
   * Draws it into a PNG file.
   *
   * @throws dev.merapi.tensor.MerapiException if this Java cannot draw text, for want of fonts
   * @throws FileException if the file cannot be written
   */
  public void write(Path png) {
    Charts.requireFonts(png.toString());
    AtomicFiles.write(png, Charts.png(draw()));
  }

  private BufferedImage draw() {
    int width = 2 * SIDE + BETWEEN * (axes.size() - 1);
    int height = TOP + LONG + BOTTOM;
    var image = new BufferedImage(width * SCALE, height * SCALE, BufferedImage.TYPE_INT_RGB);
    var graphics = image.createGraphics();
    graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    graphics.setRenderingHint(
        RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
    graphics.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
    graphics.scale(SCALE, SCALE);
    graphics.setColor(Color.WHITE);
    graphics.fillRect(0, 0, width, height);
    graphics.setFont(new Font(Font.SANS_SERIF, Font.BOLD, 15));
    graphics.setColor(INK);
    centred(graphics, title, width / 2.0, 32);
    for (int i = lines.size() - 1; i >= 0; i--) { // the better above the worse
      line(graphics, lines.get(i), i == 0);
    }
    for (int i = 0; i < axes.size(); i++) {
      axis(graphics, axes.get(i), x(i));
    }
    legend(graphics, width, height);
    graphics.dispose();
    return image;
  }

  private static double x(int axis) {
    return SIDE + (double) BETWEEN * axis;
  }

  private static double y(double at) {
    return TOP + LONG * (1 - at);
  }

  private void line(Graphics2D graphics, Line line, boolean best) {
    var path = new Path2D.Double();
    path.moveTo(x(0), y(line.at().getFirst()));
    for (int i = 1; i < line.at().size(); i++) {
      double middle = (x(i - 1) + x(i)) / 2;
      double from = y(line.at().get(i - 1));
      double to = y(line.at().get(i));
      path.curveTo(middle, from, middle, to, x(i), to); // lines that meet can be told apart
    }
    graphics.setColor(best ? BEST : shade(line.at().getLast()));
    graphics.setStroke(
        new BasicStroke(best ? 2.6f : 1.3f, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
    graphics.draw(path);
  }

  private static Color shade(double good) {
    double share = Math.clamp(good, 0, 1);
    return new Color(
        mixed(BAD.getRed(), GOOD.getRed(), share),
        mixed(BAD.getGreen(), GOOD.getGreen(), share),
        mixed(BAD.getBlue(), GOOD.getBlue(), share));
  }

  private static int mixed(int from, int to, double share) {
    return (int) Math.round(from + share * (to - from));
  }

  private static void axis(Graphics2D graphics, Axis axis, double x) {
    graphics.setColor(AXIS);
    graphics.setStroke(new BasicStroke(1.2f));
    graphics.draw(new Line2D.Double(x, y(1), x, y(0)));
    graphics.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 11));
    for (var tick : axis.ticks()) {
      double y = y(tick.at());
      graphics.setColor(AXIS);
      graphics.draw(new Line2D.Double(x - 4, y, x, y));
      var bounds = graphics.getFontMetrics().getStringBounds(tick.label(), graphics);
      graphics.setColor(new Color(255, 255, 255, 215)); // a line behind a number hides it
      graphics.fillRect(
          (int) (x - 8 - bounds.getWidth()), (int) y - 7, (int) bounds.getWidth() + 3, 14);
      graphics.setColor(INK);
      graphics.drawString(tick.label(), (float) (x - 7 - bounds.getWidth()), (float) y + 4);
    }
    graphics.setFont(new Font(Font.SANS_SERIF, Font.BOLD, 12));
    centred(graphics, axis.name(), x, TOP - 16);
  }

  private static void legend(Graphics2D graphics, int width, int height) {
    graphics.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 12));
    double y = height - 22;
    double x = width / 2.0 - 120;
    graphics.setStroke(new BasicStroke(2.6f, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
    graphics.setColor(BEST);
    graphics.draw(new Line2D.Double(x, y - 4, x + 22, y - 4));
    graphics.setColor(INK);
    graphics.drawString("the best", (float) x + 28, (float) y);
    for (int i = 0; i < 44; i++) {
      graphics.setColor(shade(i / 43.0));
      graphics.fillRect((int) x + 100 + i, (int) y - 7, 1, 6);
    }
    graphics.setColor(INK);
    graphics.drawString("from worst to good", (float) x + 150, (float) y);
  }

  private static void centred(Graphics2D graphics, String text, double x, double y) {
    double half = graphics.getFontMetrics().stringWidth(text) / 2.0;
    graphics.drawString(text, (float) (x - half), (float) y);
  }
}
