/**
 * Architectures, one file each, every one readable in one sitting.
 *
 * <p>May use tensors and {@code dev.merapi.nn}; knows neither data nor trainer. Used by the command
 * and users.
 */
package dev.merapi.zoo;
