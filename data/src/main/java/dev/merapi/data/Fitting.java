package dev.merapi.data;

import dev.merapi.tensor.Shape;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.AffineTransform;
import java.awt.image.BufferedImage;

/** Brings decoded pictures to one size and to channels. */
final class Fitting {
  private Fitting() {}

  /** See {@link PictureReader#pixels}. */
  static byte[] of(BufferedImage image, Orientation orientation, Shape shape) {
    int height = shape.size(1);
    int width = shape.size(2);
    var fitted = fitted(opaque(image, orientation), width, height);
    int[] argb = fitted.getRGB(0, 0, width, height, null, 0, width);
    return shape.size(0) == 1 ? grey(argb) : planes(argb);
  }

  /** Upright, on white. */
  private static BufferedImage opaque(BufferedImage image, Orientation orientation) {
    boolean turned = orientation.code() >= 5;
    int width = turned ? image.getHeight() : image.getWidth();
    int height = turned ? image.getWidth() : image.getHeight();
    var out = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    var graphics = out.createGraphics();
    graphics.setColor(Color.WHITE);
    graphics.fillRect(0, 0, width, height);
    graphics.drawImage(image, upright(orientation.code(), image), null);
    graphics.dispose();
    return out;
  }

  /** The eight ways to lay a rectangle on itself. */
  private static AffineTransform upright(int code, BufferedImage image) {
    double w = image.getWidth();
    double h = image.getHeight();
    return switch (code) {
      case 2 -> new AffineTransform(-1, 0, 0, 1, w, 0);
      case 3 -> new AffineTransform(-1, 0, 0, -1, w, h);
      case 4 -> new AffineTransform(1, 0, 0, -1, 0, h);
      case 5 -> new AffineTransform(0, 1, 1, 0, 0, 0);
      case 6 -> new AffineTransform(0, 1, -1, 0, h, 0);
      case 7 -> new AffineTransform(0, -1, -1, 0, h, w);
      case 8 -> new AffineTransform(0, -1, 1, 0, 0, w);
      default -> new AffineTransform();
    };
  }

  /** Halved until less than half is left to go, so that no pixel is skipped; then cut. */
  private static BufferedImage fitted(BufferedImage image, int width, int height) {
    double scale = Math.max((double) width / image.getWidth(), (double) height / image.getHeight());
    int toWidth = Math.max(width, (int) Math.round(image.getWidth() * scale));
    int toHeight = Math.max(height, (int) Math.round(image.getHeight() * scale));
    var scaled = image;
    while (scaled.getWidth() > 2 * toWidth && scaled.getHeight() > 2 * toHeight) {
      scaled = scaled(scaled, scaled.getWidth() / 2, scaled.getHeight() / 2);
    }
    scaled = scaled(scaled, toWidth, toHeight);
    return scaled.getSubimage((toWidth - width) / 2, (toHeight - height) / 2, width, height);
  }

  private static BufferedImage scaled(BufferedImage image, int width, int height) {
    if (image.getWidth() == width && image.getHeight() == height) {
      return image;
    }
    var out = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = out.createGraphics();
    graphics.setRenderingHint(
        RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
    graphics.drawImage(image, 0, 0, width, height, null);
    graphics.dispose();
    return out;
  }

  private static byte[] planes(int[] argb) {
    byte[] out = new byte[3 * argb.length];
    for (int i = 0; i < argb.length; i++) {
      out[i] = (byte) (argb[i] >> 16);
      out[argb.length + i] = (byte) (argb[i] >> 8);
      out[2 * argb.length + i] = (byte) argb[i];
    }
    return out;
  }

  private static byte[] grey(int[] argb) {
    byte[] out = new byte[argb.length];
    for (int i = 0; i < argb.length; i++) {
      out[i] = (byte) PictureReader.luma(argb[i]);
    }
    return out;
  }
}
