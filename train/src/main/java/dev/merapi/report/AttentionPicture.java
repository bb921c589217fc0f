package dev.merapi.report;

import dev.merapi.train.Charts;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;

/** A map of attention as a picture, a pixel for each pair of tokens. */
final class AttentionPicture {
  private static final int SHADES = 255;
  private static final IndexColorModel PALETTE = palette();

  private AttentionPicture() {}

  private static IndexColorModel palette() {
    byte[][] channels = new byte[3][SHADES + 1];
    for (int i = 0; i <= SHADES; i++) {
      Color color =
          i == SHADES
              ? ExplanationColors.UNSEEN
              : ExplanationColors.ofAttention((double) i * i / ((SHADES - 1) * (SHADES - 1)));
      channels[0][i] = (byte) color.getRed();
      channels[1][i] = (byte) color.getGreen();
      channels[2][i] = (byte) color.getBlue();
    }
    return new IndexColorModel(8, SHADES + 1, channels[0], channels[1], channels[2]);
  }

  /** Of a map (rows, columns). */
  static BufferedImage of(AttentionMaps maps, float... map) {
    var image =
        new BufferedImage(maps.columns(), maps.rows(), BufferedImage.TYPE_BYTE_INDEXED, PALETTE);
    var pixels = image.getRaster();
    for (int row = 0; row < maps.rows(); row++) {
      for (int column = 0; column < maps.columns(); column++) {
        double share = Math.clamp(map[row * maps.columns() + column], 0f, 1f);
        long shade = Math.round(Math.sqrt(share) * (SHADES - 1)); // as the colours have it
        pixels.setSample(column, row, 0, maps.sees(row, column) ? (int) shade : SHADES);
      }
    }
    return image;
  }

  /** As a data URI. */
  static String source(AttentionMaps maps, float... map) {
    return Page.Figure.source(Charts.png(of(maps, map)));
  }
}
