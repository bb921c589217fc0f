package dev.merapi.table;

import java.text.ParsePosition;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.ResolverStyle;
import java.time.temporal.ChronoField;
import java.time.temporal.TemporalAccessor;
import java.util.List;
import java.util.Locale;

/** Reads moments as ISO 8601 writes them, whole or in part. */
final class Times {
  private static final String CLOCK = "HH:mm[:ss]";

  /** Month, day, or moment; a slash may stand for the hyphen, and a space for the T. */
  private static final List<DateTimeFormatter> FORMATS =
      List.of(
          format("uuuu-MM-dd['T'][' ']" + CLOCK, true),
          format("uuuu-MM-dd", false),
          format("uuuu-MM", false));

  private Times() {}

  private static DateTimeFormatter format(String pattern, boolean clock) {
    var builder = new DateTimeFormatterBuilder().appendPattern(pattern);
    if (clock) {
      builder
          .optionalStart()
          .appendFraction(ChronoField.NANO_OF_SECOND, 1, 9, true)
          .optionalEnd()
          .optionalStart()
          .appendOffsetId()
          .optionalEnd();
    }
    return builder.toFormatter(Locale.ROOT).withResolverStyle(ResolverStyle.STRICT);
  }

  /** Seconds since 1970-01-01T00:00Z, in UTC where no other offset is given; NaN for no time. */
  static double parse(String text) {
    if (text.length() < 7 || text.length() > 40 || !Character.isDigit(text.charAt(0))) {
      return Double.NaN;
    }
    var iso = text.replace('/', '-');
    for (var format : FORMATS) {
      var position = new ParsePosition(0);
      var found = format.parseUnresolved(iso, position);
      if (found != null && position.getErrorIndex() < 0 && position.getIndex() == iso.length()) {
        return seconds(format, iso);
      }
    }
    return Double.NaN;
  }

  private static double seconds(DateTimeFormatter format, String iso) {
    try {
      TemporalAccessor best =
          format.parseBest(
              iso, OffsetDateTime::from, LocalDateTime::from, LocalDate::from, YearMonth::from);
      return switch (best) {
        case OffsetDateTime moment -> seconds(moment.toZonedDateTime());
        case LocalDateTime moment -> seconds(moment.atZone(ZoneOffset.UTC));
        case LocalDate day -> seconds(day.atStartOfDay(ZoneOffset.UTC));
        default -> seconds(YearMonth.from(best).atDay(1).atStartOfDay(ZoneOffset.UTC));
      };
    } catch (DateTimeException _) {
      return Double.NaN; // such as a thirtieth of February
    }
  }

  private static double seconds(ZonedDateTime moment) {
    return moment.toEpochSecond() + moment.getNano() / 1e9;
  }
}
