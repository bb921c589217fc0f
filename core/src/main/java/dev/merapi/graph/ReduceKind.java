package dev.merapi.graph;

/** What the elements of a reduction are combined by; MAX and MIN hand NaN on. */
public enum ReduceKind {
  SUM,
  PROD,
  MAX,
  MIN
}
