package dev.merapi.table;

import dev.merapi.data.DataException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The rows of a source that could not be used: ragged ones, words where a number belongs, bytes
 * that are no text.
 */
public final class BadRows {
  /** How many are listed; more are only counted. */
  public static final int MOST_LISTED = 100_000;

  /** What becomes of a bad row. */
  public enum Policy {
    /** It is an error that names file, line and reason. */
    FAIL,
    /** It is left out, counted and listed. */
    SKIP
  }

  /** A row that was left out: its line in the file, and why. */
  public record Bad(long line, String reason) {}

  private final Policy policy;
  private final List<Bad> listed = new ArrayList<>();
  private long count;

  private BadRows(Policy policy) {
    this.policy = policy;
  }

  /** Throws on the first. */
  public static BadRows fail() {
    return new BadRows(Policy.FAIL);
  }

  /** Leaves out, counts and lists. */
  public static BadRows skip() {
    return new BadRows(Policy.SKIP);
  }

  /** As the policy says. */
  public static BadRows of(Policy policy) {
    return new BadRows(policy);
  }

  /**
   * Counts a bad row.
   *
   * @param source what is read, for the message
   * @param reason why it cannot be used: {@code column `age` is empty}
   * @throws DataException if none is to be left out
   */
  public void add(String source, long line, String reason) {
    if (policy == Policy.FAIL) {
      throw new DataException(
          "%s: line %d: %s; mend the row, or leave such rows out with --on-bad-row skip"
              .formatted(source, line, reason));
    }
    count++;
    if (listed.size() < MOST_LISTED) {
      listed.add(new Bad(line, reason));
    }
  }

  /** How many rows were left out. */
  public long count() {
    return count;
  }

  /** The rows that were left out, the first {@link #MOST_LISTED} of them. */
  public List<Bad> listed() {
    return Collections.unmodifiableList(listed);
  }

  /** One row a line: {@code line 17: it has 4 cells, and there are 5 columns}. */
  public List<String> lines() {
    return listed.stream().map(bad -> "line %d: %s".formatted(bad.line(), bad.reason())).toList();
  }

  /** A sentence for notes: how many, and the first of them; empty if there are none. */
  public String summary(String source) {
    if (count == 0) {
      return "";
    }
    int shown = (int) Math.min(3, count);
    return "%s: %d bad row%s left out: %s%s"
        .formatted(
            source,
            count,
            count == 1 ? "" : "s",
            String.join("; ", lines().subList(0, shown)),
            count > shown ? "; and " + (count - shown) + " more" : "");
  }
}
