package dev.merapi.report;

import java.awt.Color;

/** Colours of probabilities, which people who see fewer colours can tell apart, too. */
final class ExplanationColors {
  private static final Color LIKELY = new Color(0x8CC4E6);
  private static final Color NEUTRAL = new Color(0xFBF7EE);
  private static final Color UNLIKELY = new Color(0xEB7F3C);
  private static final Color DARK = new Color(0x08306B);
  private static final Color BLUE = new Color(0x0072B2);

  /** What a token cannot look at. */
  static final Color UNSEEN = new Color(0xECEEF1);

  /** From here on likely, below it unlikely: log₁₀ p. */
  private static final double MIDDLE = -1;

  /** What is less likely has the same colour: log₁₀ p. */
  private static final double LEAST = -4;

  private ExplanationColors() {}

  /** Of a token of a probability: blue if it was likely, white at 0.1, orange if it was not. */
  static Color ofToken(double logProbability) {
    double power = Math.max(LEAST, logProbability / Math.log(10));
    return power > MIDDLE
        ? mixed(NEUTRAL, LIKELY, 1 - power / MIDDLE)
        : mixed(NEUTRAL, UNLIKELY, (power - MIDDLE) / (LEAST - MIDDLE));
  }

  /** Of how much is looked at something, 0 to 1; the root shows what is little. */
  static Color ofAttention(double share) {
    double strength = Math.sqrt(Math.clamp(share, 0.0, 1.0));
    return strength < 0.6
        ? mixed(Color.WHITE, BLUE, strength / 0.6)
        : mixed(BLUE, DARK, (strength - 0.6) / 0.4);
  }

  private static Color mixed(Color from, Color to, double share) {
    return new Color(
        mixed(from.getRed(), to.getRed(), share),
        mixed(from.getGreen(), to.getGreen(), share),
        mixed(from.getBlue(), to.getBlue(), share));
  }

  private static int mixed(int from, int to, double share) {
    return (int) Math.round(from + (to - from) * Math.clamp(share, 0.0, 1.0));
  }

  /** {@code #8cc4e6}. */
  static String hex(Color color) {
    return "#%06x".formatted(color.getRGB() & 0xFFFFFF);
  }
}
