/**
 * Architectures, one file each, every one readable in one sitting; and what writes texts with them.
 *
 * <p>May use tensors and {@code dev.merapi.nn}; knows neither data nor trainer. Used by the command
 * and users.
 */
package dev.merapi.zoo;
