/**
 * The ops, as sealed records, and every rule about them: shapes, gradients, simplification, fusion,
 * scheduling, memory. A graph goes in, a {@code Program} comes out, once for each structure.
 *
 * <p>May use the values of {@code dev.merapi.tensor} (shape, dtype), never a kernel. Used by
 * tensors, backends and the reference; a user needs it only to write an op.
 */
package dev.merapi.graph;
