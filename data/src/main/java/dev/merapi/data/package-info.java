/**
 * Data sets: reading files, cleaning, splitting, batching, in one direction towards batches of
 * tensors.
 *
 * <p>May use {@code dev.merapi.tensor}; knows no model. Used by the trainer and users.
 */
package dev.merapi.data;
