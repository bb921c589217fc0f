/**
 * How good predictions are: measures of classifiers and of predicted numbers, curves, calibration,
 * and how sure one may be of them.
 *
 * <p>Works on arrays of predictions, whoever made them. May use {@code dev.merapi.tensor} for keys
 * and errors; used by the trainer's reports, the command and users. Definitions are those of
 * scikit-learn, whose numbers the tests hold them to.
 */
package dev.merapi.evaluation;
