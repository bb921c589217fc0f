package dev.merapi.table;

import dev.merapi.data.DataException;
import dev.merapi.data.Nearest;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The columns of a table, in their order.
 *
 * @param fields the columns; no two have the same name
 */
public record Schema(List<Field> fields) {
  public Schema {
    fields = List.copyOf(fields);
    Map<String, Integer> seen = new HashMap<>();
    for (int i = 0; i < fields.size(); i++) {
      Integer before = seen.put(fields.get(i).name(), i);
      if (before != null) {
        throw new DataException(
            "the columns %d and %d are both called `%s`; give every column a name of its own"
                .formatted(before + 1, i + 1, fields.get(i).name()));
      }
    }
  }

  /** The number of columns. */
  public int size() {
    return fields.size();
  }

  /** The names of the columns. */
  public List<String> names() {
    return fields.stream().map(Field::name).toList();
  }

  /** The names of the columns of a type. */
  public List<String> names(ColumnType type) {
    return fields.stream().filter(field -> field.type() == type).map(Field::name).toList();
  }

  /** Whether there is such a column. */
  public boolean has(String name) {
    return fields.stream().anyMatch(field -> field.name().equals(name));
  }

  /**
   * The place of a column, from 0.
   *
   * @throws DataException if there is none; the message names the nearest
   */
  public int index(String name) {
    for (int i = 0; i < fields.size(); i++) {
      if (fields.get(i).name().equals(name)) {
        return i;
      }
    }
    throw new DataException(unknown(name));
  }

  /** Says that there is no such column, and which there are. */
  String unknown(String name) {
    return "there is no column `%s`%s (there are %s)"
        .formatted(name, Nearest.hint(name, names()), some(names()));
  }

  /**
   * What the cells of a column are.
   *
   * @throws DataException if there is no such column
   */
  public ColumnType type(String name) {
    return fields.get(index(name)).type();
  }

  /** A list for messages that does not grow with the table. */
  private static String some(List<String> names) {
    int most = 20;
    return names.size() <= most
        ? String.join(", ", names)
        : "%s and %d more"
            .formatted(String.join(", ", names.subList(0, most)), names.size() - most);
  }
}
