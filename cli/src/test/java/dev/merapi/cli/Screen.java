package dev.merapi.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** As much of a terminal as a display needs: what stands on the screen after some output. */
final class Screen {
  private static final Pattern TOKEN =
      Pattern.compile("\\033\\[(?<numbers>[0-9;?]*)(?<letter>[A-Za-z])|\\033[=>(].?|[\\s\\S]");

  private final int columns;
  private final List<StringBuilder> rows = new ArrayList<>(List.of(new StringBuilder()));
  private int row;
  private int column;

  Screen(int columns) {
    this.columns = columns;
  }

  void write(String output) {
    var tokens = TOKEN.matcher(output);
    while (tokens.find()) {
      if (tokens.group("letter") != null) {
        control(tokens.group("letter").charAt(0), tokens.group("numbers"));
      } else if (tokens.group().length() == 1) {
        character(tokens.group().charAt(0));
      }
    }
  }

  private void character(char character) {
    switch (character) {
      case '\r' -> column = 0;
      case '\n' -> {
        row++;
        column = 0; // terminals do so for what Java writes
        if (row == rows.size()) {
          rows.add(new StringBuilder());
        }
      }
      case '\b' -> column--;
      default -> {
        if (column == columns) {
          character('\n'); // what does not fit goes on in the next row
        }
        var line = rows.get(row);
        line.repeat(' ', Math.max(0, column + 1 - line.length()));
        line.setCharAt(column, character);
        column++;
      }
    }
  }

  private void control(char letter, String numbers) {
    int count = numbers.matches("[1-9][0-9]*") ? Integer.parseInt(numbers) : 1;
    switch (letter) {
      case 'A' -> row -= count;
      case 'B' -> row += count;
      case 'C' -> column += count;
      case 'D' -> column -= count;
      case 'G' -> column = count - 1;
      case 'K' -> {
        var line = rows.get(row);
        line.setLength(Math.min(line.length(), column));
      }
      case 'J' -> {
        var line = rows.get(row);
        line.setLength(Math.min(line.length(), column));
        rows.subList(row + 1, rows.size()).clear();
      }
      case 'P' -> {
        var line = rows.get(row);
        line.delete(column, Math.min(line.length(), column + count));
      }
      case '@' -> rows.get(row).insert(column, " ".repeat(count));
      case 'X' -> {
        for (int i = column; i < Math.min(rows.get(row).length(), column + count); i++) {
          rows.get(row).setCharAt(i, ' ');
        }
      }
      case 'm', 'h', 'l' -> {}
      default -> throw new IllegalStateException("what is ESC[" + numbers + letter + "?");
    }
  }

  /** The lines, without blanks at their ends and empty lines at the end. */
  List<String> lines() {
    var lines =
        new ArrayList<>(rows.stream().map(each -> each.toString().stripTrailing()).toList());
    while (!lines.isEmpty() && lines.getLast().isEmpty()) {
      lines.removeLast();
    }
    return lines;
  }
}
