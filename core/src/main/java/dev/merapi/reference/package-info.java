/**
 * A scalar, double-precision interpreter of every op: slow, plain, and the oracle of the tests.
 *
 * <p>May use {@code dev.merapi.graph}; shares no kernel with any backend. Used by tests and by
 * whoever doubts a backend.
 */
package dev.merapi.reference;
