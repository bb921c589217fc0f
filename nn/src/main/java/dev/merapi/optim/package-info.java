/**
 * Optimizers, learning-rate schedules and gradient clipping: an update is a few more ops of the
 * graph.
 *
 * <p>May use {@code dev.merapi.tensor} and the parameters of {@code dev.merapi.nn}. Used by the
 * trainer and users.
 */
package dev.merapi.optim;
