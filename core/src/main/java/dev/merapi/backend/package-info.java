/**
 * The seam between what is computed and how: what a backend must be able to run, and how one is
 * found.
 *
 * <p>May use {@code dev.merapi.graph}. Implemented by {@code dev.merapi.cpu} and by backends
 * outside this module, which see this module and nothing else.
 */
package dev.merapi.backend;
