package dev.merapi.table;

/** What rows are prepared for. */
public enum Use {
  /** To learn from: what a preparation leaves out is left out. */
  TRAIN,
  /** To measure on: no row is left out for being unusual. */
  MEASURE,
  /** To predict for: the target may be missing. */
  PREDICT
}
