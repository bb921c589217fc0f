/**
 * {@code merapi bench train}: starts the measured processes in turn, and tells what they measured.
 */
package dev.merapi.bench.train;
