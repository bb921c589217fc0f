package dev.merapi.graph;

/**
 * AND, OR and XOR take bool, EQ and NE anything, the others numbers. DIV and REM of integers round
 * down; by 0 they give 0.
 */
public enum BinaryKind {
  ADD,
  SUB,
  MUL,
  DIV,
  /** a - b · ⌊a / b⌋, with the sign of b. */
  REM,
  POW,
  MAX,
  MIN,
  EQ,
  NE,
  LT,
  LE,
  AND,
  OR,
  XOR;

  public boolean compares() {
    return this == EQ || this == NE || this == LT || this == LE;
  }
}
