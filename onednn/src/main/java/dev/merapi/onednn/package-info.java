/**
 * Contractions of bf16 through oneDNN by the Foreign Function API.
 *
 * <p>May use {@code dev.merapi.core}. Used by nobody: core finds it as a service.
 */
package dev.merapi.onednn;
