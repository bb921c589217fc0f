package dev.merapi.report;

import dev.merapi.report.Explanation.Told;
import java.awt.Color;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.util.List;

/**
 * An explanation as one picture: the text, coloured by the probabilities of its tokens; below it
 * the mean of all maps of attention, and then the map of each head, a row for each layer.
 */
final class ExplanationPicture {
  private static final int SCALE = 2; // pixels of a point, for screens of today
  private static final int WIDTH = 1040;
  private static final int MARGIN = 28;
  private static final int LINE = 26; // height of a line of the text
  private static final int SIDE = 520; // of the mean map
  private static final int GAP = 6; // between maps of heads
  private static final int LARGEST = 120; // side of a head's map
  private static final Color INK = new Color(0x222222);
  private static final Color PALE = new Color(0x6B7280);
  private static final Color LINES = new Color(0xE5E7EB);

  private final Explanation explanation;
  private final AttentionMaps maps;
  private final Graphics2D g;
  private int y = MARGIN;

  private ExplanationPicture(Explanation explanation, Graphics2D g) {
    this.explanation = explanation;
    this.maps = explanation.attention();
    this.g = g;
  }

  static BufferedImage of(Explanation explanation) {
    int height = drawn(explanation, new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB));
    var image = new BufferedImage(WIDTH * SCALE, height * SCALE, BufferedImage.TYPE_INT_RGB);
    drawn(explanation, image);
    return image;
  }

  /** The height that it takes, in points. */
  private static int drawn(Explanation explanation, BufferedImage image) {
    var g = image.createGraphics();
    g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    g.setRenderingHint(
        RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
    g.setColor(Color.WHITE);
    g.fillRect(0, 0, image.getWidth(), image.getHeight());
    g.scale(SCALE, SCALE);
    var picture = new ExplanationPicture(explanation, g);
    picture.draw();
    g.dispose();
    return picture.y + MARGIN;
  }

  private void draw() {
    title(explanation.title(), 17);
    line(String.join(" · ", explanation.facts()));
    y += 8;
    text();
    legend(
        "probability",
        ExplanationReport.legend(
            new double[] {1, 0.5, 0.1, 0.01, 0.001, 0.0001},
            p -> ExplanationColors.hex(ExplanationColors.ofToken(Math.log(p)))));
    if (maps.layers().isEmpty()) {
      return;
    }
    y += 18;
    title("Attention, the mean of all heads of all layers", 14);
    mean();
    legend(
        "attention",
        ExplanationReport.legend(
            new double[] {0, 0.01, 0.1, 0.25, 0.5, 1},
            p -> ExplanationColors.hex(ExplanationColors.ofAttention(p))));
    y += 18;
    title("Each head, a row for each layer", 14);
    heads();
  }

  private void title(String text, int size) {
    g.setFont(new Font(Font.SANS_SERIF, Font.BOLD, size));
    g.setColor(INK);
    y += size;
    g.drawString(text, MARGIN, y);
    y += 8;
  }

  private void line(String text) {
    g.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 12));
    g.setColor(PALE);
    y += 12;
    g.drawString(text, MARGIN, y);
    y += 8;
  }

  private void text() {
    var font = new Font(Font.SANS_SERIF, Font.PLAIN, 15);
    g.setFont(font);
    FontMetrics metrics = g.getFontMetrics();
    int x = MARGIN;
    for (int i = 0; i < explanation.tokens().size(); i++) {
      var token = explanation.tokens().get(i);
      var shown = ExplanationReport.visible(token.text());
      int width = Math.max(3, metrics.stringWidth(shown));
      if (x + width > WIDTH - MARGIN && x > MARGIN) {
        x = MARGIN;
        y += LINE;
      }
      g.setColor(
          token.told().map(Told::logProbability).map(ExplanationColors::ofToken).orElse(LINES));
      g.fillRoundRect(x, y, width, LINE - 5, 6, 6);
      g.setColor(INK);
      g.drawString(shown, x, y + 16);
      if (i >= explanation.given()) {
        g.fillRect(x, y + LINE - 5, width, 2);
      }
      x += width + 1;
      if (token.text().endsWith("\n")) {
        x = MARGIN;
        y += LINE;
      }
    }
    y += LINE + 6;
  }

  private void legend(String what, List<Page.Shade> shades) {
    g.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 11));
    int x = MARGIN;
    g.setColor(PALE);
    g.drawString(what, x, y + 11);
    x += g.getFontMetrics().stringWidth(what) + 14;
    for (var shade : shades) {
      g.setColor(Color.decode(shade.color()));
      g.fillRect(x, y, 22, 14);
      g.setColor(LINES);
      g.drawRect(x, y, 22, 14);
      g.setColor(PALE);
      g.drawString(shade.meaning(), x + 28, y + 11);
      x += 28 + g.getFontMetrics().stringWidth(shade.meaning()) + 14;
    }
    y += 22;
  }

  private void mean() {
    int cell = Math.clamp(SIDE / maps.columns(), 6, 26);
    g.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, Math.min(11, cell + 1)));
    var metrics = g.getFontMetrics();
    var labels = ExplanationReport.labels(explanation);
    int longest = labels.stream().mapToInt(metrics::stringWidth).max().orElse(0);
    int left = MARGIN + longest + 6;
    int top = y + longest + 6;
    int middle = (cell + metrics.getAscent() - metrics.getDescent()) / 2;
    int before = maps.columns() - maps.rows();
    map(maps.mean(), left, top, cell * maps.columns(), cell * maps.rows());
    g.setColor(INK);
    var turned = (Graphics2D) g.create();
    turned.rotate(-Math.PI / 2);
    for (int i = 0; i < labels.size(); i++) {
      int width = metrics.stringWidth(labels.get(i));
      g.drawString(labels.get(i), left - 6 - width, top + i * cell + middle);
      turned.drawString(labels.get(i), -(top - 6), left + (i + before) * cell + middle);
    }
    turned.dispose();
    y = top + cell * maps.rows() + 14;
  }

  private void heads() {
    int most = maps.layers().stream().mapToInt(List::size).max().orElseThrow();
    int left = MARGIN + 60;
    int side = Math.clamp((WIDTH - MARGIN - left) / most - GAP, 12, LARGEST);
    g.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 11));
    for (int layer = 0; layer < maps.layers().size(); layer++) {
      g.setColor(PALE);
      g.drawString("layer " + (layer + 1), MARGIN, y + side / 2 + 4);
      var heads = maps.layers().get(layer);
      for (int head = 0; head < heads.size(); head++) {
        map(heads.get(head), left + head * (side + GAP), y, side, side);
      }
      y += side + GAP;
    }
  }

  private void map(float[] map, int x, int top, int width, int height) {
    g.setRenderingHint(
        RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_NEAREST_NEIGHBOR);
    g.drawImage(AttentionPicture.of(maps, map), x, top, width, height, null);
    g.setColor(LINES);
    g.drawRect(x, top, width, height);
  }
}
