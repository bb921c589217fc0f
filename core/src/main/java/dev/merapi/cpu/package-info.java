/**
 * The default backend: pure Java, Vector API kernels with scalar twins, off-heap buffers, one
 * thread pool.
 *
 * <p>May use {@code dev.merapi.backend} and {@code dev.merapi.graph}. Not exported: the rest of the
 * house reaches it through the seam.
 */
package dev.merapi.cpu;
