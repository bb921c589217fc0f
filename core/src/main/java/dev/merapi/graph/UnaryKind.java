package dev.merapi.graph;

/** Functions of one element. NEG, ABS and SIGN take numbers, NOT takes bool, the others f32. */
public enum UnaryKind {
  NEG,
  ABS,
  SIGN,
  NOT,
  RECIPROCAL,
  EXP,
  EXPM1,
  LOG,
  LOG1P,
  SQRT,
  RSQRT,
  SIN,
  COS,
  TANH,
  ERF,
  SIGMOID,
  RELU,
  FLOOR,
  CEIL,
  /** To the nearest integer, ties to even. */
  ROUND
}
