package dev.merapi.data;

/** Hears how far a download has come, so that someone can draw a bar. */
@FunctionalInterface
public interface Progress {
  /** Hears and says nothing. */
  Progress SILENT = (_, _, _) -> {};

  /**
   * Called now and then, from the thread that loads.
   *
   * @param name the file's name
   * @param done bytes that are here
   * @param total bytes that the file has
   */
  void report(String name, long done, long total);
}
