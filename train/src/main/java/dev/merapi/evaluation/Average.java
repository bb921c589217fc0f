package dev.merapi.evaluation;

/** How the measures of single classes become one number. */
public enum Average {
  /** From the counts of all classes together; for one label a sample that is the accuracy. */
  MICRO,
  /** The mean over the classes that occur, each counting alike. */
  MACRO,
  /** The mean over the classes, each counting by its samples. */
  WEIGHTED
}
