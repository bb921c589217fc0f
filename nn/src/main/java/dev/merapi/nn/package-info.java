/**
 * Layers, activations, initialisers and losses. A layer is a record whose components are its
 * parameters and its sub-layers; {@code apply} builds a graph.
 *
 * <p>May use {@code dev.merapi.tensor}, and look at the ops of {@code dev.merapi.graph}. Used by
 * the trainer, the zoo and users.
 */
package dev.merapi.nn;
