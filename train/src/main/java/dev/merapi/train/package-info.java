/**
 * The training loop and what surrounds it: metrics, progress, run folders, checkpoints, recipes.
 *
 * <p>May use tensors, {@code dev.merapi.nn}, {@code dev.merapi.optim} and {@code dev.merapi.data};
 * knows no architecture by name. Used by the command and users.
 */
package dev.merapi.train;
